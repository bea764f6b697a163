#include <algorithm>
#include <cmath>
#include <evident/autodiff/functions.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/distributions/samplers/count_samplers.hpp>
#include <evident/distributions/samplers/parameter_groups.hpp>
#include <evident/distributions/samplers/von_mises.hpp>
#include <limits>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using groups::kGroup;
using D = Lanes<double>;

using parts::kPi;
constexpr std::uint32_t kGroupAttempts = 2;

// Best and Fisher's r is (1 + q) / (2 k) with q = sqrt(1 + 4 k^2) for a concentration k, which is
// infinite at 0; everything follows from w = 1 / r instead. With an angle f, uniform in
// (-pi/2, pi/2), the proposal is the angle x with tan(x / 2) = s tan f, s^2 = (1 - w) / (1 + w),
// and it is kept with the probability e^(1 - 1/c) / c, c = 1 + w cos 2f = (1 - w) + 2 w cos^2 f.
// 1 - w = (1 + 1 / (q + 2 k)) / (1 + q) does not cancel.
template <class X>
struct Constants {
  X w, rest, s;  // rest = 1 - w
};
template <class X>
Constants<X> constants_of(X k) {
  using std::sqrt;
  const X q = sqrt(1.0 + 4.0 * k * k);
  const X w = 2.0 * k / (1.0 + q);
  const X rest = (1.0 + 1.0 / (q + 2.0 * k)) / (1.0 + q);
  return {w, rest, sqrt(rest / (1.0 + w))};
}

// Concentrations beyond are as good as infinite, and their squares are not.
constexpr double kLargest = 1e150;

double retried(double k, const Draw& draw, std::uint64_t element) {
  const Constants<double> of = constants_of(k);
  for (std::uint32_t attempt = 0;; ++attempt) {
    const TwoUniforms uniforms = two_uniforms(draw, element, attempt);
    const double f = kPi * (uniforms.u - 0.5);
    const double cosine = std::cos(f);
    const double c = of.rest + 2 * of.w * cosine * cosine;
    if (std::log(uniforms.v * c) <= 1 - 1 / c) {
      return 2 * std::atan(of.s * std::sin(f) / cosine);
    }
  }
}

void von_mises_group(const Draw& draw, std::uint64_t index, double* k, real* out) {
  alignas(kAlignment) double u[kGroup];
  alignas(kAlignment) double v[kGroup];
  alignas(kAlignment) double angle[kGroup];
  alignas(kAlignment) double open[kGroup];
  for (std::size_t i = 0; i < kGroup; ++i) {
    open[i] = k[i] >= 0 ? 1 : 0;
    angle[i] = std::numeric_limits<double>::quiet_NaN();
    k[i] = k[i] >= 0 ? std::min(k[i], kLargest) : 0;
  }
  for (std::uint32_t attempt = 0; attempt < kGroupAttempts; ++attempt) {
    groups::uniform_group(draw, index, 2 * attempt, u);
    groups::uniform_group(draw, index, 2 * attempt + 1, v);
    D left = 0.0;
    for (std::size_t i = 0; i < kGroup; i += D::kWidth) {
      const auto of = constants_of(D::load(k + i));
      const D f = kPi * (D::load(u + i) - 0.5);
      const D cosine = cos(f);
      const D c = of.rest + 2.0 * of.w * cosine * cosine;
      const auto kept = log(D::load(v + i) * c) <= 1.0 - 1.0 / c;
      const D proposed = 2.0 * D(xsimd::atan((of.s * sin(f) / cosine).v));
      const auto takes = kept && D::load(open + i) > 0.0;
      where(takes, proposed, D::load(angle + i)).store(angle + i);
      const D remains = where(takes, D(0.0), D::load(open + i));
      remains.store(open + i);
      left += remains;
    }
    if (!xsimd::any((left > 0.0).bits)) break;
  }
  // Rounding must not carry an angle to pi, or beyond.
  const real end = std::nextafter(static_cast<real>(kPi), real(0));
  for (std::size_t i = 0; i < kGroup; ++i) {
    if (open[i] > 0) angle[i] = retried(k[i], draw, index * kGroup + i);
    out[i] = std::clamp(static_cast<real>(angle[i]), -end, end);  // leaves NaN
  }
}

}  // namespace

Array von_mises(const Array& concentration, const Shape& shape, Rng& rng) {
  const groups::ParameterGroups parameter(concentration, shape, "von_mises");
  const Draw draw = rng.next();
  return groups::fill_groups(shape, [&](std::uint64_t index, real* out) {
    alignas(kAlignment) double k[kGroup];
    parameter.load(index, k);
    von_mises_group(draw, index, k, out);
  });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
