#include <evident/autodiff/functions.hpp>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/random_groups.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace groups {

void uniform_group(const Draw& draw, std::uint64_t index, std::uint32_t attempt, float* out) {
  alignas(kAlignment) std::uint32_t words[kGroup];
  draw.group(index, attempt, words);
  for (std::size_t i = 0; i < kGroup; ++i) {
    out[i] = (static_cast<float>(static_cast<std::int32_t>(words[i] >> 9)) + 0.5F) * 0x1p-23F;
  }
}

void uniform_group(const Draw& draw, std::uint64_t index, std::uint32_t attempt, double* out) {
  alignas(kAlignment) std::uint32_t high[kGroup];
  alignas(kAlignment) std::uint32_t low[kGroup];
  draw.group(index, 2 * attempt, high);
  draw.group(index, 2 * attempt + 1, low);
  for (std::size_t i = 0; i < kGroup; ++i) {
    out[i] = uniform_of(high[i], low[i]);
  }
}

void normal_group(const Draw& draw, std::uint64_t index, real* out) {
  using L = Lanes<real>;
  constexpr double kQuarterTurn = 1.57079632679489661923;
  alignas(kAlignment) real u[kGroup];
  uniform_group(draw, index, 0, u);
  constexpr std::size_t kHalf = kGroup / 2;
  for (std::size_t i = 0; i < kHalf; i += L::kWidth) {
    const L radius = sqrt(-2.0 * log(L::load(u + i)));
    // The angle is a whole number of quarter turns and a rest of at most an eighth of a turn.
    const L turns = 4.0 * L::load(u + kHalf + i);
    const L quarter = where(
        turns < 0.5, L(0.0),
        where(turns < 1.5, L(1.0), where(turns < 2.5, L(2.0), where(turns < 3.5, L(3.0), L(4.0)))));
    const L angle = (turns - quarter) * kQuarterTurn;
    const L s = parts::sine_series(angle);
    const L c = parts::cosine_series(angle);
    const auto odd = quarter == 1.0 || quarter == 3.0;
    const auto flips_cosine = quarter == 1.0 || quarter == 2.0;
    const auto flips_sine = quarter == 2.0 || quarter == 3.0;
    const L x = where(odd, s, c);
    const L y = where(odd, c, s);
    (radius * where(flips_cosine, -x, x)).store(out + i);
    (radius * where(flips_sine, -y, y)).store(out + kHalf + i);
  }
}

}  // namespace groups

using groups::fill_groups;
using groups::kGroup;
using groups::normal_group;
using groups::uniform_group;

Array uniform(const Shape& shape, Rng& rng) {
  const Draw draw = rng.next();
  return fill_groups(shape,
                     [&](std::uint64_t index, real* out) { uniform_group(draw, index, 0, out); });
}

Array standard_normal(const Shape& shape, Rng& rng) {
  const Draw draw = rng.next();
  return fill_groups(shape,
                     [&](std::uint64_t index, real* out) { normal_group(draw, index, out); });
}

Array bernoulli_mask(const Shape& shape, double probability, double scale, Rng& rng) {
  const Draw draw = rng.next();
  using L = Lanes<real>;
  return fill_groups(shape, [&](std::uint64_t index, real* out) {
    uniform_group(draw, index, 0, out);
    for (std::size_t i = 0; i < kGroup; i += L::kWidth) {
      where(L::load(out + i) < probability, scale, 0.0).store(out + i);
    }
  });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
