#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/inference/likelihoods.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

// A share of this many trials, with no standard error where it is an end of what it may be.
Fitted fitted_share(double p, double trials) {
  return {p, p > 0 && p < 1 ? std::sqrt(p * (1 - p) / trials) : parts::kNan};
}

// The rate of the Poisson distribution whose positive counts have this mean, above 1.
double rate_of_positive(double mean) {
  // rate - mean (1 - e^-rate) is convex: from above Newton's method cannot miss its zero.
  double rate = mean;
  for (int i = 0; i < 60; ++i) {
    const double step = (rate + mean * std::expm1(-rate)) / (1 - mean * std::exp(-rate));
    rate -= step;
    if (!(step > 1e-15 * rate)) break;
  }
  return rate;
}

}  // namespace

std::vector<Fitted> Likelihood<Bernoulli>::closed_form(const Sample& x) {
  return {fitted_share(x.mean(), x.count())};
}

Constraint Likelihood<Binomial>::support(double total_count) {
  if (!(total_count >= 1)) {
    throw Error(
        fmt::format("maximum_likelihood: Binomial: total_count must be at least 1, got {:g}: "
                    "without a trial nothing is known of probs",
                    total_count));
  }
  return make({0.5}, total_count).support();
}
std::vector<Fitted> Likelihood<Binomial>::closed_form(const Sample& x, double total_count) {
  return {fitted_share(x.mean() / total_count, x.count() * total_count)};
}

Categorical Likelihood<Categorical>::make(const std::vector<Var>& p, std::size_t) {
  return Categorical(stack(p));
}
Constraint Likelihood<Categorical>::support(std::size_t outcomes) {
  if (outcomes == 0) {
    throw Error(
        "maximum_likelihood: Categorical: there are 0 outcomes, expected at least 1: labels are "
        "numbers from 0 to outcomes - 1");
  }
  return constraints::integers(0, static_cast<double>(outcomes) - 1);
}
std::vector<Fitted> Likelihood<Categorical>::closed_form(const Sample& x, std::size_t outcomes) {
  std::vector<double> counts(outcomes);
  for (const double label : x.sorted()) counts[static_cast<std::size_t>(label)] += 1;
  std::vector<Fitted> shares;
  for (const double n : counts) shares.push_back(fitted_share(n / x.count(), x.count()));
  return shares;
}

std::vector<Fitted> Likelihood<Geometric>::closed_form(const Sample& x) {
  const double p = 1 / (1 + x.mean());
  return {{p, p < 1 ? p * std::sqrt((1 - p) / x.count()) : parts::kNan}};
}

std::vector<double> Likelihood<NegativeBinomial>::start(const Sample& x) {
  if (x.variance() <= x.mean()) {
    throw Error(fmt::format(
        "maximum_likelihood: NegativeBinomial: the variance of the data, {:.4g}, is not above "
        "their mean, {:.4g}: the likelihood has no maximum, for it grows with total_count without "
        "end; fit a Poisson",
        x.variance(), x.mean()));
  }
  return {x.mean() * x.mean() / (x.variance() - x.mean()), 1 - x.mean() / x.variance()};
}
Constraint Likelihood<NegativeBinomial>::support() { return constraints::non_negative_integer(); }

std::vector<Fitted> Likelihood<Poisson>::closed_form(const Sample& x) {
  return {{x.mean(), x.mean() > 0 ? std::sqrt(x.mean() / x.count()) : parts::kNan}};
}

std::vector<Fitted> Likelihood<ZeroInflatedPoisson>::closed_form(const Sample& x) {
  if (x.max() == 0) {
    throw Error(
        "maximum_likelihood: ZeroInflatedPoisson: the data are all 0: with a gate of 1 they say "
        "nothing of the rate; there must be a count above 0");
  }
  const double n = x.count(), total = n * x.mean();
  const auto zeros = static_cast<double>(std::count(x.sorted().begin(), x.sorted().end(), 0.0));
  if (!(n - zeros < -n * std::expm1(-x.mean()))) {
    throw Error(fmt::format(
        "maximum_likelihood: ZeroInflatedPoisson: {:.0f} of {:.0f} data are 0, not more than the "
        "{:.4g} of a Poisson of their mean: the likelihood is largest with a gate of 0; fit a "
        "Poisson",
        zeros, n, n * std::exp(-x.mean())));
  }
  const double rate = rate_of_positive(total / (n - zeros));
  const double e = std::exp(-rate), some = -std::expm1(-rate), p = zeros / n;
  const double gate = (p - e) / some, rest = 1 - gate;
  // Minus the second derivatives of zeros log(gate + rest e) + (n - zeros) log rest - (n - zeros)
  // rate + total log rate, where gate + rest e = p.
  const double gate_gate = zeros * some * some / (p * p) + (n - zeros) / (rest * rest);
  const double gate_rate = -zeros * e / (p * p);
  const double rate_rate = total / (rate * rate) - zeros * rest * e * gate / (p * p);
  const double determinant = gate_gate * rate_rate - gate_rate * gate_rate;
  return {{gate, std::sqrt(rate_rate / determinant)}, {rate, std::sqrt(gate_gate / determinant)}};
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
