#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/distributions/masked.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

Masked::Masked(std::shared_ptr<const Distribution> base, Array mask)
    : base_(std::move(base)), mask_(std::move(mask)) {
  if (const auto index = constraints::boolean().first_outside(mask_)) {
    throw Error(fmt::format("{}: mask must be 0 or 1, got {} at index {} of shape {}", name(),
                            mask_.data()[*index], *index, to_string(mask_.shape())));
  }
  const Shape batch = base_->batch_shape();
  if (broadcast_shape(mask_.shape(), batch, "Masked") == batch) return;
  throw ShapeError(fmt::format("{}: mask {} does not broadcast to the batch shape {}", name(),
                               to_string(mask_.shape()), to_string(batch)));
}

std::string Masked::name() const { return fmt::format("Masked({})", base_->name()); }

Var Masked::entropy() const { return where(mask_, base_->entropy(), 0.0); }

Var Masked::log_prob_at(const Var& x) const {
  const Var density = base_->log_prob(x);
  const Array& values = density.value();
  const bool finite =
      std::all_of(values.begin(), values.end(), [](real value) { return std::isfinite(value); });
  if (finite) return where(mask_, density, 0.0);
  // What does not count must not reach operations that mix it with what does: a draw stands in.
  Rng rng(0);
  const Var anchor = base_->sample(rng);
  const Shape by_event = joined(mask_.shape(), Shape(event_shape().size(), 1));
  const Var counted = where(reshape(Var(mask_), by_event), x, anchor);
  return where(mask_, base_->log_prob(counted), 0.0);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
