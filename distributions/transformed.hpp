#pragma once

#include <evident/distributions/distribution.hpp>
#include <evident/distributions/transform.hpp>
#include <memory>
#include <type_traits>
#include <utility>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The distribution of y = transform(x) for x of a continuous base distribution:
/// log p(y) = log p_base(x) - log |det dy/dx| at x = inverse(y).
///
/// `cdf` and its kind are those of the base, where both are of numbers. -inf stands for the log
/// density wherever that of the base is -inf, at the ends of the support as well.
class Transformed final : public Distribution {
 public:
  /// Errors: a discrete base; one whose event has fewer axes than the transform takes as one value;
  /// a transform with a batch that the base has not, for draws of one base are not independent.
  template <class D, class = std::enable_if_t<std::is_base_of_v<Distribution, D>>>
  Transformed(D base, Transform transform)
      : Transformed(std::make_shared<const D>(std::move(base)), std::move(transform)) {}
  Transformed(std::shared_ptr<const Distribution> base, Transform transform);

  const Distribution& base() const { return *base_; }
  const Transform& transform() const { return transform_; }

  /// "Transformed(Normal, Exp)".
  std::string name() const override;
  /// Those of the base, then those of the transform.
  std::vector<Parameter> parameters() const override;
  Constraint support() const override { return transform_.image(base_->support()); }
  Shape batch_shape() const override { return base_->batch_shape(); }
  Shape event_shape() const override { return event_; }
  bool reparameterised() const override { return base_->reparameterised(); }
  Array noise(Rng& rng, const Shape& sample_shape) const override {
    return base_->noise(rng, sample_shape);
  }
  Var from_noise(const Array& noise) const override {
    return transform_.forward(base_->from_noise(noise));
  }
  Var median() const override;

 protected:
  Var log_prob_at(const Var& y) const override;
  Var cdf_at(const Var& y) const override;
  Var log_cdf_at(const Var& y) const override;
  Var log_survival_at(const Var& y) const override;
  Var icdf_at(const Var& p) const override;
  Array draw(Rng& rng, const Shape& sample_shape) const override;

 private:
  using Tail = Var (Distribution::*)(const Var&) const;
  /// What `answer` says of values within the support, and `outside(y)` of others.
  template <class Answer, class Outside>
  Var within(const Var& y, Answer answer, Outside outside) const;
  /// A tail of the base where the transform increases, the other where it decreases, and the values
  /// below and above the support.
  Var tail(const Var& y, Tail increasing, Tail decreasing, double below, double above) const;
  /// The signs of the slopes. Errors: values are no numbers.
  Var sign_for(const char* what) const;

  std::shared_ptr<const Distribution> base_;
  Transform transform_;
  Shape event_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
