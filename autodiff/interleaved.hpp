#pragma once

#include <algorithm>
#include <array>
#include <evident/autodiff/lanes.hpp>
#include <evident/autodiff/memory.hpp>
#include <evident/autodiff/real.hpp>
#include <evident/autodiff/threads.hpp>

// Small matrices of a batch, as many at a time as a register has lanes: a register holds the same
// element of each, and a loop written for the elements of one matrix works on all of them.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

using Interleaved = Lanes<real>;
constexpr std::size_t kLanes = Interleaved::kWidth;

// The largest side of matrices that are worth it: beyond, loops over one matrix fill registers.
constexpr std::size_t kLargestInterleaved = 32;

// Whether to interleave `count` matrices of this side: a register that is mostly empty does not
// pay.
inline bool interleaves(std::size_t count, std::size_t n) {
  return n > 0 && n <= kLargestInterleaved && 2 * count >= kLanes;
}

// The same place in each of the matrices of one group.
template <class T>
using Places = std::array<T*, kLanes>;

// Where the matrices from number `first` on are. Places behind the last are the last once more:
// what is computed there twice is the same.
template <class T>
Places<T> places(T* data, std::size_t size, std::size_t first, std::size_t count) {
  Places<T> result;
  for (std::size_t i = 0; i < kLanes; ++i) result[i] = data + std::min(first + i, count - 1) * size;
  return result;
}

// Up to `kLargestInterleaved` neighbours of every matrix, on their way into or out of lanes.
struct alignas(kAlignment) InterleavedRow {
  real lanes[kLargestInterleaved * kLanes];
};

template <class T>
void gather(const Places<T>& from, std::size_t offset, std::size_t count, Interleaved* to) {
  InterleavedRow row;
  for (std::size_t j = 0; j < count; ++j) {
    for (std::size_t i = 0; i < kLanes; ++i) row.lanes[j * kLanes + i] = from[i][offset + j];
  }
  for (std::size_t j = 0; j < count; ++j) to[j] = Interleaved::load(row.lanes + j * kLanes);
}

inline void scatter(const Interleaved* from, std::size_t count, const Places<real>& to,
                    std::size_t offset) {
  // No more than this many at a time: where the size of a matrix is a power of two, all are in the
  // same few lines of the cache.
  constexpr std::size_t kTogether = std::min<std::size_t>(kLanes, 8);
  InterleavedRow row;
  for (std::size_t j = 0; j < count; ++j) from[j].store(row.lanes + j * kLanes);
  for (std::size_t first = 0; first < kLanes; first += kTogether) {
    for (std::size_t j = 0; j < count; ++j) {
      for (std::size_t i = first; i < first + kTogether; ++i) {
        to[i][offset + j] = row.lanes[j * kLanes + i];
      }
    }
  }
}

// The same for the lower triangle of a square matrix; the rows of the lanes are `kStride` apart.
constexpr std::size_t kStride = kLargestInterleaved + 1;
using Square = std::array<Interleaved, kLargestInterleaved * kStride>;

template <class T>
void gather_lower(const Places<T>& from, std::size_t n, Square& to) {
  for (std::size_t i = 0; i < n; ++i) gather(from, i * n, i + 1, to.data() + i * kStride);
}

// Calls `work(first)` for the first matrix of every group, which takes about `cycles`.
template <class Work>
void for_each_group(std::size_t count, std::size_t cycles, Work work) {
  constexpr std::size_t kTask = 16384;  // cycles that are worth another thread's attention
  const std::size_t groups = (count + kLanes - 1) / kLanes;
  const std::size_t length = std::max<std::size_t>(1, kTask / cycles);
  parallel((groups + length - 1) / length, [&](std::size_t part) {
    const std::size_t end = std::min(groups, (part + 1) * length);
    for (std::size_t group = part * length; group < end; ++group) work(group * kLanes);
  });
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
