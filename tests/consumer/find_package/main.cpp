#include <cmath>
#include <cstdio>
#include <evident/data/images.hpp>
#include <evident/evident.hpp>
#include <limits>

// A program of somebody who uses Evident as a library. It touches what each of the libraries that
// Evident needs is for: a product, a compressed file, a header in JSON, a message.

using namespace evident;

namespace {

// Factor analysis in one dimension: p(z) = N(0, 1), p(x | z) = N(2 z, 1). The guide is the exact
// posterior, so that log p(x, z) - log q(z) is log p(x), whatever is drawn.
struct Factor {
  Var weight = Var::parameter(matrix({{2}}));

  void model(Trace& t, const Var& x) const {
    Var z = t.sample("z", to_event(Normal(zeros(x.shape()), 1), 1));
    t.observe("x", to_event(Normal(matmul(z, weight), 1), 1), x);
  }
  void guide(Trace& t, const Var& x) const {
    t.sample("z", to_event(Normal(x * 0.4, std::sqrt(0.2)), 1));
  }
};

template <class E, class F>
bool refuses(F f) {
  try {
    f();
  } catch (const E& error) {
    std::printf("%s\n", error.what());
    return true;
  }
  return false;
}

}  // namespace

int main() {
  const Array x = matrix({{-1}, {0.5}, {3}});
  double log_evidence = 0;  // p(x) = N(0, 5)
  for (const real value : x) {
    log_evidence -= 0.5 * (std::log(2 * std::acos(-1.0) * 5) + double(value) * double(value) / 5);
  }
  Rng rng(1);
  const Factor factor;
  ElboOptions sampled;
  sampled.analytic_kl = false;
  Tape tape;
  const Elbo e = elbo(sampled, rng, factor, Var(x));
  tape.backward(e.value);
  std::printf("Evident %s: ELBO %.6f nats, log p(x) %.6f\n", version(), e.value.item(),
              log_evidence);

  const double allowed = 100 * static_cast<double>(std::numeric_limits<real>::epsilon());
  const bool tight = std::abs(e.value.item() - log_evidence) < allowed;
  const bool files = refuses<DataError>([] { load_images("there is no such folder"); }) &&
                     refuses<WeightsError>([] { read_safetensors("there is no such file"); });
  return tight && files && factor.weight.has_gradient() ? 0 : 1;
}
