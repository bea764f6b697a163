#include <cstdio>
#include <evident/distributions/beta.hpp>
#include <evident/distributions/kl.hpp>
#include <evident/distributions/kumaraswamy.hpp>

using namespace evident;

int main() {
  // [kumaraswamy]
  const Kumaraswamy share(2, 3);
  std::printf("mean %.4f, median %.4f\n", share.mean().item(), share.median().item());
  std::printf("mode %.4f\n", share.mode().item());
  std::printf("P(X <= 0.25) = %.4f\n", share.cdf(0.25).item());
  std::printf("a quarter of the draws are below %.4f\n", share.icdf(0.25).item());
  std::printf("KL to Beta(2, 3): %.4f nats\n", kl(share, Beta(2, 3)).item());
  // [/kumaraswamy]
}
