#include <algorithm>
#include <evident/autodiff/along_axis.hpp>
#include <evident/autodiff/cumulative.hpp>
#include <evident/autodiff/record.hpp>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

// out = (adds ? out : 0) + the running sums over the middle of x, from its end if `backwards`.
void running_sums(const detail::Extents& e, const real* x, bool backwards, bool adds, real* out) {
  detail::in_blocks(e.outer, e.inner, e.middle, [&](const detail::Block& b) {
    const std::size_t width = b.last_column - b.first_column;
    std::vector<double, PoolAllocator<double>> totals(width);
    for (std::size_t i = b.first_row; i < b.last_row; ++i) {
      std::fill(totals.begin(), totals.end(), 0.0);
      for (std::size_t r = 0; r < e.middle; ++r) {
        const std::size_t row = i * e.middle + (backwards ? e.middle - 1 - r : r);
        const std::size_t at = row * e.inner + b.first_column;
        for (std::size_t j = 0; j < width; ++j) {
          totals[j] += static_cast<double>(x[at + j]);
          const double before = adds ? static_cast<double>(out[at + j]) : 0.0;
          out[at + j] = static_cast<real>(before + totals[j]);
        }
      }
    }
  });
}

}  // namespace

Var cumsum(const Var& x, int axis) {
  const std::size_t index = detail::axis_index(x.shape(), axis, "cumsum");
  const detail::Extents e = detail::extents(x.shape(), index, index + 1);
  Array value = uninitialised(x.shape());
  running_sums(e, x.value().data(), false, false, value.data());
  return record("cumsum", std::move(value),
                edge(x, [e](const Array& gradient, const Array&, GradSink& sink) {
                  const bool adds = sink.adds();
                  running_sums(e, gradient.data(), true, adds, sink.data());
                }));
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
