#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/to_event.hpp>
#include <evident/models/vae.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

Sequential network(Rng& rng, std::size_t in, std::vector<std::size_t> widths, std::size_t out,
                   const VaeOptions& options) {
  widths.insert(widths.begin(), in);
  widths.push_back(out);
  return mlp(rng, widths, {options.activation, options.dropout});
}

}  // namespace

Vae::Vae(Rng& rng, VaeOptions o)
    : encoder(network(rng, o.pixels, o.hidden, 2 * o.latent, o)),
      decoder(network(rng, o.latent, {o.hidden.rbegin(), o.hidden.rend()}, o.pixels, o)),
      options(std::move(o)) {}

void Vae::model(Trace& t, const Var& x) const {
  const Var z = t.sample("z", to_event(Normal(zeros({rows(x), options.latent}), 1), 1));
  const Var logits = decoder(z, t.noise("decoder"));
  const Targets targets = options.grey ? Targets::kUnitInterval : Targets::kBinary;
  t.observe("x", to_event(Bernoulli::from_logits(logits, targets), 1), x);
}

void Vae::guide(Trace& t, const Var& x) const {
  const auto [loc, raw] = split(encoder(x, t.noise("encoder")), options.latent);
  t.sample("z", to_event(Normal(loc, softplus(raw) + 1e-6), 1));
}

Var Vae::encode(const Var& x) const { return split(encoder(x), options.latent)[0]; }

Var Vae::decode(const Var& z) const { return sigmoid(decoder(z)); }

Var Vae::reconstruct(const Var& x) const { return decode(encode(x)); }

}  // namespace EVIDENT_PRECISION
}  // namespace evident
