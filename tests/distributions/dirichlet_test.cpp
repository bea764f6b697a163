#include <doctest/doctest.h>

#include <boost/math/special_functions/digamma.hpp>
#include <cmath>
#include <evident/autodiff/check_gradients.hpp>
#include <evident/autodiff/indexing.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/softmax.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/beta.hpp>
#include <evident/distributions/dirichlet.hpp>
#include <evident/distributions/kl.hpp>
#include <vector>

#include "../numbers.hpp"

// Dirichlet, against its formulas in long double, against Beta, and by draws.

using namespace evident;

namespace {

constexpr double kDirichletTolerance = sizeof(real) == 8 ? 1e-10 : 1e-5;
using evident::testing::kInf;
using Numbers = std::vector<double>;

long double sum_of(const Numbers& x) {
  long double total = 0;
  for (const double value : x) total += value;
  return total;
}

long double log_norm(const Numbers& a) {
  long double result = std::lgamma(sum_of(a));
  for (const double value : a) result -= std::lgamma((long double)value);
  return result;
}

long double psi(long double x) { return boost::math::digamma(x); }

long double log_density(const Numbers& x, const Numbers& a) {
  long double result = log_norm(a);
  for (std::size_t i = 0; i < a.size(); ++i) {
    result += ((long double)a[i] - 1) * std::log((long double)x[i]);
  }
  return result;
}

long double divergence(const Numbers& q, const Numbers& p) {
  long double result = log_norm(q) - log_norm(p);
  for (std::size_t i = 0; i < q.size(); ++i) {
    result += ((long double)q[i] - p[i]) * (psi(q[i]) - psi(sum_of(q)));
  }
  return result;
}

long double entropy(const Numbers& a) {
  long double result = -log_norm(a);
  for (const double value : a) {
    result -= ((long double)value - 1) * (psi(value) - psi(sum_of(a)));
  }
  return result;
}

const std::vector<Numbers> kConcentrationVectors = {
    {1, 1, 1},     {0.5, 2, 7},     {1e-3, 2e-3, 5e-3}, {1e-3, 1, 300},
    {30, 40, 1.5}, {1e4, 2e4, 3e4}, {1e-3, 1e6, 2e6},   {4.9, 5, 5.1},
};

bool agrees(double got, long double expected) {
  return std::abs(got - double(expected)) <= kDirichletTolerance * (1 + std::abs(double(expected)));
}

}  // namespace

TEST_CASE("Dirichlet: log_prob and entropy at every concentration") {
  // Shares that are exact in binary and add up to 1.
  const std::vector<Numbers> shares = {
      {0.25, 0.25, 0.5}, {0.125, 0.375, 0.5}, {0x1p-40, 0x1p-3, 1 - 0x1p-3 - 0x1p-40}};
  for (const Numbers& a : kConcentrationVectors) {
    CAPTURE(a[0]);
    CAPTURE(a[2]);
    const Dirichlet d{vector(a)};
    for (const Numbers& x : shares) {
      const double got = d.log_prob(vector(x)).item();
      const long double expected = log_density(x, a);
      CHECK_MESSAGE(agrees(got, expected), got << " in place of " << double(expected));
    }
    CHECK_MESSAGE(agrees(d.entropy().item(), entropy(a)),
                  d.entropy().item() << " in place of " << double(entropy(a)));
    const Array mean = d.mean().value(), variance = d.variance().value();
    const double a0 = double(sum_of(a));
    for (std::size_t i = 0; i < 3; ++i) {
      const double m = a[i] / a0;
      CHECK(mean(i) == doctest::Approx(m).epsilon(kDirichletTolerance));
      CHECK(variance(i) == doctest::Approx(m * (1 - m) / (a0 + 1)).epsilon(1e-9));
    }
  }
}

TEST_CASE("Dirichlet: of two shares it is Beta, of one it is certain") {
  for (const double a : {0.2, 1.0, 3.0, 500.0}) {
    const double b = 2.5;
    const Dirichlet d(vector({a, b}));
    for (const double x : {0.125, 0.5, 0.875}) {
      CHECK(agrees(d.log_prob(vector({x, 1 - x})).item(), Beta(a, b).log_prob(x).item()));
    }
    CHECK(agrees(d.entropy().item(), Beta(a, b).entropy().item()));
    CHECK(agrees(kl(d, Dirichlet(vector({2, 3}))).item(), kl(Beta(a, b), Beta(2, 3)).item()));
  }
  CHECK(Dirichlet(vector({3})).log_prob(vector({1})).item() == doctest::Approx(0));
}

TEST_CASE("Dirichlet: the border of the simplex, and beyond") {
  const Array a = vector({0.5, 1, 2});
  const Dirichlet d(a);
  const auto at = [&](const Numbers& x) { return d.log_prob(vector(x)).item(); };
  CHECK(at({0, 0.5, 0.5}) == kInf);
  CHECK(std::isfinite(at({0.5, 0, 0.5})));
  CHECK(at({0.5, 0, 0.5}) == doctest::Approx(double(log_density({0.5, 1e-300, 0.5}, {0.5, 1, 2}))));
  CHECK(at({0.5, 0.5, 0}) == -kInf);
  CHECK(at({0, 1, 0}) == -kInf);  // no limit
  CHECK(at({0.5, 0.6, 0.5}) == -kInf);
  CHECK(at({-0.25, 0.75, 0.5}) == -kInf);
  CHECK(at({kInf, 0, 0}) == -kInf);
  CHECK(std::isnan(at({std::nan(""), 0.5, 0.5})));
  CHECK(d.support().first_outside(matrix({{0.2, 0.3, 0.5}, {0.2, 0.3, 0.6}})) == 3);
  CHECK_FALSE(d.support().discrete());
}

TEST_CASE("Dirichlet: shapes and a batch") {
  const Dirichlet d(full({2, 3, 4}, 1.5));
  CHECK(d.batch_shape() == Shape{2, 3});
  CHECK(d.event_shape() == Shape{4});
  Rng rng(1);
  const Array x = d.sample(rng, {5});
  CHECK(x.shape() == Shape{5, 2, 3, 4});
  CHECK(d.log_prob(x).shape() == Shape{5, 2, 3});
  CHECK(d.log_prob(full({4}, 0.25)).shape() == Shape{2, 3});
  CHECK(d.mode().shape() == Shape{2, 3, 4});
  CHECK(kl(d, Dirichlet(ones({3, 4}))).shape() == Shape{2, 3});
}

TEST_CASE("Dirichlet: draws have the mean and the covariance, also as logarithms") {
  constexpr std::size_t kDraws = 20000;
  for (const Numbers& a : kConcentrationVectors) {
    CAPTURE(a[0]);
    CAPTURE(a[2]);
    const Dirichlet d{vector(a)};
    Rng rng(3, "Dirichlet"), again = rng, third = rng;
    const Array x = d.sample(rng, {kDraws});
    const Array logs = d.sample_log(again, {kDraws});
    CHECK_FALSE(d.support().first_outside(x).has_value());
    for (std::size_t i = 0; i < x.size(); ++i) {
      CHECK_FALSE(std::isnan(logs.data()[i]));
      CHECK(logs.data()[i] > -kInf);
      const double relative = std::abs(std::exp(double(logs.data()[i])) - double(x.data()[i]));
      if (!(relative <= 1e3 * kDirichletTolerance * x.data()[i] + 1e-300)) FAIL_CHECK(x.data()[i]);
    }
    const Array same = d.rsample(third, {kDraws}).value();
    CHECK(std::equal(x.begin(), x.end(), same.begin()));
    const Array mean = d.mean().value();
    for (std::size_t j = 0; j < 3; ++j) {
      for (std::size_t k = 0; k <= j; ++k) {
        double first = 0, product = 0, squares = 0;
        for (std::size_t s = 0; s < kDraws; ++s) {
          const double u = double(x(s, j) - mean(j)), v = double(x(s, k) - mean(k));
          first += u;
          product += u * v;
          squares += u * v * u * v;
        }
        const double a0 = double(sum_of(a)), mj = a[j] / a0, mk = a[k] / a0;
        const double covariance = (j == k ? mj * (1 - mj) : -mj * mk) / (a0 + 1);
        const double variance = mj * (1 - mj) / (a0 + 1);
        product /= kDraws;
        const double spread = std::sqrt((squares / kDraws - product * product) / kDraws);
        // Where hardly a draw shows it, a sample's own spread is no standard error.
        if (mj * kDraws < 100 || mk * kDraws < 100) continue;
        CHECK(std::abs(first / kDraws) <= 5 * std::sqrt(variance / kDraws));
        CHECK(std::abs(product - covariance) <= 5 * spread);
      }
    }
  }
}

TEST_CASE("Dirichlet: KL in closed form, 0 between equals") {
  for (const Numbers& q : kConcentrationVectors) {
    for (const Numbers& p : kConcentrationVectors) {
      const double got = kl(Dirichlet(vector(q)), Dirichlet(vector(p))).item();
      const long double expected = divergence(q, p);
      CHECK_MESSAGE(agrees(got, expected), got << " in place of " << double(expected));
      if (&q == &p) CHECK(std::abs(got) <= 1e-10);
    }
  }
}

#ifdef EVIDENT_F64
TEST_CASE("Dirichlet: gradients") {
  const Array a = matrix({{0.5, 2, 7}, {1.5, 0.03, 30}}), b = vector({1, 4, 0.7});
  const GradientCheck check = check_gradients(
      [](const std::vector<Var>& v) {
        const Dirichlet q(v[0]), p(v[1]);
        return q.log_prob(softmax(v[2])) + q.entropy() + kl(q, p) + kl(p, q) +
               sum(q.mean() + q.variance(), {-1});
      },
      {a, b, vector({0.3, -1, 0.2})});
  CHECK_MESSAGE(check.passed, check.message);
  const GradientCheck mode = check_gradients(
      [](const std::vector<Var>& v) { return Dirichlet(v[0]).mode(); }, {vector({1.5, 3, 7})});
  CHECK_MESSAGE(mode.passed, mode.message);
  // The slope in a share is that of the formula.
  Var x = Var::parameter(vector({0.25, 0.25, 0.5}));
  Tape tape;
  tape.backward(Dirichlet(vector({0.5, 2, 7})).log_prob(x));
  CHECK(x.gradient()(0) == doctest::Approx(-0.5 / 0.25));
  CHECK(x.gradient()(2) == doctest::Approx(6 / 0.5));
}

TEST_CASE("Dirichlet: gradients through draws are those of the mean and of second moments") {
  constexpr std::size_t kDraws = 40000;
  for (const Numbers& a : {Numbers{0.5, 2, 7}, Numbers{0.05, 0.3, 0.2}, Numbers{20, 30, 10}}) {
    for (std::size_t i = 0; i < 3; ++i) {
      // d E f / d a_j by the tape through draws, for f = x_i + x_i^2.
      const auto expected = [&](const Var& concentration) {
        const Dirichlet d(concentration);
        const Var unit = one_hot(scalar(double(i)), 3);
        return sum(unit * (d.mean() + d.variance() + square(d.mean())));
      };
      Var exact = Var::parameter(vector(a)), drawn = Var::parameter(full({kDraws, 3}, 1));
      for (std::size_t s = 0; s < kDraws; ++s) {
        for (std::size_t j = 0; j < 3; ++j) drawn.mutable_value()(s, j) = static_cast<real>(a[j]);
      }
      Tape tape;
      tape.backward(expected(exact));
      Rng rng(5, "implicit");
      const Var x = Dirichlet(drawn).rsample(rng);
      tape.backward(sum(one_hot(full({kDraws}, double(i)), 3) * (x + square(x))));
      for (std::size_t j = 0; j < 3; ++j) {
        double total = 0, squares = 0;
        for (std::size_t s = 0; s < kDraws; ++s) {
          const double g = drawn.gradient()(s, j);
          total += g;
          squares += g * g;
        }
        const double mean = total / kDraws;
        const double error = std::sqrt((squares / kDraws - mean * mean) / kDraws);
        CHECK(std::abs(mean - exact.gradient()(j)) <= 5 * error);
      }
    }
  }
}
#endif

TEST_CASE("Dirichlet: errors") {
  CHECK_THROWS_WITH_AS(
      Dirichlet(vector({1, 0, 2})),
      doctest::Contains("Dirichlet: concentration must be a positive number, got 0 "
                        "at index 1 of shape (3)"),
      Error);
  CHECK_THROWS_WITH_AS(Dirichlet(2.0), doctest::Contains("along its last axis, got a scalar"),
                       ShapeError);
  CHECK_THROWS_WITH_AS(Dirichlet(vector({2, 1, 3})).mode(),
                       doctest::Contains("there is a mode only for concentration > 1, got 1 at "
                                         "index 1 of shape (3): elsewhere the density is largest"),
                       Error);
  CHECK_THROWS_AS(Dirichlet(ones({3})).log_prob(full({4}, 0.25)), ShapeError);
}
