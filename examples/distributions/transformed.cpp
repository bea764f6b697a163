#include <cstdio>
#include <evident/distributions/log_normal.hpp>
#include <evident/distributions/multivariate_normal.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/transformed.hpp>
#include <evident/distributions/transforms.hpp>

using namespace evident;

int main() {
  // [transformed]
  const Transformed d(Normal(0, 1), transforms::exp());
  std::printf("log p(2) = %.4f, LogNormal: %.4f\n", d.log_prob(2).item(),
              LogNormal(0, 1).log_prob(2).item());
  std::printf("median %.1f, P(Y <= 2) = %.4f\n", d.median().item(), d.cdf(2).item());

  // Shares that vary together, of two free numbers.
  const auto base =
      MultivariateNormal::from_covariance(vector({0, 0}), matrix({{1, 0.8}, {0.8, 1}}));
  const Transformed shares(base, transform_to(constraints::simplex()));
  Rng rng(1);
  const Array x = shares.sample(rng);
  std::printf("a draw: %.3f %.3f %.3f\n", x(0), x(1), x(2));
  std::printf("log p = %.4f\n", shares.log_prob(x).item());
  // [/transformed]
}
