#pragma once

#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/to_event.hpp>
#include <evident/layers/mlp.hpp>
#include <string>
#include <vector>

// What the variational autoencoders of this folder have in common.

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The size and kind of a `Vae`. The defaults are two hidden layers of 500, ELU and dropout.
struct VaeOptions {
  std::size_t pixels = 784;
  std::size_t latent = 20;
  std::vector<std::size_t> hidden = {500, 500};  ///< encoder's widths; the decoder's reversed
  std::string activation = "elu";                ///< one of `activation_names()`
  double dropout = 0.1;                          ///< the fraction dropped
  bool grey = false;  ///< accept pixels in [0, 1]: cross entropy, not a likelihood

  /// What the pixels' Bernoulli accepts.
  Targets targets() const { return grey ? Targets::kUnitInterval : Targets::kBinary; }
};

/// An encoder: (n, pixels + condition) to (n, 2 latent). Xavier weights, zero biases.
Sequential encoder_network(Rng& rng, const VaeOptions& options, std::size_t condition = 0);

/// A decoder: (n, latent + condition) to the logits of the pixels, (n, pixels).
Sequential decoder_network(Rng& rng, const VaeOptions& options, std::size_t condition = 0);

/// q(z | ...) = N(loc, scale^2) from an encoder's output (loc, raw), shape (..., 2 latent), where
/// scale = softplus(raw) + 1e-6.
Independent latent_normal(const Var& output, std::size_t latent);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
