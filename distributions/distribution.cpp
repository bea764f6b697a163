#include <fmt/format.h>

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

[[noreturn]] void refuse_noise(const Distribution& distribution, const char* function) {
  throw Error(fmt::format(
      "{}: draws of {} are not differentiable in its parameters: use sample, and an estimator that "
      "does not need a gradient through the draw",
      function, distribution.name()));
}

}  // namespace

Var Distribution::rsample(Rng& rng, const Shape& sample_shape) const {
  return from_noise(noise(rng, sample_shape));
}

Array Distribution::noise(Rng&, const Shape&) const { refuse_noise(*this, "rsample"); }

Var Distribution::from_noise(const Array&) const { refuse_noise(*this, "from_noise"); }

void refuse_parameter(const char* distribution, const char* parameter, const Array& value,
                      std::size_t index, const char* expected) {
  throw Error(fmt::format(
      "{}: {} must be {}, got {}{}", distribution, parameter, expected, value.data()[index],
      value.dimension() == 0
          ? std::string()
          : fmt::format(" at index {} of shape {}", index, to_string(value.shape()))));
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
