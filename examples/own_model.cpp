#include <evident/evident.hpp>
#include <cstdio>

using namespace evident;

// A regression whose mean is a network and whose noise is unknown: y = sin(3x) + noise of 0.1.
struct Regression {
  Sequential network;
  Var log_sigma;  // of the guide's point estimate: a learned scale of the noise

  explicit Regression(Rng& rng)
      : network(mlp(rng, {1, 32, 32, 1}, {"tanh"})), log_sigma(Var::parameter(scalar(0))) {}

  void model(Trace& t, const Var& x, const Var& y) const {
    t.observe("y", to_event(Normal(network(x), exp(log_sigma)), 2), y);
  }
  void guide(Trace&, const Var&, const Var&) const {}

  template <class V>
  void visit(V& v) {
    v("network", network);
    v("log_sigma", log_sigma);
  }
};

int main() {
  Rng rng(1, "data");
  const Array x = uniform({256, 1}, rng);
}
