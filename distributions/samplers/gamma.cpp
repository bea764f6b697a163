#include <cmath>
#include <evident/autodiff/functions.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/distributions/samplers/gamma.hpp>
#include <evident/distributions/samplers/parameter_groups.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using groups::kGroup;
using L = Lanes<real>;

using parts::kInfinity;
using parts::kNan;

// Attempts of Draw::group: doubles have taken 0 and 1 for the normals.
constexpr std::uint32_t kBoostAttempt = 1;
constexpr std::uint32_t kAcceptanceAttempt = 4;

// Marsaglia and Tsang: with y = c x, v = (1 + y)^3, c = 1 / sqrt(9 d), the normal x is kept with
// the probability e^h, h = x^2/2 + d (1 - v + log v). The leading terms of h cancel: for small y,
// h = 3 d (log(1 + y) - y + y^2/2 - y^3/3) = -3 d y^4 (1/4 - y/5 + y^2/6 - ...).
constexpr double kSmall = 0.03;
template <class X>
X log_acceptance_of_small(const X& d, const X& y) {
  const X y2 = y * y;
  return -3.0 * d * y2 * y2 *
         (1.0 / 4 +
          y * (-1.0 / 5 +
               y * (1.0 / 6 + y * (-1.0 / 7 + y * (1.0 / 8 + y * (-1.0 / 9 + y * (1.0 / 10)))))));
}

double log_acceptance(double d, double x, double y) {
  if (std::abs(y) < kSmall) return log_acceptance_of_small(d, y);
  const double root = 1 + y;
  return 0.5 * x * x + d * (1 - root * root * root + 3 * std::log(root));
}
L log_acceptance(L d, L x, L y) {
  const L root = maximum(1.0 + y, 1e-6);
  return where(abs(y) < kSmall, log_acceptance_of_small(d, y),
               0.5 * x * x + d * (1.0 - root * root * root + 3.0 * log(root)));
}

// Another v for an element whose normals were refused, each attempt from one block of four words.
double retried(double d, double c, const Draw& draw, std::uint64_t element) {
  constexpr double kTurn = 6.28318530717958647693;
  for (std::uint32_t attempt = 0;; ++attempt) {
    const auto words = draw.block(element, attempt);
    const double radius = std::sqrt(-2 * std::log(groups::uniform_of(words[0], words[1])));
    const double x = radius * std::cos(kTurn * ((words[2] + 0.5) * 0x1p-32));
    const double y = c * x;
    if (y <= -1) continue;
    if (std::log((words[3] + 0.5) * 0x1p-32) < log_acceptance(d, x, y)) {
      return (1 + y) * (1 + y) * (1 + y);
    }
  }
}

// Sixty-four gammas of concentration at least 1: (a - 1/3) v; writes d = a - 1/3 and v.
void cubes(const Draw& draw, std::uint64_t index, const real* a, real* d, real* v) {
  alignas(kAlignment) real x[kGroup];
  alignas(kAlignment) std::uint32_t words[kGroup];
  alignas(kAlignment) real acceptance[kGroup];
  alignas(kAlignment) real refused[kGroup];
  groups::normal_group(draw, index, x);
  draw.group(index, kAcceptanceAttempt, words);
  for (std::size_t i = 0; i < kGroup; ++i) {
    acceptance[i] =
        (static_cast<real>(static_cast<std::int32_t>(words[i] >> 9)) + real(0.5)) * real(0x1p-23);
  }
  L any = 0.0;
  for (std::size_t i = 0; i < kGroup; i += L::kWidth) {
    const L scale = L::load(a + i) - 1.0 / 3;
    const L normal = L::load(x + i);
    const L u = L::load(acceptance + i);
    const L y = normal / (3.0 * sqrt(scale));
    const L root = 1.0 + y;
    const L square_of_normal = normal * normal;
    // Their bound: u below it is always kept, which spares most of the logarithms.
    auto kept = u < 1.0 - 0.0331 * square_of_normal * square_of_normal && root > 0.0;
    if (!xsimd::all(kept.bits)) {
      kept = kept || (root > 0.0 && log(u) < log_acceptance(scale, normal, y));
    }
    scale.store(d + i);
    (root * root * root).store(v + i);
    const L again = where(kept, 0.0, 1.0);
    again.store(refused + i);
    any += again;
  }
  if (!xsimd::any((any > 0.0).bits)) return;
  for (std::size_t i = 0; i < kGroup; ++i) {
    if (refused[i] == 0) continue;
    const double scale = d[i];
    v[i] = static_cast<real>(retried(scale, 1 / (3 * std::sqrt(scale)), draw, index * kGroup + i));
  }
}

// Sixty-four gammas, or their logarithms.
void gamma_group(const Draw& draw, std::uint64_t index, const real* a, bool logarithm, real* out) {
  alignas(kAlignment) real raised[kGroup];
  alignas(kAlignment) real d[kGroup];
  alignas(kAlignment) real v[kGroup];
  L small = 0.0;
  L odd = 0.0;
  for (std::size_t i = 0; i < kGroup; i += L::kWidth) {
    const L given = L::load(a + i);
    const auto ordinary = given > 0.0 && given < kInfinity;
    odd += where(ordinary, 0.0, 1.0);
    const L concentration = where(ordinary, given, L(1.0));
    small += where(concentration < 1.0, 1.0, 0.0);
    where(concentration < 1.0, concentration + 1.0, concentration).store(raised + i);
  }
  cubes(draw, index, raised, d, v);
  if (xsimd::any((small > 0.0).bits)) {
    alignas(kAlignment) real u[kGroup];
    groups::uniform_group(draw, index, kBoostAttempt, u);
    for (std::size_t i = 0; i < kGroup; i += L::kWidth) {
      const L concentration = L::load(a + i);
      const L power = where(concentration < 1.0, log(L::load(u + i)) / concentration, L(0.0));
      const L gamma = L::load(d + i) * L::load(v + i);
      (logarithm ? log(gamma) + power : gamma * exp(power)).store(out + i);
    }
  } else {
    for (std::size_t i = 0; i < kGroup; i += L::kWidth) {
      const L gamma = L::load(d + i) * L::load(v + i);
      (logarithm ? log(gamma) : gamma).store(out + i);
    }
  }
  if (!xsimd::any((odd > 0.0).bits)) return;
  for (std::size_t i = 0; i < kGroup; i += L::kWidth) {
    const L given = L::load(a + i);
    const L edge = where(given == 0.0, logarithm ? -kInfinity : 0.0, kNan);
    where(given > 0.0 && given < kInfinity, L::load(out + i), edge).store(out + i);
  }
}

Array gammas(const Array& concentration, const Shape& shape, Rng& rng, bool logarithm,
             const char* function) {
  const groups::ParameterGroups parameter(concentration, shape, function);
  const Draw draw = rng.next();
  return groups::fill_groups(shape, [&](std::uint64_t index, real* out) {
    alignas(kAlignment) real a[kGroup];
    parameter.load(index, a);
    gamma_group(draw, index, a, logarithm, out);
  });
}

}  // namespace

Array standard_gamma(const Array& concentration, const Shape& shape, Rng& rng) {
  return gammas(concentration, shape, rng, false, "standard_gamma");
}

Array log_standard_gamma(const Array& concentration, const Shape& shape, Rng& rng) {
  return gammas(concentration, shape, rng, true, "log_standard_gamma");
}

std::pair<Array, Array> log_standard_gamma_pair(const Array& first, const Array& second,
                                                const Shape& shape, Rng& rng) {
  constexpr const char* kFunction = "log_standard_gamma_pair";
  Array one = gammas(first, shape, rng, true, kFunction);
  return {std::move(one), gammas(second, shape, rng, true, kFunction)};
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
