#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/functions/von_mises_law.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/samplers/von_mises.hpp>
#include <evident/distributions/von_mises.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kInfinity;
using parts::kLogTwoPi;
using parts::kPi;

// `f` of the angle from loc on the turn about it, `below` and `above` off it. At its very ends the
// difference has rounded: what it lacks says whether it is beyond pi, which is no number either.
template <class X, class Loc, class F>
auto within_turn(const X& x, const Loc& loc, double below, double above, F f) {
  constexpr double kPiRest =
      (kPi - static_cast<double>(static_cast<real>(kPi))) + 1.2246467991473532e-16;
  const auto d = x - loc;
  const auto rest = (x - d) - loc;
  const auto before = d < -kPi || (d == -kPi && rest < -kPiRest);
  const auto beyond = d > kPi || (d == kPi && rest > kPiRest);
  const auto inside = d == d && !before && !beyond;
  const auto value = f(where(inside, d, 0.0));
  return where(inside, value, where(before, below, where(beyond, above, d)));
}

}  // namespace

VonMises::VonMises(Var loc, Var concentration)
    : loc_(std::move(loc)), concentration_(std::move(concentration)) {
  check_parameters();
}

Var VonMises::log_prob_at(const Var& x) const {
  const Var norm = elementwise([](auto k) { return -log_scaled_bessel_i0(k) - kLogTwoPi; },
                               concentration_, "VonMises::log_prob");
  return elementwise(
      [](auto x, auto loc, auto k, auto norm) {
        const auto d = x - loc;
        const auto finite = abs(d) < kInfinity;
        const auto value = von_mises_kernel(k, where(finite, d, 0.0)) + norm;
        return where(finite, value, where(d == d, -kInfinity, d));
      },
      x, loc_, concentration_, norm, "VonMises::log_prob");
}

Var VonMises::cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto loc, auto k) {
        return within_turn(x, loc, 0, 1, [&](auto d) { return von_mises_cdf(k, d); });
      },
      x, loc_, concentration_, "VonMises::cdf");
}

Var VonMises::log_cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto loc, auto k) {
        return within_turn(x, loc, -kInfinity, 0, [&](auto d) { return von_mises_log_cdf(k, d); });
      },
      x, loc_, concentration_, "VonMises::log_cdf");
}

Var VonMises::log_survival_at(const Var& x) const {
  return elementwise(
      [](auto x, auto loc, auto k) {
        return within_turn(x, loc, 0, -kInfinity, [&](auto d) { return von_mises_log_cdf(k, -d); });
      },
      x, loc_, concentration_, "VonMises::log_survival");
}

Var VonMises::icdf_at(const Var& p) const {
  return elementwise([](auto p, auto loc, auto k) { return loc + von_mises_quantile(k, p); }, p,
                     loc_, concentration_, "VonMises::icdf");
}

Array VonMises::noise(Rng& rng, const Shape& sample_shape) const {
  return von_mises(concentration_.value(), joined(sample_shape, batch_shape()), rng);
}

Var VonMises::from_noise(const Array& noise) const {
  return elementwise([](auto loc, auto k, auto x) { return loc + von_mises_draw(k, x); }, loc_,
                     concentration_, Var(noise), "VonMises::from_noise");
}

Array VonMises::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return from_noise(noise(rng, sample_shape)).value();
}

Var VonMises::mean() const { return loc_ + zeros(batch_shape()); }

Var VonMises::variance() const {
  return elementwise([](auto k) { return bessel_ratio_complement(k); }, concentration_,
                     "VonMises::variance") +
         zeros(batch_shape());
}

Var VonMises::entropy() const {
  return elementwise(
             [](auto k) {
               return kLogTwoPi + log_scaled_bessel_i0(k) + k * bessel_ratio_complement(k);
             },
             concentration_, "VonMises::entropy") +
         zeros(batch_shape());
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
