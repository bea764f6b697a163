#pragma once

#include <evident/inference/trace.hpp>
#include <evident/models/vae_networks.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// A variational autoencoder of binary images (Kingma and Welling 2014):
/// z ~ N(0, I), x | z ~ Bernoulli(decoder(z)), q(z | x) = N(loc(x), scale(x)^2) with
/// (loc, raw) = encoder(x) and scale = softplus(raw) + 1e-6.
struct Vae {
  Sequential encoder;  ///< (n, pixels) to (n, 2 latent)
  Sequential decoder;  ///< (n, latent) to the logits of the pixels, (n, pixels)
  VaeOptions options;

  /// Xavier weights, zero biases.
  explicit Vae(Rng& rng, VaeOptions options = {});

  /// p(z) p(x | z) for a minibatch, shape (n, pixels).
  void model(Trace& t, const Var& x) const;
  /// q(z | x).
  void guide(Trace& t, const Var& x) const;

  /// The mean of q(z | x), shape (n, latent).
  Var encode(const Var& x) const;
  /// The pixels' probabilities given z, shape (n, pixels).
  Var decode(const Var& z) const;
  /// The pixels' probabilities at the mean of q(z | x): the reconstruction, which is not a draw.
  Var reconstruct(const Var& x) const;

  template <class V>
  void visit(V& v) {
    v("encoder", encoder);
    v("decoder", decoder);
  }
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
