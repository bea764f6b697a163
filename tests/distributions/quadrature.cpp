#include "quadrature.hpp"

#include <boost/math/quadrature/exp_sinh.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/quadrature/tanh_sinh.hpp>
#include <cmath>

namespace evident::testing {

double integral(const std::function<double(double)>& f, double from, double to) {
  return boost::math::quadrature::gauss_kronrod<double, 31>::integrate(f, from, to, 12, 1e-13);
}

double integral_over_support(const std::function<double(double)>& f, const Distribution& d) {
  static boost::math::quadrature::tanh_sinh<double> finite;
  static boost::math::quadrature::exp_sinh<double> half_infinite;
  const double from = d.icdf(0.0).item(), middle = d.icdf(0.5).item(), to = d.icdf(1.0).item();
  const double scale = d.icdf(0.75).item() - d.icdf(0.25).item();
  // From the middle, in units of the spread, to either end; a kink may lie in the middle.
  const auto to_end = [&](double end, double sign) {
    const auto g = [&](double t) { return scale * f(middle + sign * scale * t); };
    if (std::isinf(end)) return half_infinite.integrate(g, 0.0, INFINITY, 1e-12);
    return finite.integrate([&](double x) { return f(x); }, std::min(middle, end),
                            std::max(middle, end), 1e-12);
  };
  return to_end(from, -1) + to_end(to, 1);
}

}  // namespace evident::testing
