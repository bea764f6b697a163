#include <fmt/format.h>

#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/count_tails.hpp>
#include <evident/distributions/negative_binomial.hpp>
#include <evident/distributions/samplers/counts.hpp>
#include <evident/distributions/samplers/gamma.hpp>
#include <evident/distributions/sums_over_counts.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using counting::in_steps;
using counting::Trials;
using counting::whole_part;
using counting::within_whole;
using detail::in_jumps;

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
    L value = log_negative_binomial(k, r, p, q);
    if constexpr (kLogits) {
      const auto far = counting::is_far_logit(parameter);
      if (xsimd::any(far.bits)) {
        const L orders = -log(k + r) - lbeta(k + 1.0, r);
        value = where(far, counting::log_product_of_logit(k, r, parameter, orders), value);
      }
    }
    return Partials<L>{value, digamma_rise(r, k) + log_q, slope};
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

template <class Tail, bool kLogits>
Var tail_of(const Var& x, const Var& r, const Var& parameter, const char* name) {
  return elementwise(
      [](auto x, auto r, auto parameter) {
        using L = decltype(whole_part(x));
        return in_steps(x, L(0.0), L(kInfinity), Tail::kBelow, Tail::kAbove,
                        [&](auto k) { return Tail::template at<kLogits>(r, k, parameter); });
      },
      x, r, parameter, name);
}
template <class Tail>
Var tail_of(bool from_logits, const Var& x, const Var& r, const Var& parameter, const char* name) {
  return from_logits ? tail_of<Tail, true>(x, r, parameter, name)
                     : tail_of<Tail, false>(x, r, parameter, name);
}

// Beyond it whole numbers have no neighbours. And with odds beyond it X / E X is a Gamma of mean 1
// to rounding.
constexpr double kLargestCount = 1e15;

template <bool kLogits>
double quantile_of(double u, double r, double parameter) {
  const Trials<kLogits> trials(parameter);
  double mean = r * trials.odds;
  if (trials.odds > kLargestCount) {
    const double smooth = std::floor(special::gammaincinv(r, u) * trials.odds);
    if (u > 0 && u < 1 && smooth > kLargestCount) return smooth;
    mean = std::fmin(mean, kLargestCount);
  }
  return counting::quantile_of_counts(
      u, INFINITY, mean, std::sqrt(mean) / std::sqrt(trials.q),
      [&](double k) { return trials.lower(r, k); }, [&](double k) { return trials.upper(r, k); });
}

template <bool kLogits>
double median_of(double r, double parameter) {
  const Trials<kLogits> trials(parameter);
  const double k = quantile_of<kLogits>(0.5, r, parameter);
  return k < kLargestCount && counting::is_half(trials.lower(r, k)) ? k + 0.5 : k;
}

// (r - 1) p/q, which the mode is below.
template <bool kLogits>
double peak_of(double r, double parameter) {
  return (r - 1) * Trials<kLogits>(parameter).odds;
}

template <bool kLogits>
double mode_of(double r, double parameter) {
  return std::fmax(std::ceil(peak_of<kLogits>(r, parameter)) - 1, 0);
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
  return tail_of<counting::LowerTail>(from_logits_, x, total_count_, parameter_,
                                      "NegativeBinomial::cdf");
}

Var NegativeBinomial::log_cdf_at(const Var& x) const {
  return tail_of<counting::LogLowerTail>(from_logits_, x, total_count_, parameter_,
                                         "NegativeBinomial::log_cdf");
}

Var NegativeBinomial::log_survival_at(const Var& x) const {
  return tail_of<counting::LogUpperTail>(from_logits_, x, total_count_, parameter_,
                                         "NegativeBinomial::log_survival");
}

Var NegativeBinomial::icdf_at(const Var& p) const {
  return in_jumps<quantile_of<false>, quantile_of<true>>(from_logits_, "NegativeBinomial::icdf", p,
                                                         total_count_, parameter_);
}

Var NegativeBinomial::odds() const {
  return from_logits_ ? exp(parameter_) : parameter_ / (1.0 - parameter_);
}

Array NegativeBinomial::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  const Shape shape = joined(sample_shape, batch_shape());
  const Var log_odds = from_logits_ ? parameter_ : log(odds());
  const Var rate =
      elementwise([](auto log_draw, auto log_odds) { return exp(log_draw + log_odds); },
                  Var(log_standard_gamma(total_count_.value(), shape, rng)), log_odds,
                  "NegativeBinomial::sample");
  const Var count(poisson(minimum(rate, kLargestCount).value(), shape, rng));
  return elementwise([](auto rate, auto count) { return where(rate > kLargestCount, rate, count); },
                     rate, count, "NegativeBinomial::sample")
      .value();
}

Var NegativeBinomial::mean() const { return total_count_ * odds(); }

Var NegativeBinomial::median() const {
  return in_jumps<median_of<false>, median_of<true>>(from_logits_, "NegativeBinomial::median",
                                                     total_count_, parameter_);
}

Var NegativeBinomial::mode() const {
  return in_jumps<mode_of<false>, mode_of<true>>(from_logits_, "NegativeBinomial::mode",
                                                 total_count_, parameter_);
}

Array NegativeBinomial::all_modes() const {
  const NoTape pause;
  const double r = total_count_.item(), parameter = parameter_.item();
  const double peak = from_logits_ ? peak_of<true>(r, parameter) : peak_of<false>(r, parameter);
  const double first = mode().item();
  return peak > 0 && first + 1 == peak ? vector({first, peak}) : vector({first});
}

Var NegativeBinomial::variance() const { return mean() * (1.0 + odds()); }

Var NegativeBinomial::entropy() const {
  const Array r = (total_count_ + zeros(batch_shape())).value();
  const Array p = (probs() + zeros(batch_shape())).value();
  const Array q = (failure_probs() + zeros(batch_shape())).value();
  for (std::size_t i = 0; i < r.size(); ++i) {
    if (!counting::has_negative_binomial_entropy(static_cast<double>(r.data()[i]),
                                                 static_cast<double>(p.data()[i]),
                                                 static_cast<double>(q.data()[i]))) {
      throw Error(fmt::format(
          "NegativeBinomial::entropy: total_count {} and probs {} make counts that are larger than "
          "any number, so that there is no sum over them: choose a failure probability above "
          "1e-280",
          r.data()[i], p.data()[i]));
    }
  }
  return from_logits_ ? entropy_of<true>(total_count_, parameter_)
                      : entropy_of<false>(total_count_, parameter_);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
