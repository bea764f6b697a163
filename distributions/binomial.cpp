#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/binomial.hpp>
#include <evident/distributions/count_tails.hpp>
#include <evident/distributions/samplers/counts.hpp>
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

// From the logit, whose derivative k - n p is finite where p is 0 or 1.
template <class K, class N, class Logit>
auto log_prob_of_logit(K k, N n, const Logit& logit) {
  return of_two<Promoted<Logit, K>>(logit, k, [n](auto l, auto k) {
    using L = decltype(k);
    const L p = sigmoid(l), q = sigmoid(-l);
    L value = log_binomial(k, n, p, q);
    const auto far = counting::is_far_logit(l);
    if (xsimd::any(far.bits)) {
      const L choices = -log1p(n) - lbeta(k + 1.0, n - k + 1.0);
      value = where(far, counting::log_product_of_logit(k, n - k, l, choices), value);
    }
    return Partials<L>{value, k * q - (n - k) * p, L(0.0)};
  });
}

template <class Tail, bool kLogits>
Var tail_of(const Var& x, const Var& n, const Var& parameter, const char* name) {
  return elementwise(
      [](auto x, auto n, auto parameter) {
        const auto trials = whole_part(n);
        using L = decltype(whole_part(n));
        return in_steps(x, L(0.0), trials, Tail::kBelow, Tail::kAbove, [&](auto k) {
          // Of k = n `in_steps` knows the answer.
          const L rest = where(k < trials, trials - k, L(1.0));
          return Tail::template at<kLogits>(rest, k, parameter);
        });
      },
      x, n, parameter, name);
}
template <class Tail>
Var tail_of(bool from_logits, const Var& x, const Var& n, const Var& parameter, const char* name) {
  return from_logits ? tail_of<Tail, true>(x, n, parameter, name)
                     : tail_of<Tail, false>(x, n, parameter, name);
}

// A search for k: `find` is handed the mean, the standard deviation, P(X <= k) and P(X > k).
template <bool kLogits, class Find>
double search(double n, double parameter, Find find) {
  const Trials<kLogits> trials(parameter);
  return find(
      n * trials.p, std::sqrt(n * trials.p * trials.q),
      [&](double k) { return k >= n ? 1 : trials.lower(n - k, k); },
      [&](double k) { return k >= n ? 0 : trials.upper(n - k, k); });
}

template <bool kLogits>
double quantile_of(double u, double n, double parameter) {
  return search<kLogits>(n, parameter, [&](double mean, double deviation, auto lower, auto upper) {
    return counting::quantile_of_counts(u, n, mean, deviation, lower, upper);
  });
}

template <bool kLogits>
double median_of(double n, double parameter) {
  return search<kLogits>(n, parameter, [&](double mean, double deviation, auto lower, auto upper) {
    return counting::median_of_counts(n, mean, deviation, lower, upper);
  });
}

}  // namespace

Binomial::Binomial(const Var& total_count, Var parameter, bool from_logits)
    : total_count_(stop_gradient(total_count)),
      parameter_(std::move(parameter)),
      from_logits_(from_logits) {
  check_parameters();
}

Binomial::Binomial(const Var& total_count, Var probs)
    : Binomial(total_count, std::move(probs), false) {}

Binomial Binomial::from_logits(const Var& total_count, Var logits) {
  return Binomial(total_count, std::move(logits), true);
}

Var Binomial::probs() const { return from_logits_ ? sigmoid(parameter_) : parameter_; }

Var Binomial::failure_probs() const {
  return from_logits_ ? sigmoid(-parameter_) : 1.0 - parameter_;
}

std::vector<Parameter> Binomial::parameters() const {
  const Parameter count{"total_count", total_count_, constraints::non_negative_integer()};
  if (from_logits_) return {count, {"logits", parameter_, constraints::extended_real()}};
  return {count, {"probs", parameter_, constraints::unit_interval()}};
}

Var Binomial::log_prob_at(const Var& x) const {
  if (from_logits_) {
    return elementwise(
        [](auto x, auto n, auto l) {
          const auto trials = whole_part(n);
          using L = decltype(whole_part(n));
          return within_whole(x, L(0.0), trials,
                              [&](auto k) { return log_prob_of_logit(k, trials, l); });
        },
        x, total_count_, parameter_, "Binomial::log_prob");
  }
  return elementwise(
      [](auto x, auto n, auto p) {
        const auto trials = whole_part(n);
        using L = decltype(whole_part(n));
        return within_whole(x, L(0.0), trials,
                            [&](auto k) { return log_binomial(k, trials, p, 1.0 - p); });
      },
      x, total_count_, parameter_, "Binomial::log_prob");
}

Var Binomial::cdf_at(const Var& x) const {
  return tail_of<counting::LowerTail>(from_logits_, x, total_count_, parameter_, "Binomial::cdf");
}

Var Binomial::log_cdf_at(const Var& x) const {
  return tail_of<counting::LogLowerTail>(from_logits_, x, total_count_, parameter_,
                                         "Binomial::log_cdf");
}

Var Binomial::log_survival_at(const Var& x) const {
  return tail_of<counting::LogUpperTail>(from_logits_, x, total_count_, parameter_,
                                         "Binomial::log_survival");
}

Var Binomial::icdf_at(const Var& p) const {
  return in_jumps<quantile_of<false>, quantile_of<true>>(from_logits_, "Binomial::icdf", p,
                                                         total_count_, parameter_);
}

Array Binomial::draw(Rng& rng, const Shape& sample_shape) const {
  const Shape shape = joined(sample_shape, batch_shape());
  return from_logits_ ? binomial_of_logits(total_count_.value(), parameter_.value(), shape, rng)
                      : binomial(total_count_.value(), parameter_.value(), shape, rng);
}

Var Binomial::mean() const { return total_count_ * probs(); }

Var Binomial::median() const {
  return in_jumps<median_of<false>, median_of<true>>(from_logits_, "Binomial::median", total_count_,
                                                     parameter_);
}

Var Binomial::mode() const {
  return elementwise(
      [](auto n, auto p) { return clamp(-whole_part(-((n + 1.0) * p)) - 1.0, 0.0, whole_part(n)); },
      total_count_, probs(), "Binomial::mode");
}

Array Binomial::all_modes() const {
  const NoTape pause;
  const double p = probs().item(), n = total_count_.item(), first = mode().item();
  const bool two = p > 0 && p < 1 && first + 1 == (n + 1) * p;
  return two ? vector({first, first + 1}) : vector({first});
}

Var Binomial::variance() const { return mean() * failure_probs(); }

Var Binomial::entropy() const {
  const char* name = "Binomial::entropy";
  if (from_logits_) {
    return elementwise(
        [](auto n, auto l) {
          const auto entropy = [](double n, double l) {
            const double e = std::exp(-std::abs(l));
            const double larger = 1 / (1 + e), smaller = e / (1 + e);
            return counting::binomial_entropy(n, l > 0 ? larger : smaller,
                                              l > 0 ? smaller : larger);
          };
          return on_each_lane([=](double n, double l) { return entropy(n, l).value; },
                              [=](double n, double l) -> std::array<double, 3> {
                                const auto h = entropy(n, l);
                                return {h.value, 0, h.in_logit};
                              },
                              n, l);
        },
        total_count_, parameter_, name);
  }
  return elementwise(
      [](auto n, auto p) {
        return on_each_lane(
            [](double n, double p) { return counting::binomial_entropy(n, p, 1 - p).value; },
            [](double n, double p) -> std::array<double, 3> {
              const auto h = counting::binomial_entropy(n, p, 1 - p);
              return {h.value, 0, h.in_probs};
            },
            n, p);
      },
      total_count_, parameter_, name);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
