#include <algorithm>
#include <evident/autodiff/indexing.hpp>
#include <evident/inference/plate.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

Var Plate::take(const Var& data) const {
  if (rows_.empty()) return data;
  Array indices = uninitialised({rows_.size()});
  std::transform(rows_.begin(), rows_.end(), indices.data(),
                 [](std::size_t row) { return static_cast<real>(row); });
  return index_select(data, 0, indices);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
