#include <boost/math/special_functions/expint.hpp>
#include <cmath>
#include <evident/autodiff/special/exponential_integral.hpp>

namespace evident {
namespace special {

double expint_of_exp(double z) {
  constexpr double kEulerGamma = 0.577215664901532860606512090082;
  // E_1(x) = -gamma - log x + x - ... (Abramowitz and Stegun 1964, 5.1.11).
  if (z > 37) return z - kEulerGamma;
  if (z < -7) return 0;  // E_1(x) < e^-x / x
  return std::isnan(z) ? z : boost::math::expint(1, std::exp(-z));
}

}  // namespace special
}  // namespace evident
