#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/check_gradients.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/kl.hpp>
#include <evident/distributions/low_rank_multivariate_normal.hpp>
#include <evident/distributions/multivariate_normal.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/to_event.hpp>

#include "../numbers.hpp"
#include "gaussian_forms.hpp"

// Normal distributions of vectors, against inverses and determinants in long double.

using namespace evident;
using evident::testing::DenseMatrix;
using evident::testing::gaussian_forms;
using evident::testing::GaussianForm;

namespace {

using Pointer = std::shared_ptr<const Distribution>;

constexpr std::size_t kN = 4;
constexpr double kMatrixTolerance = sizeof(real) == 8 ? 1e-10 : 1e-5;
using evident::testing::kInf;
constexpr long double kLogTwoPi = 1.83787706640934548356065947281123527L;

Array noise(const Shape& shape, const char* purpose) {
  Rng rng(7, purpose);
  return standard_normal(shape, rng);
}

// A form with parameters of a batch of its own, which broadcast to (2, 3).
struct MatrixCase {
  Array loc = noise({2, 1, kN}, "loc"), a = noise({3, kN, kN}, "a");

  Pointer make(const GaussianForm& form) const { return form.make(loc, a); }
  DenseMatrix covariance(const GaussianForm& form, std::size_t i) const {
    return form.covariance(DenseMatrix(kN, a.data() + i % 3 * kN * kN));
  }
  const real* mean(std::size_t i) const { return loc.data() + i / 3 * kN; }
};

std::vector<long double> difference(const real* x, const real* y) {
  std::vector<long double> result;
  for (std::size_t i = 0; i < kN; ++i) result.push_back((long double)x[i] - y[i]);
  return result;
}

bool agrees_with_long(double got, long double expected) {
  return std::abs(got - double(expected)) <= kMatrixTolerance * (1 + std::abs(double(expected)));
}

// KL between two normal distributions of vectors.
long double divergence(const DenseMatrix& q, const DenseMatrix& p,
                       const std::vector<long double>& shift) {
  const auto [p_inverse, p_log_det] = p.inverse();
  return ((p_inverse * q).trace() + p_inverse.form(shift) - kN + p_log_det - q.inverse().second) /
         2;
}

}  // namespace

TEST_CASE("normal vectors: log_prob, entropy and moments") {
  const Array x = noise({5, 2, 3, kN}, "x");
  for (const GaussianForm& form : gaussian_forms()) {
    CAPTURE(form.name);
    const MatrixCase at;
    const Pointer d = at.make(form);
    if (form.name != "independent") {
      CHECK(d->batch_shape() == Shape{2, 3});
      CHECK(d->event_shape() == Shape{kN});
    }
    const Array density = d->log_prob(x).value(), entropy = d->entropy().value();
    const Array mean = d->mean().value(), variance = d->variance().value();
    REQUIRE(density.shape() == Shape{5, 2, 3});
    REQUIRE(variance.shape() == Shape{2, 3, kN});
    for (std::size_t i = 0; i < 6; ++i) {
      const DenseMatrix covariance = at.covariance(form, i);
      const auto [precision, log_det] = covariance.inverse();
      CHECK(agrees_with_long(entropy.data()[i], (log_det + kN * (1 + kLogTwoPi)) / 2));
      for (std::size_t k = 0; k < kN; ++k) {
        CHECK(agrees_with_long(variance.data()[i * kN + k], covariance(k, k)));
        CHECK(mean.data()[i * kN + k] == at.mean(i)[k]);
      }
      for (std::size_t s = 0; s < 5; ++s) {
        const auto shift = difference(x.data() + (s * 6 + i) * kN, at.mean(i));
        CHECK(agrees_with_long(density.data()[s * 6 + i],
                               -(precision.form(shift) + log_det + kN * kLogTwoPi) / 2));
      }
    }
  }
}

TEST_CASE("normal vectors: matrices of every form") {
  const MatrixCase at;
  for (const GaussianForm& form : gaussian_forms()) {
    CAPTURE(form.name);
    const Pointer d = at.make(form);
    const auto compare = [&](const Var& got, std::size_t i, const DenseMatrix& expected) {
      for (std::size_t k = 0; k < kN * kN; ++k) {
        CHECK(agrees_with_long(got.value().data()[i * kN * kN + k], expected(k / kN, k % kN)));
      }
    };
    const auto* full = dynamic_cast<const MultivariateNormal*>(d.get());
    const auto* low_rank = dynamic_cast<const LowRankMultivariateNormal*>(d.get());
    for (std::size_t i = 0; i < 3; ++i) {
      const DenseMatrix covariance = at.covariance(form, i);
      if (full != nullptr) {
        compare(full->covariance(), i, covariance);
        compare(full->precision(), i, covariance.inverse().first);
        const DenseMatrix l(kN, full->scale_tril().value().data() + i * kN * kN);
        compare(full->covariance(), i, l * l.transposed());
      }
      if (low_rank != nullptr) {
        compare(low_rank->covariance(), i, covariance);
        const DenseMatrix l(kN, low_rank->scale_tril().value().data() + i * kN * kN);
        compare(low_rank->covariance(), i, l * l.transposed());
      }
    }
  }
}

TEST_CASE("normal vectors: log_prob at infinities, NaN and far out") {
  for (const GaussianForm& form : gaussian_forms()) {
    CAPTURE(form.name);
    const Pointer d = form.make(zeros({kN}), noise({kN, kN}, "a"));
    Array x = zeros({4, kN});
    x(0, 1) = static_cast<real>(kInf);
    x(1, 0) = static_cast<real>(-kInf);
    x(1, 3) = static_cast<real>(kInf);
    x(2, 2) = static_cast<real>(std::nan(""));
    Var leaf = Var::parameter(x);
    Tape tape;
    const Var density = d->log_prob(leaf);
    CHECK(density.value()(0) == -kInf);
    CHECK(density.value()(1) == -kInf);
    CHECK(std::isnan(density.value()(2)));
    CHECK(std::isfinite(density.value()(3)));
    tape.backward(sum(density));
    CHECK_FALSE(std::isnan(leaf.gradient()(3, 0)));
    if (form.name != "independent") CHECK(leaf.gradient()(0, 0) == 0);
  }
}

TEST_CASE("low rank: digits where the factors explain nearly everything") {
  // A covariance of w w' + d I with w = 1, of n elements, and x = c w: the square is
  // n c^2 / (n + d), of which the plain difference n c^2 / d - (n c / d)^2 / (1 + n / d) keeps
  // nothing.
  const double d = sizeof(real) == 8 ? 1e-12 : 1e-5, n = 8, c = 3;
  const LowRankMultivariateNormal law(zeros({8}), ones({8, 1}), full({8}, d));
  const double log_det = std::log1p(n / d) + n * std::log(d);
  const double expected = -0.5 * (n * c * c / (n + d) + log_det + n * double(kLogTwoPi));
  CHECK(agrees_with_long(law.log_prob(full({8}, c)).item(), expected));
}

TEST_CASE("normal vectors: samples have the mean and the covariance") {
  constexpr std::size_t kDraws = 20000;
  for (const GaussianForm& form : gaussian_forms()) {
    CAPTURE(form.name);
    const MatrixCase at;
    const Pointer d = at.make(form);
    Rng rng(3, "samples");
    const Array x = d->sample(rng, {kDraws});
    REQUIRE(x.shape() == Shape{kDraws, 2, 3, kN});
    for (std::size_t i = 0; i < 6; ++i) {
      const DenseMatrix covariance = at.covariance(form, i);
      for (std::size_t j = 0; j < kN; ++j) {
        for (std::size_t k = 0; k <= j; ++k) {
          double mean = 0, product = 0;
          for (std::size_t s = 0; s < kDraws; ++s) {
            const real* draw = x.data() + (s * 6 + i) * kN;
            mean += draw[j];
            product += double(draw[j] - at.mean(i)[j]) * double(draw[k] - at.mean(i)[k]);
          }
          const double v = double(covariance(j, j)), w = double(covariance(k, k));
          const double c = double(covariance(j, k));
          CHECK(std::abs(mean / kDraws - at.mean(i)[j]) <= 5 * std::sqrt(v / kDraws));
          CHECK(std::abs(product / kDraws - c) <= 5 * std::sqrt((v * w + c * c) / kDraws));
        }
      }
    }
    Rng again(3, "samples");
    const Array reparameterised = d->rsample(again, {kDraws}).value();
    CHECK(std::equal(x.begin(), x.end(), reparameterised.begin()));
  }
}

TEST_CASE("normal vectors: KL of every pair, and 0 between equals") {
  for (const GaussianForm& q_form : gaussian_forms()) {
    for (const GaussianForm& p_form : gaussian_forms()) {
      CAPTURE(q_form.name);
      CAPTURE(p_form.name);
      const MatrixCase at;
      const Array loc = noise({kN}, "another loc"), a = noise({kN, kN}, "another a");
      const Pointer q = at.make(q_form), p = p_form.make(loc, a);
      if (!has_kl(*q, *p)) {
        CHECK((q_form.name == "low rank" || p_form.name == "low rank"));
        continue;
      }
      CHECK(kl_method(*q, *p) == KlMethod::kClosedForm);
      const Array got = kl(*q, *p).value();
      REQUIRE(got.shape() == Shape{2, 3});
      const DenseMatrix p_covariance = p_form.covariance(DenseMatrix(kN, a.data()));
      for (std::size_t i = 0; i < 6; ++i) {
        CHECK(agrees_with_long(got.data()[i], divergence(at.covariance(q_form, i), p_covariance,
                                                         difference(at.mean(i), loc.data()))));
      }
      if (&q_form != &p_form) continue;
      for (const real value : kl(*q, *q).value()) CHECK(std::abs(value) <= kMatrixTolerance);
    }
  }
}

TEST_CASE("normal vectors: KL is 0 between two forms of one distribution") {
  const Array l = matrix({{1, 0, 0}, {0.5, 2, 0}, {-1, 0.3, 0.7}});
  const Array loc = vector({1, -2, 3});
  const auto factor = MultivariateNormal::from_scale_tril(loc, l);
  const auto covariance = MultivariateNormal::from_covariance(loc, factor.covariance());
  const auto precision = MultivariateNormal::from_precision(loc, factor.precision());
  for (const auto* q : {&factor, &covariance, &precision}) {
    for (const auto* p : {&factor, &covariance, &precision}) {
      CHECK(std::abs(kl(*q, *p).item()) <= kMatrixTolerance);
    }
  }
  const LowRankMultivariateNormal low_rank(loc, matrix({{1, 0.5}, {-1, 2}, {0, 0.1}}),
                                           vector({0.5, 1, 2}));
  const auto same = MultivariateNormal::from_covariance(loc, low_rank.covariance());
  CHECK(std::abs(kl(low_rank, same).item()) <= kMatrixTolerance);
  CHECK(std::abs(kl(same, low_rank).item()) <= kMatrixTolerance);
  const Independent diagonal = to_event(Normal(loc, vector({1, 2, 3})), 1);
  const auto wide =
      MultivariateNormal::from_scale_tril(loc, matrix({{1, 0, 0}, {0, 2, 0}, {0, 0, 3}}));
  CHECK(std::abs(kl(diagonal, wide).item()) <= kMatrixTolerance);
  CHECK(std::abs(kl(wide, diagonal).item()) <= kMatrixTolerance);
}

TEST_CASE("normal vectors: there is a KL for vectors of normal numbers alone") {
  const auto p = MultivariateNormal::from_scale_tril(zeros({1, 2}), matrix({{1, 0}, {0, 1}}));
  CHECK(has_kl(to_event(Normal(zeros({2}), 1), 1), p));
  CHECK(kl(to_event(Normal(zeros({2}), 1), 1), p).shape() == Shape{1});
  CHECK_FALSE(has_kl(to_event(to_event(Normal(zeros({1, 2}), 1), 1), 1), p));
  CHECK_THROWS_WITH_AS(kl(to_event(to_event(Normal(zeros({1, 2}), 1), 1), 0), p),
                       doctest::Contains("kl: there is no rule for to_event(to_event(Normal, 1)"),
                       Error);
}

#ifdef EVIDENT_F64
TEST_CASE("normal vectors: gradients of log_prob, draws, moments and KL") {
  const Array x = noise({2, 1, kN}, "x");
  const Array loc = noise({2, kN}, "loc"), a = noise({kN, kN}, "a");
  const Array loc_p = noise({kN}, "loc of p"), a_p = noise({2, kN, kN}, "a of p");
  for (const GaussianForm& form : gaussian_forms()) {
    CAPTURE(form.name);
    const GradientCheck density = check_gradients(
        [&](const std::vector<Var>& v) { return form.make(v[1], v[2])->log_prob(v[0]); },
        {x, loc, a});
    CHECK_MESSAGE(density.passed, density.message);
    const GradientCheck draws = check_gradients(
        [&](const std::vector<Var>& v) {
          Rng rng(5, "draws");
          const Pointer d = form.make(v[0], v[1]);
          return d->rsample(rng, {3}) + d->variance() + d->mean();
        },
        {loc, a});
    CHECK_MESSAGE(draws.passed, draws.message);
    const GradientCheck entropy = check_gradients(
        [&](const std::vector<Var>& v) { return form.make(v[0], v[1])->entropy(); }, {loc, a});
    CHECK_MESSAGE(entropy.passed, entropy.message);
    for (const GaussianForm& other : gaussian_forms()) {
      CAPTURE(other.name);
      if (!has_kl(*form.make(loc, a), *other.make(loc_p, a_p))) continue;
      const GradientCheck divergence = check_gradients(
          [&](const std::vector<Var>& v) {
            return kl(*form.make(v[0], v[1]), *other.make(v[2], v[3]));
          },
          {loc, a, loc_p, a_p});
      CHECK_MESSAGE(divergence.passed, divergence.message);
    }
  }
}

TEST_CASE("normal vectors: the gradient of a factor is lower-triangular") {
  Var l = Var::parameter(matrix({{1, 0}, {0.5, 2}}));
  Tape tape;
  const auto d = MultivariateNormal::from_scale_tril(zeros({2}), l);
  Rng rng(1);
  tape.backward(sum(d.rsample(rng, {3})) + sum(d.log_prob(vector({1, 2}))));
  CHECK(l.gradient()(0, 1) == 0);
  CHECK(l.gradient()(1, 0) != 0);
}
#endif

TEST_CASE("normal vectors: errors say which, where and what to do") {
  const Array good = matrix({{2, 0.5}, {0.5, 1}}), loc = zeros({2});
  CHECK_THROWS_WITH_AS(
      MultivariateNormal::from_covariance(loc, matrix({{1, 2}, {2, 1}})),
      doctest::Contains("MultivariateNormal: covariance must be a symmetric positive-definite "
                        "matrix: cholesky: the matrix, 2 x 2, is not positive definite: its "
                        "leading minor of order 2 is not positive (pivot -3): check what made it, "
                        "or add jitter"),
      Error);
  Array batch = zeros({3, 2, 2});
  for (std::size_t i = 0; i < 3; ++i) batch(i, 0, 0) = batch(i, 1, 1) = i == 2 ? -1 : 1;
  CHECK_THROWS_WITH_AS(MultivariateNormal::from_precision(loc, batch),
                       doctest::Contains("precision must be a symmetric positive-definite matrix: "
                                         "cholesky: matrix (2) of the batch (3)"),
                       Error);
  CHECK_THROWS_WITH_AS(
      MultivariateNormal::from_covariance(loc, matrix({{2, 0.5}, {0.25, 1}})),
      doctest::Contains("got 0.25 at (1, 0) and 0.5 at (0, 1) of shape (2, 2): average it"), Error);
  CHECK_THROWS_WITH_AS(MultivariateNormal::from_scale_tril(loc, good),
                       doctest::Contains("scale_tril must be a lower-triangular matrix with a "
                                         "positive diagonal, got 0.5 at index 1 of shape (2, 2)"),
                       Error);
  CHECK_THROWS_WITH_AS(MultivariateNormal::from_scale_tril(loc, matrix({{1, 0}, {0, 0}})),
                       doctest::Contains("got 0 at index 3"), Error);
  CHECK_THROWS_WITH_AS(
      MultivariateNormal::from_covariance(zeros({3}), good),
      doctest::Contains("MultivariateNormal: loc (3) and covariance (2, 2) do not fit: for vectors "
                        "of 3 elements covariance must have shape (..., 3, 3)"),
      ShapeError);
  CHECK_THROWS_WITH_AS(
      MultivariateNormal::from_covariance(full({2}, std::nan("")), good),
      doctest::Contains("MultivariateNormal: loc must be a finite number, got nan at index 0"),
      Error);
  CHECK_THROWS_WITH_AS(MultivariateNormal::from_covariance(0, good),
                       doctest::Contains("loc must be a finite number, along its last axis, got a "
                                         "scalar"),
                       ShapeError);
  Array three = zeros({3, 2, 2});
  for (std::size_t i = 0; i < 3; ++i) three(i, 0, 0) = three(i, 1, 1) = 1;
  CHECK_THROWS_WITH_AS(MultivariateNormal::from_covariance(zeros({2, 2}), three),
                       doctest::Contains("the shapes of the parameters do not broadcast"),
                       ShapeError);
  const auto d = MultivariateNormal::from_covariance(zeros({2}), three);
  CHECK_THROWS_WITH_AS(d.log_prob(zeros({3})),
                       doctest::Contains("MultivariateNormal::log_prob: the value does not fit"),
                       ShapeError);
  CHECK_THROWS_WITH_AS(d.cdf(zeros({2})), doctest::Contains("there is no cdf"), Error);
  CHECK_THROWS_WITH_AS(
      LowRankMultivariateNormal(zeros({3}), ones({2, 1}), ones({3})),
      doctest::Contains("for vectors of 3 elements cov_factor must have shape (..., 3, r)"),
      ShapeError);
  CHECK_THROWS_WITH_AS(LowRankMultivariateNormal(zeros({3}), ones({3}), ones({3})),
                       doctest::Contains("along its last 2 axes, got shape (3)"), ShapeError);
  CHECK_THROWS_WITH_AS(LowRankMultivariateNormal(zeros({2}), ones({2, 1}), zeros({2})),
                       doctest::Contains("cov_diag must be a positive number, got 0 at index 0"),
                       Error);
}
