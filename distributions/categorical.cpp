#include <algorithm>
#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/record.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/autodiff/softmax.hpp>
#include <evident/autodiff/threads.hpp>
#include <evident/distributions/categorical.hpp>
#include <evident/distributions/samplers/categorical.hpp>
#include <evident/distributions/samplers/weight_scale.hpp>
#include <limits>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kInfinity;
constexpr std::size_t kBlock = 16384;  // values of one task

// The outcome that a value names; k if it names none.
std::size_t outcome_of(real x, std::size_t k) {
  const bool inside = x >= 0 && x < static_cast<real>(k);
  const auto outcome = inside ? static_cast<std::size_t>(x) : k;
  return inside && static_cast<real>(outcome) == x ? outcome : k;
}

// Tasks over values of shape (samples, rows): `work(task, first_sample, last_sample, first_row,
// last_row)`. Each row belongs to one task where there are many, else each block of samples.
struct Blocks {
  std::size_t samples, rows, per_task;
  bool by_rows;

  Blocks(std::size_t values, std::size_t row_count, std::size_t outcomes)
      : samples(row_count == 0 ? 0 : values / row_count), rows(row_count), by_rows(rows > 64) {
    const std::size_t each = by_rows ? samples : rows;
    per_task = std::max<std::size_t>(1, kBlock / std::max<std::size_t>(each, 1));
    // Sums of a task's own should be few beside its values.
    if (!by_rows) per_task = std::max(per_task, 8 * outcomes);
  }
  std::size_t tasks() const { return ((by_rows ? rows : samples) + per_task - 1) / per_task; }
  template <class Work>
  void run(Work work) const {
    parallel(tasks(), [&](std::size_t task) {
      const std::size_t first = task * per_task;
      const std::size_t last = std::min(by_rows ? rows : samples, first + per_task);
      if (by_rows) {
        work(task, std::size_t(0), samples, first, last);
      } else {
        work(task, first, last, std::size_t(0), rows);
      }
    });
  }
};

// d log p(x) / d log p: each value's gradient goes to the outcome it names.
void add_to_outcomes(const Blocks& blocks, std::size_t k, const real* x, const real* gradient,
                     bool adds, real* to) {
  const std::size_t size = blocks.rows * k;
  // Blocks of samples have sums of their own, which are added in their order.
  std::vector<double> parts(blocks.by_rows ? size : size * blocks.tasks());
  blocks.run([&](std::size_t task, std::size_t sample, std::size_t last_sample, std::size_t row,
                 std::size_t last_row) {
    double* sums = parts.data() + (blocks.by_rows ? 0 : size * task);
    for (; sample < last_sample; ++sample) {
      for (std::size_t r = row; r < last_row; ++r) {
        const std::size_t i = sample * blocks.rows + r;
        const std::size_t outcome = outcome_of(x[i], k);
        if (outcome < k) sums[r * k + outcome] += static_cast<double>(gradient[i]);
      }
    }
  });
  for (std::size_t part = 1; part * size < parts.size(); ++part) {
    for (std::size_t j = 0; j < size; ++j) parts[j] += parts[part * size + j];
  }
  for (std::size_t j = 0; j < size; ++j) {
    to[j] = static_cast<real>((adds ? static_cast<double>(to[j]) : 0) + parts[j]);
  }
}

// The elements of `log_probs`, shape (batch, k), that values of shape (samples, batch) name.
Var chosen(const Var& log_probs, const Var& x) {
  const std::size_t k = log_probs.shape().back();
  const Blocks blocks(x.size(), k == 0 ? 0 : log_probs.size() / k, k);
  Array value = uninitialised(x.shape());
  const real *from = log_probs.value().data(), *names = x.value().data();
  real* to = value.data();
  blocks.run([&](std::size_t, std::size_t sample, std::size_t last_sample, std::size_t row,
                 std::size_t last_row) {
    for (; sample < last_sample; ++sample) {
      for (std::size_t r = row; r < last_row; ++r) {
        const std::size_t i = sample * blocks.rows + r;
        const std::size_t outcome = outcome_of(names[i], k);
        to[i] = outcome < k            ? from[r * k + outcome]
                : std::isnan(names[i]) ? names[i]
                                       : -std::numeric_limits<real>::infinity();
      }
    }
  });
  return record("Categorical::log_prob", std::move(value),
                edge(log_probs,
                     [blocks, k, x](const Array& gradient, const Array&, GradSink& sink) {
                       add_to_outcomes(blocks, k, x.value().data(), gradient.data(), sink.adds(),
                                       sink.data());
                     }),
                edge(x, [](const Array&, const Array&, GradSink&) {}));
}

}  // namespace

Categorical::Categorical(Var parameter, bool from_logits)
    : parameter_(std::move(parameter)), from_logits_(from_logits) {
  check_parameters();
}

Categorical::Categorical(Var probs) : Categorical(std::move(probs), false) {}

Categorical Categorical::from_logits(Var logits) { return Categorical(std::move(logits), true); }

Var Categorical::summable_weights() const {
  Array scale = (sum(stop_gradient(parameter_), {-1}, Keep::kYes)).value();
  const auto overflows = [](real total) { return std::isinf(total); };
  if (std::none_of(scale.begin(), scale.end(), overflows)) return parameter_;
  const auto smaller = static_cast<real>(detail::weight_scale(outcomes()));
  for (real& total : scale) total = overflows(total) ? smaller : real(1);
  return parameter_ * Var(std::move(scale));
}

Var Categorical::probs() const {
  if (from_logits_) return softmax(parameter_);
  const Var weights = summable_weights();
  return weights / sum(weights, {-1}, Keep::kYes);
}

Var Categorical::log_probs() const {
  if (from_logits_) return log_softmax(parameter_);
  const Var weights = summable_weights();
  return log(weights) - log(sum(weights, {-1}, Keep::kYes));
}

std::vector<Parameter> Categorical::parameters() const {
  if (from_logits_) return {{"logits", parameter_, constraints::logits(), 1}};
  return {{"probs", parameter_, constraints::weights(), 1}};
}

Constraint Categorical::support() const {
  return constraints::integers(0, static_cast<double>(outcomes()) - 1);
}

Var Categorical::log_prob_at(const Var& x) const {
  const Shape batch = batch_shape();
  const Shape shape = broadcast_shape(x.shape(), batch, "Categorical::log_prob");
  // A value finds its row by its place, which an axis of length 1 that repeats would shift.
  const Shape rows(shape.end() - static_cast<std::ptrdiff_t>(batch.size()), shape.end());
  const Var table =
      rows == batch ? log_probs() : broadcast_to(log_probs(), joined(rows, {outcomes()}));
  return chosen(table, x.shape() == shape ? x : broadcast_to(x, shape));
}

void Categorical::refuse_of_labels(const char* what) const {
  refuse(what,
         "its outcomes are labels: use expectation(d, f), where f(x) is the number that a label "
         "stands for, or a distribution of numbers, such as DiscreteUniform or Binomial");
}

Var Categorical::cdf_at(const Var&) const { refuse_of_labels("cdf"); }
Var Categorical::icdf_at(const Var&) const { refuse_of_labels("icdf"); }
Var Categorical::mean() const { refuse_of_labels("mean"); }
Var Categorical::median() const { refuse_of_labels("median"); }
Var Categorical::variance() const { refuse_of_labels("variance"); }

Array Categorical::draw(Rng& rng, const Shape& sample_shape) const {
  return from_logits_ ? categorical_from_logits(parameter_.value(), sample_shape, rng)
                      : categorical(parameter_.value(), sample_shape, rng);
}

Var Categorical::mode() const {
  const std::size_t k = outcomes();
  Array modes = uninitialised(batch_shape());
  for (std::size_t row = 0; row < modes.size(); ++row) {
    const real* p = parameter_.value().data() + row * k;
    modes.data()[row] = static_cast<real>(std::max_element(p, p + k) - p);
  }
  return modes;
}

Array Categorical::all_modes() const {
  const Array& p = parameter_.value();
  const real most = *std::max_element(p.begin(), p.end());
  std::vector<double> modes;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p.data()[i] == most) modes.push_back(static_cast<double>(i));
  }
  return vector(modes);
}

Var Categorical::entropy() const {
  const Var terms = elementwise(
      [](auto log_p) {
        return where(log_p == -kInfinity, 0.0, -exp(log_p) * log_p);  // 0 log 0 = 0
      },
      log_probs(), "Categorical::entropy");
  return sum(terms, {-1});
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
