#include <cstdio>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/cauchy.hpp>
#include <evident/distributions/expectation.hpp>
#include <evident/distributions/gamma.hpp>
#include <evident/distributions/kl.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/student_t.hpp>

using namespace evident;

void closed_forms() {
  // [kl]
  const Normal q(1, 0.6), p(0, 1);
  const Var there = kl(q, p), back = kl(p, q);
  std::printf("q against p: %.4f nats, p against q: %.4f\n", there.item(), back.item());

  // A Gamma has no outcomes below 0, a Normal has.
  const Gamma positive(2, 1);
  std::printf("Gamma against Normal: %.4f\n", kl(positive, p).item());
  std::printf("Normal against Gamma: %.4f\n", kl(p, positive).item());
  const bool infinite = kl_method(p, positive) == KlMethod::kInfinite;
  std::printf("known before it is computed: %s\n", infinite ? "yes" : "no");
  // [/kl]
}

void without_a_rule() {
  // [monte_carlo]
  const StudentT q(3, 0, 1);
  const Cauchy p(0, 1);
  try {
    kl(q, p);
  } catch (const Error& error) {
    std::printf("%s\n", error.what());
  }

  Rng rng(1);
  const MonteCarlo drawn = kl_monte_carlo(q, p, 100000, rng);
  std::printf("in 100000 draws %.4f +- %.4f\n", drawn.value(), drawn.standard_error());

  const auto log_ratio = [&](const Var& x) { return q.log_prob(x) - p.log_prob(x); };
  const Expectation integral = expectation(q, log_ratio);
  std::printf("as an integral %.10f +- %.0e\n", integral.value, integral.error);
  // [/monte_carlo]
}

int main() {
  closed_forms();
  without_a_rule();
}
