#include <cmath>
#include <evident/inference/noise_stream.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

void NoiseStream::refill() {
  groups::uniform_group(draw_, group_++, 0, uniforms_);
  used_ = 0;
}

double NoiseStream::normal() {
  constexpr double kTurn = 6.28318530717958647693;
  if (has_second_) {
    has_second_ = false;
    return second_;
  }
  const double radius = std::sqrt(-2 * std::log(uniform()));
  const double angle = kTurn * uniform();
  second_ = radius * std::sin(angle);
  has_second_ = true;
  return radius * std::cos(angle);
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
