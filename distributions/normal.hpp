#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The normal distribution with mean `loc` and standard deviation `scale`:
/// log p(x) = -((x - loc) / scale)^2 / 2 - log scale - log(2 pi) / 2.
class Normal final : public Distribution {
 public:
  /// `loc` and `scale` broadcast to the batch shape. Errors: a loc that is not finite, a scale that
  /// is not positive; shapes that do not broadcast.
  Normal(Var loc, Var scale);

  /// The mean, as given.
  const Var& loc() const { return loc_; }
  /// The standard deviation, as given.
  const Var& scale() const { return scale_; }

  std::string name() const override { return "Normal"; }
  Shape batch_shape() const override { return batch_; }
  std::vector<Var> parameters() const override { return {loc_, scale_}; }
  Var log_prob(const Var& x) const override;
  std::string support() const override { return "real numbers"; }
  std::optional<std::size_t> first_outside_support(const Array& x) const override;
  Array sample(Rng& rng, const Shape& sample_shape) const override;
  using Distribution::sample;
  bool reparameterised() const override { return true; }
  Array noise(Rng& rng, const Shape& sample_shape) const override;
  Var from_noise(const Array& noise) const override;
  Var mean() const override;
  Var variance() const override;
  Var entropy() const override;

 private:
  Var loc_, scale_;
  Shape batch_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
