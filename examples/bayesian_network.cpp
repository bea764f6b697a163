#include <algorithm>
#include <cstdio>
#include <evident/evident.hpp>
#include <string>
#include <vector>

#include "expect.hpp"

using namespace evident;

const std::size_t kHidden = 8;

// A network with a hidden layer, whose weights may have axes of draws in front.
Var network(const Var& x, const Var& w1, const Var& b1, const Var& w2, const Var& b2) {
  return matmul(tanh(matmul(x, w1) + b1), w2) + b2;
}

// y = f(x) + noise, where every weight of f is unknown.
struct Regression {
  Var x, y;

  void operator()(Trace& t) const {
    const auto prior = [](std::size_t rows, std::size_t columns, double scale) {
      return to_event(Normal(zeros({rows, columns}), scale), 2);
    };
    const Var w1 = t.sample("w1", prior(1, kHidden, 2)), b1 = t.sample("b1", prior(1, kHidden, 2));
    const Var w2 = t.sample("w2", prior(kHidden, 1, 1)), b2 = t.sample("b2", prior(1, 1, 1));
    t.observe("y", to_event(Normal(network(x, w1, b1, w2, b2), 0.2), 2), y);
  }
};

// f at the rows of x by draws of the weights, shape (draws, size): shape (draws, rows).
Array functions(const LatentSpace& space, const Array& draws, const Var& x) {
  std::vector<Var> w;
  for (const LatentSpace::Part& part : space.parts()) w.push_back(LatentSpace::value(part, draws));
  const Var f = network(x, w[0], w[1], w[2], w[3]);
  return reshape(f, {rows(f), rows(x)}).value();
}

int main() {
  Rng rng(1);
  // 30 points on both sides of a gap between -0.5 and 0.5.
  const Var left = uniform({15, 1}, rng), right = uniform({15, 1}, rng);
  const Var x = concatenate({1.5 * left - 2, 1.5 * right + 0.5}, 0);
  const Regression model{x, sin(2 * x) + 0.2 * Var(standard_normal({30, 1}, rng))};
  const LatentSpace space(rng, model);

  const MeanFieldNormal guide(space);
  FitOptions options;
  options.adam.learning_rate = cosine_decay(0.02, 15000);
  options.steps = 15000;
  options.tolerance = 0;
  fit(rng, options, model, guide);

  const Array points = guide.loc() + guide.scale() * standard_normal({2000, space.size()}, rng);
  const Array at = reshaped(vector({-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2}), {9, 1});
  const Var f = functions(space, points, at);
  const Array loc = mean(f, {0}).value(), sd = sqrt(variance(f, {0})).value();
  std::printf("    x   in truth        f +- sd    sd\n");
  for (std::size_t i = 0; i < at.size(); ++i) {
    std::printf("%5.1f    %7.3f  %7.3f +- %.3f  %s\n", at(i, 0), std::sin(2 * at(i, 0)), loc(i),
                sd(i), std::string(static_cast<std::size_t>(80 * sd(i)), '=').c_str());
  }
  const GuideCheck check = check_guide(rng, 2000, model, guide);
  std::printf("\nELBO %.1f nats, Pareto k-hat %.2f\n", check.elbo, check.psis.k_hat);

  for (std::size_t i = 0; i < at.size(); ++i) {
    expect("f", loc(i), std::sin(2 * at(i, 0)), 4 * sd(i));
  }
  const double gap = sd(4), data = std::max(sd(2), sd(6));
  expect("width in the gap to that at data", gap / data, 4, 2);
}
