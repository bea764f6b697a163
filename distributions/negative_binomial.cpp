#include <fmt/format.h>
#include <evident/autodiff/functions/constants.hpp>

#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/negative_binomial.hpp>
#include <evident/distributions/samplers/counts.hpp>
#include <evident/distributions/samplers/gamma.hpp>
#include <evident/distributions/sums_over_counts.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using counting::in_steps;
using counting::whole_part;
using counting::within_whole;

using parts::kInfinity;

// The probability of a success, or of a failure, from the parameter that was given.
template <bool kLogits, class X>
auto success(X x) {
  if constexpr (kLogits) {
    return sigmoid(x);
  } else {
    return x;
  }
}
template <bool kLogits, class X>
auto failure(X x) {
  if constexpr (kLogits) {
    return sigmoid(-x);
  } else {
    return 1.0 - x;
  }
}

// log p(k) with its derivatives in r and in the probability or the logit.
template <bool kLogits, class K, class R, class P>
auto log_mass(K count, const R& r, const P& parameter) {
  return of_two<Promoted<Promoted<R, P>, K>>(r, parameter, [count](auto r, auto parameter) {
    using L = decltype(r);
    const L k = count;
    const L p = success<kLogits>(parameter), q = failure<kLogits>(parameter);
    const L in_logit = k * q - r * p;
    const L log_q = kLogits ? L(-softplus(parameter)) : L(log1p(-p));
    const L slope = kLogits ? in_logit : where(k == 0.0, L(0.0), k / p) - r / q;
    return Partials<L>{log_negative_binomial(k, r, p, q), digamma_rise(r, k) + log_q, slope};
  });
}

template <bool kLogits>
Var log_prob_of(const Var& x, const Var& r, const Var& parameter) {
  return elementwise(
      [](auto x, auto r, auto parameter) {
        using L = decltype(whole_part(x));
        return within_whole(x, L(0.0), L(kInfinity),
                            [&](auto k) { return log_mass<kLogits>(k, r, parameter); });
      },
      x, r, parameter, "NegativeBinomial::log_prob");
}

template <bool kLogits>
Var entropy_of(const Var& r, const Var& parameter) {
  return elementwise(
      [](auto r, auto parameter) {
        const auto entropy = [](double r, double x) {
          const double e = std::exp(-std::abs(x));
          const double p = kLogits ? (x > 0 ? 1 : e) / (1 + e) : x;
          const double q = kLogits ? (x > 0 ? e : 1) / (1 + e) : 1 - x;
          return counting::negative_binomial_entropy(r, p, q);
        };
        return on_each_lane([=](double r, double x) { return entropy(r, x).value; },
                            [=](double r, double x) -> std::array<double, 3> {
                              const auto h = entropy(r, x);
                              return {h.value, h.in_count, kLogits ? h.in_logit : h.in_probs};
                            },
                            r, parameter);
      },
      r, parameter, "NegativeBinomial::entropy");
}

// P(X <= k) is the distribution function of Beta(r, k + 1) at q.
double lower(double k, double r, double p, double q) { return special::betainc(r, k + 1, q, p); }
double upper(double k, double r, double p, double q) { return special::betainc(k + 1, r, p, q); }

double quantile(double u, double r, double p, double q) {
  return counting::quantile_of_counts(
      u, INFINITY, r * p / q, std::sqrt(r * p) / q, [&](double k) { return lower(k, r, p, q); },
      [&](double k) { return upper(k, r, p, q); });
}

// (r - 1) p/q, which the mode is below; of p and q the smaller has the digits.
double peak_of(double r, double p, double q) { return (r - 1) * p / (p < q ? 1 - p : q); }

double mode_of(double r, double p, double q) {
  return std::fmax(std::ceil(peak_of(r, p, q)) - 1, 0);
}

double median_of(double r, double p, double q) {
  return counting::median_of_counts(
      INFINITY, r * p / q, std::sqrt(r * p) / q, [&](double k) { return lower(k, r, p, q); },
      [&](double k) { return upper(k, r, p, q); });
}

}  // namespace

NegativeBinomial::NegativeBinomial(Var total_count, Var parameter, bool from_logits)
    : total_count_(std::move(total_count)),
      parameter_(std::move(parameter)),
      from_logits_(from_logits) {
  check_parameters();
}

NegativeBinomial::NegativeBinomial(Var total_count, Var probs)
    : NegativeBinomial(std::move(total_count), std::move(probs), false) {}

NegativeBinomial NegativeBinomial::from_logits(Var total_count, Var logits) {
  return NegativeBinomial(std::move(total_count), std::move(logits), true);
}

Var NegativeBinomial::probs() const { return from_logits_ ? sigmoid(parameter_) : parameter_; }

Var NegativeBinomial::failure_probs() const {
  return from_logits_ ? sigmoid(-parameter_) : 1.0 - parameter_;
}

std::vector<Parameter> NegativeBinomial::parameters() const {
  const Parameter count{"total_count", total_count_, constraints::positive()};
  if (from_logits_) {
    return {count, {"logits", parameter_, constraints::interval(-kInfinity, {kInfinity, true})}};
  }
  return {count, {"probs", parameter_, constraints::interval(0, {1, true})}};
}

Var NegativeBinomial::log_prob_at(const Var& x) const {
  return from_logits_ ? log_prob_of<true>(x, total_count_, parameter_)
                      : log_prob_of<false>(x, total_count_, parameter_);
}

Var NegativeBinomial::cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto r, auto p, auto q) {
        using L = decltype(whole_part(x));
        return in_steps(x, L(0.0), L(kInfinity), 0, 1,
                        [&](auto k) { return betainc(r, k + 1.0, q, p); });
      },
      x, total_count_, stop_gradient(probs()), failure_probs(), "NegativeBinomial::cdf");
}

Var NegativeBinomial::log_cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto r, auto p, auto q) {
        using L = decltype(whole_part(x));
        return in_steps(x, L(0.0), L(kInfinity), -kInfinity, 0,
                        [&](auto k) { return log_betainc(r, k + 1.0, q, p); });
      },
      x, total_count_, stop_gradient(probs()), failure_probs(), "NegativeBinomial::log_cdf");
}

Var NegativeBinomial::log_survival_at(const Var& x) const {
  return elementwise(
      [](auto x, auto r, auto p, auto q) {
        using L = decltype(whole_part(x));
        return in_steps(x, L(0.0), L(kInfinity), 0, -kInfinity,
                        [&](auto k) { return log_betainc(k + 1.0, r, p, q); });
      },
      x, total_count_, probs(), stop_gradient(failure_probs()), "NegativeBinomial::log_survival");
}

Var NegativeBinomial::icdf_at(const Var& p) const {
  return elementwise(
      [](auto u, auto r, auto p, auto q) { return in_jumps_on_each_lane(quantile, u, r, p, q); }, p,
      total_count_, probs(), failure_probs(), "NegativeBinomial::icdf");
}

Array NegativeBinomial::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  const Shape shape = joined(sample_shape, batch_shape());
  const Var rate =
      elementwise([](auto log_draw, auto p, auto q) { return exp(log_draw + log(p) - log(q)); },
                  Var(log_standard_gamma(total_count_.value(), shape, rng)), probs(),
                  failure_probs(), "NegativeBinomial::sample");
  return poisson(rate.value(), shape, rng);
}

Var NegativeBinomial::mean() const { return total_count_ * (probs() / failure_probs()); }

Var NegativeBinomial::median() const {
  return elementwise(
      [](auto r, auto p, auto q) { return in_jumps_on_each_lane(median_of, r, p, q); },
      total_count_, probs(), failure_probs(), "NegativeBinomial::median");
}

Var NegativeBinomial::mode() const {
  return elementwise([](auto r, auto p, auto q) { return in_jumps_on_each_lane(mode_of, r, p, q); },
                     total_count_, probs(), failure_probs(), "NegativeBinomial::mode");
}

Array NegativeBinomial::all_modes() const {
  const NoTape pause;
  const double peak = peak_of(total_count_.item(), probs().item(), failure_probs().item());
  const double first = mode().item();
  return peak > 0 && first + 1 == peak ? vector({first, peak}) : vector({first});
}

Var NegativeBinomial::variance() const { return mean() / failure_probs(); }

Var NegativeBinomial::entropy() const {
  const Array r = (total_count_ + zeros(batch_shape())).value();
  const Array p = (probs() + zeros(batch_shape())).value();
  const Array q = (failure_probs() + zeros(batch_shape())).value();
  for (std::size_t i = 0; i < r.size(); ++i) {
    const double terms = counting::negative_binomial_terms(static_cast<double>(r.data()[i]),
                                                           static_cast<double>(p.data()[i]),
                                                           static_cast<double>(q.data()[i]));
    if (terms > counting::kMostTerms) {
      throw Error(fmt::format(
          "NegativeBinomial::entropy: total_count {} and probs {} have {:.3g} outcomes that "
          "matter, "
          "more than {:.0g} to sum over: estimate it as the mean of -log_prob over draws of sample",
          r.data()[i], p.data()[i], terms, counting::kMostTerms));
    }
  }
  return from_logits_ ? entropy_of<true>(total_count_, parameter_)
                      : entropy_of<false>(total_count_, parameter_);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
