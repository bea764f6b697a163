#include <fmt/format.h>

#include <evident/autodiff/reductions.hpp>
#include <evident/distributions/to_event.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

Independent::Independent(std::shared_ptr<const Distribution> base, std::size_t axes)
    : base_(std::move(base)), axes_(axes) {
  if (base_->batch_shape().size() < axes_) {
    throw ShapeError(fmt::format(
        "to_event: {} has batch shape {}, which has fewer than {} axes to count as event",
        base_->name(), to_string(base_->batch_shape()), axes_));
  }
}

std::string Independent::name() const {
  return fmt::format("to_event({}, {})", base_->name(), axes_);
}

Shape Independent::batch_shape() const {
  const Shape batch = base_->batch_shape();
  return Shape(batch.begin(), batch.end() - static_cast<std::ptrdiff_t>(axes_));
}

Shape Independent::event_shape() const {
  const Shape batch = base_->batch_shape();
  const Shape moved(batch.end() - static_cast<std::ptrdiff_t>(axes_), batch.end());
  return joined(moved, base_->event_shape());
}

Var Independent::log_prob_at(const Var& x) const {
  return sum(base_->log_prob(x), last_axes(axes_));
}

Var Independent::entropy() const { return sum(base_->entropy(), last_axes(axes_)); }

}  // namespace EVIDENT_PRECISION
}  // namespace evident
