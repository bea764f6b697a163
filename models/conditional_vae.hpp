#pragma once

#include <evident/inference/trace.hpp>
#include <evident/models/vae_networks.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// A variational autoencoder of binary images x given their labels y (Kingma et al. 2014, with
/// every label known; Sohn et al. 2015): z ~ N(0, I), x | z, y ~ Bernoulli(decoder(z, y)),
/// q(z | x, y) = N(loc(x, y), scale(x, y)^2). Its ELBO bounds log p(x | y): what the label tells,
/// z need not. The condition y, shape (n, classes), is the end of both networks' input.
///
///     Elbo e = elbo(rng, cvae, x, one_hot(labels, cvae.classes));
///
/// Errors of every member: a condition that is not a row of length `classes` for each image.
struct ConditionalVae {
  Sequential encoder;  ///< (n, pixels + classes) to (n, 2 latent)
  Sequential decoder;  ///< (n, latent + classes) to the logits of the pixels, (n, pixels)
  std::size_t classes;
  VaeOptions options;

  /// Xavier weights, zero biases.
  ConditionalVae(Rng& rng, std::size_t classes, VaeOptions options = {});

  /// p(z) p(x | z, y) for a minibatch, shape (n, pixels).
  void model(Trace& t, const Var& x, const Var& y) const;
  /// q(z | x, y).
  void guide(Trace& t, const Var& x, const Var& y) const;

  /// The mean of q(z | x, y), shape (n, latent).
  Var encode(const Var& x, const Var& y) const;
  /// The pixels' probabilities given z and y, shape (n, pixels).
  Var decode(const Var& z, const Var& y) const;
  /// The pixels' probabilities at the mean of q(z | x, y).
  Var reconstruct(const Var& x, const Var& y) const;

  template <class V>
  void visit(V& v) {
    v("encoder", encoder);
    v("decoder", decoder);
  }
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
