#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/binomial.hpp>
#include <evident/distributions/samplers/counts.hpp>
#include <evident/distributions/sums_over_counts.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using counting::in_steps;
using counting::whole_part;
using counting::within_whole;

using parts::kInfinity;

// From the logit, whose derivative k - n p is finite where p is 0 or 1.
template <class K, class N, class Logit>
auto log_prob_of_logit(K k, N n, const Logit& logit) {
  return of_two<Promoted<Logit, K>>(logit, k, [n](auto l, auto k) {
    using L = decltype(k);
    const L p = sigmoid(l), q = sigmoid(-l);
    return Partials<L>{log_binomial(k, n, p, q), k * q - (n - k) * p, L(0.0)};
  });
}

// P(X <= k) is the distribution function of Beta(n - k, k + 1) at q.
double lower(double k, double n, double p, double q) {
  return k >= n ? 1 : special::betainc(n - k, k + 1, q, p);
}
double upper(double k, double n, double p, double q) {
  return k >= n ? 0 : special::betainc(k + 1, n - k, p, q);
}

double deviation(double n, double p, double q) { return std::sqrt(n * p * q); }

double quantile(double u, double n, double p, double q) {
  return counting::quantile_of_counts(
      u, n, n * p, deviation(n, p, q), [&](double k) { return lower(k, n, p, q); },
      [&](double k) { return upper(k, n, p, q); });
}

double median_of(double n, double p, double q) {
  return counting::median_of_counts(
      n, n * p, deviation(n, p, q), [&](double k) { return lower(k, n, p, q); },
      [&](double k) { return upper(k, n, p, q); });
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
  return elementwise(
      [](auto x, auto n, auto p, auto q) {
        const auto trials = whole_part(n);
        using L = decltype(whole_part(n));
        return in_steps(x, L(0.0), trials, 0, 1, [&](auto k) {
          const L rest = where(k < trials, trials - k, L(1.0));
          return betainc(rest, k + 1.0, q, p);
        });
      },
      x, total_count_, stop_gradient(probs()), failure_probs(), "Binomial::cdf");
}

Var Binomial::log_cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto n, auto p, auto q) {
        const auto trials = whole_part(n);
        using L = decltype(whole_part(n));
        return in_steps(x, L(0.0), trials, -kInfinity, 0, [&](auto k) {
          const L rest = where(k < trials, trials - k, L(1.0));
          return log_betainc(rest, k + 1.0, q, p);
        });
      },
      x, total_count_, stop_gradient(probs()), failure_probs(), "Binomial::log_cdf");
}

Var Binomial::log_survival_at(const Var& x) const {
  return elementwise(
      [](auto x, auto n, auto p, auto q) {
        const auto trials = whole_part(n);
        using L = decltype(whole_part(n));
        return in_steps(x, L(0.0), trials, 0, -kInfinity, [&](auto k) {
          const L rest = where(k < trials, trials - k, L(1.0));
          return log_betainc(k + 1.0, rest, p, q);
        });
      },
      x, total_count_, probs(), stop_gradient(failure_probs()), "Binomial::log_survival");
}

Var Binomial::icdf_at(const Var& p) const {
  return elementwise(
      [](auto u, auto n, auto p, auto q) { return in_jumps_on_each_lane(quantile, u, n, p, q); }, p,
      total_count_, probs(), failure_probs(), "Binomial::icdf");
}

Array Binomial::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return binomial(total_count_.value(), probs().value(), joined(sample_shape, batch_shape()), rng);
}

Var Binomial::mean() const { return total_count_ * probs(); }

Var Binomial::median() const {
  return elementwise(
      [](auto n, auto p, auto q) { return in_jumps_on_each_lane(median_of, n, p, q); },
      total_count_, probs(), failure_probs(), "Binomial::median");
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
