#include <cmath>
#include <cstdio>
#include <evident/distributions/kl.hpp>
#include <evident/distributions/low_rank_multivariate_normal.hpp>
#include <evident/distributions/multivariate_normal.hpp>

using namespace evident;

int main() {
  // [low_rank_multivariate_normal]
  // Three elements that share one factor.
  const Array loc = vector({0, 0, 0});
  const LowRankMultivariateNormal d(loc, matrix({{1}, {1}, {-1}}), vector({0.1, 0.1, 0.2}));
  std::printf("log p(1, 1, -1) = %.4f\n", d.log_prob(vector({1, 1, -1})).item());
  std::printf("log p(1, -1, 1) = %.4f\n", d.log_prob(vector({1, -1, 1})).item());
  std::printf("variances %.1f %.1f %.1f\n", d.variance().value()(0), d.variance().value()(1),
              d.variance().value()(2));

  const auto full = MultivariateNormal::from_covariance(loc, d.covariance());
  std::printf("KL to the same in full: %.1f nats\n", std::abs(kl(d, full).item()));
  // [/low_rank_multivariate_normal]
}
