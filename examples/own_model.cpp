#include <cstdio>
#include <evident/evident.hpp>

using namespace evident;

// A regression with a network inside, y = f(x) + noise, where the size of the noise is unknown.
struct Regression {
  Sequential f;
  Var loc = Var::parameter(scalar(0)), raw = Var::parameter(scalar(0));  // of q(log sigma)

  explicit Regression(Rng& rng) : f(mlp(rng, {1, 32, 32, 1}, {"tanh"})) {}

  void model(Trace& t, const Var& x, const Var& y) const {
    Var log_sigma = t.sample("log_sigma", Normal(0, 1));
    t.observe("y", to_event(Normal(f(x), exp(log_sigma)), 2), y);
  }
  void guide(Trace& t, const Var&, const Var&) const {
    t.sample("log_sigma", Normal(loc, softplus(raw)));
  }
  template <class V>
  void visit(V& v) {
    v("f", f), v("loc", loc), v("raw", raw);
  }
};

int main() {
  Rng rng(1);
  Var x = uniform({200, 1}, rng), noise = standard_normal({200, 1}, rng);
  Var y = tanh(8 * x - 4) + 0.1 * noise;
  Regression regression(rng);
  Adam adam(parameters(regression), {5e-3});
  for (int step = 0; step < 3000; ++step) {
    Tape tape;
    Elbo e = elbo(rng, regression, x, y);
    tape.backward(-e.value / rows(x));
    adam.step();
    if (step % 500 == 499) std::printf("step %d: ELBO %.1f nats\n", step + 1, e.value.item());
  }
  std::printf("log sigma: %.2f, in truth -2.30\n", regression.loc.item());
}
