#pragma once

#include <evident/distributions/categorical.hpp>
#include <memory>
#include <type_traits>
#include <utility>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// A mixture of k distributions of one family: an outcome is one of a component that a Categorical
/// chooses, p(x) = sum w_i p_i(x), by log sum exp. The components are a batch, whose last axis, of
/// length k, the choice is along: torch's MixtureSameFamily.
///
/// Draws are not differentiable in the weights, and so not reparameterised.
class Mixture final : public Distribution {
 public:
  /// Weights of batch shape (batch), or one that broadcasts to it, and components of batch shape
  /// (batch, k). Errors: another number of components; batches that do not fit.
  template <class D, class = std::enable_if_t<std::is_base_of_v<Distribution, D>>>
  Mixture(Categorical mixing, D components)
      : Mixture(std::move(mixing), std::make_shared<const D>(std::move(components))) {}
  Mixture(Categorical mixing, std::shared_ptr<const Distribution> components);

  /// The weights.
  const Categorical& mixing() const { return mixing_; }
  const Distribution& components() const { return *components_; }

  /// "Mixture(Normal)".
  std::string name() const override;
  /// Those of the weights, then those of the components.
  std::vector<Parameter> parameters() const override;
  /// What encloses the supports of all components.
  Constraint support() const override;
  Shape batch_shape() const override { return mixing_.batch_shape(); }
  Shape event_shape() const override { return components_->event_shape(); }
  Var mean() const override;
  Var variance() const override;
  /// The log probabilities of the components given x, shape (..., batch, k): which of them x is
  /// from. Errors: those of `log_prob`.
  Var log_responsibilities(const Var& x) const;

 protected:
  Var log_prob_at(const Var& x) const override;
  Var cdf_at(const Var& x) const override;
  Var log_cdf_at(const Var& x) const override;
  Var log_survival_at(const Var& x) const override;
  Array draw(Rng& rng, const Shape& sample_shape) const override;
  Array draw_log(Rng& rng, const Shape& sample_shape) const override;

 private:
  /// `x` with an axis of length 1 where the components have theirs.
  Var for_components(const Var& x) const;
  /// log w_i + log p_i, shape (..., batch, k).
  Var joint(const Var& log_p) const;
  /// The weights with the event's axes, of length 1.
  Var weights() const;
  /// That axis, counted from the end.
  int component_axis() const { return -1 - static_cast<int>(event_shape().size()); }
  /// Of draws of all components those that were chosen.
  Array chosen(const Array& choice, const Array& draws) const;

  Categorical mixing_;
  std::shared_ptr<const Distribution> components_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
