#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/beta.hpp>
#include <evident/distributions/binomial.hpp>
#include <evident/distributions/geometric.hpp>
#include <evident/distributions/gumbel.hpp>
#include <evident/distributions/kl.hpp>
#include <evident/distributions/kumaraswamy.hpp>
#include <evident/distributions/laplace.hpp>
#include <evident/distributions/multivariate_normal.hpp>
#include <evident/distributions/negative_binomial.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/poisson.hpp>
#include <evident/distributions/student_t.hpp>
#include <evident/distributions/to_event.hpp>
#include <evident/distributions/uniform.hpp>
#include <tuple>

#include "../numbers.hpp"
#include "quadrature.hpp"

using namespace evident;

namespace {

using evident::testing::kInf;
constexpr double kRounding = sizeof(real) == 8 ? 1e-12 : 1e-5;

double kl_of_probs(double q, double p) { return kl(Bernoulli(q), Bernoulli(p)).item(); }

double kl_of_logits(double q, double p) {
  return kl(Bernoulli::from_logits(q), Bernoulli::from_logits(p)).item();
}

#ifdef EVIDENT_F64
double by_quadrature(const Distribution& q, const Distribution& p) {
  return evident::testing::integral_over_support(
      [&](double x) {
        const double log_q = q.log_prob(x).item();
        return std::exp(log_q) == 0 ? 0 : std::exp(log_q) * (log_q - p.log_prob(x).item());
      },
      q);
}
#endif

}  // namespace

#ifdef EVIDENT_F64
TEST_CASE("kl: the pair N(0, 1) against N(1, 0.6)") {
  const Normal unit(0, 1);
  const auto against = [&](double scale, double forward, double reverse) {
    const Normal other(1, scale);
    CHECK(std::abs(kl(unit, other).item() - forward) < 5e-6);
    CHECK(std::abs(kl(other, unit).item() - reverse) < 5e-6);
    CHECK(std::abs(by_quadrature(unit, other) - forward) < 5e-6);
    CHECK(std::abs(by_quadrature(other, unit) - reverse) < 5e-6);
    for (const auto& [q, p, expected] :
         {std::tuple<const Normal&, const Normal&, double>{unit, other, forward},
          {other, unit, reverse}}) {
      Rng rng(52, "worked pair");
      const MonteCarlo estimate = kl_monte_carlo(q, p, 200000, rng);
      CHECK(std::abs(estimate.value() - expected) < 5 * estimate.standard_error());
    }
  };
  against(0.6, 1.76695, 0.69083);             // a standard deviation
  against(std::sqrt(0.6), 0.91125, 0.55541);  // a variance
}
#endif

TEST_CASE("kl: draws are shared by a batch of p, whichever of the two has more axes") {
  Array locs = zeros({400});
  for (std::size_t i = 200; i < 400; ++i) locs(i) = 10;
  const auto agree = [](const Distribution& q, const Distribution& p, const Shape& batch) {
    Rng rng(53, "batches");
    const MonteCarlo estimate = kl_monte_carlo(q, p, 400, rng);
    const Array exact = kl(q, p).value();
    REQUIRE(estimate.value.shape() == batch);
    REQUIRE(estimate.standard_error.shape() == batch);
    REQUIRE(exact.shape() == batch);
    for (std::size_t i = 0; i < exact.size(); ++i) {
      CHECK(std::abs(estimate.value.data()[i] - exact.data()[i]) <=
            5 * estimate.standard_error.data()[i] + 1e-12);
    }
  };
  const Normal one(0, 1), two(vector({0, 3}), 1), many(locs, 1),
      column(reshaped(locs, {400, 1}), 1);
  agree(one, one, {});
  agree(two, Normal(vector({1, 2}), 2), {2});
  agree(one, Normal(vector({1, 2, 3}), 2), {3});
  agree(one, many, {400});  // as many as draws
  agree(many, one, {400});
  agree(two, column, {400, 2});
  agree(column, two, {400, 2});
  agree(two, Normal(zeros({3, 1, 2}), 2), {3, 1, 2});
  agree(Normal(zeros({3, 1}), 1), Normal(ones({2, 1, 4}), 2), {2, 3, 4});
  const auto pairs = [](const Shape& shape) { return to_event(Normal(ones(shape), 2), 1); };
  agree(to_event(two, 1), pairs({2}), {});
  agree(to_event(two, 1), pairs({400, 2}), {400});
  agree(pairs({400, 2}), to_event(two, 1), {400});
  agree(pairs({3, 2}), pairs({400, 1, 2}), {400, 3});
  const Array tril = matrix({{1, 0}, {0.5, 2}});
  agree(MultivariateNormal::from_scale_tril(zeros({2}), tril),
        MultivariateNormal::from_scale_tril(ones({400, 2}), tril), {400});
  CHECK(kl(one, many).value()(399) == 50);
}

TEST_CASE("kl: of a VAE's latent, sum of (mu^2 + s^2 - log s^2 - 1) / 2") {
  const Array mu = matrix({{0.3, -1, 2}, {0, 0, 0}});
  const Array s = matrix({{0.5, 1, 3}, {1, 1, 1}});
  const Independent q = to_event(Normal(mu, s), 1);
  const Independent p = to_event(Normal(zeros({2, 3}), 1), 1);
  double expected = 0;
  for (std::size_t j = 0; j < 3; ++j) {
    const auto m = static_cast<double>(mu.data()[j]);
    const double variance = std::pow(static_cast<double>(s.data()[j]), 2);
    expected += (m * m + variance - std::log(variance) - 1) / 2;
  }
  const Array got = kl(q, p).value();
  REQUIRE(got.shape() == Shape{2});
  CHECK(std::abs(static_cast<double>(got(0)) - expected) <= kRounding * expected);
  CHECK(got(1) == 0);  // not off by one for every dimension
}

TEST_CASE("kl: of a Bernoulli at the boundary, from probs and from logits") {
  const auto check = [](double q, double p, double expected) {
    const auto logit = [](double x) { return std::log(x) - std::log1p(-x); };
    CAPTURE(q);
    CAPTURE(p);
    for (const double got : {kl_of_probs(q, p), kl_of_logits(logit(q), logit(p))}) {
      CHECK((got == expected || std::abs(got - expected) <= kRounding));
    }
  };
  check(0, 0, 0);
  check(1, 1, 0);
  check(0, 0.5, std::log(2));
  check(1, 0.5, std::log(2));
  check(0, 0.25, -std::log(0.75));
  check(1, 0.25, -std::log(0.25));
  check(0.5, 0, kInf);
  check(0.5, 1, kInf);
  check(0, 1, kInf);
  check(1, 0, kInf);
}

TEST_CASE("kl: no gradient is NaN where the divergence is finite") {
  for (const auto& pair : {std::pair{0.0, 0.0}, {1.0, 1.0}, {0.0, 0.5}, {1.0, 0.5}}) {
    const double q = pair.first, p = pair.second;
    const auto logit = [](double x) { return std::log(x) - std::log1p(-x); };
    for (const bool logits : {false, true}) {
      const Var a = Var::parameter(scalar(logits ? logit(q) : q));
      const Var b = Var::parameter(scalar(logits ? logit(p) : p));
      CAPTURE(q);
      CAPTURE(logits);
      Tape tape;
      const auto gradients =
          tape.gradients(logits ? kl(Bernoulli::from_logits(a), Bernoulli::from_logits(b))
                                : kl(Bernoulli(a), Bernoulli(b)),
                         {a, b});
      CHECK_FALSE(std::isnan(gradients[0]()));
      CHECK_FALSE(std::isnan(gradients[1]()));
    }
  }
}

TEST_CASE("kl: batches broadcast, empty ones too") {
  CHECK(kl(Normal(zeros({3, 1}), 1), Normal(zeros({4}), 2)).shape() == Shape{3, 4});
  CHECK(kl(Normal(zeros({0}), 1), Normal(0, 2)).shape() == Shape{0});
  CHECK(kl(to_event(Normal(zeros({5, 4}), 1), 1), to_event(Normal(zeros({4}), 1), 1)).shape() ==
        Shape{5});
}

TEST_CASE("kl: infinite where a mean that log p needs is") {
  CHECK(kl(Laplace(0.3, 2), Gumbel(1, 2)).item() == kInf);
  CHECK(kl(Laplace(0.3, 3), Gumbel(1, 2)).item() == kInf);
  CHECK(kl(StudentT(2, 0.3, 1), Normal(1, 2)).item() == kInf);
  CHECK(kl(StudentT(0.5, 0.3, 1), Normal(1, 2)).item() == kInf);
}

TEST_CASE("kl: of counts that are sure of 0, whatever the number of trials") {
  const auto near = [](const Var& got, double expected) {
    return std::abs(got.item() - expected) <= kRounding;
  };
  CHECK(near(kl(Binomial(3, 0), Binomial(5, 0.25)), -5 * std::log(0.75)));
  CHECK(near(kl(Binomial(0, 0.7), Binomial(5, 0.25)), -5 * std::log(0.75)));
  CHECK(near(kl(Binomial(9, 0), Binomial(5, 0.25)), -5 * std::log(0.75)));
  CHECK(kl(Binomial(0, 0.7), Binomial(0, 1)).item() == 0);
  CHECK(kl(Binomial(9, 1e-30), Binomial(5, 0.25)).item() == kInf);
  CHECK(near(kl(NegativeBinomial(2, 0), NegativeBinomial(5, 0.25)), -5 * std::log(0.75)));
  CHECK(near(kl(Poisson(0), Bernoulli(0.25)), -std::log(0.75)));
  CHECK(near(kl(Poisson(0), Binomial(3, 0.25)), -3 * std::log(0.75)));
  CHECK(near(kl(Poisson(0), Poisson(2)), 2));
  CHECK(kl(Poisson(0), Poisson(0)).item() == 0);
  CHECK(kl(Poisson(2), Poisson(0)).item() == kInf);
  CHECK(near(kl(Geometric(1), Geometric(0.25)), std::log(4)));
  CHECK(kl(Geometric(0.25), Geometric(1)).item() == kInf);
}

#ifdef EVIDENT_F64
TEST_CASE("kl: by quadrature to full precision, extremes included") {
  // Kumaraswamy(a, b) against Beta(c, d), by the integral to 30 digits in mpmath.
  const struct {
    double a, b, c, d, expected;
  } rows[] = {
      {12, 0.6, 2, 3, 7.3268248930526684733},        {12, 0.6, 10, 30, 92.427671858792445482},
      {0.01, 0.01, 2, 3, 281.56667042360739969},     {0.01, 1000, 2, 3, 1488.427379692724683},
      {1000, 0.01, 0.5, 0.7, 70.134709174074215392}, {1000, 1000, 2, 3, 12.68536086670015564},
      {2, 3, 5, 1.5, 1.6198023354169472029},         {0.01, 5, 3, 1000, 658.88782877311495229},
      {3, 0.01, 1, 50, 5045.1762562525877569}};
  for (const auto& row : rows) {
    const double got = kl(Kumaraswamy(row.a, row.b), Beta(row.c, row.d)).item();
    CAPTURE(row.a);
    CAPTURE(row.b);
    CHECK(std::abs(got / row.expected - 1) <= 1e-10);
  }
}
#endif

TEST_CASE("kl: exactly 0 from a uniform distribution to the Beta that it is") {
  CHECK(kl(Uniform(0, 1), Beta(1, 1)).item() == 0);
  CHECK(std::abs(kl(Beta(1, 1), Uniform(0, 1)).item()) <= kRounding);
}

TEST_CASE("kl: of counts without a closed form, an error with advice") {
  CHECK_THROWS_WITH_AS(
      kl(Binomial(vector({5, 3}), 0.5), Binomial(5, 0.25)),
      "kl(Binomial, Binomial): got total_count 3 against 5 at index (1): expected equal "
      "ones, for which there is a closed form; estimate this divergence with kl_monte_carlo",
      Error);
  CHECK_THROWS_AS(kl(NegativeBinomial(2, 0.5), NegativeBinomial(3, 0.5)), Error);
}
