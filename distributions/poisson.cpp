#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/poisson.hpp>
#include <evident/distributions/samplers/counts.hpp>
#include <evident/distributions/sums_over_counts.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using counting::in_steps;
using counting::within_whole;

using parts::kInfinity;

// P(X <= k) is the upper tail of a gamma law of k + 1.
double lower(double k, double rate) { return special::gammaincc(k + 1, rate); }
double upper(double k, double rate) { return special::gammainc(k + 1, rate); }

}  // namespace

Poisson::Poisson(Var rate) : rate_(std::move(rate)) { check_parameters(); }

Var Poisson::log_prob_at(const Var& x) const {
  return elementwise(
      [](auto x, auto rate) {
        using L = decltype(counting::whole_part(x));
        return within_whole(x, L(0.0), L(kInfinity), [&](auto k) { return log_poisson(k, rate); });
      },
      x, rate_, "Poisson::log_prob");
}

Var Poisson::cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto rate) {
        using L = decltype(counting::whole_part(x));
        return in_steps(x, L(0.0), L(kInfinity), 0, 1,
                        [&](auto k) { return gammaincc(k + 1.0, rate); });
      },
      x, rate_, "Poisson::cdf");
}

Var Poisson::log_cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto rate) {
        using L = decltype(counting::whole_part(x));
        return in_steps(x, L(0.0), L(kInfinity), -kInfinity, 0,
                        [&](auto k) { return log_gammaincc(k + 1.0, rate); });
      },
      x, rate_, "Poisson::log_cdf");
}

Var Poisson::log_survival_at(const Var& x) const {
  return elementwise(
      [](auto x, auto rate) {
        using L = decltype(counting::whole_part(x));
        return in_steps(x, L(0.0), L(kInfinity), 0, -kInfinity,
                        [&](auto k) { return log_gammainc(k + 1.0, rate); });
      },
      x, rate_, "Poisson::log_survival");
}

Var Poisson::icdf_at(const Var& p) const {
  return elementwise(
      [](auto u, auto rate) {
        return in_jumps_on_each_lane(
            [](double u, double rate) {
              return counting::quantile_of_counts(
                  u, INFINITY, rate, std::sqrt(rate), [&](double k) { return lower(k, rate); },
                  [&](double k) { return upper(k, rate); });
            },
            u, rate);
      },
      p, rate_, "Poisson::icdf");
}

Array Poisson::draw(Rng& rng, const Shape& sample_shape) const {
  return poisson(rate_.value(), joined(sample_shape, batch_shape()), rng);
}

Var Poisson::mean() const { return rate_ + 0.0; }

Var Poisson::median() const {
  return elementwise(
      [](auto rate) {
        return in_jumps_on_each_lane(
            [](double rate) {
              return counting::median_of_counts(
                  INFINITY, rate, std::sqrt(rate), [&](double k) { return lower(k, rate); },
                  [&](double k) { return upper(k, rate); });
            },
            rate);
      },
      rate_, "Poisson::median");
}

Var Poisson::mode() const {
  return elementwise([](auto rate) { return maximum(-counting::whole_part(-rate) - 1.0, 0.0); },
                     rate_, "Poisson::mode");
}

Array Poisson::all_modes() const {
  const double rate = rate_.item(), first = mode().item();
  return rate > 0 && first + 1 == rate ? vector({first, rate}) : vector({first});
}

Var Poisson::variance() const { return rate_ + 0.0; }

Var Poisson::entropy() const {
  return elementwise(
      [](auto rate) {
        return on_each_lane([](double rate) { return counting::poisson_entropy(rate).value; },
                            [](double rate) -> std::array<double, 2> {
                              const auto h = counting::poisson_entropy(rate);
                              return {h.value, h.in_rate};
                            },
                            rate);
      },
      rate_, "Poisson::entropy");
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
