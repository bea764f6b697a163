#include <algorithm>
#include <cmath>
#include <evident/autodiff/cumulative.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/softmax.hpp>
#include <evident/tests/autodiff/operation_rows.hpp>
#include <functional>
#include <numeric>
#include <utility>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace reference {
namespace {

// What a reduction makes of the elements of one group.
using Group = std::vector<Long>;
using Reduced = Long (*)(const Group&);

// The elements of `x` by the element of the result that they make, and what axes that leaves.
struct Grouped {
  Shape kept;
  std::vector<Group> groups;

  Grouped(const Plain& x, const Axes& axes) : kept(x.shape) {
    for (const int axis : axes) {
      kept[static_cast<std::size_t>(axis < 0 ? axis + static_cast<int>(kept.size()) : axis)] = 1;
    }
    groups.resize(size_of(kept));
    for (std::size_t i = 0; i < x.data.size(); ++i) {
      groups[broadcast_index(x.shape, i, kept)].push_back(x.data[i]);
    }
  }
};

Plain reduce(Reduced of_group, const Plain& x, const Axes& axes, Keep keep) {
  const Grouped grouped(x, axes);
  std::vector<std::size_t> shape;
  for (std::size_t k = 0; k < x.shape.size(); ++k) {
    const int axis = static_cast<int>(k);
    const bool reduced =
        std::count(axes.begin(), axes.end(), axis) != 0 ||
        std::count(axes.begin(), axes.end(), axis - static_cast<int>(x.shape.size())) != 0;
    if (!reduced || keep == Keep::kYes) shape.push_back(grouped.kept[k]);
  }
  Plain y{Shape(shape.begin(), shape.end()), {}};
  for (const Group& group : grouped.groups) y.data.push_back(static_cast<double>(of_group(group)));
  return y;
}

Long sum_of(const Group& g) { return std::accumulate(g.begin(), g.end(), Long(0)); }
Long mean_of(const Group& g) { return sum_of(g) / static_cast<Long>(g.size()); }
Long variance_of(const Group& g) {
  Long total = 0;
  for (const Long value : g) total += (value - mean_of(g)) * (value - mean_of(g));
  return total / static_cast<Long>(g.size());
}
Long product_of(const Group& g) {
  return std::accumulate(g.begin(), g.end(), Long(1), std::multiplies<>());
}
Long max_of(const Group& g) { return *std::max_element(g.begin(), g.end()); }
Long min_of(const Group& g) { return *std::min_element(g.begin(), g.end()); }
Long logsumexp_of(const Group& g) {
  Long total = 0;
  for (const Long value : g) total += std::exp(value);
  return std::log(total);
}

void reduction(Table& t, const std::string& name, Reduced of_group, Var (*of_all)(const Var&),
               Var (*over)(const Var&, const Axes&, Keep), bool of_nothing = true) {
  const char* parameters = name == "variance" ? "(x, axes, keep, correction)" : "(x, axes, keep)";
  // A product of many factors neither vanishes nor grows out of sight.
  const Domain domain = name == "prod" ? Domain{0.8, 1.3} : Domain{-2, 2};
  const auto allowed = [of_nothing](std::vector<Shape> shapes) {
    std::vector<std::vector<Shape>> arguments;
    for (const Shape& shape : shapes) {
      if (of_nothing || size_of(shape) != 0) arguments.push_back({shape});
    }
    return arguments;
  };
  structural(
      t, name + "(x)", "", 1, [=](const Vars& v) { return of_all(v[0]); },
      allowed({{}, {37}, {5, 7}, {2, 3, 4}, {0}, {3, 0}}),
      [=](const Plains& x) {
        return reduce(of_group, x[0], last_axes(x[0].shape.size()), Keep::kNo);
      });
  t.back().domains = {domain};
  const std::vector<std::pair<Axes, std::vector<Shape>>> cases = {
      {{0}, {{37}, {5, 7}, {3, 11, 5}, {0, 3}, {3, 0}}},
      {{1}, {{5, 7}, {3, 11, 5}, {3, 0}}},
      {{-1}, {{37}, {5, 7}, {3, 4, 17}, {0, 3}}},
      {{-2}, {{5, 7}, {3, 4, 17}}},
      {{0, 2}, {{3, 11, 5}, {2, 3, 4, 5}}},
      {{2, 1}, {{3, 4, 17}}},
      {{-1, 0}, {{3, 4, 17}}},
      {{0, 1, 2}, {{2, 3, 4}}},
      {{}, {{5, 7}, {}}}};
  for (const auto& [axes, shapes] : cases) {
    for (const Keep keep : {Keep::kNo, Keep::kYes}) {
      std::string label = keep == Keep::kYes ? "keeping" : "over";
      for (const int axis : axes) label += " " + std::to_string(axis);
      structural(
          t, name + parameters, label, 1,
          [over, axes = axes, keep](const Vars& v) { return over(v[0], axes, keep); },
          allowed(shapes),
          [of_group, axes = axes, keep](const Plains& x) {
            return reduce(of_group, x[0], axes, keep);
          });
      t.back().domains = {domain};
    }
  }
}

// An operation along axes that keeps the shape: `of_group` turns the elements of a group into as
// many.
void along(Table& t, const std::string& declared, const Axes& axes,
           const std::vector<Shape>& shapes, Var (*operation)(const Var&, const Axes&),
           Group (*of_group)(const Group&)) {
  std::string label = "along";
  for (const int axis : axes) label += " " + std::to_string(axis);
  std::vector<std::vector<Shape>> arguments;
  for (const Shape& shape : shapes) arguments.push_back({shape});
  structural(
      t, declared, label, 1, [=](const Vars& v) { return operation(v[0], axes); }, arguments,
      [=](const Plains& x) {
        const Grouped grouped(x[0], axes);
        std::vector<Group> results;
        for (const Group& group : grouped.groups) results.push_back(of_group(group));
        std::vector<std::size_t> taken(results.size(), 0);
        Plain y = x[0];
        for (std::size_t i = 0; i < y.data.size(); ++i) {
          const std::size_t group = broadcast_index(y.shape, i, grouped.kept);
          y.data[i] = static_cast<double>(results[group][taken[group]++]);
        }
        return y;
      });
}

Group softmax_of(const Group& g) {
  Group result;
  for (const Long value : g) result.push_back(std::exp(value - logsumexp_of(g)));
  return result;
}

Group log_softmax_of(const Group& g) {
  Group result;
  for (const Long value : g) result.push_back(value - logsumexp_of(g));
  return result;
}

Group running_of(const Group& g) {
  Group result = g;
  std::partial_sum(result.begin(), result.end(), result.begin());
  return result;
}

}  // namespace

void add_reductions(Table& t) {
  reduction(t, "sum", sum_of, sum, sum);
  reduction(t, "mean", mean_of, mean, mean);
  reduction(t, "variance", variance_of, variance,
            [](const Var& x, const Axes& axes, Keep keep) { return variance(x, axes, keep); });
  structural(
      t, "variance(x, axes, keep, correction)", "unbiased", 1,
      [](const Vars& v) { return variance(v[0], {-1}, Keep::kYes, 1); }, {{{5, 7}}, {{2, 3, 4}}},
      [](const Plains& x) {
        return reduce(
            [](const Group& g) {
              const auto n = static_cast<Long>(g.size());
              return variance_of(g) * n / (n - 1);
            },
            x[0], {-1}, Keep::kYes);
      });
  reduction(t, "prod", product_of, prod, prod);
  reduction(t, "max", max_of, max, max, false);
  reduction(t, "min", min_of, min, min, false);
  reduction(t, "logsumexp", logsumexp_of, logsumexp, logsumexp);
  for (const Axes& axes : {Axes{-1}, Axes{0}, Axes{0, -1}}) {
    const std::vector<Shape> shapes = {{5, 7}, {3, 11, 5}, {1, 1}, {0, 3}, {3, 0}};
    along(t, "softmax(x, axes)", axes, shapes, softmax, softmax_of);
    along(t, "log_softmax(x, axes)", axes, shapes, log_softmax, log_softmax_of);
  }
  along(t, "softmax(x, axes)", {}, {{}, {3}}, softmax, softmax_of);
  for (const int axis : {0, 1, -1}) {
    along(
        t, "cumsum(x, axis)", {axis}, {{5, 7}, {3, 11, 5}, {2, 0, 3}},
        [](const Var& x, const Axes& axes) { return cumsum(x, axes[0]); }, running_of);
  }
}

}  // namespace reference
}  // namespace EVIDENT_PRECISION
}  // namespace evident
