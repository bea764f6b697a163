#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/distributions/log_prob_of_zero.hpp>
#include <evident/distributions/poisson.hpp>
#include <evident/distributions/samplers/counts.hpp>
#include <evident/distributions/sums_over_counts.hpp>
#include <evident/distributions/zero_inflated_poisson.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using counting::in_steps;
using counting::log_prob_of_zero;
using counting::within_whole;

using parts::kInfinity;

// -P(0) log P(0), whose slopes are finite where those of the logarithm overflow.
template <class G, class R>
auto entropy_of_zero(const G& gate, const R& rate) {
  return of_two<Promoted<G, R>>(gate, rate, [](auto g, auto r) {
    using L = decltype(g);
    const L log_zero = log_prob_of_zero(g, r);
    return Partials<L>{-exp(log_zero) * log_zero, (1.0 + log_zero) * expm1(-r),
                       (1.0 + log_zero) * (1.0 - g) * exp(-r)};
  });
}

// P(X <= k) and P(X > k): the gate beside the Poisson distribution with the weight 1 - g.
double lower(double k, double gate, double rate) {
  return gate + (1 - gate) * special::gammaincc(k + 1, rate);
}
double upper(double k, double gate, double rate) {
  return (1 - gate) * special::gammainc(k + 1, rate);
}

double deviation_of(double gate, double rate) {
  return std::sqrt((1 - gate) * rate) * std::sqrt(1 + gate * rate);
}

double zero_inflated_quantile(double u, double gate, double rate) {
  const double high = gate < 1 ? INFINITY : 0;
  const double k = counting::quantile_of_counts(
      u, high, (1 - gate) * rate, deviation_of(gate, rate),
      [&](double k) { return lower(k, gate, rate); },
      [&](double k) { return upper(k, gate, rate); });
  return u == 1 ? INFINITY : k;
}

double median_of(double gate, double rate) {
  if (gate == 1) return 0;
  return counting::median_of_counts(
      INFINITY, (1 - gate) * rate, deviation_of(gate, rate),
      [&](double k) { return lower(k, gate, rate); },
      [&](double k) { return upper(k, gate, rate); });
}

}  // namespace

ZeroInflatedPoisson::ZeroInflatedPoisson(Var gate, Var rate)
    : gate_(std::move(gate)), rate_(std::move(rate)) {
  check_parameters();
}

Var ZeroInflatedPoisson::log_prob_at(const Var& x) const {
  return elementwise(
      [](auto x, auto gate, auto rate) {
        using L = decltype(counting::whole_part(x));
        return within_whole(x, L(0.0), L(kInfinity), [&](auto k) {
          const L one = where(k == 0.0, L(1.0), k);
          return where(k == 0.0, log_prob_of_zero(gate, rate),
                       log1p(-gate) + log_poisson(one, rate));
        });
      },
      x, gate_, rate_, "ZeroInflatedPoisson::log_prob");
}

Var ZeroInflatedPoisson::cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto gate, auto rate) {
        using L = decltype(counting::whole_part(x));
        return in_steps(x, L(0.0), L(kInfinity), 0, 1,
                        [&](auto k) { return gate + (1.0 - gate) * gammaincc(k + 1.0, rate); });
      },
      x, gate_, rate_, "ZeroInflatedPoisson::cdf");
}

Var ZeroInflatedPoisson::log_cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto gate, auto rate) {
        using L = decltype(counting::whole_part(x));
        return in_steps(x, L(0.0), L(kInfinity), -kInfinity, 0, [&](auto k) {
          // Near 1 by what it lacks.
          const auto above = (1.0 - gate) * gammainc(k + 1.0, rate);
          const auto log_count = log_gammaincc(k + 1.0, rate);
          const auto never = gate == 0.0;
          const auto sum = logaddexp(log(where(never, 0.5, gate)), log1p(-gate) + log_count);
          // To first order in the gate, which has a slope at 0 where its logarithm has none.
          const auto closed = log_count + gate * expm1(minimum(-log_count, 700.0));
          return where(above < 0.5, log1p(-above), where(never, closed, sum));
        });
      },
      x, gate_, rate_, "ZeroInflatedPoisson::log_cdf");
}

Var ZeroInflatedPoisson::log_survival_at(const Var& x) const {
  return elementwise(
      [](auto x, auto gate, auto rate) {
        using L = decltype(counting::whole_part(x));
        return in_steps(x, L(0.0), L(kInfinity), 0, -kInfinity,
                        [&](auto k) { return log1p(-gate) + log_gammainc(k + 1.0, rate); });
      },
      x, gate_, rate_, "ZeroInflatedPoisson::log_survival");
}

Var ZeroInflatedPoisson::icdf_at(const Var& p) const {
  return elementwise(
      [](auto u, auto gate, auto rate) {
        return in_jumps_on_each_lane(zero_inflated_quantile, u, gate, rate);
      },
      p, gate_, rate_, "ZeroInflatedPoisson::icdf");
}

Array ZeroInflatedPoisson::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  const Shape shape = joined(sample_shape, batch_shape());
  const Var closed(bernoulli(gate_.value(), shape, rng));
  return elementwise([](auto closed, auto count) { return where(closed == 1.0, 0.0, count); },
                     closed, Var(poisson(rate_.value(), shape, rng)), "ZeroInflatedPoisson::sample")
      .value();
}

Var ZeroInflatedPoisson::mean() const { return (1.0 - gate_) * rate_; }

Var ZeroInflatedPoisson::median() const {
  return elementwise(
      [](auto gate, auto rate) { return in_jumps_on_each_lane(median_of, gate, rate); }, gate_,
      rate_, "ZeroInflatedPoisson::median");
}

Var ZeroInflatedPoisson::mode() const {
  const Var count = Poisson(rate_).mode();
  const Var lead = log_prob_at(zeros(batch_shape())) - log_prob_at(count);
  return elementwise([](auto lead, auto count) { return where(lead >= 0.0, 0.0, count); },
                     stop_gradient(lead), count, "ZeroInflatedPoisson::mode");
}

Array ZeroInflatedPoisson::all_modes() const {
  const NoTape pause;
  const double zero = log_prob_at(0.0).item();
  std::vector<double> modes;
  for (const real peak : Poisson(rate_).modes()) {
    const double here = log_prob_at(peak).item();
    if (peak != 0 && here >= zero) modes.push_back(static_cast<double>(peak));
    if ((peak == 0 || here <= zero) && (modes.empty() || modes[0] != 0)) {
      modes.insert(modes.begin(), 0);
    }
  }
  return vector(modes);
}

Var ZeroInflatedPoisson::variance() const { return mean() * (1.0 + gate_ * rate_); }

Var ZeroInflatedPoisson::entropy() const {
  // That of the zero, and (1 - g) times the rest of the Poisson's with log(1 - g) in every term.
  return elementwise(
      [](auto gate, auto rate, auto of_poisson) {
        const auto rest = 1.0 - gate;
        return entropy_of_zero(gate, rate) + expm1(-rate) * xlog1py(rest, -gate) +
               rest * (of_poisson - rate * exp(-rate));
      },
      gate_, rate_, Poisson(rate_).entropy(), "ZeroInflatedPoisson::entropy");
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
