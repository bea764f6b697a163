#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/gradients.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/inference/likelihoods.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

// The ContinuousBernoulli with a given mean in (0, 1): an exponential distribution cut off at 1,
// falling or rising.
struct CutExponential {
  double logit, deviation;

  explicit CutExponential(double mean) {
    if (mean > 0.5) {
      *this = CutExponential(1 - mean);
      logit = -logit;
      return;
    }
    if (mean < 1e-3) {  // the end at 1 is too far away to be seen
      logit = -1 / mean, deviation = mean;
      return;
    }
    // Right around 1/2, and 1 too small around 0.
    logit = (2 * mean - 1) * (2 + 1 / (mean * (1 - mean)));
    double variance = 1;
    for (int i = 0; i < 8; ++i) {
      const auto d = ContinuousBernoulli::from_logits(logit);
      variance = d.variance().item();
      logit += (mean - d.mean().item()) / variance;
    }
    deviation = std::sqrt(variance);
  }
};

// The deviation of the exponential distribution on [low, high], falling or rising, whose mean is 0:
// what a TruncatedNormal of this mean becomes as its scale grows.
double exponential_deviation(double low, double high) {
  const double near = std::min(-low, high), width = high - low;
  if (std::isinf(width) || !(near > 0)) return near;
  return width * CutExponential(near / width).deviation;
}

// The TruncatedNormal whose log density is linear t + square t^2 / 2 and a constant: of t, t^2 / 2
// the likelihood is concave in these two, and stays well-conditioned as square goes to 0 and loc
// and scale without end. Data have the mean 0 and the variance 1.
struct TruncatedFit {
  double low, high;
  double linear = 0, square = -1;
  double information[3] = {};  // of one observation: linear, both, square

  static TruncatedNormal of(const Var& linear, const Var& square, double low, double high) {
    return {-linear / square, 1 / sqrt(-square), low, high};
  }
  double log_likelihood(double l, double s) const {
    const NoTape pause;
    return of(l, s, low, high).log_prob(0).item() + 0.5 * s;
  }
  // Whether a maximum was found.
  bool climb() {
    constexpr double kNear = sizeof(real) == 8 ? 1e-5 : 1e-2;
    int more = 3;  // steps once they are small: each squares what is left
    for (int i = 0; i < 100 && more > 0; ++i) {
      const std::vector<Array> at{scalar(linear), scalar(square)};
      const auto first = value_and_grad(
          [&](const std::vector<Var>& p) { return of(p[0], p[1], low, high).mean(); }, at);
      const auto second = value_and_grad(
          [&](const std::vector<Var>& p) {
            const auto d = of(p[0], p[1], low, high);
            return 0.5 * (d.variance() + d.mean() * d.mean() - 1);
          },
          at);
      information[0] = first.second[0]();
      information[1] = 0.5 * (first.second[1]() + second.second[0]());
      information[2] = second.second[1]();
      const double u = -first.first, v = -second.first, determinant = this->determinant();
      double to_linear = (information[2] * u - information[1] * v) / determinant;
      double to_square = (information[0] * v - information[1] * u) / determinant;
      if (!std::isfinite(to_linear) || !std::isfinite(to_square)) return false;
      // Below 0, no nearer to it than a tenth of where it is.
      double t = std::min(1.0, -0.9 * square / std::max(to_square, 1e-300));
      const double now = log_likelihood(linear, square);
      while (t > 1e-6 && !(log_likelihood(linear + t * to_linear, square + t * to_square) >= now) &&
             std::abs(to_linear) + std::abs(to_square) > kNear) {
        t *= 0.5;
      }
      linear += t * to_linear, square += t * to_square;
      if (std::abs(to_linear) + std::abs(to_square) < kNear) --more;
    }
    return more == 0;
  }
  double determinant() const {
    return information[0] * information[2] - information[1] * information[1];
  }
  double loc() const { return -linear / square; }
  double scale() const { return 1 / std::sqrt(-square); }
  // The standard deviation for one observation of what has these slopes.
  double error(double by_linear, double by_square) const {
    return std::sqrt((information[2] * by_linear * by_linear -
                      2 * information[1] * by_linear * by_square +
                      information[0] * by_square * by_square) /
                     determinant());
  }
};

}  // namespace

std::vector<Fitted> Likelihood<ContinuousBernoulli>::closed_form(const Sample& x) {
  const double mean = x.mean();
  if (!(mean > 0 && mean < 1)) {
    throw Error(fmt::format(
        "maximum_likelihood: ContinuousBernoulli: the mean of the data is {:g}: the likelihood has "
        "no maximum, for it grows as logits go to {} without end; data must be inside (0, 1), or "
        "differ",
        mean, mean > 0 ? "inf" : "-inf"));
  }
  const CutExponential fit(mean);
  return {{fit.logit, 1 / (std::sqrt(x.count()) * fit.deviation)}};
}

std::vector<Fitted> Likelihood<TruncatedNormal>::closed_form(const Sample& x, double low,
                                                             double high) {
  detail::require_spread(kName, x.deviation(), x);
  const double mean = x.mean(), deviation = x.deviation(), root = std::sqrt(x.count());
  TruncatedFit fit{(low - mean) / deviation, (high - mean) / deviation};
  // Of the distributions with this mean and a density that is concave in its logarithm none varies
  // more.
  const double largest = exponential_deviation(fit.low, fit.high);
  if (!(largest > 1) || !fit.climb()) {
    throw Error(fmt::format(
        "maximum_likelihood: TruncatedNormal: the variance of the data, {:.4g}, is not below that "
        "of an exponential distribution of their mean on [{:g}, {:g}], {:.4g}: the likelihood has "
        "no maximum, for it grows with scale without end; fit {}",
        x.variance(), low, high, largest * largest * x.variance(),
        std::isinf(high)  ? "an Exponential to x - low"
        : std::isinf(low) ? "an Exponential to high - x"
                          : "a ContinuousBernoulli to (x - low) / (high - low)"));
  }
  const double scale = fit.scale();
  return {{mean + deviation * fit.loc(),
           deviation * fit.error(-1 / fit.square, fit.linear / (fit.square * fit.square)) / root},
          {deviation * scale, deviation * fit.error(0, 0.5 * scale * scale * scale) / root}};
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
