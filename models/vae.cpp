#include <evident/autodiff/operations.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/models/vae.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

Vae::Vae(Rng& rng, VaeOptions o)
    : encoder(encoder_network(rng, o)), decoder(decoder_network(rng, o)), options(std::move(o)) {}

void Vae::model(Trace& t, const Var& x) const {
  const Plate images = t.plate("images", rows(x));
  const Var z = t.sample("z", to_event(Normal(zeros({rows(x), options.latent}), 1), 1));
  const Var logits = decoder(z, t.noise("decoder"));
  t.observe("x", to_event(Bernoulli::from_logits(logits, options.targets()), 1), x);
}

void Vae::guide(Trace& t, const Var& x) const {
  t.sample("z", latent_normal(encoder(x, t.noise("encoder")), options.latent));
}

Var Vae::encode(const Var& x) const { return latent_normal(encoder(x), options.latent).mean(); }

Var Vae::decode(const Var& z) const { return sigmoid(decoder(z)); }

Var Vae::reconstruct(const Var& x) const { return decode(encode(x)); }

}  // namespace EVIDENT_PRECISION
}  // namespace evident
