#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/beta.hpp>
#include <evident/distributions/categorical.hpp>
#include <evident/distributions/cauchy.hpp>
#include <evident/distributions/delta.hpp>
#include <evident/distributions/discrete_uniform.hpp>
#include <evident/distributions/expectation.hpp>
#include <evident/distributions/exponential.hpp>
#include <evident/distributions/gamma.hpp>
#include <evident/distributions/geometric.hpp>
#include <evident/distributions/inverse_gamma.hpp>
#include <evident/distributions/log_normal.hpp>
#include <evident/distributions/mixture.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/pareto.hpp>
#include <evident/distributions/poisson.hpp>
#include <evident/distributions/student_t.hpp>
#include <evident/distributions/to_event.hpp>
#include <evident/distributions/transformed.hpp>
#include <evident/distributions/transforms.hpp>
#include <evident/distributions/uniform.hpp>
#include <evident/distributions/von_mises.hpp>
#include <limits>
#include <memory>
#include <string>

#include "distribution_table.hpp"

using namespace evident;

namespace {

constexpr double kAccuracy = sizeof(real) == 8 ? 1e-10 : 2e-5;
constexpr double kExact = sizeof(real) == 8 ? 1e-9 : 1e-6;  // of sums of all terms
using evident::parts::kPi;
using evident::testing::distribution_table;
using evident::testing::DistributionRow;

struct Known {
  std::string name;
  std::shared_ptr<const Distribution> d;
  Var (*f)(const Var&);
  double value;
  ExpectationMethod method = ExpectationMethod::kQuadrature;
  bool accurate = true;  // to kAccuracy, in double only where tails are cut in float
};

Var itself(const Var& x) { return x; }
Var squared(const Var& x) { return square(x); }
Var fourth(const Var& x) { return square(square(x)); }

template <class D, class... Args>
std::shared_ptr<const Distribution> of(Args... args) {
  return std::make_shared<const D>(Var(args)...);
}

std::shared_ptr<const Distribution> die() { return std::make_shared<const Categorical>(ones({6})); }

// Between them lie thousands of numbers that have no probability.
std::shared_ptr<const Distribution> two_poissons() {
  return std::make_shared<const Mixture>(Categorical(vector({0.9, 0.1})),
                                         Poisson(vector({1, 5000})));
}

const bool kDouble = sizeof(real) == 8;

const std::vector<Known>& known() {
  static const std::vector<Known> table = {
      {"x^2, normal", of<Normal>(1, 2), squared, 5},
      {"x^4, normal", of<Normal>(0, 1), fourth, 3},
      {"e^x, normal", of<Normal>(0, 1), [](const Var& x) { return exp(x); }, std::exp(0.5)},
      {"cos x, normal far out", of<Normal>(1000, 0.5), [](const Var& x) { return cos(x); },
       std::cos(1000.0) * std::exp(-0.125), ExpectationMethod::kQuadrature, kDouble},
      {"|x|, normal", of<Normal>(0, 1), [](const Var& x) { return abs(x); }, std::sqrt(2 / kPi)},
      {"log x, gamma(0.1)", of<Gamma>(0.1, 1), [](const Var& x) { return log(x); },
       -10.423754940411076, ExpectationMethod::kQuadrature, kDouble},
      {"x, gamma(0.1)", of<Gamma>(0.1, 1), itself, 0.1},
      {"x^2, gamma(1e6)", of<Gamma>(1e6, 1e6), squared, 1 + 1e-6, ExpectationMethod::kQuadrature,
       false},
      // The density is infinite at an end, and not all of it lies where numbers are: the error says
      // how much does not.
      {"log x, gamma(0.02)", of<Gamma>(0.02, 1), [](const Var& x) { return log(x); },
       -50.544789310456179789, ExpectationMethod::kQuadrature, false},
      {"x, gamma(0.02)", of<Gamma>(0.02, 1), itself, 0.02},
      {"x^2, gamma(0.02)", of<Gamma>(0.02, 1), squared, 0.02 * 1.02},
      {"1, gamma(0.02)", of<Gamma>(0.02, 1), [](const Var& x) { return 1.0 + 0.0 * x; }, 1,
       ExpectationMethod::kQuadrature, false},
      {"x, beta(0.5, 0.5)", of<Beta>(0.5, 0.5), itself, 0.5},
      {"x^2, beta(0.5, 0.5)", of<Beta>(0.5, 0.5), squared, 0.375},
      {"log x, beta(0.5, 0.5)", of<Beta>(0.5, 0.5), [](const Var& x) { return log(x); },
       -2 * std::log(2.0)},
      {"log(1 - x), beta(0.5, 0.5)", of<Beta>(0.5, 0.5), [](const Var& x) { return log1p(-x); },
       -2 * std::log(2.0), ExpectationMethod::kQuadrature, false},
      {"1/(1+x^2), cauchy", of<Cauchy>(0, 1),
       [](const Var& x) { return reciprocal(1 + square(x)); }, 0.5},
      {"sqrt|x|, cauchy", of<Cauchy>(0, 1), [](const Var& x) { return sqrt(abs(x)); },
       std::sqrt(2.0)},
      {"x, pareto(1.5)", of<Pareto>(1, 1.5), itself, 3},
      // Where f overflows, or x does, the rest is that of a power.
      {"x^2, pareto(2.1)", of<Pareto>(1, 2.1), squared, 21, ExpectationMethod::kQuadrature,
       kDouble},
      {"x^2, pareto(3)", of<Pareto>(1, 3), squared, 3},
      {"x^2, student(5)", of<StudentT>(5, 0, 1), squared, 5.0 / 3},
      {"x^2, inverse gamma(3)", of<InverseGamma>(3, 1), squared, 0.5},
      {"x^2, log-normal(3)", of<LogNormal>(0, 3), squared, std::exp(18.0)},
      {"e^x, exponential(2)", of<Exponential>(2), [](const Var& x) { return exp(x); }, 2},
      {"x, gamma(0.001)", of<Gamma>(0.001, 1), itself, 0.001},
      {"x, beta(0.1, 0.1)", of<Beta>(0.1, 0.1), itself, 0.5, ExpectationMethod::kQuadrature, false},
      {"x, geometric(1e-6)", of<Geometric>(1e-6), itself, 999999, ExpectationMethod::kTruncatedSum},
      {"sin x, uniform", of<Uniform>(0, 3), [](const Var& x) { return sin(x); },
       (1 - std::cos(3.0)) / 3},
      {"a step, exponential", of<Exponential>(1),
       [](const Var& x) { return 0.5 + 0.5 * sign(x - 0.7); }, std::exp(-0.7),
       ExpectationMethod::kQuadrature, kDouble},
      {"x, bernoulli", of<Bernoulli>(0.3), itself, 0.3, ExpectationMethod::kExact},
      {"the pips of a die", die(), [](const Var& x) { return 1.0 + x; }, 3.5,
       ExpectationMethod::kExact},
      {"their squares", die(), [](const Var& x) { return square(1.0 + x); }, 91.0 / 6,
       ExpectationMethod::kExact},
      {"how often it is six", die(), [](const Var& x) { return 0.5 + 0.5 * sign(x - 4.5); },
       1.0 / 6, ExpectationMethod::kExact},
      {"x^2, poisson", of<Poisson>(4), squared, 20, ExpectationMethod::kTruncatedSum},
      {"2^x, poisson", of<Poisson>(3), [](const Var& x) { return exp(x * std::log(2.0)); },
       std::exp(3.0), ExpectationMethod::kTruncatedSum, kDouble},
      {"5^x, poisson", of<Poisson>(0.5), [](const Var& x) { return exp(x * std::log(5.0)); },
       std::exp(2.0), ExpectationMethod::kTruncatedSum, kDouble},
      {"x, two poissons far apart", two_poissons(), itself, 0.9 + 0.1 * 5000,
       ExpectationMethod::kTruncatedSum},
      {"x, geometric", of<Geometric>(0.01), itself, 99, ExpectationMethod::kTruncatedSum, kDouble},
  };
  return table;
}

}  // namespace

TEST_CASE("expectation: known values, within the error that is reported") {
  for (const Known& row : known()) {
    SUBCASE(row.name.c_str()) {
      const Expectation e = expectation(*row.d, row.f);
      const double rounding = (kDouble ? 4e-15 : 4e-6) * std::max(1.0, std::abs(row.value));
      CHECK(e.method == row.method);
      CHECK_MESSAGE(
          std::abs(e.value - row.value) <= e.error + rounding,
          row.name << ": " << e.value << " +- " << e.error << " in place of " << row.value);
      if (row.accurate) {
        CHECK_MESSAGE(e.error <= kAccuracy * std::max(1.0, std::abs(row.value)),
                      row.name << ": +- " << e.error);
      }
      if (row.method == ExpectationMethod::kExact) CHECK(e.error == 0);
    }
  }
}

TEST_CASE("expectation: of every distribution of numbers, its own mean") {
  for (const DistributionRow& row : distribution_table()) {
    const auto d = row.any();
    if (!d->event_shape().empty()) continue;
    double mean = 0;
    try {
      mean = d->mean().item();
    } catch (const Error&) {
      continue;  // there is none
    }
    if (!std::isfinite(mean)) continue;
    // An angle's is that of its turn about loc.
    const Expectation found = expectation(*d, [](const Var& x) { return x; });
    CHECK_MESSAGE(std::abs(found.value - mean) <=
                      std::max(10 * found.error, kExact * std::max(1.0, std::abs(mean))),
                  row.reference << ": " << found.value << " in place of " << mean);
  }
}

TEST_CASE("expectation: a point is itself, an angle has one turn, wide ranges are summed whole") {
  CHECK(expectation(Delta(3), [](const Var& x) { return square(x); }).value == 9);
  const Expectation length = expectation(VonMises(1, 2), [](const Var& x) { return cos(x - 1); });
  CHECK(length.value == doctest::Approx(1 - VonMises(1, 2).variance().item()).epsilon(kExact));
  const Expectation wider = expectation(Transformed(VonMises(1, 2), transforms::affine(3, 2)),
                                        [](const Var& x) { return cos(0.5 * (x - 5)); });
  CHECK(wider.value == doctest::Approx(length.value).epsilon(kExact));
  CHECK(expectation(DiscreteUniform(0, 1e7), [](const Var& x) { return x; }).value ==
        doctest::Approx(5e6).epsilon(kDouble ? 1e-12 : 1e-6));
  CHECK_THROWS_WITH_AS(expectation(Geometric(2 * std::numeric_limits<real>::min()), itself),
                       doctest::Contains("so spread out"), Error);
}

TEST_CASE("expectation: draws give vectors' too, within 5 standard errors") {
  Rng rng(3, "expectation");
  const Expectation e = expectation(
      to_event(Normal(vector({1, 2}), 1), 1), [](const Var& x) { return sum(square(x), {-1}); },
      rng, 20000);
  CHECK(e.method == ExpectationMethod::kMonteCarlo);
  CHECK(std::abs(e.value - 7) <= 5 * e.error);
  CHECK(e.error == doctest::Approx(std::sqrt(24.0 / 20000)).epsilon(0.1));
}

TEST_CASE("expectation: errors say what is wrong") {
  const Normal normal(0, 1);
  CHECK_THROWS_WITH_AS(expectation(Normal(zeros({3}), 1), itself),
                       doctest::Contains("Normal has batch shape (3), expected a single"),
                       ShapeError);
  CHECK_THROWS_WITH_AS(expectation(normal, [](const Var&) { return Var(1); }),
                       doctest::Contains("returned shape ()"), ShapeError);
  CHECK_THROWS_WITH_AS(expectation(to_event(Normal(zeros({2}), 1), 1), itself),
                       doctest::Contains("expectation(d, f, rng, 100000)"), Error);
  CHECK_THROWS_WITH_AS(expectation(Cauchy(0, 1), itself), doctest::Contains("does not exist"),
                       Error);
  CHECK_THROWS_WITH_AS(expectation(Exponential(1), [](const Var& x) { return reciprocal(x); }),
                       doctest::Contains("does not exist"), Error);
  Rng rng(1);
  CHECK_THROWS_WITH_AS(expectation(normal, itself, rng, 1),
                       doctest::Contains("at least 2 draws, got 1"), Error);
}
