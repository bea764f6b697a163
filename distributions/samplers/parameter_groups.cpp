#include <fmt/format.h>

#include <evident/distributions/samplers/parameter_groups.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace groups {
namespace {

detail::BroadcastLoop loop_over(const Shape& batch, const Shape& shape, const char* function) {
  if (broadcast_shape(batch, shape, function) != shape) {
    throw ShapeError(fmt::format(
        "{}: a parameter of shape {} does not fit draws of shape {}: it broadcasts to their last "
        "axes, so the shape of the draws is that of the sample, then that of the batch",
        function, to_string(batch), to_string(shape)));
  }
  const Shape* const shapes[] = {&batch};
  return {shape, shapes, 1, function};
}

}  // namespace

BatchPlaces::BatchPlaces(const Shape& batch, const Shape& shape, const char* function)
    : size_(size_of(shape)),
      constant_(size_of(batch) == 1),
      loop_(loop_over(batch, shape, function)) {}

void BatchPlaces::load(std::uint64_t index, std::size_t* out) const {
  const std::size_t first = index * kGroup;
  const std::size_t count = std::min(kGroup, size_ - first);
  const std::size_t columns = loop_.columns();
  std::size_t row = first / columns;
  std::size_t column = first % columns;
  for (std::size_t done = 0; done < count; ++row, column = 0) {
    const std::size_t run = std::min(columns - column, count - done);
    const std::size_t start = loop_.offset(0, row);
    const std::size_t step = loop_.moves(0) ? 1 : 0;
    for (std::size_t i = 0; i < run; ++i) out[done + i] = start + (column + i) * step;
    done += run;
  }
  std::fill(out + count, out + kGroup, out[count - 1]);
}

}  // namespace groups
}  // namespace EVIDENT_PRECISION
}  // namespace evident
