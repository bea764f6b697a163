#pragma once

#include <evident/distributions/distribution.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// What a Bernoulli's log_prob accepts.
enum class Targets {
  kBinary,        ///< 0 and 1: the support
  kUnitInterval,  ///< [0, 1]: cross entropy with grey targets, which is not a likelihood
};

/// The Bernoulli distribution: 1 with probability p, 0 otherwise. It keeps p or the logit
/// l = log(p / (1 - p)), whichever it was given, and computes from that alone:
/// log p(x) = -softplus((1 - 2x) l), exact for every l, and x log p + (1 - x) log(1 - p), exact for
/// p = 0 and p = 1.
class Bernoulli final : public Distribution {
 public:
  /// From probabilities. Errors: a probability outside [0, 1].
  explicit Bernoulli(Var probs);
  /// From logits; infinite ones stand for the probabilities 0 and 1.
  static Bernoulli from_logits(Var logits, Targets targets = Targets::kBinary);

  /// The probability of 1.
  Var probs() const;
  /// log(p / (1 - p)), infinite for p = 0 and p = 1.
  Var logits() const;

  std::string name() const override { return "Bernoulli"; }
  Shape batch_shape() const override { return parameter_.shape(); }
  std::vector<Var> parameters() const override { return {parameter_}; }
  Var log_prob(const Var& x) const override;
  std::string support() const override;
  std::optional<std::size_t> first_outside_support(const Array& x) const override;
  Array sample(Rng& rng, const Shape& sample_shape) const override;
  using Distribution::sample;
  Var mean() const override { return probs(); }
  Var variance() const override;
  Var entropy() const override;

 private:
  Bernoulli(Var parameter, bool from_logits, Targets targets);

  Var parameter_;
  bool from_logits_;
  Targets targets_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
