#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/models/vae_networks.hpp>

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

Sequential encoder_network(Rng& rng, const VaeOptions& o, std::size_t condition) {
  return network(rng, o.pixels + condition, o.hidden, 2 * o.latent, o);
}

Sequential decoder_network(Rng& rng, const VaeOptions& o, std::size_t condition) {
  return network(rng, o.latent + condition, {o.hidden.rbegin(), o.hidden.rend()}, o.pixels, o);
}

Independent latent_normal(const Var& output, std::size_t latent) {
  const auto [loc, raw] = split(output, latent);
  return to_event(Normal(loc, softplus(raw) + 1e-6), 1);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
