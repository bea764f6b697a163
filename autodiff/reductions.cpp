#include <fmt/format.h>

#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/record.hpp>
#include <evident/autodiff/reduction_kernels.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/softmax.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using Middle = void (*)(const detail::Extents&, const real*, real*);

Axes all_axes(const Var& x) { return last_axes(x.dimension()); }

// The axes of one reduction and the shapes of its result.
struct Plan {
  std::vector<bool> reduced;
  Shape kept;    // reduced axes at length 1
  Shape result;  // as asked for

  Plan(const Var& x, const Axes& axes, Keep keep, const char* operation)
      : reduced(detail::chosen_axes(x.shape(), axes, operation)),
        kept(detail::reduced_shape(x.shape(), reduced, Keep::kYes)),
        result(detail::reduced_shape(x.shape(), reduced, keep)) {}

  // How many elements make one of the result's.
  double count(const Var& x) const {
    return static_cast<double>(x.size()) / static_cast<double>(size_of(kept));
  }
};

// Where x equals the result, an equal share of the gradient.
Var extreme(const char* name, const Var& x, const Axes& axes, Keep keep, Middle middle) {
  const Plan plan(x, axes, keep, name);
  if (x.size() == 0 && size_of(plan.kept) != 0) {
    throw ShapeError(fmt::format("{}: the input has shape {}: there is none of no elements", name,
                                 to_string(x.shape())));
  }
  Array value = reshaped(detail::reduce_axes(x.value(), plan.reduced, middle), plan.result);
  return record(name, std::move(value),
                edge(x, [x, plan](const Array& gradient, const Array& output, GradSink& sink) {
                  const Array best = reshaped(output, plan.kept);
                  Array equal = uninitialised(x.shape());
                  detail::compute_into(
                      equal, [](auto x, auto y) { return where(x == y, 1.0, 0.0); }, x.value(),
                      best);
                  const Array count = detail::reduce_axes(equal, plan.reduced, detail::sum_middle);
                  detail::compute_into(
                      equal, [](auto e, auto g, auto n) { return where(e == 0.0, 0.0, g / n); },
                      equal, reshaped(gradient, plan.kept), count);
                  sink.add(std::move(equal));
                }));
}

// The product over neighbouring axes, in the given shape.
Var product_of_run(const Var& x, const detail::Extents& e, const Shape& shape) {
  Array value = uninitialised(shape);
  detail::product_middle(e, x.value().data(), value.data());
  return record("prod", std::move(value),
                edge(x, [x, e](const Array& gradient, const Array&, GradSink& sink) {
                  const bool adds = sink.adds();
                  detail::products_of_others(e, x.value().data(), gradient.data(), adds,
                                             sink.data());
                }));
}

}  // namespace

Var sum(const Var& x) { return sum(x, all_axes(x)); }

Var sum(const Var& x, const Axes& axes, Keep keep) {
  const Plan plan(x, axes, keep, "sum");
  Array value =
      reshaped(detail::reduce_axes(x.value(), plan.reduced, detail::sum_middle), plan.result);
  return record("sum", std::move(value),
                edge(x, [kept = plan.kept](const Array& gradient, const Array&, GradSink& sink) {
                  sink.add(reshaped(gradient, kept));  // not expanded: it is the same along an axis
                }));
}

Var mean(const Var& x) { return mean(x, all_axes(x)); }

Var mean(const Var& x, const Axes& axes, Keep keep) {
  const Var total = sum(x, axes, keep);
  return total / (static_cast<double>(x.size()) / static_cast<double>(total.size()));
}

Var variance(const Var& x) { return variance(x, all_axes(x)); }

Var variance(const Var& x, const Axes& axes, Keep keep, double correction) {
  const Plan plan(x, axes, keep, "variance");
  const Array count = scalar(plan.count(x));
  const Array divisor = scalar(plan.count(x) - correction);
  Array centre = detail::reduce_axes(x.value(), plan.reduced, detail::sum_middle);
  detail::compute_into(
      centre, [](auto total, auto n) { return total / n; }, centre, count);
  Array squares = uninitialised(x.shape());
  detail::compute_into(
      squares, [](auto x, auto m) { return square(x - m); }, x.value(), centre);
  Array value = detail::reduce_axes(squares, plan.reduced, detail::sum_middle);
  detail::compute_into(
      value, [](auto total, auto n) { return total / n; }, value, divisor);
  return record("variance", reshaped(std::move(value), plan.result),
                edge(x, [x, centre, divisor, kept = plan.kept](const Array& gradient, const Array&,
                                                               GradSink& sink) {
                  Array result = uninitialised(x.shape());
                  detail::compute_into(
                      result, [](auto g, auto x, auto m, auto n) { return 2.0 * g * (x - m) / n; },
                      reshaped(gradient, kept), x.value(), centre, divisor);
                  sink.add(std::move(result));
                }));
}

Var prod(const Var& x) { return prod(x, all_axes(x)); }

Var prod(const Var& x, const Axes& axes, Keep keep) {
  const Plan plan(x, axes, keep, "prod");
  Var result = x;
  Shape shape = x.shape();
  std::size_t end = shape.size();
  do {
    while (end > 0 && !plan.reduced[end - 1]) --end;
    std::size_t begin = end;
    while (begin > 0 && plan.reduced[begin - 1]) --begin;
    const detail::Extents e = detail::extents(shape, begin, end);
    for (std::size_t i = begin; i < end; ++i) shape[i] = 1;
    end = begin;
    result = product_of_run(result, e, shape == plan.kept ? plan.result : shape);
  } while (shape != plan.kept);
  return result;
}

Var max(const Var& x) { return max(x, all_axes(x)); }

Var max(const Var& x, const Axes& axes, Keep keep) {
  return extreme("max", x, axes, keep, detail::max_middle);
}

Var min(const Var& x) { return min(x, all_axes(x)); }

Var min(const Var& x, const Axes& axes, Keep keep) {
  return extreme("min", x, axes, keep, detail::min_middle);
}

Var logsumexp(const Var& x) { return logsumexp(x, all_axes(x)); }

Var logsumexp(const Var& x, const Axes& axes, Keep keep) {
  const Plan plan(x, axes, keep, "logsumexp");
  Array value =
      reshaped(detail::reduce_axes(x.value(), plan.reduced, detail::logsumexp_middle), plan.result);
  return record("logsumexp", std::move(value),
                edge(x, [x, plan](const Array& gradient, const Array&, GradSink& sink) {
                  Array result = detail::shares(x.value(), plan.reduced);
                  detail::compute_into(
                      result, [](auto g, auto y) { return g * y; }, reshaped(gradient, plan.kept),
                      result);
                  sink.add(std::move(result));
                }));
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
