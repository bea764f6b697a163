#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <evident/autodiff/bessel.hpp>
#include <evident/autodiff/normal_functions.hpp>
#include <evident/tests/autodiff/operation_rows.hpp>

#include "../numbers.hpp"

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace reference {
namespace {

constexpr Long kInf = evident::testing::kInf;
const Long kPi = std::acos(Long(-1));

Long density(Long x) { return std::exp(-x * x / 2) / std::sqrt(2 * kPi); }
Long phi_below(Long x) { return std::erfc(-x / std::sqrt(Long(2))) / 2; }

// Phi(-x) / phi(x) for x >= 0, by its asymptotic series far out.
Long mills(Long x) {
  if (x < 20) return phi_below(-x) / density(x);
  Long sum = 1, term = 1;
  for (int n = 1; n < 20; ++n) sum += term *= -(2 * n - 1) / x / x;
  return sum / x;
}

Long log_phi_below(Long x) {
  if (x > 0) return std::log1p(-phi_below(-x));
  return -x * x / 2 - std::log(2 * kPi) / 2 + std::log(mills(-x));
}

// The y with erf(y) = 1 - tail, for a tail in (0, 2).
Long inverse_erfc(Long tail) { return boost::math::erfc_inv(tail); }

Long inverse_erf(Long x) {
  if (!(std::abs(x) <= 1)) return NAN;
  if (std::abs(x) == 1) return x * kInf;
  if (std::abs(x) < 1e-30L) return x * std::sqrt(kPi) / 2;
  return std::abs(x) < 0.5L ? boost::math::erf_inv(x)
                            : std::copysign(inverse_erfc(1 - std::abs(x)), x);
}

Long normal_quantile(Long p) {
  if (!(p >= 0 && p <= 1)) return NAN;
  if (p == 0 || p == 1) return p == 0 ? -kInf : kInf;
  const Long root = std::sqrt(Long(2));
  if (std::abs(p - 0.5L) < 0.25L) return root * inverse_erf(2 * p - 1);
  return p < 0.5L ? -root * inverse_erfc(2 * p) : root * inverse_erfc(2 * (1 - p));
}

// I(x) of order n up to 40, by its power series; less its first term, and over (x/2)^n.
Long bessel_series(int n, Long x) {
  Long sum = 0, term = 1;
  for (int k = 1; k < 120; ++k) sum += term *= x * x / 4 / k / (k + n);
  return sum;
}
// sqrt(2 pi x) exp(-x) I(x) of order n beyond, by its asymptotic series.
Long bessel_far(int n, Long x) {
  Long sum = 1, term = 1;
  for (int k = 1; k < 30; ++k) {
    sum += term *= (Long(2 * k - 1) * (2 * k - 1) - 4 * n * n) / (8 * k) / x;
  }
  return sum;
}

Long log_bessel(int n, Long x) {
  const Long size = std::abs(x);
  if (std::isinf(x)) return size;
  if (size > 40) return size - std::log(2 * kPi * size) / 2 + std::log(bessel_far(n, size));
  return std::log1p(bessel_series(n, size)) + (n == 0 ? 0 : std::log(size / 2));
}

// I1(x) / I0(x) for x > 0.
Long ratio(Long x) {
  if (x > 40) return bessel_far(1, x) / bessel_far(0, x);
  return x / 2 * (1 + bessel_series(1, x)) / (1 + bessel_series(0, x));
}

}  // namespace

void add_normal(Table& t) {
  const Domain any{-3, 3};
  elementwise(
      t, "ndtr(x)", {any}, [](const Vars& v) { return ndtr(v[0]); },
      [](const Long* x) { return phi_below(x[0]); }, {[](const Long* x) { return density(x[0]); }});
  elementwise(
      t, "log_ndtr(x)", {any}, [](const Vars& v) { return log_ndtr(v[0]); },
      [](const Long* x) { return log_phi_below(x[0]); }, {[](const Long* x) {
        return x[0] < 0 ? 1 / mills(-x[0]) : density(x[0]) / phi_below(x[0]);
      }});
  elementwise(
      t, "ndtri(p)", {{0.1, 0.9}}, [](const Vars& v) { return ndtri(v[0]); },
      [](const Long* x) { return normal_quantile(x[0]); },
      {[](const Long* x) { return 1 / density(normal_quantile(x[0])); }});
  elementwise(
      t, "erfinv(x)", {{-0.8, 0.8}}, [](const Vars& v) { return erfinv(v[0]); },
      [](const Long* x) { return inverse_erf(x[0]); }, {[](const Long* x) {
        const Long y = inverse_erf(x[0]);
        return std::sqrt(kPi) / 2 * std::exp(y * y);
      }});
  elementwise(
      t, "log_bessel_i0(x)", {any}, [](const Vars& v) { return log_bessel_i0(v[0]); },
      [](const Long* x) { return log_bessel(0, x[0]); },
      {[](const Long* x) { return std::copysign(ratio(std::abs(x[0])), x[0]); }});
  elementwise(
      t, "log_bessel_i1(x)", {{-3, 3, 0.3}}, [](const Vars& v) { return log_bessel_i1(v[0]); },
      [](const Long* x) { return log_bessel(1, x[0]); }, {[](const Long* x) {
        const Long size = std::abs(x[0]);
        if (size == 0) return kInf;
        // Near 0, where the difference of two large numbers is one.
        const Long slope = size < 1e-9L ? 1 / size : 1 / ratio(size) - 1 / size;
        return std::copysign(slope, x[0]);
      }});
}

}  // namespace reference
}  // namespace EVIDENT_PRECISION
}  // namespace evident
