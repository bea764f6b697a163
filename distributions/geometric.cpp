#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/geometric.hpp>
#include <evident/distributions/samplers/counts.hpp>
#include <evident/distributions/sums_over_counts.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using counting::in_steps;
using counting::within_whole;

using parts::kInfinity;

// 1 - (1 - p)^(k + 1), whose derivative in p, (k + 1) (1 - p)^k, is finite at p = 1.
template <class L, class P>
auto probability_up_to(L k, const P& p) {
  return of_two<Promoted<P, L>>(p, k, [](auto p, auto k) {
    using Value = decltype(p);
    return Partials<Value>{-expm1((k + 1.0) * log1p(-p)), (k + 1.0) * exp(xlog1py(k, -p)),
                           Value(0.0)};
  });
}

// Its logarithm.
template <class L, class P>
auto log_probability_up_to(L k, const P& p) {
  return of_two<Promoted<P, L>>(p, k, [](auto p, auto k) {
    using Value = decltype(p);
    const Value log_survival = (k + 1.0) * log1p(-p);
    const Value slope = (k + 1.0) * exp(xlog1py(k, -p)) / -expm1(log_survival);
    return Partials<Value>{log1mexp(log_survival), slope, Value(0.0)};
  });
}

// -(log p + (1 - p)/p log(1 - p)), with the derivative log(1 - p) / p^2.
template <class P>
auto geometric_entropy(const P& p) {
  return of_two<Promoted<P, P>>(p, 0.0, [](auto p, auto) {
    using L = decltype(p);
    return Partials<L>{-(log(p) + xlog1py((1.0 - p) / p, -p)), log1p(-p) / p / p, L(0.0)};
  });
}

// Whether P(X <= k) has reached u, by the logarithms of the upper tails.
bool reaches(double k, double log_failure, double log_above) {
  return (k + 1) * log_failure <= log_above * (1 - counting::kReachedSlack / 2);
}

double geometric_quantile(double u, double p) {
  if (!(u >= 0 && u <= 1)) return std::nan("");
  if (u == 1) return kInfinity;
  if (u == 0 || p == 1) return 0;
  const double log_failure = std::log1p(-p);
  const double log_above = u > 0.5 ? std::log(1 - u + counting::kReachedRounding) : std::log1p(-u);
  // The quotient is off by a rounding, and so perhaps by one.
  double k = std::fmax(0, std::ceil(log_above / log_failure) - 1);
  if (k > 0 && reaches(k - 1, log_failure, log_above)) return k - 1;
  return reaches(k, log_failure, log_above) ? k : k + 1;
}

double geometric_median(double p) {
  const double k = geometric_quantile(0.5, p);
  const double log_survival = (k + 1) * std::log1p(-p);
  return counting::is_half(std::exp(log_survival)) ? k + 0.5 : k;
}

}  // namespace

Geometric::Geometric(Var probs) : probs_(std::move(probs)) { check_parameters(); }

Var Geometric::log_prob_at(const Var& x) const {
  return elementwise(
      [](auto x, auto p) {
        using L = decltype(counting::whole_part(x));
        return within_whole(x, L(0.0), L(kInfinity),
                            [&](auto k) { return xlog1py(k, -p) + log(p); });
      },
      x, probs_, "Geometric::log_prob");
}

Var Geometric::cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto p) {
        using L = decltype(counting::whole_part(x));
        return in_steps(x, L(0.0), L(kInfinity), 0, 1,
                        [&](auto k) { return probability_up_to(k, p); });
      },
      x, probs_, "Geometric::cdf");
}

Var Geometric::log_cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto p) {
        using L = decltype(counting::whole_part(x));
        return in_steps(x, L(0.0), L(kInfinity), -kInfinity, 0,
                        [&](auto k) { return log_probability_up_to(k, p); });
      },
      x, probs_, "Geometric::log_cdf");
}

Var Geometric::log_survival_at(const Var& x) const {
  return elementwise(
      [](auto x, auto p) {
        using L = decltype(counting::whole_part(x));
        return in_steps(x, L(0.0), L(kInfinity), 0, -kInfinity,
                        [&](auto k) { return (k + 1.0) * log1p(-p); });
      },
      x, probs_, "Geometric::log_survival");
}

Var Geometric::icdf_at(const Var& p) const {
  return elementwise([](auto u, auto p) { return in_jumps_on_each_lane(geometric_quantile, u, p); },
                     p, probs_, "Geometric::icdf");
}

Array Geometric::draw(Rng& rng, const Shape& sample_shape) const {
  return geometric(probs_.value(), joined(sample_shape, batch_shape()), rng);
}

Var Geometric::mean() const {
  return elementwise([](auto p) { return (1.0 - p) / p; }, probs_, "Geometric::mean");
}

Var Geometric::median() const {
  return elementwise([](auto p) { return in_jumps_on_each_lane(geometric_median, p); }, probs_,
                     "Geometric::median");
}

Var Geometric::mode() const { return zeros(batch_shape()); }

Var Geometric::variance() const {
  return elementwise([](auto p) { return (1.0 - p) / p / p; }, probs_, "Geometric::variance");
}

Var Geometric::entropy() const {
  return elementwise([](auto p) { return geometric_entropy(p); }, probs_, "Geometric::entropy");
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
