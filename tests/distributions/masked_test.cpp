#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/beta.hpp>
#include <evident/distributions/kl.hpp>
#include <evident/distributions/laplace.hpp>
#include <evident/distributions/masked.hpp>
#include <evident/distributions/multivariate_normal.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/to_event.hpp>

using namespace evident;

TEST_CASE("masked: what does not count is 0 in log_prob, entropy and KL, the rest as it was") {
  const Normal q(vector({0, 1, 2}), 1.5), p(vector({1, 0, 0.5}), 0.7);
  const Array mask = vector({1, 0, 1});
  const Masked masked(q, mask), other(p, mask);
  const Array x = matrix({{0.2, 0.3, 0.4}, {1, 2, 3}});
  const Array density = masked.log_prob(x).value(), whole = q.log_prob(x).value();
  const Array divergence = kl(masked, other).value(), all = kl(q, p).value();
  const Array entropy = masked.entropy().value(), full_entropy = q.entropy().value();
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t s = 0; s < 2; ++s) CHECK(density(s, i) == (mask(i) == 1 ? whole(s, i) : 0));
    CHECK(divergence(i) == (mask(i) == 1 ? all(i) : 0));
    CHECK(entropy(i) == (mask(i) == 1 ? full_entropy(i) : 0));
  }
  CHECK(masked.name() == "Masked(Normal)");
  CHECK(masked.mean().value() == q.mean().value());
  Rng rng(1), again(1);
  CHECK(masked.sample(rng, {4}) == q.sample(again, {4}));
  // One sequence, all of it: the sum of what counts.
  const Independent sequence = to_event(Masked(q, mask), 1);
  CHECK(sequence.log_prob(x).value()(0) == doctest::Approx(double(whole(0, 0) + whole(0, 2))));
  CHECK(kl(sequence, to_event(Masked(p, mask), 1)).item() ==
        doctest::Approx(double(all(0) + all(2))));
}

TEST_CASE("masked: missing values send no NaN to what counts") {
  const double nan = std::nan("");
  Var loc = Var::parameter(vector({0, 0}));
  Var l = Var::parameter(matrix({{1, 0}, {0.5, 2}}));
  Var scale = Var::parameter(ones({2}));
  Tape tape;
  const Masked vectors(MultivariateNormal::from_scale_tril(loc + zeros({2, 2}), l), vector({0, 1}));
  const Masked numbers(Normal(loc, scale), vector({1, 0}));
  const Var total = sum(vectors.log_prob(matrix({{nan, 1}, {0.3, -0.4}}))) +
                    sum(numbers.log_prob(vector({0.5, nan})));
  CHECK(std::isfinite(total.item()));
  tape.backward(total);
  for (const Var& leaf : {loc, l, scale}) {
    for (const real g : leaf.gradient()) CHECK(std::isfinite(g));
  }
  CHECK(scale.gradient()(1) == 0);
  CHECK(l.gradient()(1, 0) != 0);
  // What counts keeps its NaN, and what lies outside a support its -inf.
  CHECK(std::isnan(numbers.log_prob(vector({nan, 0})).value()(0)));
  CHECK(Masked(Bernoulli(vector({0.5, 0.5})), vector({1, 0})).log_prob(vector({3, 3})).value()(0) ==
        -std::numeric_limits<double>::infinity());
}

TEST_CASE("masked: the method of the KL is that of the bases") {
  const Array mask = vector({1, 0});
  const Masked normal(Normal(zeros({2}), 1), mask), beta(Beta(ones({2}), 1), mask);
  const Masked laplace(Laplace(zeros({2}), 1), mask);
  CHECK(kl_method(normal, normal) == KlMethod::kClosedForm);
  CHECK(kl_method(normal, beta) == kl_method(normal.base(), beta.base()));
  CHECK(kl_method(normal, laplace) == kl_method(normal.base(), laplace.base()));
  CHECK_FALSE(has_kl(normal, normal.base()));
}

TEST_CASE("masked: errors") {
  CHECK_THROWS_WITH_AS(Masked(Normal(zeros({2}), 1), vector({1, 0.5})),
                       doctest::Contains("Masked(Normal): mask must be 0 or 1, got 0.5 at index 1"),
                       Error);
  CHECK_THROWS_WITH_AS(
      Masked(Normal(0, 1), ones({3})),
      doctest::Contains("Masked(Normal): mask (3) does not broadcast to the batch shape ()"),
      ShapeError);
  CHECK_THROWS_WITH_AS(kl(Masked(Normal(zeros({2}), 1), vector({1, 0})),
                          Masked(Normal(zeros({2}), 1), vector({1, 1}))),
                       doctest::Contains("kl: the masks of Masked(Normal) and Masked(Normal) "
                                         "differ"),
                       Error);
}
