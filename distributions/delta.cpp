#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/delta.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kInfinity;
using parts::kNan;

// A number, another from v on; NaN stays. Steps have no slope, and are no function of v to record.
template <class F>
Var step(F f, const Var& x, const Var& v, const char* name) {
  return elementwise(f, Var(x.value()), Var(v.value()), name);
}

}  // namespace

Delta::Delta(Var v) : v_(std::move(v)) { check_parameters(); }

Var Delta::log_prob_at(const Var& x) const {
  return step([](auto x, auto v) { return where(x == v, 0.0, where(x == x, -kInfinity, x)); }, x,
              v_, "Delta::log_prob");
}

Var Delta::cdf_at(const Var& x) const {
  return step([](auto x, auto v) { return where(x >= v, 1.0, where(x == x, 0.0, x)); }, x, v_,
              "Delta::cdf");
}

Var Delta::log_cdf_at(const Var& x) const {
  return step([](auto x, auto v) { return where(x >= v, 0.0, where(x == x, -kInfinity, x)); }, x,
              v_, "Delta::log_cdf");
}

Var Delta::log_survival_at(const Var& x) const {
  return step([](auto x, auto v) { return where(x >= v, -kInfinity, where(x == x, 0.0, x)); }, x,
              v_, "Delta::log_survival");
}

Var Delta::icdf_at(const Var& p) const {
  return elementwise([](auto p, auto v) { return where(p >= 0.0 && p <= 1.0, v, kNan); },
                     Var(p.value()), v_, "Delta::icdf");
}

Array Delta::noise(Rng&, const Shape& sample_shape) const {
  return zeros(joined(sample_shape, batch_shape()));
}

Var Delta::from_noise(const Array& noise) const { return v_ + noise; }

Array Delta::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return from_noise(noise(rng, sample_shape)).value();
}

Var Delta::variance() const { return zeros(batch_shape()); }

Var Delta::entropy() const { return zeros(batch_shape()); }

}  // namespace EVIDENT_PRECISION
}  // namespace evident
