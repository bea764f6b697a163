#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/tests/autodiff/operation_table.hpp>
#include <limits>
#include <sstream>

using namespace evident;
using namespace evident::reference;

namespace {

using Limits = std::numeric_limits<real>;

// What every value and derivative keeps to, in units in the last place. A sanitizer leaves
// functions uninlined, so that products and sums across them are rounded one by one.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr double kUnits = 5;
#else
constexpr double kUnits = 4;
#endif
constexpr int kValue = -1;

// A result that is not that accurate by itself: its error is measured against something larger.
struct Exception {
  const char* declared;
  int result;  // the value, or a partial derivative
  Long (*size)(const Long* x, Long want);
};

// The exponent of a power takes the logarithm's error, of 2^-58 or so, with it: 9.7 units for
// powers near the largest number.
Long size_of_power(const Long* x, Long want) {
  return std::abs(want) * (1 + std::abs(x[1] * std::log(std::abs(x[0]))) / 256);
}
// exp(a - b) takes the rounding of a - b with it: 508 units at a difference of 632.
Long size_of_share(const Long* x, Long want) { return want * (1 + std::abs(x[0] - x[1]) / 4); }
// Nothing is promised where a factor on the way is out of range, although the product is not.
Long size_unless(Long factor, Long size) {
  const bool within = std::abs(factor) >= Limits::min() && std::abs(factor) <= Limits::max();
  return within || factor == 0 ? size : std::numeric_limits<Long>::infinity();
}

// The incomplete functions are computed in double in both precisions. Their reference stands for
// what it can be asked; what is promised in double is 1e-13 of values, here of logarithms too, and
// 1e-11 of derivatives, which are the reference's differences.
Long size_of_incomplete(Long want, Long promised) {
  if (std::isnan(want)) return std::numeric_limits<Long>::infinity();
  const bool in_float = Limits::digits < 30;
  return std::abs(want) * (in_float ? 1 : promised / (kUnits * Limits::epsilon()));
}
Long size_of_incomplete_value(const Long*, Long want) { return size_of_incomplete(want, 1e-13L); }
Long size_of_incomplete_slope(const Long*, Long want) { return size_of_incomplete(want, 1e-11L); }

// The reference's difference quotient loses digits where the logarithm itself is large.
Long size_of_log_beta_slope(const Long* x, Long want) {
  const Long size = size_of_incomplete_slope(x, want);
  const Long logarithm = -std::min(x[0], Long(1e6)) * std::log(std::max(x[2], Long(1e-300)));
  return logarithm > 1000 ? 256 * std::max(size, std::abs(want)) : size;
}

Long size_of_reflected_digamma(const Long* x, Long want) {
  return x[0] < 0 ? std::max(std::abs(want), std::log1p(-x[0]) + 4) : std::abs(want);
}
// A reciprocal squared and a series, each of which rounds.
Long size_of_trigamma(const Long*, Long want) { return 2 * std::abs(want); }
Long size_of_lbeta_slope(const Long* x, Long want) {
  return std::min(x[0], x[1]) < Long(Limits::min()) ? Long(INFINITY) : std::abs(want);
}

const Exception kExceptions[] = {
    {"gammainc(a, x)", kValue, size_of_incomplete_value},
    {"gammainc(a, x)", 0, size_of_incomplete_slope},
    {"gammainc(a, x)", 1, size_of_incomplete_value},
    {"gammaincc(a, x)", kValue, size_of_incomplete_value},
    {"gammaincc(a, x)", 0, size_of_incomplete_slope},
    {"gammaincc(a, x)", 1, size_of_incomplete_value},
    {"log_gammainc(a, x)", kValue, size_of_incomplete_value},
    {"log_gammainc(a, x)", 0, size_of_incomplete_slope},
    {"log_gammainc(a, x)", 1, size_of_incomplete_value},
    {"log_gammaincc(a, x)", kValue, size_of_incomplete_value},
    {"log_gammaincc(a, x)", 0, size_of_incomplete_slope},
    {"log_gammaincc(a, x)", 1, size_of_incomplete_value},
    {"betainc(a, b, x)", kValue, size_of_incomplete_value},
    {"betainc(a, b, x)", 0, size_of_incomplete_slope},
    {"betainc(a, b, x)", 1, size_of_incomplete_slope},
    {"betainc(a, b, x)", 2, size_of_incomplete_value},
    {"log_betainc(a, b, x)", kValue, size_of_incomplete_value},
    {"log_betainc(a, b, x)", 0, size_of_log_beta_slope},
    {"log_betainc(a, b, x)", 1, size_of_log_beta_slope},
    {"log_betainc(a, b, x)", 2, size_of_incomplete_value},
    // Reflected at 0, where the terms of about log |x| and pi cancel, and the sine of a subnormal
    // number is one; between the zeros 1 and 2 the table of the type has the digits of about 0.1.
    {"lgamma(x)", kValue,
     [](const Long* x, Long want) {
       if (x[0] < 0 && x[0] > -Long(Limits::min())) return Long(INFINITY);
       return std::max((x[0] < 0 ? 2 : 1) * std::abs(want), x[0] < 0                 ? Long(4)
                                                            : x[0] > 0.5 && x[0] < 3 ? Long(0.12)
                                                                                     : 0);
     }},
    {"lgamma(x)", 0, size_of_reflected_digamma},
    {"digamma(x)", kValue, size_of_reflected_digamma},
    {"digamma(x)", 0, size_of_trigamma},
    {"trigamma(x)", kValue, size_of_trigamma},
    {"trigamma(x)", 0,
     [](const Long* x, Long want) {
       return x[0] < 0 ? std::max(4 * std::abs(want), Long(4)) : 2 * std::abs(want);
     }},
    // A difference of logarithms of gamma functions, and of subnormal numbers' reciprocals.
    {"lbeta(a, b)", kValue,
     [](const Long*, Long want) { return std::max(std::abs(want), Long(2)); }},
    {"lbeta(a, b)", 0, size_of_lbeta_slope},
    {"lbeta(a, b)", 1, size_of_lbeta_slope},
    // Half of the units come from the tangent, which is squared.
    {"tanpi(x)", 0, [](const Long*, Long want) { return 2 * std::abs(want); }},
    // The result is near 0 where the larger argument and the correction cancel: 790 units of it.
    {"logaddexp(a, b)", kValue,
     [](const Long* x, Long want) {
       return std::max({std::abs(x[0]), std::abs(x[1]), std::abs(want)});
     }},
    {"logaddexp(a, b)", 0, size_of_share},
    {"logaddexp(a, b)", 1, size_of_share},
    // The terms of the derivative cancel near x = -0.75 and x = -1.28: 194 and 17 units of it.
    {"gelu(x)", 0, [](const Long*, Long want) { return std::max(std::abs(want), Long(0.25)); }},
    {"silu(x)", 0, [](const Long*, Long want) { return std::max(std::abs(want), Long(0.25)); }},
    {"pow(a, b)", kValue, size_of_power},
    {"pow(a, b)", 1, size_of_power},
    {"pow(a, b)", 0,
     [](const Long* x, Long want) {
       return size_unless(std::pow(x[0], x[1] - 1), size_of_power(x, want));
     }},
    {"operator/(a, b)", 1,
     [](const Long* x, Long want) { return size_unless(x[0] / x[1], std::abs(want)); }},
    // It is 0 near x = 1.5.
    {"log_bessel_i1(x)", kValue,
     [](const Long*, Long want) { return std::max(std::abs(want), Long(1)); }},
    // Quotients of polynomials of degree 7 in the tails: 4.1 units in float.
    {"ndtri(p)", kValue,
     [](const Long*, Long want) { return std::abs(want) * (1 + (std::abs(want) > 1.4L)); }},
    {"erfinv(x)", kValue,
     [](const Long*, Long want) { return std::abs(want) * (1 + (std::abs(want) > 1)); }},
    // It has the quantile's error with it: 5.66 units where numbers end.
    // Of a subnormal p it is next to the largest number, of which there is no double.
    {"ndtri(p)", 0,
     [](const Long* x, Long want) {
       return x[0] < Long(Limits::min()) ? Long(INFINITY) : std::abs(want) * 2;
     }},
    // A logarithm of what is all but 1.
    {"log_ndtr(x)", kValue, [](const Long*, Long want) { return std::abs(want) * 2; }},
    // Quotients of two polynomials: 4.13 units in double.
    {"log_bessel_i0(x)", 0, [](const Long*, Long want) { return std::abs(want) * 1.25L; }},
    {"log_bessel_i1(x)", 0, [](const Long*, Long want) { return std::abs(want) * 1.25L; }},
    // x Phi(x) is a product of five: 4.12 units in double.
    {"gelu(x)", kValue, [](const Long*, Long want) { return std::abs(want) * 1.25L; }},
};

Long size_of_result(const std::string& declared, int result, const Long* x, Long want) {
  for (const Exception& exception : kExceptions) {
    if (declared == exception.declared && result == exception.result) {
      return exception.size(x, want);
    }
  }
  return std::abs(want);
}

// The error in units in the last place of a number of this size.
double units(real got, Long want, Long size) {
  const Long largest = Limits::max();
  const Long y = std::isinf(got) && std::abs(want) <= largest
                     ? std::copysign(largest * (1 + Long(Limits::epsilon()) / 2), Long(got))
                     : Long(got);
  const bool above = std::abs(want) > largest && std::isinf(got);  // it rounds to infinity
  if (y == want || (std::isnan(got) && std::isnan(want))) return 0;
  if (above && std::signbit(got) == std::signbit(want)) return 0;
  // An exponential that is no normal number may be 0, and what it is multiplied by is below 1000.
  const Long smallest = 1000 * Long(Limits::min());
  if (std::abs(want) < smallest && std::abs(y - want) < smallest) return 0;
  const Long within = std::min(std::max(size, Long(Limits::min())), largest);
  const Long unit = std::ldexp(Long(1), std::ilogb(within) - Limits::digits + 1);
  const double result = static_cast<double>(std::abs(y - want) / unit);
  return std::isinf(size) ? 0 : std::isnan(result) ? INFINITY : result;
}

// Numbers at which something ends or begins, and 0.
std::vector<double> special_numbers() {
  const real top = std::log(Limits::max());
  const std::vector<real> sizes = {Limits::denorm_min(),
                                   Limits::min(),
                                   Limits::min() * real(1.5),
                                   Limits::epsilon() / 2,
                                   Limits::epsilon(),
                                   std::sqrt(Limits::epsilon()),
                                   real(0.5),
                                   1 - Limits::epsilon() / 2,
                                   1,
                                   1 + Limits::epsilon(),
                                   2,
                                   3,
                                   9,
                                   26.5,
                                   37.5,
                                   88.5,
                                   104,
                                   std::nextafter(top, real(0)),
                                   std::nextafter(top, 2 * top),
                                   746,
                                   1 / Limits::epsilon(),
                                   2 / Limits::epsilon() + 2,
                                   Limits::max() / 2,
                                   Limits::max()};
  std::vector<double> result = {0};
  for (const real size : sizes) {
    result.push_back(static_cast<double>(size));
    result.push_back(static_cast<double>(-size));
  }
  return result;
}

// All combinations of special numbers, then draws whose logarithms are even over all numbers, over
// the subnormal ones, and over those between 2^-12 and 2^12; some arguments are equal.
Plains arguments_of(const OperationRow& row) {
  const std::vector<double> special = special_numbers();
  std::size_t combinations = 1;
  for (std::size_t k = 0; k < row.arity(); ++k) combinations *= special.size();
  const std::size_t count = combinations + 60000;
  Plains result;
  for (std::size_t k = 0; k < row.arity(); ++k) {
    const Plain range = draw({count}, {0, 3}, 100 + k);
    const Plain place = draw({count}, {0, 1}, 200 + k);
    const Plain sign = draw({count}, {-1, 1}, 300 + k);
    Plain x{{count}, {}};
    std::size_t before = 1;
    for (std::size_t j = 0; j < k; ++j) before *= special.size();
    for (std::size_t i = 0; i < count; ++i) {
      const double low = range.data[i] < 1   ? Limits::min_exponent - Limits::digits
                         : range.data[i] < 2 ? Limits::min_exponent
                                             : -12;
      const double high = range.data[i] < 1   ? Limits::min_exponent
                          : range.data[i] < 2 ? Limits::max_exponent
                                              : 12;
      const double size = std::exp2(low + (high - low) * place.data[i]);
      double value = std::copysign(std::min<double>(size, Limits::max()), sign.data[i]);
      if (i < combinations) value = special[i / before % special.size()];
      if (i >= combinations && k > 0 && i % 10 == 0) value = result[0].data[i];
      if (row.domains[k].coin) value = static_cast<double>(i % 2);
      x.data.push_back(static_cast<double>(static_cast<real>(value)));
    }
    result.push_back(std::move(x));
  }
  return result;
}

}  // namespace

TEST_CASE("accuracy: values and derivatives keep to 4 units in the last place") {
  for (const OperationRow& row : operation_table()) {
    if (!row.elementwise) continue;
    const Plains arguments = arguments_of(row);
    Vars leaves;
    for (const Plain& argument : arguments) leaves.push_back(Var::parameter(array(argument)));
    Tape tape;
    const Var y = row.apply(leaves);
    const std::vector<Array> slopes = tape.gradients(sum(y), leaves);
    std::vector<double> worst(row.arity() + 1, 0);
    const auto compare = [&](int result, const std::vector<Long>& x, real got, Long want) {
      const double error = units(got, want, size_of_result(row.declared, result, x.data(), want));
      double& most = worst[static_cast<std::size_t>(result + 1)];
      if (error <= most) return;
      most = error;
      std::ostringstream message;
      message << row.declared << (result == kValue ? "" : ", a derivative,") << " at";
      for (const Long number : x) message << ' ' << number;
      message << " is " << got << " instead of " << want << ": " << error << " units";
      CHECK_MESSAGE(error <= kUnits, message.str());
    };
    for (std::size_t i = 0; i < y.size(); ++i) {
      std::vector<Long> x;
      for (const Plain& argument : arguments) x.push_back(argument.data[i]);
      compare(kValue, x, y.value().data()[i], row.scalar(x.data()));
      if (std::isnan(y.value().data()[i])) continue;
      for (std::size_t k = 0; k < row.arity(); ++k) {
        if (!row.differentiable[k]) continue;
        const Long slope = row.slopes[k](x.data());
        if (!std::isnan(slope)) compare(static_cast<int>(k), x, slopes[k].data()[i], slope);
      }
    }
    std::printf("accuracy of %s: %.2f units", row.declared.c_str(), worst[0]);
    for (std::size_t k = 0; k < row.arity(); ++k) {
      if (row.differentiable[k]) std::printf(", derivative %.2f", worst[k + 1]);
    }
    std::printf("\n");
  }
}
