#include <fmt/format.h>
#include <evident/autodiff/functions/constants.hpp>

#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/distributions/uniform.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kInfinity;
using parts::kLn2;
using parts::kNan;

// What lengths are measured in: 2, where the ends are too far apart for one number.
constexpr auto kUnit = [](auto low, auto high) {
  return where(abs(high - low) < kInfinity, 1.0, 0.5);
};

// (x - from) / (to - from).
constexpr auto kShare = [](auto x, auto from, auto to) {
  const auto unit = kUnit(from, to);
  return (unit * x - unit * from) / (unit * to - unit * from);
};

// The logarithm of (b - a) / (high - low), of which `rest` is 1 less that.
constexpr auto kLogShare = [](auto a, auto b, auto low, auto high, auto rest) {
  const auto unit = kUnit(low, high);
  const auto length = unit * b - unit * a, width = unit * high - unit * low;
  const auto share = length / width;
  // At 0 the quotient has slopes of 0, times which the infinite slope of the logarithm is NaN.
  constexpr double kTiny = 1e-20;
  const auto small = where(share < kTiny, log(length) - log(width), log(share));
  return where(share < 0.5, small, log1p(-rest));
};

// low + p (high - low) for p in [0, 1], from the nearer end: rounding leads out of neither.
constexpr auto kQuantile = [](auto p, auto low, auto high) {
  const auto unit = kUnit(low, high);
  const auto width = unit * high - unit * low;
  return where(p <= 0.5, low + (p / unit) * width, high - ((1.0 - p) / unit) * width);
};

}  // namespace

Uniform::Uniform(Var low, Var high) : low_(std::move(low)), high_(std::move(high)) {
  check_parameters();
  const NoTape pause;
  const Array from = broadcast_to(low_, batch_shape()).value();
  const Array to = broadcast_to(high_, batch_shape()).value();
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (from.data()[i] < to.data()[i]) continue;
    const std::string place =
        from.dimension() == 0
            ? ""
            : fmt::format(" at index {} of the batch shape {}", i, to_string(batch_shape()));
    throw ParameterError(
        fmt::format("Uniform: low must be less than high, got low {} and high {}{}", from.data()[i],
                    to.data()[i], place));
  }
}

Constraint Uniform::support() const { return constraints::interval(low_.value(), high_.value()); }

Var Uniform::log_prob_at(const Var& x) const {
  return elementwise(
      [](auto x, auto low, auto high, auto log_width) {
        return where(x >= low && x <= high, -log_width, where(x == x, -kInfinity, x));
      },
      x, low_, high_, entropy(), "Uniform::log_prob");
}

Var Uniform::cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto low, auto high) {
        return where(x < low, 0.0, where(x > high, 1.0, kShare(x, low, high)));
      },
      x, low_, high_, "Uniform::cdf");
}

Var Uniform::log_cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto low, auto high) {
        const auto value = kLogShare(low, x, low, high, kShare(x, high, low));
        return where(x < low, -kInfinity, where(x > high, 0.0, value));
      },
      x, low_, high_, "Uniform::log_cdf");
}

Var Uniform::log_survival_at(const Var& x) const {
  return elementwise(
      [](auto x, auto low, auto high) {
        const auto value = kLogShare(x, high, low, high, kShare(x, low, high));
        return where(x < low, 0.0, where(x > high, -kInfinity, value));
      },
      x, low_, high_, "Uniform::log_survival");
}

Var Uniform::icdf_at(const Var& p) const {
  return elementwise(
      [](auto p, auto low, auto high) {
        return where(p >= 0.0 && p <= 1.0, kQuantile(p, low, high), kNan);
      },
      p, low_, high_, "Uniform::icdf");
}

Array Uniform::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return from_noise(noise(rng, sample_shape)).value();
}

Array Uniform::noise(Rng& rng, const Shape& sample_shape) const {
  return uniform(joined(sample_shape, batch_shape()), rng);
}

Var Uniform::from_noise(const Array& noise) const {
  return elementwise(kQuantile, Var(noise), low_, high_, "Uniform::from_noise");
}

Var Uniform::mean() const {
  return elementwise([](auto low, auto high) { return 0.5 * low + 0.5 * high; }, low_, high_,
                     "Uniform::mean");
}

Var Uniform::mode() const { return low_ + zeros(batch_shape()); }

Array Uniform::all_modes() const {
  refuse("modes", "every point of [low, high] is a mode: use support()");
}

Var Uniform::variance() const {
  return elementwise(
      [](auto low, auto high) {
        constexpr double kOneOverRootTwelve = 0.288675134594812882254574390251;
        return square(kOneOverRootTwelve * high - kOneOverRootTwelve * low);
      },
      low_, high_, "Uniform::variance");
}

Var Uniform::entropy() const {
  return elementwise(
      [](auto low, auto high) {
        const auto width = high - low;
        return where(width < kInfinity, log(width), log(0.5 * high - 0.5 * low) + kLn2);
      },
      low_, high_, "Uniform::entropy");
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
