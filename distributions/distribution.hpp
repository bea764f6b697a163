#pragma once

#include <cstdint>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/var.hpp>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// A probability distribution, or a batch of independent ones.
///
/// `batch_shape` counts distributions with parameters of their own, `event_shape` is the shape of
/// one outcome. A value has shape (..., batch, event); log_prob of it has shape (..., batch).
class Distribution {
 public:
  virtual ~Distribution() = default;

  /// The name of the type: "Normal".
  virtual std::string name() const = 0;
  /// The shape of the distributions that have parameters of their own.
  virtual Shape batch_shape() const = 0;
  /// The shape of one outcome.
  virtual Shape event_shape() const { return {}; }
  /// What the density depends on, in the order of the constructor's arguments.
  virtual std::vector<Var> parameters() const = 0;

  /// The log density, or log probability, of `x` in nats; -inf where that is 0. Of values outside
  /// the support it says nothing: `first_outside_support` finds them, and `Trace` refuses them.
  virtual Var log_prob(const Var& x) const = 0;
  /// The values that have a density, in words: "real numbers".
  virtual std::string support() const = 0;
  /// The first element of `x` outside the support, as a flat index.
  virtual std::optional<std::size_t> first_outside_support(const Array& x) const = 0;

  /// Independent draws, shape (sample_shape, batch, event), without a gradient.
  virtual Array sample(Rng& rng, const Shape& sample_shape) const = 0;
  /// One draw for each distribution, shape (batch, event).
  Array sample(Rng& rng) const { return sample(rng, {}); }

  /// Whether draws are differentiable functions of the parameters (Kingma and Welling 2014).
  virtual bool reparameterised() const { return false; }
  /// Draws through which gradients flow. Errors: not reparameterised.
  Var rsample(Rng& rng, const Shape& sample_shape = {}) const;
  /// The parameter-free noise that `from_noise` makes draws of. Errors: not reparameterised.
  virtual Array noise(Rng& rng, const Shape& sample_shape) const;
  /// The draw that this noise makes, differentiable in the parameters: loc + scale * noise for a
  /// Normal. Errors: not reparameterised.
  virtual Var from_noise(const Array& noise) const;

  /// E x, shape (batch, event).
  virtual Var mean() const = 0;
  /// E (x - E x)^2, element by element, shape (batch, event).
  virtual Var variance() const = 0;
  /// -E log p(x), in nats, shape (batch).
  virtual Var entropy() const = 0;

 protected:
  Distribution() = default;
  Distribution(const Distribution&) = default;
  Distribution& operator=(const Distribution&) = default;
};

// What distributions are written with, a user's own too.

/// The flat index of the first element of `value` for which `holds(element)` is false.
template <class Holds>
std::optional<std::size_t> first_failing(const Array& value, Holds holds) {
  // One pass without branches, in flags as wide as an element, which compilers turn into registers;
  // only a failure is worth a second pass.
  using Flag = std::conditional_t<sizeof(real) == 4, std::uint32_t, std::uint64_t>;
  const real* x = value.data();
  const std::size_t size = value.size();
  Flag failures = 0;
  for (std::size_t i = 0; i < size; ++i) failures |= holds(x[i]) ? Flag(0) : Flag(1);
  if (failures == 0) return std::nullopt;
  std::size_t index = 0;
  while (holds(x[index])) ++index;
  return index;
}

/// Throws the error of `check_parameter` for the element at `index`.
[[noreturn]] void refuse_parameter(const char* distribution, const char* parameter,
                                   const Array& value, std::size_t index, const char* expected);

/// Throws unless `holds(element)` for every element of a parameter:
/// "Normal: scale must be positive, got -0.3 at index 4 of shape (6)".
template <class Holds>
void check_parameter(const char* distribution, const char* parameter, const Array& value,
                     const char* expected, Holds holds) {
  if (const auto index = first_failing(value, holds)) {
    refuse_parameter(distribution, parameter, value, *index, expected);
  }
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
