#include <boost/math/special_functions/expint.hpp>
#include <cmath>
#include <evident/autodiff/special/exponential_integral.hpp>

namespace evident {
namespace special {
namespace {

namespace bp = boost::math::policies;
using Policy = bp::policy<bp::domain_error<bp::ignore_error>, bp::overflow_error<bp::ignore_error>,
                          bp::underflow_error<bp::ignore_error>,
                          bp::evaluation_error<bp::ignore_error>, bp::promote_double<false>>;

constexpr double kEulerGamma = 0.577215664901532860606512090082;

}  // namespace

double exponential_integral_of_exp(double s) {
  // The first terms of the series about 0 are all there is.
  if (s < -20) return (std::exp(s) - kEulerGamma) - s;
  if (s > 7) return 0;  // e^s is above 1000, and E1 below the smallest number
  return boost::math::expint(1, std::exp(s), Policy());
}

}  // namespace special
}  // namespace evident
