#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/special/exponential_integral.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/beta.hpp>
#include <evident/distributions/binomial.hpp>
#include <evident/distributions/categorical.hpp>
#include <evident/distributions/discrete_uniform.hpp>
#include <evident/distributions/geometric.hpp>
#include <evident/distributions/gumbel.hpp>
#include <evident/distributions/kl.hpp>
#include <evident/distributions/laplace.hpp>
#include <evident/distributions/multinomial.hpp>
#include <evident/distributions/negative_binomial.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/one_hot_categorical.hpp>
#include <evident/distributions/poisson.hpp>
#include <evident/distributions/student_t.hpp>
#include <evident/distributions/uniform.hpp>
#include <evident/distributions/von_mises.hpp>
#include <functional>
#include <vector>

#include "../numbers.hpp"

// KL where probabilities are 0 and 1, where it is infinite, and where counts differ.

using namespace evident;

namespace {

using evident::testing::kInf;
constexpr double kEdgeRounding = sizeof(real) == 8 ? 1e-12 : 1e-5;

bool close(double got, double expected) {
  return got == expected ||
         std::abs(got - expected) <= kEdgeRounding * std::max(1.0, std::abs(expected));
}

// kl of what `make` makes of two vectors, with its gradients in them.
struct Slopes {
  double value;
  Array in_q, in_p;
};
using MakeKl = std::function<Var(const Var& q, const Var& p)>;
Slopes slopes(const MakeKl& make, const Array& q, const Array& p) {
  const Var a = Var::parameter(q), b = Var::parameter(p);
  Tape tape;
  const Var value = make(a, b);
  const std::vector<Array> gradients = tape.gradients(value, {a, b});
  return {value.item(), gradients[0], gradients[1]};
}

bool any_nan(const Array& x) {
  for (const real v : x) {
    if (std::isnan(v)) return true;
  }
  return false;
}

Var bernoullis(const Var& q, const Var& p) { return kl(Bernoulli(q), Bernoulli(p)); }
Var logits(const Var& q, const Var& p) {
  return kl(Bernoulli::from_logits(q), Bernoulli::from_logits(p));
}

}  // namespace

TEST_CASE("kl edges: Bernoullis of probability 0 and 1, with the derivatives inside") {
  const auto check = [](const MakeKl& make, double q, double p, double value, double in_q,
                        double in_p) {
    const Slopes got = slopes(make, scalar(q), scalar(p));
    CAPTURE(q);
    CAPTURE(p);
    CHECK(close(got.value, value));
    CHECK_MESSAGE(close(got.in_q(), in_q), got.in_q());
    CHECK_MESSAGE(close(got.in_p(), in_p), got.in_p());
  };
  // log(q/p) - log((1 - q)/(1 - p)), without what q never sees, and (p - q)/(p (1 - p)).
  check(bernoullis, 0, 0, 0, 0, 1);
  check(bernoullis, 1, 1, 0, 0, -1);
  check(bernoullis, 0, 0.5, std::log(2), -std::log(2), 2);
  check(bernoullis, 1, 0.5, std::log(2), std::log(2), -2);
  check(bernoullis, 0.5, 0, kInf, kInf, -kInf);
  check(bernoullis, 0.5, 1, kInf, -kInf, kInf);
  check(bernoullis, 0, 1, kInf, -kInf, kInf);
  check(bernoullis, 1, 0, kInf, kInf, -kInf);
  // q (1 - q) (l - l') and p - q.
  check(logits, -kInf, -kInf, 0, 0, 0);
  check(logits, kInf, kInf, 0, 0, 0);
  check(logits, -kInf, 0, std::log(2), 0, 0.5);
  check(logits, kInf, 0, std::log(2), 0, -0.5);
  check(logits, 0, -kInf, kInf, kInf, -0.5);
  check(logits, 0, kInf, kInf, -kInf, 0.5);
  check(logits, kInf, -kInf, kInf, 0, -1);
  check(logits, -kInf, kInf, kInf, 0, 1);
  // Where probabilities underflow, logits count.
  check(logits, 2000, -2000, 2000, 0, -1);
  check(logits, -2000, 1500, 1500, 0, 1);
  check(logits, 1000, 2000, 0, 0, 0);
}

TEST_CASE("kl edges: no gradient is NaN, be the divergence 0, finite or infinite") {
  const std::vector<double> probs = {0, 0.5, 1}, rates = {0, 0.5, 3}, below_1 = {0, 0.5, 0.99},
                            above_0 = {0.01, 0.5, 1}, logit = {-kInf, -800, 0, 800, kInf},
                            below = {-kInf, -800, 0, 30};
  struct Pair {
    const char* name;
    MakeKl make;
    std::vector<double> q, p;
  };
  const Pair pairs[] = {
      {"Bernoulli", bernoullis, probs, probs},
      {"Bernoulli, of logits", logits, logit, logit},
      {"Bernoulli, of probabilities and logits",
       [](const Var& q, const Var& p) { return kl(Bernoulli(q), Bernoulli::from_logits(p)); },
       probs, logit},
      {"Bernoulli, of logits and probabilities",
       [](const Var& q, const Var& p) { return kl(Bernoulli::from_logits(q), Bernoulli(p)); },
       logit, probs},
      {"Binomial", [](const Var& q, const Var& p) { return kl(Binomial(3, q), Binomial(3, p)); },
       probs, probs},
      {"Binomial, of logits",
       [](const Var& q, const Var& p) {
         return kl(Binomial::from_logits(3, q), Binomial::from_logits(3, p));
       },
       logit, logit},
      {"Binomial, more trials",
       [](const Var& q, const Var& p) { return kl(Binomial(4, q), Binomial(3, p)); }, probs, probs},
      {"Binomial without trials",
       [](const Var& q, const Var& p) { return kl(Binomial(0, q), Binomial(0, p)); }, probs, probs},
      {"NegativeBinomial",
       [](const Var& q, const Var& p) {
         return kl(NegativeBinomial(3, q), NegativeBinomial(3, p));
       },
       below_1, below_1},
      {"NegativeBinomial, of logits",
       [](const Var& q, const Var& p) {
         return kl(NegativeBinomial::from_logits(3, q), NegativeBinomial::from_logits(3, p));
       },
       below, below},
      {"Geometric", [](const Var& q, const Var& p) { return kl(Geometric(q), Geometric(p)); },
       above_0, above_0},
      {"Poisson", [](const Var& q, const Var& p) { return kl(Poisson(q), Poisson(p)); }, rates,
       rates},
      {"Bernoulli, Poisson",
       [](const Var& q, const Var& p) { return kl(Bernoulli(q), Poisson(p)); }, probs, rates},
      {"Bernoulli of logits, Poisson",
       [](const Var& q, const Var& p) { return kl(Bernoulli::from_logits(q), Poisson(p)); }, logit,
       rates},
      {"Bernoulli, of what underflows",
       [](const Var& q, const Var& p) { return kl(Bernoulli(sigmoid(q)), Bernoulli(sigmoid(p))); },
       {-800, 0, 800},
       {-3, 0}},
      {"Poisson, of what underflows",
       [](const Var& q, const Var& p) { return kl(Poisson(exp(q)), Poisson(exp(p))); },
       {-800, 0},
       {-3, 0}},
      {"Poisson, Bernoulli",
       [](const Var& q, const Var& p) { return kl(Poisson(q), Bernoulli(p)); }, rates, probs},
      {"Poisson, Binomial",
       [](const Var& q, const Var& p) { return kl(Poisson(q), Binomial::from_logits(3, p)); },
       rates, logit},
  };
  for (const Pair& pair : pairs) {
    for (const double q : pair.q) {
      for (const double p : pair.p) {
        const Slopes got = slopes(pair.make, scalar(q), scalar(p));
        INFO(pair.name, " at ", q, " and ", p);
        CHECK(got.value >= 0);
        CHECK_FALSE(any_nan(got.in_q));
        CHECK_FALSE(any_nan(got.in_p));
      }
    }
  }
  const std::pair<const char*, MakeKl> of_labels[] = {
      {"Categorical",
       [](const Var& q, const Var& p) { return kl(Categorical(q), Categorical(p)); }},
      {"Categorical::from_logits",
       [](const Var& q, const Var& p) {
         return kl(Categorical::from_logits(log(q)), Categorical::from_logits(log(p)));
       }},
      {"OneHotCategorical",
       [](const Var& q, const Var& p) { return kl(OneHotCategorical(q), OneHotCategorical(p)); }},
      {"Multinomial",
       [](const Var& q, const Var& p) { return kl(Multinomial(2, q), Multinomial(2, p)); }},
      {"Multinomial without draws",
       [](const Var& q, const Var& p) { return kl(Multinomial(0, q), Multinomial(0, p)); }},
  };
  const Array weights[] = {vector({1, 0, 0}), vector({0, 1, 0}), vector({0.5, 0.5, 0}),
                           vector({0.2, 0.3, 0.5})};
  for (const auto& pair : of_labels) {
    for (const Array& q : weights) {
      for (const Array& p : weights) {
        const Slopes got = slopes(pair.second, q, p);
        INFO(pair.first);
        CHECK(got.value >= 0);
        CHECK_FALSE(any_nan(got.in_q));
        CHECK_FALSE(any_nan(got.in_p));
      }
    }
  }
}

TEST_CASE("kl edges: labels of probability 0 cost nothing, those that p excludes everything") {
  const Categorical sure(vector({1, 0})), even(vector({1, 1}));
  CHECK(kl(sure, sure).item() == 0);
  CHECK(close(kl(sure, even).item(), std::log(2)));
  CHECK(kl(even, sure).item() == kInf);
  CHECK(close(kl(OneHotCategorical(vector({1, 0})), OneHotCategorical(vector({1, 3}))).item(),
              std::log(4)));
  // Logits count where probabilities underflow.
  CHECK(close(
      kl(Categorical::from_logits(vector({0, -2000})), Categorical::from_logits(vector({-3000, 0})))
          .item(),
      3000));
  CHECK(kl(Multinomial(2, vector({1, 1})), Multinomial(3, vector({1, 1}))).item() == kInf);
  CHECK(kl(Multinomial(0, vector({1, 1})), Multinomial(0, vector({1, 0}))).item() == 0);
  CHECK_THROWS_AS(kl(Multinomial(2, vector({1, 1})), Multinomial(2, vector({1, 1, 1}))),
                  ShapeError);
  CHECK(kl(Categorical(matrix({{1, 2}, {3, 4}, {5, 6}})), even).shape() == Shape{3});
}

TEST_CASE("kl edges: trials that differ") {
  CHECK(kl(Binomial(4, 0.5), Binomial(3, 0.5)).item() == kInf);
  CHECK_THROWS_WITH_AS(
      kl(Binomial(vector({3, 2}), 0.5), Binomial(3, 0.5)),
      doctest::Contains("kl(Binomial, Binomial): got total_count 2 against 3 at index (1)"), Error);
  // Nothing but 0 is drawn.
  CHECK(close(kl(Binomial(4, 0), Binomial(3, 0.5)).item(), 3 * std::log(2)));
  CHECK(close(kl(Binomial(2, 0), Binomial(3, 0.5)).item(), 3 * std::log(2)));
  CHECK(close(kl(Binomial(0, 0.7), Binomial(3, 0.5)).item(), 3 * std::log(2)));
  CHECK(kl(Binomial(0, 0.7), Binomial(0, 0)).item() == 0);
  CHECK_THROWS_WITH_AS(kl(NegativeBinomial(2.5, 0.5), NegativeBinomial(3, 0.5)),
                       doctest::Contains("total_count 2.5 against 3"), Error);
  CHECK(close(kl(NegativeBinomial(2, 0), NegativeBinomial(3, 0.5)).item(), 3 * std::log(2)));
  CHECK(close(kl(Poisson(0), Binomial(3, 0.5)).item(), 3 * std::log(2)));
  CHECK(close(kl(Poisson(0), Bernoulli(0.5)).item(), std::log(2)));
  CHECK(kl(Poisson(1e-9), Binomial(3, 0.5)).item() == kInf);
  CHECK(kl(DiscreteUniform(0, 3), DiscreteUniform(0, 2)).item() == kInf);
  CHECK(kl(DiscreteUniform(-1, 2), DiscreteUniform(0, 2)).item() == kInf);
  CHECK(close(kl(Geometric(1), Geometric(0.25)).item(), std::log(4)));
  CHECK(kl(Geometric(0.25), Geometric(1)).item() == kInf);
}

#ifdef EVIDENT_F64
TEST_CASE("kl edges: the derivatives in a negative binomial's counts, which must be equal") {
  // E_q[log q - log p] over counts that are apart by a little.
  const auto by_sum = [](double r, double s) {
    const NegativeBinomial q(r, 0.4), p(s, 0.6);
    double total = 0;
    for (double k = 0; k < 200; ++k) {
      const double log_q = q.log_prob(k).item();
      total += std::exp(log_q) * (log_q - p.log_prob(k).item());
    }
    return total;
  };
  const Slopes got =
      slopes([](const Var& r,
                const Var& s) { return kl(NegativeBinomial(r, 0.4), NegativeBinomial(s, 0.6)); },
             scalar(2.5), scalar(2.5));
  const double h = 1e-4;
  CHECK(got.value == doctest::Approx(by_sum(2.5, 2.5)).epsilon(1e-12));
  CHECK(got.in_q() ==
        doctest::Approx((by_sum(2.5 + h, 2.5) - by_sum(2.5 - h, 2.5)) / (2 * h)).epsilon(1e-7));
  CHECK(got.in_p() ==
        doctest::Approx((by_sum(2.5, 2.5 + h) - by_sum(2.5, 2.5 - h)) / (2 * h)).epsilon(1e-7));
}
#endif

TEST_CASE("kl edges: a flat Beta is a Uniform") {
  CHECK(kl(Uniform(0, 1), Beta(1, 1)).item() == 0);
  CHECK(kl(Beta(1, 1), Uniform(0, 1)).item() == 0);
  CHECK(close(kl(Uniform(0, 0.5), Beta(1, 1)).item(), std::log(2)));
  CHECK(close(kl(Uniform(0.5, 1), Beta(1, 1)).item(), std::log(2)));
  CHECK(close(kl(Beta(1, 1), Uniform(-1, 1)).item(), std::log(2)));
  CHECK(kl(Uniform(-0.1, 0.5), Beta(1, 1)).item() == kInf);
  CHECK(kl(Uniform(0.5, 1.1), Beta(1, 1)).item() == kInf);
  CHECK(kl(Beta(1, 1), Uniform(0.1, 1)).item() == kInf);
}

TEST_CASE("kl edges: infinite where a moment is") {
  const auto check = [](const Var& value, const Var& parameter, Tape& tape, bool finite) {
    CHECK(std::isfinite(value.item()) == finite);
    CHECK_FALSE(std::isnan(tape.gradients(value, {parameter})[0]()));
  };
  for (const double df : {0.5, 1.0, 1.5, 2.0, 2.1}) {
    const Var n = Var::parameter(scalar(df));
    Tape tape;
    check(kl(StudentT(n, 0, 1), Normal(0, 1)), n, tape, df > 2);
  }
  for (const double scale : {0.5, 0.9, 1.0, 1.5}) {
    const Var s = Var::parameter(scalar(scale));
    Tape tape;
    check(kl(Laplace(0, s), Gumbel(0, 1)), s, tape, scale < 1);
  }
}

TEST_CASE("kl edges: von Mises of a large concentration are like normal ones") {
  const VonMises q(0.5, 1e8), p(0.5001, 2.5e7);
  const double expected = kl(Normal(0.5, 1e-4), Normal(0.5001, 2e-4)).item();
  CHECK(std::abs(kl(q, p).item() - expected) < (sizeof(real) == 8 ? 1e-6 : 1e-2));
  CHECK(std::abs(kl(q, q).item()) <= 1e-10);
  // Angles apart by a whole turn are one.
  const double turn = 2 * std::acos(-1.0);
  CHECK(std::abs(kl(VonMises(1, 2), VonMises(1 + turn, 2)).item()) <= kEdgeRounding);
  CHECK(close(kl(VonMises(0, 0), VonMises(1, 0)).item(), 0));
}

TEST_CASE("kl edges: E1(e^-z) is mpmath's") {
  const std::pair<double, double> known[] = {
      {800, 799.42278433509846714},    {50, 49.422784335098467139},
      {20.5, 19.922784336348620005},   {19.5, 18.922784338496734956},
      {5, 4.4295109490882381212},      {1, 0.75941579676833030317},
      {0, 0.21938393439552027368},     {-0.5, 0.080396615896533377252},
      {-2, 0.00007454934526605715742}, {-4, 3.4946217419227733064e-26},
      {-6, 1.535542070379053636e-178}, {-6.5, 2.0374806039723349955e-292},
  };
  for (const auto& [z, value] : known) {
    const double got = special::expint_of_exp(z);
    // e^-z rounds, and E1 follows.
    const double bound = 4e-16 * (5 + std::exp(-z));
    CHECK_MESSAGE(std::abs(got - value) <= bound * value, z << ": " << got);
  }
  CHECK(special::expint_of_exp(-kInf) == 0);
  CHECK(special::expint_of_exp(kInf) == kInf);
}
