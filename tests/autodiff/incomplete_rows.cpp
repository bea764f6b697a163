#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <evident/autodiff/incomplete_functions.hpp>
#include <evident/tests/autodiff/operation_rows.hpp>

#include "../numbers.hpp"

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace reference {
namespace {

// Boost.Math in long double. Derivatives in shapes are differences of the smaller of the function
// and its complement, in the shape's logarithm: what varies over many magnitudes then does so
// evenly. Beyond these bounds it is not asked: the result is NaN, and the test of accuracy leaves
// it out.

namespace bp = boost::math::policies;
using Policy =
    bp::policy<bp::domain_error<bp::ignore_error>, bp::overflow_error<bp::ignore_error>,
               bp::evaluation_error<bp::ignore_error>, bp::underflow_error<bp::ignore_error>>;
using evident::testing::kNan;

bool within(Long a) { return a >= 1e-3L && a <= 1e3L; }
bool gamma_within(const Long* x) { return within(x[0]) && x[1] >= 1e-8L && x[1] <= 2e3L; }
bool beta_within(const Long* x) {
  return within(x[0]) && within(x[1]) && x[2] >= 1e-8L && x[2] <= 1 - 1e-8L;
}
// Whether I_x(a, b) is 1 because a is 0.
bool is_limit(const Long* x) { return x[0] == 0 && x[1] > 0 && x[2] > 0 && x[2] <= 1; }

Long lower_gamma(const Long* x) { return boost::math::gamma_p(x[0], x[1], Policy()); }
Long upper_gamma(const Long* x) { return boost::math::gamma_q(x[0], x[1], Policy()); }
Long lower_beta(const Long* x) { return boost::math::ibeta(x[0], x[1], x[2], Policy()); }
Long upper_beta(const Long* x) { return boost::math::ibetac(x[0], x[1], x[2], Policy()); }
Long gamma_density(const Long* x) { return boost::math::gamma_p_derivative(x[0], x[1], Policy()); }
Long beta_density(const Long* x) {
  return boost::math::ibeta_derivative(x[0], x[1], x[2], Policy());
}

// df / dx[k] of a function of n numbers, with the differences over steps of h, 2 h, 3 h and 4 h of
// the logarithms that leave an error of order h^8.
template <std::size_t n>
Long slope_of(Long (*f)(const Long*), const Long* x, int k) {
  const Long h = 0.001L / (1 + x[k]);
  const auto difference = [&](int steps) {
    Long moved[n];
    std::copy_n(x, n, moved);
    moved[k] = x[k] * std::exp(steps * h);
    const Long above = f(moved);
    moved[k] = x[k] * std::exp(-steps * h);
    return above - f(moved);
  };
  return (672 * difference(1) - 168 * difference(2) + 32 * difference(3) - 3 * difference(4)) /
         (840 * h * x[k]);
}
template <std::size_t n>
Long lower_slope(Long (*lower)(const Long*), Long (*upper)(const Long*), const Long* x, int k) {
  return lower(x) < upper(x) ? slope_of<n>(lower, x, k) : -slope_of<n>(upper, x, k);
}
Long gamma_slope(const Long* x) { return lower_slope<2>(lower_gamma, upper_gamma, x, 0); }
Long beta_slope(const Long* x, int k) { return lower_slope<3>(lower_beta, upper_beta, x, k); }

Long log_of(Long p, Long complement) { return p < 0.5L ? std::log(p) : std::log1p(-complement); }

}  // namespace

void add_incomplete(Table& t) {
  const Domain shape{0.3, 5}, place{0.2, 6}, share{0.1, 0.9};
  elementwise(
      t, "gammainc(a, x)", {shape, place}, [](const Vars& v) { return gammainc(v[0], v[1]); },
      [](const Long* x) { return gamma_within(x) ? lower_gamma(x) : kNan; },
      {[](const Long* x) { return gamma_within(x) ? gamma_slope(x) : kNan; },
       [](const Long* x) { return gamma_within(x) ? gamma_density(x) : kNan; }});
  elementwise(
      t, "gammaincc(a, x)", {shape, place}, [](const Vars& v) { return gammaincc(v[0], v[1]); },
      [](const Long* x) { return gamma_within(x) ? upper_gamma(x) : kNan; },
      {[](const Long* x) { return gamma_within(x) ? -gamma_slope(x) : kNan; },
       [](const Long* x) { return gamma_within(x) ? -gamma_density(x) : kNan; }});
  elementwise(
      t, "log_gammainc(a, x)", {shape, place},
      [](const Vars& v) { return log_gammainc(v[0], v[1]); },
      [](const Long* x) { return gamma_within(x) ? log_of(lower_gamma(x), upper_gamma(x)) : kNan; },
      {[](const Long* x) { return gamma_within(x) ? gamma_slope(x) / lower_gamma(x) : kNan; },
       [](const Long* x) { return gamma_within(x) ? gamma_density(x) / lower_gamma(x) : kNan; }});
  elementwise(
      t, "log_gammaincc(a, x)", {shape, place},
      [](const Vars& v) { return log_gammaincc(v[0], v[1]); },
      [](const Long* x) { return gamma_within(x) ? log_of(upper_gamma(x), lower_gamma(x)) : kNan; },
      {[](const Long* x) { return gamma_within(x) ? -gamma_slope(x) / upper_gamma(x) : kNan; },
       [](const Long* x) { return gamma_within(x) ? -gamma_density(x) / upper_gamma(x) : kNan; }});
  elementwise(
      t, "betainc(a, b, x)", {shape, shape, share},
      [](const Vars& v) { return betainc(v[0], v[1], v[2]); },
      [](const Long* x) { return is_limit(x)      ? 1
                                 : beta_within(x) ? lower_beta(x)
                                                  : kNan; },
      {[](const Long* x) { return beta_within(x) ? beta_slope(x, 0) : kNan; },
       [](const Long* x) { return beta_within(x) ? beta_slope(x, 1) : kNan; },
       [](const Long* x) { return beta_within(x) ? beta_density(x) : kNan; }});
  elementwise(
      t, "log_betainc(a, b, x)", {shape, shape, share},
      [](const Vars& v) { return log_betainc(v[0], v[1], v[2]); },
      [](const Long* x) {
        return is_limit(x) ? 0 : beta_within(x) ? log_of(lower_beta(x), upper_beta(x)) : kNan;
      },
      {[](const Long* x) { return beta_within(x) ? beta_slope(x, 0) / lower_beta(x) : kNan; },
       [](const Long* x) { return beta_within(x) ? beta_slope(x, 1) / lower_beta(x) : kNan; },
       [](const Long* x) { return beta_within(x) ? beta_density(x) / lower_beta(x) : kNan; }});
}

}  // namespace reference
}  // namespace EVIDENT_PRECISION
}  // namespace evident
