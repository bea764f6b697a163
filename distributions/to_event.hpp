#pragma once

#include <evident/distributions/distribution.hpp>
#include <memory>
#include <utility>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// A batch of independent distributions taken together as one: the last axes of the base's batch
/// shape count as part of the event, and log_prob is summed over them. Made by `to_event`.
class Independent final : public Distribution {
 public:
  /// Errors: a batch shape with fewer than `axes` axes.
  Independent(std::shared_ptr<const Distribution> base, std::size_t axes);

  const Distribution& base() const { return *base_; }
  /// How many axes of the base's batch shape were made part of the event.
  std::size_t axes() const { return axes_; }

  std::string name() const override;
  Shape batch_shape() const override;
  Shape event_shape() const override;
  std::vector<Parameter> parameters() const override { return base_->parameters(); }
  Constraint support() const override { return base_->support(); }
  bool reparameterised() const override { return base_->reparameterised(); }
  Array noise(Rng& rng, const Shape& sample_shape) const override {
    return base_->noise(rng, sample_shape);
  }
  Var from_noise(const Array& noise) const override { return base_->from_noise(noise); }
  Var mean() const override { return base_->mean(); }
  Var mode() const override { return base_->mode(); }
  Var variance() const override { return base_->variance(); }
  Var entropy() const override;

 protected:
  Var log_prob_at(const Var& x) const override;
  Array draw(Rng& rng, const Shape& sample_shape) const override {
    return base_->sample(rng, sample_shape);
  }
  Array draw_log(Rng& rng, const Shape& sample_shape) const override {
    return base_->sample_log(rng, sample_shape);
  }

 private:
  std::shared_ptr<const Distribution> base_;
  std::size_t axes_;
};

/// Counts the last `axes` axes of the batch shape as part of the event:
/// `to_event(Normal(loc, scale), 1)` for loc of shape (128, 20) is 128 distributions of 20-vectors.
/// Errors: a batch shape with fewer axes.
template <class D>
Independent to_event(D distribution, std::size_t axes) {
  return Independent(std::make_shared<const D>(std::move(distribution)), axes);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
