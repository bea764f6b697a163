#pragma once

#include <cstddef>
#include <cstdint>
#include <evident/autodiff/random_groups.hpp>
#include <evident/autodiff/rng.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

/// Random numbers one after the other, in double whatever `real` is: what a Markov chain takes as
/// it goes. They are those of one draw of a generator, whose groups are used up in order.
class NoiseStream {
 public:
  explicit NoiseStream(Rng rng) : draw_(rng.next()) {}

  /// Uniform on (0, 1); never 0 or 1.
  double uniform() {
    if (used_ == groups::kGroup) refill();
    return uniforms_[used_++];
  }

  /// Standard normal (Box and Muller 1958), two at a time.
  double normal();

 private:
  void refill();

  Draw draw_;
  std::uint64_t group_ = 0;
  std::size_t used_ = groups::kGroup;
  double uniforms_[groups::kGroup];
  double second_ = 0;  // of a pair of normals
  bool has_second_ = false;
};

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
