#pragma once

#include <evident/autodiff/random.hpp>
#include <evident/autodiff/var.hpp>
#include <evident/distributions/constraint.hpp>
#include <optional>
#include <string>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// One thing that a distribution's density depends on.
struct Parameter {
  const char* name;            ///< "scale"
  Var value;                   ///< as it was given
  Constraint constraint;       ///< what it must be
  std::size_t event_axes = 0;  ///< how many of its last axes do not count distributions
  bool checked = false;        ///< whether the constructor has seen to the constraint already
};

/// A probability distribution, or a batch of independent ones.
///
/// `batch_shape` counts distributions with parameters of their own, `event_shape` is the shape of
/// one outcome. A value has shape (..., batch, event); what is computed of it has shape
/// (..., batch). Values of numbers broadcast with the batch.
///
/// A distribution of one's own says what it is called, what it depends on, where it lives, what its
/// log density is and how it is drawn: `name`, `parameters`, `support`, `log_prob_at` and `draw`.
/// Its constructor ends with `check_parameters()`. Whatever else there is an answer to it
/// overrides; what it does not is an error that says so.
class Distribution {
 public:
  virtual ~Distribution() = default;

  /// The name of the type: "Normal".
  virtual std::string name() const = 0;
  /// What the density depends on, in the order of the constructor's arguments.
  virtual std::vector<Parameter> parameters() const = 0;
  /// The values that have a density, or a probability.
  virtual Constraint support() const = 0;
  /// The shape of the distributions that have parameters of their own: what the parameters
  /// broadcast to.
  virtual Shape batch_shape() const;
  /// The shape of one outcome.
  virtual Shape event_shape() const { return {}; }

  /// The log density, or log probability, of `x` in nats; -inf outside the support, and on its
  /// border the limit from inside. Errors: a shape that does not fit.
  Var log_prob(const Var& x) const;
  /// P(X <= x). Errors: there is none; a shape that does not fit.
  Var cdf(const Var& x) const;
  /// log P(X <= x), exact where the probability is below the smallest number, or near 1.
  /// Errors: those of `cdf`.
  Var log_cdf(const Var& x) const;
  /// log P(X > x), exact likewise. Errors: those of `cdf`.
  Var log_survival(const Var& x) const;
  /// The quantile: the smallest x of the support with P(X <= x) >= p for p in (0, 1), the ends of
  /// the support for 0 and 1; NaN for others. Errors: those of `cdf`.
  Var icdf(const Var& p) const;

  /// Independent draws, shape (sample_shape, batch, event), without a gradient.
  Array sample(Rng& rng, const Shape& sample_shape = {}) const { return draw(rng, sample_shape); }
  /// The logarithms of the draws that `sample` makes of the same generator, exact where those are
  /// below the smallest number. Errors: a support that is not of numbers >= 0.
  Array sample_log(Rng& rng, const Shape& sample_shape = {}) const;

  /// Whether draws are differentiable functions of the parameters (Kingma and Welling 2014), by a
  /// formula or implicitly (Figurnov et al. 2018).
  virtual bool reparameterised() const { return false; }
  /// Draws through which gradients flow. Errors: not reparameterised.
  Var rsample(Rng& rng, const Shape& sample_shape = {}) const;
  /// What `from_noise` makes draws of: noise that is free of the parameters or, where draws are
  /// differentiated implicitly, the draws themselves. Errors: not reparameterised.
  virtual Array noise(Rng& rng, const Shape& sample_shape) const;
  /// The draw that this noise makes, differentiable in the parameters: loc + scale * noise for a
  /// Normal. Errors: not reparameterised.
  virtual Var from_noise(const Array& noise) const;

  /// E x, shape (batch, event). Errors: there is none.
  virtual Var mean() const;
  /// The smallest x with P(X <= x) >= 1/2, and the middle between it and the next where that is an
  /// equality of a discrete distribution; shape (batch). Errors: there is none.
  virtual Var median() const;
  /// The smallest of the values whose density, or probability, is largest; shape (batch, event).
  /// Errors: there is none.
  virtual Var mode() const;
  /// All of these, in ascending order, for one distribution: shape (modes, event).
  /// Errors: a batch; modes that fill an interval.
  Array modes() const;
  /// E (x - E x)^2, element by element, shape (batch, event). Errors: there is none.
  virtual Var variance() const;
  /// -E log p(x), in nats, shape (batch). Errors: there is none.
  virtual Var entropy() const;

 protected:
  Distribution() = default;
  Distribution(const Distribution&) = default;
  Distribution& operator=(const Distribution&) = default;

  /// What the public functions of the same names return; `x` fits.
  virtual Var log_prob_at(const Var& x) const = 0;
  virtual Var cdf_at(const Var& x) const;
  virtual Var log_cdf_at(const Var& x) const;       // log(cdf) unless overridden
  virtual Var log_survival_at(const Var& x) const;  // log(1 - cdf) unless overridden
  virtual Var icdf_at(const Var& p) const;
  virtual Array draw(Rng& rng, const Shape& sample_shape) const = 0;
  virtual Array draw_log(Rng& rng, const Shape& sample_shape) const;  // log(draw) unless overridden
  virtual Array all_modes() const;                                    // mode() unless overridden

  /// Throws unless every parameter is what its constraint says:
  /// "Normal: scale must be a positive number, got -0.3 at index 4 of shape (6)", and unless the
  /// parameters broadcast; the error has a table of their shapes. Keeps the batch shape.
  void check_parameters();
  /// Throws that something does not exist, why, and what to use instead:
  /// "Cauchy: there is no mean: its integral diverges: use median()".
  [[noreturn]] void refuse(const char* what, const std::string& reason) const;
  /// Throws unless `value`, the parameter of this name, is greater than `bound` throughout:
  /// "StudentT: there is a mean only for df > 1, got 0.5 at index 3 of shape (4): use median()".
  void require_above(const char* what, const char* parameter, const Var& value, double bound,
                     const std::string& instead) const;

 private:
  void check_fits(const Var& x, const char* function) const;
  std::string table_of_shapes() const;

  std::optional<Shape> batch_;
};

/// The values of its parameters, in the order of the constructor's arguments.
std::vector<Var> parameter_values(const Distribution& distribution);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
