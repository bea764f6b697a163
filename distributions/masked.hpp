#pragma once

#include <evident/distributions/distribution.hpp>
#include <memory>
#include <type_traits>
#include <utility>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// A batch of distributions of which some do not count: `log_prob`, `entropy` and `kl` are 0 where
/// the mask is 0, and send no gradient from there, whatever the value is. Draws and moments are
/// those of the base. For batches of sequences of different lengths, and for values that are
/// missing, such as NaN.
class Masked final : public Distribution {
 public:
  /// `mask` of zeros and ones, which broadcasts to the base's batch shape. Errors: other numbers; a
  /// shape that does not broadcast to it.
  template <class D, class = std::enable_if_t<std::is_base_of_v<Distribution, D>>>
  Masked(D base, Array mask)
      : Masked(std::make_shared<const D>(std::move(base)), std::move(mask)) {}
  Masked(std::shared_ptr<const Distribution> base, Array mask);

  const Distribution& base() const { return *base_; }
  /// Ones where it counts, as given.
  const Array& mask() const { return mask_; }

  /// "Masked(Normal)".
  std::string name() const override;
  std::vector<Parameter> parameters() const override { return base_->parameters(); }
  Constraint support() const override { return base_->support(); }
  Shape batch_shape() const override { return base_->batch_shape(); }
  Shape event_shape() const override { return base_->event_shape(); }
  bool reparameterised() const override { return base_->reparameterised(); }
  Array noise(Rng& rng, const Shape& sample_shape) const override {
    return base_->noise(rng, sample_shape);
  }
  Var from_noise(const Array& noise) const override { return base_->from_noise(noise); }
  Var mean() const override { return base_->mean(); }
  Var median() const override { return base_->median(); }
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
  Array mask_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
