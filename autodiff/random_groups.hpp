#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <evident/autodiff/array.hpp>
#include <evident/autodiff/rng.hpp>
#include <evident/autodiff/threads.hpp>

// What samplers are made of: an array is filled by groups of 64 elements, each from its own words.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace groups {

inline constexpr std::size_t kGroup = Draw::kGroup;

// Fills an array group by group, on all threads: `make(index, out)` writes 64 elements.
template <class Make>
Array fill_groups(const Shape& shape, Make make) {
  constexpr std::size_t kGroupsPerTask = 256;
  Array result = uninitialised(shape);
  const std::size_t groups = (result.size() + kGroup - 1) / kGroup;
  parallel((groups + kGroupsPerTask - 1) / kGroupsPerTask, [&](std::size_t task) {
    const std::size_t last = std::min(groups, (task + 1) * kGroupsPerTask);
    for (std::size_t index = task * kGroupsPerTask; index < last; ++index) {
      alignas(kAlignment) real values[kGroup];
      make(index, values);
      const std::size_t first = index * kGroup;
      std::memcpy(result.data() + first, values,
                  std::min(kGroup, result.size() - first) * sizeof(real));
    }
  });
  return result;
}

// The uniform of two words: the middle of one of 2^52 equal cells of (0, 1).
inline double uniform_of(std::uint32_t high, std::uint32_t low) {
  const double cell = static_cast<double>(static_cast<std::int32_t>(high >> 6)) * 0x1p26 +
                      static_cast<double>(static_cast<std::int32_t>(low >> 6));
  return (cell + 0.5) * 0x1p-52;
}

// Sixty-four uniforms on (0, 1): the middle of each of 2^23 or 2^52 equal cells, so that neither
// end is hit. Those of doubles are the words of attempts 2 `attempt` and 2 `attempt` + 1.
void uniform_group(const Draw& draw, std::uint64_t index, std::uint32_t attempt, float* out);
void uniform_group(const Draw& draw, std::uint64_t index, std::uint32_t attempt, double* out);

// Sixty-four normals, of the uniforms of attempt 0: thirty-two radii and angles, the first half
// their cosines, the second their sines.
void normal_group(const Draw& draw, std::uint64_t index, real* out);

}  // namespace groups
}  // namespace EVIDENT_PRECISION
}  // namespace evident
