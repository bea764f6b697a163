#include <fmt/format.h>

#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/models/conditional_vae.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

// Every row of `x`, shape (..., n, length), with its condition behind it.
Var with_condition(const Var& x, const Var& y, std::size_t classes) {
  Shape shape = x.shape();
  if (shape.size() < 2 || y.shape() != Shape{shape[shape.size() - 2], classes}) {
    throw ShapeError(fmt::format(
        "ConditionalVae: a condition of shape {} does not fit an input of shape {}: expected a row "
        "of length {} for each of the input's, such as one_hot(labels, {})",
        to_string(y.shape()), to_string(shape), classes, classes));
  }
  shape.back() = classes;
  return concatenate({x, broadcast_to(y, shape)});
}

}  // namespace

ConditionalVae::ConditionalVae(Rng& rng, std::size_t c, VaeOptions o)
    : encoder(encoder_network(rng, o, c)),
      decoder(decoder_network(rng, o, c)),
      classes(c),
      options(std::move(o)) {}

void ConditionalVae::model(Trace& t, const Var& x, const Var& y) const {
  const Plate images = t.plate("images", rows(x));
  const Var z = t.sample("z", to_event(Normal(zeros({rows(x), options.latent}), 1), 1));
  const Var logits = decoder(with_condition(z, y, classes), t.noise("decoder"));
  t.observe("x", to_event(Bernoulli::from_logits(logits, options.targets()), 1), x);
}

void ConditionalVae::guide(Trace& t, const Var& x, const Var& y) const {
  const Var output = encoder(with_condition(x, y, classes), t.noise("encoder"));
  t.sample("z", latent_normal(output, options.latent));
}

Var ConditionalVae::encode(const Var& x, const Var& y) const {
  return latent_normal(encoder(with_condition(x, y, classes)), options.latent).mean();
}

Var ConditionalVae::decode(const Var& z, const Var& y) const {
  return sigmoid(decoder(with_condition(z, y, classes)));
}

Var ConditionalVae::reconstruct(const Var& x, const Var& y) const {
  return decode(encode(x, y), y);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
