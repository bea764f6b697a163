#include <fmt/format.h>

#include <algorithm>
#include <evident/autodiff/indexing.hpp>
#include <evident/inference/plate.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

Var Plate::take(const Var& data) const {
  const std::size_t expected = rows_.rows.empty() ? rows_.count : rows_.size;
  if (data.dimension() == 0 || data.shape()[0] != expected) {
    throw ShapeError(fmt::format(
        "Plate::take: plate \"{}\" has {} rows, got data of shape {}: the first axis must be "
        "theirs",
        name_, expected, to_string(data.shape())));
  }
  if (rows_.rows.empty()) return data;
  Array indices = uninitialised({rows_.rows.size()});
  std::transform(rows_.rows.begin(), rows_.rows.end(), indices.data(),
                 [](std::size_t row) { return static_cast<real>(row); });
  return index_select(data, 0, indices);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
