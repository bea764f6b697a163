#include <cstdio>
#include <evident/evident.hpp>

#include "expect.hpp"

using namespace evident;

// 300 answers of yes or no, and four measurements beside each: what do these say of the answer?
struct Answers {
  Var x, y;

  void model(Trace& t) const {
    const Var beta = t.sample("beta", Normal(zeros({5}), 2.5));
    t.observe("y", Bernoulli::from_logits(matvec(x, beta)), y);
  }
};

int main() {
  Rng rng(1);
  const Array truth = vector({-0.5, 1, -1.5, 0.3, 0});
  Answers model{concatenate({Var(ones({300, 1})), Var(standard_normal({300, 4}, rng))}), 0};
  model.y = Bernoulli::from_logits(matmul(model.x, truth)).sample(rng);
  const LatentSpace space(rng, model);

  const Draws draws = nuts(rng, space.density(), zeros({space.size()}));
  const auto summary = summarise(space.values(draws.values), space.names());

  FitOptions options;
  options.adam.learning_rate = cosine_decay(0.05, 5000);
  options.steps = 5000;
  options.tolerance = 0;
  options.elbo.sticking_the_landing = true;
  const FullRankNormal fitted(space);
  fit(rng, options, model, fitted);
  const PointGuide mode(space, {}, PointGuide::Coordinates::kUnconstrained);
  fit(rng, options, model, mode);
  const FullRankNormal laplace = FullRankNormal::laplace(space, mode.loc());

  std::printf("           truth     NUTS +- sd       fitted +- sd       Laplace +- sd\n");
  const auto sd = [](const FullRankNormal& guide) {
    return sqrt(diagonal(guide.distribution().covariance())).value();
  };
  const Array fitted_loc = fitted.distribution().loc().value(), fitted_sd = sd(fitted);
  const Array laplace_loc = laplace.distribution().loc().value(), laplace_sd = sd(laplace);
  for (std::size_t i = 0; i < 5; ++i) {
    std::printf("%s   %6.2f   %6.3f +- %.3f   %6.3f +- %.3f   %6.3f +- %.3f\n",
                summary[i].name.c_str(), truth(i), summary[i].mean, summary[i].sd, fitted_loc(i),
                fitted_sd(i), laplace_loc(i), laplace_sd(i));
  }
  const GuideCheck by_fit = check_guide(rng, 20000, model, fitted);
  const GuideCheck by_laplace = check_guide(rng, 20000, model, laplace);
  std::printf("\nThe fitted distribution:\n%s", to_string(by_fit).c_str());
  std::printf("\nThe Laplace approximation:\n%s", to_string(by_laplace).c_str());

  for (std::size_t i = 0; i < 5; ++i) {
    expect("beta by NUTS", summary[i].mean, truth(i), 4 * summary[i].sd);
    expect("fitted mean", fitted_loc(i), summary[i].mean,
           4 * summary[i].mcse + 0.05 * fitted_sd(i));
    expect("fitted sd", fitted_sd(i), summary[i].sd, 0.1 * summary[i].sd);
    expect("Laplace's mean", laplace_loc(i), summary[i].mean, 0.5 * summary[i].sd);
  }
  expect("evidences, one less the other", by_fit.log_evidence - by_laplace.log_evidence, 0,
         4 * std::hypot(by_fit.log_evidence_error, by_laplace.log_evidence_error));
  expect("k-hat of the fit", by_fit.psis.k_hat, 0, by_fit.psis.k_threshold);
  expect("gap of the fit", by_fit.gap(), 0, by_laplace.gap() + 4 * by_fit.elbo_error);
}
