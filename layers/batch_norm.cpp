#include <fmt/format.h>

#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/layers/batch_norm.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

void check_shape(const Var& x, const Var& gain) {
  if (x.dimension() == 0 || x.shape().back() != gain.size()) {
    throw ShapeError(
        fmt::format("BatchNorm: input {} does not fit gain {}: the last dimension must be {}",
                    to_string(x.shape()), to_string(gain.shape()), gain.size()));
  }
}

void check_training(const Var& x, std::size_t rows, double momentum) {
  if (rows < 2) {
    throw ShapeError(fmt::format(
        "BatchNorm: input {} is a batch of {}, which has no variance: with a generator expected 2 "
        "rows or more; without one the running averages are used",
        to_string(x.shape()), rows));
  }
  if (!(momentum >= 0 && momentum <= 1)) {
    throw Error(fmt::format("BatchNorm: momentum must be in [0, 1], got {}", momentum));
  }
}

// running = (1 - momentum) running + momentum scale batch.
void move(Var running, const Var& batch, double momentum, double scale) {
  Array& average = running.mutable_value();
  detail::compute_into(
      average, [](auto r, auto b, auto m, auto s) { return r + m * (s * b - r); }, average,
      batch.value(), scalar(momentum), scalar(scale));
}

// At the size of a parameter, so that the pass over the batch divides by nothing.
Var inverse_deviation(const Var& variance, double epsilon) {
  return elementwise([](auto v, auto e) { return 1.0 / sqrt(v + e); }, variance, epsilon,
                     "BatchNorm");
}

}  // namespace

BatchNorm::BatchNorm(std::size_t size)
    : gain(Var::parameter(ones({size}))),
      bias(Var::parameter(zeros({size}))),
      running_mean(zeros({size})),
      running_variance(ones({size})) {}

Var BatchNorm::operator()(const Var& x, Rng* noise) const {
  check_shape(x, gain);
  const auto normalise = [&](const Var& centre, const Var& factor) {
    return elementwise(
        [](auto x, auto c, auto f, auto gain, auto bias) { return (x - c) * f * gain + bias; }, x,
        centre, factor, gain, bias, "BatchNorm");
  };
  if (noise == nullptr) {
    // Copies: a tape that has seen them can be walked back after the averages have moved.
    return normalise(Var(running_mean.value()),
                     inverse_deviation(Var(running_variance.value()), epsilon));
  }
  Shape batch_shape = x.shape();
  batch_shape.back() = 1;
  const auto rows = static_cast<double>(size_of(batch_shape));
  check_training(x, size_of(batch_shape), momentum);
  Axes batch;
  for (std::size_t axis = 0; axis + 1 < x.dimension(); ++axis) {
    batch.push_back(static_cast<int>(axis));
  }
  const Var average = mean(x, batch);
  // Deviations sum to 0, so the variance has no slope in the mean.
  const Var variance = mean(elementwise([](auto x, auto c) { return square(x - c); }, x,
                                        stop_gradient(average), "BatchNorm"),
                            batch);
  move(running_mean, average, momentum, 1);
  move(running_variance, variance, momentum, rows / (rows - 1));
  return normalise(average, inverse_deviation(variance, epsilon));
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
