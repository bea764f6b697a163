#include <cmath>
#include <cstdio>
#include <evident/distributions/mixture.hpp>
#include <evident/distributions/normal.hpp>

using namespace evident;

int main() {
  // [mixture]
  // Two clusters, of which the first has three times as many.
  const Mixture d(Categorical(vector({3, 1})), Normal(vector({-1, 4}), vector({1, 0.5})));
  std::printf("log p(0) = %.4f\n", d.log_prob(0).item());
  std::printf("P(X > 3) = %.4f\n", std::exp(d.log_survival(3).item()));
  std::printf("mean %.2f, variance %.4f\n", d.mean().item(), d.variance().item());
  const Array shares = d.log_responsibilities(2.5).value();
  std::printf("2.5 is of the second with probability %.4f\n",
              std::exp(static_cast<double>(shares(1))));
  // [/mixture]
}
