#include <algorithm>
#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/record.hpp>
#include <evident/autodiff/reduction_kernels.hpp>
#include <evident/autodiff/softmax.hpp>
#include <limits>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Array total_of(const Array& x, const std::vector<bool>& reduced) {
  return detail::reduce_axes(x, reduced, detail::logsumexp_middle);
}

// One over the number of elements equal to an infinite total; looked up there only.
Array share_of_equals(const Array& x, const Array& total, const std::vector<bool>& reduced) {
  const bool all_finite =
      std::none_of(total.data(), total.data() + total.size(), [](real t) { return std::isinf(t); });
  if (all_finite) return ones({});
  Array equal = uninitialised(x.shape());
  detail::compute_into(
      equal, [](auto x, auto t) { return where(x == t, 1.0, 0.0); }, x, total);
  Array share = detail::reduce_axes(equal, reduced, detail::sum_middle);
  detail::compute_into(
      share, [](auto count) { return 1.0 / count; }, share);
  return share;
}

}  // namespace

namespace detail {

Array shares(const Array& x, const Array& total, const std::vector<bool>& reduced) {
  Array result = uninitialised(x.shape());
  compute_into(
      result,
      [](auto x, auto t, auto share) {
        return where(abs(t) == kInfinity, where(x == t, share, 0.0), exp(x - t));
      },
      x, total, share_of_equals(x, total, reduced));
  return result;
}

}  // namespace detail

Var softmax(const Var& x, const Axes& axes) {
  const std::vector<bool> reduced = detail::chosen_axes(x.shape(), axes, "softmax");
  Array value = detail::shares(x.value(), total_of(x.value(), reduced), reduced);
  return record("softmax", std::move(value),
                edge(x, [reduced](const Array& gradient, const Array& output, GradSink& sink) {
                  Array product = uninitialised(output.shape());
                  detail::compute_into(
                      product, [](auto g, auto y) { return g * y; }, gradient, output);
                  const Array mean = detail::reduce_axes(product, reduced, detail::sum_middle);
                  detail::compute_into(
                      product, [](auto p, auto y, auto m) { return p - y * m; }, product, output,
                      mean);
                  sink.add(std::move(product));
                }));
}

Var log_softmax(const Var& x, const Axes& axes) {
  const std::vector<bool> reduced = detail::chosen_axes(x.shape(), axes, "log_softmax");
  const Array total = total_of(x.value(), reduced);
  Array value = uninitialised(x.shape());
  detail::compute_into(
      value,
      [](auto x, auto t, auto share) {
        return where(abs(t) == kInfinity, where(x == t, log(share), -kInfinity), x - t);
      },
      x.value(), total, share_of_equals(x.value(), total, reduced));
  return record("log_softmax", std::move(value),
                edge(x, [reduced](const Array& gradient, const Array& output, GradSink& sink) {
                  const Array total = detail::reduce_axes(gradient, reduced, detail::sum_middle);
                  Array result = uninitialised(output.shape());
                  detail::compute_into(
                      result, [](auto g, auto y, auto t) { return g - exp(y) * t; }, gradient,
                      output, total);
                  sink.add(std::move(result));
                }));
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
