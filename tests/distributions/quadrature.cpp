#include "quadrature.hpp"

#include <boost/math/quadrature/exp_sinh.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/quadrature/tanh_sinh.hpp>
#include <cmath>

namespace evident::testing {

double integral(const std::function<double(double)>& f, double from, double to) {
  return boost::math::quadrature::gauss_kronrod<double, 31>::integrate(f, from, to, 12, 1e-13);
}

double integral_over_support(const std::function<double(double)>& f, const Distribution& d,
                             std::optional<double> kink) {
  static boost::math::quadrature::tanh_sinh<double> finite;
  static boost::math::quadrature::exp_sinh<double> half_infinite;
  const double from = d.icdf(0.0).item(), middle = d.icdf(0.5).item(), to = d.icdf(1.0).item();
  const double scale = d.icdf(0.75).item() - d.icdf(0.25).item();
  const double other = kink && *kink > from && *kink < to ? *kink : middle;
  const auto between = [&](double a, double b) {
    return a < b ? finite.integrate([&](double x) { return f(x); }, a, b, 1e-12) : 0.0;
  };
  // From the outer one of the two to either end, in units of the spread.
  const auto to_end = [&](double start, double end, double sign) {
    const auto g = [&](double t) { return scale * f(start + sign * scale * t); };
    if (std::isinf(end)) return half_infinite.integrate(g, 0.0, INFINITY, 1e-12);
    return between(std::min(start, end), std::max(start, end));
  };
  const double low = std::min(middle, other), high = std::max(middle, other);
  return to_end(low, from, -1) + between(low, high) + to_end(high, to, 1);
}

}  // namespace evident::testing
