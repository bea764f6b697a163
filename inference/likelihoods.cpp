#include <fmt/format.h>
#include <evident/autodiff/functions/constants.hpp>

#include <algorithm>
#include <cmath>
#include <evident/inference/likelihoods.hpp>
#include <limits>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::require_spread;
using parts::kInfinity;
using parts::kNan;
using parts::kPi;
constexpr double kEulerGamma = 0.577215664901532860606512090082;

// The same where the scale is half the distance of the quartiles: half of the data may be equal.
void require_spread_of_middle(const char* name, double spread, const Sample& x) {
  if (spread > 0 || x.min() == x.max()) return require_spread(name, spread, x);
  throw Error(
      fmt::format("maximum_likelihood: {}: the likelihood of data of which half are {:g} has no "
                  "bound: it grows as the distribution narrows about them; data must differ",
                  name, x.median()));
}

// The largest log likelihood of a StudentT of this df, with where it is: by expectation and
// maximisation (Lange, Little and Taylor 1989), which any start will do for.
struct StudentFit {
  double log_likelihood, loc, scale;
};
StudentFit fit_student(const Sample& x, double df, double loc, double scale) {
  constexpr int kRounds = 40;
  for (int round = 0; round < kRounds; ++round) {
    double weights = 0, sum = 0, squares = 0;
    for (const double v : x.sorted()) {
      const double z = (v - loc) / scale, weight = (df + 1) / (df + z * z);
      weights += weight;
      sum += weight * v;
    }
    const double next = sum / weights;
    for (const double v : x.sorted()) {
      const double z = (v - loc) / scale, weight = (df + 1) / (df + z * z);
      squares += weight * (v - next) * (v - next);
    }
    loc = next;
    scale = std::sqrt(squares / x.count());
  }
  double total = x.count() * (std::lgamma(0.5 * (df + 1)) - std::lgamma(0.5 * df) -
                              0.5 * std::log(kPi * df) - std::log(scale));
  for (const double v : x.sorted()) {
    const double z = (v - loc) / scale;
    total -= 0.5 * (df + 1) * std::log1p(z * z / df);
  }
  return {total, loc, scale};
}

Constraint without_zero(const char* why) { return constraints::positive().with_advice(why); }

Constraint inside_unit_interval() {
  return constraints::interval({0, true}, {1, true})
      .with_advice(
          "a 0 or a 1 makes the likelihood 0 or infinite: drop it, or move what was rounded "
          "inside");
}

double logarithm(double x) { return std::log(x); }
double inverse(double x) { return 1 / x; }

// Between maximum likelihood and this there is less than 1.5 per cent (Minka 2002, "Estimating a
// Gamma distribution").
double gamma_concentration(double log_of_mean, double mean_of_log) {
  const double s = log_of_mean - mean_of_log;
  return (3 - s + std::sqrt((s - 3) * (s - 3) + 24 * s)) / (12 * s);
}

}  // namespace

void detail::require_spread(const char* name, double scale, const Sample& x) {
  if (scale > 0) return;
  throw Error(
      fmt::format("maximum_likelihood: {}: the likelihood of data that are all {:g} has no bound: "
                  "it grows as the distribution narrows; data must differ",
                  name, x.min()));
}

Sample::Sample(const Array& data) : sorted_(data.begin(), data.end()) {
  std::sort(sorted_.begin(), sorted_.end());
  add_up();
}

Sample Sample::map(const std::function<double(double)>& f) const {
  Sample result = *this;
  std::transform(sorted_.begin(), sorted_.end(), result.sorted_.begin(), f);
  std::sort(result.sorted_.begin(), result.sorted_.end());
  result.add_up();
  return result;
}

void Sample::add_up() {
  mean_ = deviation_ = 0;
  for (const double x : sorted_) mean_ += x / count();
  // Rounding of the mean must not make equal data differ.
  if (min() == max()) {
    mean_ = min();
    return;
  }
  // In units of the largest, or squares of small numbers would be 0, and of large ones infinite.
  const double unit = std::max(mean_ - min(), max() - mean_);
  for (const double x : sorted_) deviation_ += std::pow((x - mean_) / unit, 2) / count();
  deviation_ = unit * std::sqrt(deviation_);
}

double Sample::kurtosis() const {
  double sum = 0;
  for (const double x : sorted_) sum += std::pow((x - mean_) / deviation(), 4);
  return sum / count();
}

double Sample::quantile(double p) const {
  const double place = p * (count() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted_.size() - 1);
  return sorted_[below] + (place - std::floor(place)) * (sorted_[above] - sorted_[below]);
}

double Sample::mean_distance(double centre) const {
  double sum = 0;
  for (const double x : sorted_) sum += std::abs(x - centre);
  return sum / count();
}

std::vector<Fitted> Likelihood<Exponential>::closed_form(const Sample& x) {
  require_spread(kName, x.mean(), x);
  return {{1 / x.mean(), 1 / (x.mean() * std::sqrt(x.count()))}};
}

std::vector<Fitted> Likelihood<HalfNormal>::closed_form(const Sample& x) {
  const double scale = std::hypot(x.deviation(), x.mean());
  require_spread(kName, scale, x);
  return {{scale, scale / std::sqrt(2 * x.count())}};
}

std::vector<Fitted> Likelihood<Laplace>::closed_form(const Sample& x) {
  const double scale = x.mean_distance(x.median());
  require_spread(kName, scale, x);
  const double error = scale / std::sqrt(x.count());
  return {{x.median(), error}, {scale, error}};
}

std::vector<Fitted> Likelihood<Normal>::closed_form(const Sample& x) {
  const double scale = x.deviation();
  require_spread(kName, scale, x);
  return {{x.mean(), scale / std::sqrt(x.count())}, {scale, scale / std::sqrt(2 * x.count())}};
}

std::vector<Fitted> Likelihood<LogNormal>::closed_form(const Sample& x) {
  const Sample logs = x.map(logarithm);
  require_spread(kName, logs.deviation(), x);
  return Likelihood<Normal>::closed_form(logs);
}
Constraint Likelihood<LogNormal>::support() { return without_zero("its logarithm is needed"); }

std::vector<Fitted> Likelihood<Pareto>::closed_form(const Sample& x) {
  const double excess = x.map(logarithm).mean() - std::log(x.min());
  require_spread(kName, x.max() - x.min(), x);
  return {{x.min(), kNan}, {1 / excess, 1 / (excess * std::sqrt(x.count()))}};
}
Constraint Likelihood<Pareto>::support() { return constraints::positive(); }

std::vector<Fitted> Likelihood<Uniform>::closed_form(const Sample& x) {
  require_spread(kName, x.max() - x.min(), x);
  return {{x.min(), kNan}, {x.max(), kNan}};
}
Constraint Likelihood<Uniform>::support() { return constraints::real(); }

std::vector<double> Likelihood<Beta>::start(const Sample& x) {
  require_spread(kName, x.deviation(), x);
  const double m = x.mean(), both = (m / x.deviation()) * ((1 - m) / x.deviation()) - 1;
  return {m * both, (1 - m) * both};
}
Constraint Likelihood<Beta>::support() { return inside_unit_interval(); }

std::vector<double> Likelihood<Cauchy>::start(const Sample& x) {
  const double spread = 0.5 * (x.quantile(0.75) - x.quantile(0.25));
  require_spread_of_middle(kName, spread, x);
  return {x.median(), spread};
}

std::vector<double> Likelihood<Chi2>::start(const Sample& x) {
  // The score is 0 where digamma(df/2) is the mean of log(x/2) (Minka 2000, "Estimating a Dirichlet
  // distribution", appendix C, inverts it so).
  const double y = x.map(logarithm).mean() - std::log(2);
  return {y > -2.22 ? 2 * std::exp(y) + 1 : -2 / (y + kEulerGamma)};
}
Constraint Likelihood<Chi2>::support() {
  return without_zero("a 0 makes the likelihood 0 or infinite: drop it, or add what was rounded");
}

std::vector<double> Likelihood<Gamma>::start(const Sample& x) {
  require_spread(kName, x.deviation(), x);
  const double a = gamma_concentration(std::log(x.mean()), x.map(logarithm).mean());
  return {a, a / x.mean()};
}
Constraint Likelihood<Gamma>::support() {
  return without_zero("a 0 makes the likelihood 0 or infinite: drop it, or add what was rounded");
}

std::vector<double> Likelihood<Gumbel>::start(const Sample& x) {
  require_spread(kName, x.deviation(), x);
  // The score at the best loc of a scale, the mean of x less its mean with the weights e^(-x/scale)
  // and less the scale, falls as that grows: an outlier cannot lead past its zero.
  const double mean = x.mean_distance(x.min());
  double weights = 0;
  const auto score = [&](double scale) {
    double sum = 0;
    weights = 0;
    for (const double v : x.sorted()) {
      const double weight = std::exp((x.min() - v) / scale);
      weights += weight;
      sum += weight * (v - x.min());
    }
    return mean - sum / weights - scale;
  };
  double low = 0.5 * mean, high = mean;
  while (score(low) < 0) high = low, low *= 0.5;
  for (int i = 0; i < 20; ++i) {
    const double middle = 0.5 * (low + high);
    (score(middle) < 0 ? high : low) = middle;
  }
  return {x.min() - low * std::log(weights / x.count()), low};
}

std::vector<double> Likelihood<HalfCauchy>::start(const Sample& x) {
  // The score, the sum of (x^2 - scale^2) / (x^2 + scale^2) over scale, is negative everywhere if
  // half of the terms are -1.
  const auto zeros = std::count(x.sorted().begin(), x.sorted().end(), 0.0);
  if (2 * static_cast<double>(zeros) >= x.count()) {
    throw Error(fmt::format(
        "maximum_likelihood: HalfCauchy: {} of {:.0f} data are 0: the likelihood has no maximum, "
        "for it grows as the scale goes to 0; less than half of the data may be 0",
        zeros, x.count()));
  }
  return {x.median()};
}

std::vector<double> Likelihood<InverseGamma>::start(const Sample& x) {
  require_spread(kName, x.deviation(), x);
  return Likelihood<Gamma>::start(x.map(inverse));
}
Constraint Likelihood<InverseGamma>::support() { return without_zero("drop zeros"); }

std::vector<double> Likelihood<Kumaraswamy>::start(const Sample& x) {
  require_spread(kName, x.deviation(), x);
  // The best concentration0 of each concentration1 has a formula, and log x^a a spread that neither
  // changes much.
  const Sample logs = x.map(logarithm);
  double best = -kInfinity;
  std::vector<double> at;
  for (double a = 2 / logs.deviation(); a > 1e-3 / logs.deviation(); a *= 0.5) {
    double sum = 0;
    for (const double v : logs.sorted()) sum += std::log(-std::expm1(a * v));
    const double b = -x.count() / sum;
    const double value = std::log(a) + std::log(b) + a * logs.mean() + (b - 1) * sum / x.count();
    if (std::isfinite(value) && value > best) best = value, at = {a, b};
  }
  if (at.empty()) {
    throw Error(
        fmt::format("maximum_likelihood: Kumaraswamy: data from {} to {} differ so little that "
                    "concentration0 would be beyond the largest number; fit a Normal",
                    x.min(), x.max()));
  }
  return at;
}
Constraint Likelihood<Kumaraswamy>::support() { return inside_unit_interval(); }

std::vector<double> Likelihood<Logistic>::start(const Sample& x) {
  require_spread(kName, x.deviation(), x);
  // The mean distance is 2 log 2 of scales, and that of one outlier does not swamp it.
  return {x.median(), x.mean_distance(x.median()) / std::log(4.0)};
}

std::vector<double> Likelihood<StudentT>::start(const Sample& x) {
  const double spread = 0.5 * (x.quantile(0.75) - x.quantile(0.25));
  require_spread_of_middle(kName, spread, x);
  const Sample units = x.map([&](double v) { return (v - x.median()) / spread; });
  // There may be a maximum at few degrees of freedom, and one at infinitely many: the better
  // counts.
  double best = 0;
  StudentFit at{-INFINITY, 0, 0};
  for (const double df : {0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0}) {
    const StudentFit fit = fit_student(units, df, 0, 1);
    if (fit.log_likelihood > at.log_likelihood) best = df, at = fit;
  }
  const double deviation = units.deviation();
  const double normal = -x.count() * (0.5 * std::log(2 * kPi) + std::log(deviation) + 0.5);
  // The derivative of the likelihood in 1/df at a Normal has the sign of the kurtosis less 3.
  const double kurtosis = units.kurtosis();
  if (normal >= at.log_likelihood && !(kurtosis > 3)) {
    throw Error(fmt::format(
        "maximum_likelihood: StudentT: the kurtosis of the data, {:.4g}, is not above a Normal's, "
        "3: the likelihood grows with df without end; fit a Normal",
        kurtosis));
  }
  return {best, x.median() + spread * at.loc, spread * at.scale};
}

std::vector<double> Likelihood<VonMises>::start(const Sample& x) {
  const double east = x.map([](double angle) { return std::cos(angle); }).mean();
  const double north = x.map([](double angle) { return std::sin(angle); }).mean();
  // The mean resultant length is I1(k)/I0(k), inverted by Best and Fisher 1981, "The bias of the
  // maximum likelihood estimators of the von Mises-Fisher concentration parameters".
  const double r = std::hypot(east, north);
  require_spread(kName, 1 - r > 4e-16 ? 1 : 0, x);
  const double k = r < 0.53   ? r * (2 + r * r * (1 + r * r * 5 / 6))
                   : r < 0.85 ? -0.4 + 1.39 * r + 0.43 / (1 - r)
                              : 1 / (r * (1 - r) * (3 - r));
  return {std::atan2(north, east), k};
}

std::vector<double> Likelihood<Weibull>::start(const Sample& x) {
  require_spread(kName, x.deviation(), x);
  const Sample logs = x.map(logarithm);
  const double k = kPi / (std::sqrt(6.0) * logs.deviation());
  return {std::exp(logs.mean() + kEulerGamma / k), k};
}
Constraint Likelihood<Weibull>::support() {
  return without_zero("a 0 makes the likelihood 0 or infinite: drop it, or add what was rounded");
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
