#include <cstdio>
#include <evident/evident.hpp>

#include "expect.hpp"

using namespace evident;

const std::size_t kGroups = 8, kRows = 400;

// Measurements by eight instruments. What they measure, and how precisely, are unknown functions of
// x, which a network learns; each instrument is off by a number of its own.
struct Instruments {
  Sequential network;  // from x to the mean and to the logarithm of the scale
  Var x, group, y;

  void operator()(Trace& t) const {
    const Var spread = t.sample("spread", HalfNormal(1));
    const Var offset = t.sample("offset", Normal(zeros({kGroups}), spread));
    const auto [loc, log_scale] = split(network(x), 1);
    const Var mean = reshape(loc, {kRows}) + index_select(offset, 0, group);
    const Plate rows = t.plate("rows", kRows);
    t.observe("y", Normal(mean, exp(reshape(log_scale, {kRows}))), y);
  }
  template <class V>
  void visit(V& v) {
    v("network", network);
  }
};

int main() {
  Rng rng(1);
  const Array truth = vector({-0.9, -0.5, -0.3, 0, 0.1, 0.4, 0.5, 0.7});  // their sum is 0
  Array group = zeros({kRows});
  for (std::size_t i = 0; i < kRows; ++i) group(i) = static_cast<double>(i % kGroups);
  const Var x = 2 * Var(uniform({kRows}, rng)) - 1;
  const Var noise = exp(x - 2) * Var(standard_normal({kRows}, rng));
  const Var y = sin(3 * x) + index_select(truth, 0, group) + noise;
  const Instruments model{mlp(rng, {1, 16, 2}, {"tanh"}), reshape(x, {kRows, 1}), group, y};

  const LatentSpace space(rng, model);
  const MeanFieldNormal guide(space);
  FitOptions options;
  options.adam.learning_rate = cosine_decay(0.02, 6000);
  options.steps = 6000;
  options.tolerance = 0;
  fit(rng, options, model, guide);

  // The network has a constant of its own, so that offsets are known up to their mean.
  const Array loc = slice(guide.loc(), 0, 1, 1 + kGroups).value(), scale = guide.scale();
  const double common = mean(Var(loc)).item();
  std::printf("instrument        is off by    in truth\n");
  for (std::size_t k = 0; k < kGroups; ++k) {
    std::printf("%10zu  %7.3f +- %.3f    %7.3f\n", k + 1, loc(k) - common, scale(1 + k), truth(k));
  }
  const Array at = reshaped(vector({-0.8, -0.4, 0, 0.4, 0.8}), {5, 1});
  const Array f = model.network(at).value();
  std::printf("\n         x     mean  in truth    scale  in truth\n");
  for (std::size_t i = 0; i < 5; ++i) {
    std::printf("%10.1f  %7.3f   %7.3f  %7.3f   %7.3f\n", at(i, 0), f(i, 0) + common,
                std::sin(3 * at(i, 0)), std::exp(f(i, 1)), std::exp(at(i, 0) - 2));
  }

  for (std::size_t k = 0; k < kGroups; ++k) {
    expect("offset", loc(k) - common, truth(k), 4 * scale(1 + k));
  }
  for (std::size_t i = 0; i < at.size(); ++i) {  // some fifty rows are near each
    const double sd = std::exp(at(i, 0) - 2);    // of the noise
    expect("mean", f(i, 0) + common, std::sin(3 * at(i, 0)), 0.5 * sd);
    expect("scale", std::exp(f(i, 1)), sd, 0.4 * sd);
  }
}
