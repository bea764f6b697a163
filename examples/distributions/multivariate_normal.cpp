#include <cstdio>
#include <evident/distributions/kl.hpp>
#include <evident/distributions/multivariate_normal.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/to_event.hpp>

using namespace evident;

int main() {
  // [multivariate_normal]
  const Array loc = vector({1, 2});
  const auto d = MultivariateNormal::from_covariance(loc, matrix({{2, 0.6}, {0.6, 1}}));
  std::printf("log p(1, 2) = %.4f\n", d.log_prob(vector({1, 2})).item());
  std::printf("entropy: %.4f nats\n", d.entropy().item());
  const Array l = d.scale_tril().value();
  std::printf("factor: %.4f, %.4f, %.4f\n", l(0, 0), l(1, 0), l(1, 1));

  // What a fit without the correlation leaves out.
  const Independent mean_field = to_event(Normal(loc, vector({1.4142, 1})), 1);
  std::printf("KL: %.4f nats\n", kl(d, mean_field).item());

  Rng rng(1);
  const Array x = d.sample(rng, {3});
  std::printf("a draw: %.3f %.3f\n", x(0, 0), x(0, 1));
  // [/multivariate_normal]
}
