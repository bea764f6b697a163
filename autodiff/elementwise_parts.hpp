#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <evident/autodiff/broadcast.hpp>
#include <evident/autodiff/threads.hpp>

// How the loop of an elementwise operation is cut among threads.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

inline constexpr std::size_t kLoopTask =
    16384;                                    // elements that are worth another thread's attention
inline constexpr std::size_t kLoopCut = 512;  // elements by which a long row is cut
inline constexpr std::size_t kTimedFrom =
    2048;  // elements of which a formula may be as long as a task
inline constexpr std::size_t kTimedTasks = 4;                      // of a short loop
inline constexpr auto kWorthwhile = std::chrono::microseconds(8);  // of work, for two threads

// A part of the loop that one thread walks.
struct LoopPart {
  std::size_t first_row, last_row, first_column, last_column;
};

// Cuts the loop along rows, or along columns if there is one row, into parts of about `each`
// elements. The cut depends on the shape alone, so that sums are the same bits for any number of
// threads.
class LoopParts {
 public:
  LoopParts(const BroadcastLoop& loop, std::size_t each,
            std::size_t most = static_cast<std::size_t>(-1))
      : loop_(loop), along_rows_(loop.rows() > 1) {
    const std::size_t across = along_rows_ ? loop.columns() : 1;
    length_ = std::max(each / std::max<std::size_t>(across, 1), (extent() + most - 1) / most);
    length_ = std::max<std::size_t>(length_, 1);
    if (!along_rows_) length_ = (length_ + kLoopCut - 1) / kLoopCut * kLoopCut;
    count_ = (extent() + length_ - 1) / length_;
  }
  std::size_t count() const { return count_; }
  LoopPart operator[](std::size_t i) const { return range(i, i + 1); }
  // The parts first ... last as one.
  LoopPart range(std::size_t first, std::size_t last) const {
    return between(first * length_, last * length_);
  }

 private:
  std::size_t extent() const { return along_rows_ ? loop_.rows() : loop_.columns(); }
  LoopPart between(std::size_t first, std::size_t last) const {
    last = std::min(last, extent());
    return along_rows_ ? LoopPart{first, last, 0, loop_.columns()} : LoopPart{0, 1, first, last};
  }

  const BroadcastLoop& loop_;
  bool along_rows_;
  std::size_t length_;
  std::size_t count_;
};

// Walks a loop whose parts do not depend on each other. A logarithm takes ten times an addition:
// whether a short loop is worth a second thread, the time of its beginning says.
template <class Walk>
void walk_parts(const BroadcastLoop& loop, Walk walk) {
  using Clock = std::chrono::steady_clock;
  const std::size_t size = loop.rows() * loop.columns();
  if (size == 0) return;
  const bool timed = size >= kTimedFrom && size <= kLoopTask && threads() > 1;
  const LoopParts parts(loop, timed ? kLoopCut : kLoopTask);
  std::size_t begin = 0, tasks = parts.count();
  if (timed) {
    const Clock::time_point start = Clock::now();
    walk(parts[0]);
    begin = 1;
    const bool worthwhile = (Clock::now() - start) * (parts.count() - 1) > kWorthwhile;
    tasks = std::min<std::size_t>(worthwhile ? kTimedTasks : 1, parts.count() - 1);
  }
  const std::size_t rest = parts.count() - begin;
  parallel(tasks, [&](std::size_t task) {
    walk(parts.range(begin + rest * task / tasks, begin + rest * (task + 1) / tasks));
  });
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
