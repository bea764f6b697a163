#include <evident/autodiff/axes.hpp>
#include <evident/autodiff/cumulative.hpp>
#include <evident/autodiff/record.hpp>
#include <evident/autodiff/threads.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

// out = (adds ? out : 0) + the running sums over the middle of x, from its end if `backwards`.
void running_sums(const detail::Extents& e, const real* x, bool backwards, bool adds, real* out) {
  parallel(e.outer, [&](std::size_t i) {
    for (std::size_t j = 0; j < e.inner; ++j) {
      double total = 0;
      for (std::size_t r = 0; r < e.middle; ++r) {
        const std::size_t row = i * e.middle + (backwards ? e.middle - 1 - r : r);
        const std::size_t at = row * e.inner + j;
        total += static_cast<double>(x[at]);
        out[at] = static_cast<real>(adds ? static_cast<double>(out[at]) + total : total);
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
