#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/record.hpp>
#include <evident/autodiff/reduction_kernels.hpp>
#include <evident/autodiff/softmax.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kInfinity;

using detail::reduce_axes;

// exp(x - largest), and 1 for the largest where it is infinite: equal ones then share.
void compute_terms(const Array& x, const Array& largest, Array& terms) {
  detail::compute_into(
      terms,
      [](auto x, auto m) {
        return where(abs(m) == kInfinity, where(x == m, 1.0, 0.0), exp(x - m));
      },
      x, largest);
}

}  // namespace

namespace detail {

Array shares(const Array& x, const std::vector<bool>& reduced) {
  Array result = uninitialised(x.shape());
  compute_terms(x, reduce_axes(x, reduced, max_middle), result);
  const Array sum = reduce_axes(result, reduced, sum_middle);
  compute_into(
      result, [](auto term, auto sum) { return term / sum; }, result, sum);
  return result;
}

}  // namespace detail

Var softmax(const Var& x, const Axes& axes) {
  const std::vector<bool> reduced = detail::chosen_axes(x.shape(), axes, "softmax");
  return record("softmax", detail::shares(x.value(), reduced),
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
  const Array largest = reduce_axes(x.value(), reduced, detail::max_middle);
  Array value = uninitialised(x.shape());
  compute_terms(x.value(), largest, value);
  const Array sum = reduce_axes(value, reduced, detail::sum_middle);
  detail::compute_into(
      value,
      [](auto x, auto m, auto sum) {
        return where(abs(m) == kInfinity, where(x == m, 0.0, -kInfinity), x - m) - log(sum);
      },
      x.value(), largest, sum);
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
