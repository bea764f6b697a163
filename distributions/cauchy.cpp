#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/cauchy.hpp>
#include <evident/distributions/cauchy_tails.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kNan;
constexpr double kOneOverPi = 0.318309886183790671537767526745;
constexpr double kLogPi = 1.14472988584940017414342735135;

// scale tan(pi (p - 1/2)), from whichever of 0, 1/2 and 1 is near: the distance to it is exact.
constexpr auto kScaledQuantile = [](auto p, auto scale) {
  const auto lower = p<0.25, upper = p> 0.75;
  const auto from_lower = -(p + 0.0);  // -0 for both zeros, whose quantile is -inf
  const auto t = tanpi(where(lower, from_lower, where(upper, 1.0 - p, p - 0.5)));
  const auto x = where(lower || upper, scale / t, scale * t);
  return where(p >= 0.0 && p <= 1.0, x, kNan);
};

// log P(X <= loc + d).
constexpr auto kLogTail = [](auto d, auto scale) {
  const auto size = abs(d);
  const auto far = size > scale;
  const auto share = kOneOverPi * atan(where(far, scale / size, d / scale));
  return where(far, where(d < 0.0, detail::log_arc(scale, size) - kLogPi, log1p(-share)),
               log(0.5 + share));
};

}  // namespace

Cauchy::Cauchy(Var loc, Var scale) : loc_(std::move(loc)), scale_(std::move(scale)) {
  check_parameters();
}

Var Cauchy::log_prob_at(const Var& x) const {
  return elementwise(
      [](auto x, auto loc, auto scale, auto log_scale) {
        return detail::log_cauchy(abs(x - loc), scale, log_scale) - kLogPi;
      },
      x, loc_, scale_, log(scale_), "Cauchy::log_prob");
}

Var Cauchy::cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto loc, auto scale) {
        const auto d = x - loc;
        const auto size = abs(d);
        const auto far = size > scale;
        const auto share = kOneOverPi * atan(where(far, scale / size, d / scale));
        return where(far, where(d < 0.0, share, 1.0 - share), 0.5 + share);
      },
      x, loc_, scale_, "Cauchy::cdf");
}

Var Cauchy::log_cdf_at(const Var& x) const {
  return elementwise([](auto x, auto loc, auto scale) { return kLogTail(x - loc, scale); }, x, loc_,
                     scale_, "Cauchy::log_cdf");
}

Var Cauchy::log_survival_at(const Var& x) const {
  return elementwise([](auto x, auto loc, auto scale) { return kLogTail(loc - x, scale); }, x, loc_,
                     scale_, "Cauchy::log_survival");
}

Var Cauchy::icdf_at(const Var& p) const {
  return elementwise([](auto p, auto loc, auto scale) { return loc + kScaledQuantile(p, scale); },
                     p, loc_, scale_, "Cauchy::icdf");
}

Array Cauchy::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return from_noise(noise(rng, sample_shape)).value();
}

Array Cauchy::noise(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  const Var u = uniform(joined(sample_shape, batch_shape()), rng);
  return elementwise([](auto u) { return tanpi(u - 0.5); }, u, "Cauchy::noise").value();
}

Var Cauchy::from_noise(const Array& noise) const {
  return elementwise([](auto loc, auto scale, auto noise) { return loc + scale * noise; }, loc_,
                     scale_, Var(noise), "Cauchy::from_noise");
}

Var Cauchy::mean() const { refuse("mean", "its integral diverges: use median()"); }

Var Cauchy::median() const { return loc_ + zeros(batch_shape()); }

Var Cauchy::variance() const {
  refuse("variance",
         "there is no mean to measure it from: use scale(), half the distance between "
         "the quartiles");
}

Var Cauchy::entropy() const {
  constexpr double kLogFourPi = 2.53102424696929079297789206085;
  return log(scale_) + full(batch_shape(), kLogFourPi);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
