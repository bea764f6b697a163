#ifdef EVIDENT_F64
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/products.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/tests/autodiff/operation_table.hpp>
#include <functional>
#include <map>

using namespace evident;
using namespace evident::reference;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t kGraphs = 1000;
#else
constexpr std::size_t kGraphs = 10000;
#endif
constexpr std::size_t kSteps = 8;
constexpr std::size_t kLeaves = 3;
constexpr std::size_t kLargest = 64;  // elements of an argument or a result in a graph
const Shape kShape = {3, 3};          // of every value that one operation leaves to the next

std::size_t sizes(const std::vector<Shape>& shapes) {
  std::size_t largest = 0;
  for (const Shape& shape : shapes) largest = std::max(largest, size_of(shape));
  return largest;
}

// An operation with arguments of these shapes.
struct Use {
  const OperationRow* row;
  std::vector<Shape> shapes;
};

// For every operation, its uses that are small and have a result.
std::map<std::string, std::vector<Use>> small_uses() {
  std::map<std::string, std::vector<Use>> result;
  for (const OperationRow& row : operation_table()) {
    std::vector<std::vector<Shape>> choices = row.shapes;
    if (row.elementwise) {
      const std::vector<Shape> all(row.arity(), kShape);
      choices = {all, all};
      for (const Shape& shape : {Shape{3, 1}, Shape{3}, Shape{}}) {
        for (std::size_t k = 0; k < row.arity() && row.arity() > 1; ++k) {
          choices.push_back(all);
          choices.back()[k] = shape;
        }
      }
    }
    for (const std::vector<Shape>& shapes : choices) {
      const bool empty = std::any_of(shapes.begin(), shapes.end(),
                                     [](const Shape& shape) { return size_of(shape) == 0; });
      if (empty || sizes(shapes) > kLargest) continue;
      const std::size_t size = row.apply(constants(row.draw_arguments(shapes))).size();
      if (size > 0 && size <= kLargest) result[row.declared].push_back({&row, shapes});
    }
  }
  return result;
}

// The choices of one graph, the same whenever it is walked; and what was chosen by the values of
// its first walk: scales that keep numbers tame, and steps away from kinks.
class Recipe {
 public:
  explicit Recipe(std::uint64_t seed) : seed_(seed), choices_(draw({200}, {0, 1}, seed)) {}

  void start() {
    next_ = 0;
    constant_ = 0;
  }
  std::size_t pick(std::size_t count) {
    const double u = choices_.data[next_++ % choices_.data.size()];
    return std::min(count - 1, static_cast<std::size_t>(u * static_cast<double>(count)));
  }
  // A fixed array of its own for every call.
  Var drawn(const Shape& shape, const Domain& domain) {
    return keep([&] { return array(draw(shape, domain, seed_ * 1000 + constant_)); });
  }
  // What `make` makes when the graph is first walked.
  Var keep(const std::function<Array()>& make) {
    if (constant_ == constants_.size()) constants_.push_back(Var(make()));
    return constants_[constant_++];
  }

 private:
  std::uint64_t seed_;
  Plain choices_;
  std::size_t next_ = 0;
  std::vector<Var> constants_;
  std::size_t constant_ = 0;
};

// x in another shape: by operations if they lead there, else every element a mixture of all.
Var fitted(const Var& x, const Shape& shape, Recipe& recipe) {
  if (x.shape() == shape) return x;
  const std::size_t size = size_of(shape);
  if (x.size() == size) return reshape(x, shape);
  if (x.shape() == kShape && shape == Shape{3, 1}) return mean(x, {1}, Keep::kYes);
  if (x.shape() == kShape && shape == Shape{3}) return sum(x, {0});
  if (x.size() == 1 && shape == kShape) return reshape(x, {}) + zeros(kShape);
  const Var mixture = recipe.drawn({x.size(), size}, {-0.8, 0.8, 0.1});
  return reshape(matmul(reshape(x, {x.size()}), mixture), shape);
}

// x mapped smoothly into a domain, away from its kink.
Var within(const Domain& domain, const Var& x, Recipe& recipe) {
  const Var y = domain.low + (domain.high - domain.low) * sigmoid(3.0 * x);
  if (domain.gap == 0) return y;
  return y + recipe.keep([&] {
    Array away = zeros(y.shape());
    for (std::size_t i = 0; i < y.size(); ++i) {
      const real value = y.value().data()[i];
      if (std::abs(value) < domain.gap) away.data()[i] = std::copysign(domain.gap, value);
    }
    return away;
  });
}

// y scaled to at most 1, each to a size of its own: the largest of two would be a tie, where a
// minimum has no derivative.
Var tamed(const Var& y, Recipe& recipe) {
  return y * recipe.keep([&] {
    real largest = 1;
    for (const real value : y.value()) largest = std::max(largest, std::abs(value));
    return scalar(static_cast<double>(1 / largest));
  }) * recipe.drawn({}, {0.8, 1});
}

using Uses = std::vector<std::pair<std::string, std::vector<Use>>>;

// Operations chosen at random, each on results chosen at random: an input is used many times, or
// once, and by operations of every kind. The last line has a part of every result in it.
Var walk(const Uses& uses, const Vars& leaves, Recipe& recipe, std::vector<std::size_t>* used) {
  recipe.start();
  Vars pool = leaves;
  for (std::size_t step = 0; step < kSteps; ++step) {
    const std::size_t operation = recipe.pick(uses.size());
    const std::vector<Use>& choices = uses[operation].second;
    const Use& use = choices[recipe.pick(choices.size())];
    if (used != nullptr) ++(*used)[operation];
    Vars arguments;
    for (std::size_t k = 0; k < use.row->arity(); ++k) {
      const Domain& domain = use.row->domains[k];
      const Var& x = pool[recipe.pick(pool.size())];
      arguments.push_back(use.row->differentiable[k]
                              ? within(domain, fitted(x, use.shapes[k], recipe), recipe)
                              : recipe.drawn(use.shapes[k], domain));
    }
    pool.push_back(tamed(fitted(use.row->apply(arguments), kShape, recipe), recipe));
  }
  Var total = 0.0;
  for (const Var& value : pool) total = total + sum(value * recipe.drawn(kShape, {0.5, 1.5}));
  return total;
}

// The graph of one seed and its derivative along a random direction.
class Graph {
 public:
  Graph(const Uses& uses, std::uint64_t seed, std::vector<std::size_t>& used)
      : uses_(uses), recipe_(seed) {
    for (std::size_t k = 0; k < kLeaves; ++k) {
      centre_.push_back(draw(kShape, {-1, 1}, seed + 100000 * (k + 1)));
      leaves_.push_back(Var::parameter(array(centre_[k])));
    }
    Tape tape;
    gradients_ = tape.gradients(walk(uses_, leaves_, recipe_, &used), leaves_);
  }

  // Whether the gradients agree with the difference along a direction at this step.
  bool agrees(std::uint64_t direction, double step) {
    double slope = 0;
    double scale = 0;
    Vars above, below;
    for (std::size_t k = 0; k < kLeaves; ++k) {
      const Plain along = draw(kShape, {-1, 1}, direction + k);
      Plain up = centre_[k];
      Plain down = centre_[k];
      for (std::size_t i = 0; i < along.data.size(); ++i) {
        up.data[i] += step * along.data[i];
        down.data[i] -= step * along.data[i];
        const double term = gradients_[k].data()[i] * along.data[i];
        slope += term;
        scale += std::abs(term);
      }
      above.emplace_back(array(up));
      below.emplace_back(array(down));
    }
    const double high = walk(uses_, above, recipe_, nullptr).item();
    const double low = walk(uses_, below, recipe_, nullptr).item();
    const double rounding = 1e-15 * (1 + std::abs(high)) / step;
    return std::abs((high - low) / (2 * step) - slope) <= 1e-6 * scale + rounding;
  }

 private:
  const Uses& uses_;
  Recipe recipe_;
  Plains centre_;
  Vars leaves_;
  std::vector<Array> gradients_;
};

}  // namespace

TEST_CASE("operations: gradients of random graphs agree with central differences") {
  const std::map<std::string, std::vector<Use>> by_name = small_uses();
  const Uses uses(by_name.begin(), by_name.end());
  std::vector<std::size_t> used(uses.size(), 0);
  std::size_t mismatches = 0;
  std::size_t near_kinks = 0;
  for (std::uint64_t seed = 1; seed <= kGraphs; ++seed) {
    Graph graph(uses, seed, used);
    for (const std::uint64_t direction : {seed + 500000, seed + 600000}) {
      if (graph.agrees(direction, 1e-5)) continue;
      // A maximum may change hands within the step, and a curve bend: neither does on a smaller
      // one.
      const bool nearby = graph.agrees(direction, 1e-6) || graph.agrees(direction, 1e-7);
      ++(nearby ? near_kinks : mismatches);
      CHECK_MESSAGE(nearby, "the gradients of graph ", seed, " are wrong");
    }
  }
  const std::size_t rarest = *std::min_element(used.begin(), used.end());
  std::printf(
      "random graphs: %zu, of %zu operations each; of %zu operations the rarest %zu times; "
      "%zu of %zu directions needed a smaller step, %zu mismatches\n",
      kGraphs, kSteps, uses.size(), rarest, near_kinks, 2 * kGraphs, mismatches);
  CHECK_EQ(mismatches, 0);
  CHECK_LE(near_kinks, kGraphs / 100);
  for (std::size_t i = 0; i < uses.size(); ++i) {
    CHECK_MESSAGE(used[i] >= 20, uses[i].first, " occurs ", used[i], " times");
  }
  for (const OperationRow& row : operation_table()) {
    CHECK_MESSAGE(by_name.count(row.declared) == 1, row.declared, " occurs in no graph");
  }
}
#endif
