#include <cstdio>
#include <evident/evident.hpp>

#include "expect.hpp"

using namespace evident;

// p(z) p(x | z): two hidden numbers for every row of five, and equal noise on all five.
struct Decoder {
  Linear mean;
  Var log_sigma = Var::parameter(scalar(0));

  void operator()(Trace& t, const Var& x) const {
    const Var z = t.sample("z", to_event(Normal(zeros({rows(x), 2}), 1), 1));
    t.observe("x", to_event(Normal(mean(z), exp(log_sigma)), 1), x);
  }
  template <class V>
  void visit(V& v) {
    v("mean", mean), v("log_sigma", log_sigma);
  }
};

// q(z | x): its mean is linear in x, its standard deviations are those of all rows.
struct Encoder {
  Linear mean;
  Var log_scale = Var::parameter(zeros({2}));

  void operator()(Trace& t, const Var& x) const {
    t.sample("z", to_event(Normal(mean(x), exp(log_scale)), 1));
  }
  template <class V>
  void visit(V& v) {
    v("mean", mean), v("log_scale", log_scale);
  }
};

// 200 rows whose sample covariance has exactly these eigenvalues: noise is centred, made white by
// the factor of its own covariance, stretched, and reflected so that no axis is a principal one.
Var data(Rng& rng, const Array& eigenvalues) {
  const Var noise = standard_normal({200, 5}, rng);
  const Var centred = noise - mean(noise, {0});
  const Var factor = cholesky(matmul(transpose(centred), centred) / 200);
  const Var stretched =
      transpose(triangular_solve(factor, transpose(centred))) * sqrt(Var(eigenvalues));
  return stretched - 2 * mean(stretched, {1}, Keep::kYes);
}

int main() {
  Rng rng(1);
  const Array eigenvalues = vector({6, 3, 0.5, 0.4, 0.3});
  const Var x = data(rng, eigenvalues);
  const Decoder decoder{Linear(rng, 2, 5)};
  const Encoder encoder{Linear(rng, 5, 2)};
  FitOptions options;
  options.adam.learning_rate = cosine_decay(0.02, 10000);
  options.steps = 10000;
  options.tolerance = 0;
  fit(rng, options, decoder, encoder, x);

  // Tipping and Bishop 1999: the best noise is the mean of the eigenvalues that are left out.
  const double s2 = (0.5 + 0.4 + 0.3) / 3, pi = 3.14159265358979324;
  const double best =
      -100 * (5 * std::log(2 * pi) + std::log(6) + std::log(3) + 3 * std::log(s2) + 5);
  const GuideCheck check = check_guide(rng, 1000, decoder, encoder, x);
  const double sigma = std::exp(decoder.log_sigma.item());
  const Array w = matmul(decoder.mean.weight, transpose(decoder.mean.weight)).value();
  const bool swapped = w(0, 0) < w(1, 1);
  const double first = w(swapped, swapped), second = w(!swapped, !swapped);

  std::printf("                       learnt    closed form\n");
  std::printf("ELBO, nats         %10.3f     %10.3f\n", check.elbo, best);
  std::printf("noise              %10.4f     %10.4f\n", sigma, std::sqrt(s2));
  std::printf("longer |w|^2       %10.4f     %10.4f\n", first, 6 - s2);
  std::printf("shorter |w|^2      %10.4f     %10.4f\n", second, 3 - s2);
  std::printf("product of both    %10.4f     %10.4f\n", w(0, 1), 0.0);

  expect("ELBO", check.elbo, best, 4 * check.elbo_error + 2e-5 * std::abs(best));
  expect("noise", sigma, std::sqrt(s2), 0.01 * std::sqrt(s2));
  expect("longer |w|^2", first, 6 - s2, 0.02 * 6);
  expect("shorter |w|^2", second, 3 - s2, 0.02 * 3);
  expect("product of both", w(0, 1), 0, 0.05);
}
