#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/check_gradients.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/categorical.hpp>
#include <evident/distributions/kl.hpp>
#include <evident/distributions/multinomial.hpp>
#include <evident/distributions/one_hot_categorical.hpp>

#include "../numbers.hpp"

// Divergences of distributions whose parameters are vectors.

using namespace evident;

namespace {

using evident::testing::kInf;
constexpr double kLabelRounding = sizeof(real) == 8 ? 1e-13 : 1e-5;

const std::vector<std::vector<double>> kWeights = {
    {0.2, 0.3, 0.5}, {4, 1, 1}, {0, 0.4, 0.6}, {1, 0, 0}, {1e-300, 1, 1e-9}};

double by_sum(const std::vector<double>& q, const std::vector<double>& p) {
  double of_q = 0, of_p = 0, result = 0;
  for (const double v : q) of_q += v;
  for (const double v : p) of_p += v;
  for (std::size_t k = 0; k < q.size(); ++k) {
    if (q[k] > 0) result += q[k] / of_q * (std::log(q[k] / of_q) - std::log(p[k] / of_p));
  }
  return result;
}

Array logarithms(const std::vector<double>& weights) {
  std::vector<double> result;
  for (const double w : weights) result.push_back(std::log(w));
  return vector(result);
}

bool agree(double got, double expected, double scale = 1) {
  return got == expected || std::abs(got - expected) <= kLabelRounding * std::max(scale, expected);
}

}  // namespace

#ifdef EVIDENT_F64
TEST_CASE("kl of labels: the sum over outcomes, zeros among them, from weights and from logits") {
  for (const auto& q : kWeights) {
    for (const auto& p : kWeights) {
      const double expected = by_sum(q, p);
      CAPTURE(expected);
      CHECK(agree(kl(Categorical(vector(q)), Categorical(vector(p))).item(), expected));
      CHECK(agree(kl(OneHotCategorical(vector(q)), OneHotCategorical(vector(p))).item(), expected));
      CHECK(agree(kl(Categorical::from_logits(logarithms(q)), Categorical(vector(p))).item(),
                  expected));
      CHECK(
          agree(kl(Categorical::from_logits(logarithms(q)), Categorical::from_logits(logarithms(p)))
                    .item(),
                expected));
      for (const double total : {1.0, 7.0, 1e6}) {
        CHECK(agree(kl(Multinomial(total, vector(q)), Multinomial(total, vector(p))).item(),
                    total * expected, total));
      }
      CHECK(kl(Multinomial(0, vector(q)), Multinomial(0, vector(p))).item() == 0);
      CHECK(kl(Multinomial(3, vector(q)), Multinomial(4, vector(p))).item() == kInf);
    }
    CHECK(kl(Categorical(vector(q)), Categorical(vector(q))).item() == 0);
  }
}

TEST_CASE("kl of labels: the mean over draws, within 5 standard errors") {
  const std::vector<double> q = {0.2, 0.3, 0.5}, p = {4, 1, 1};
  Rng rng(1);
  const auto check = [&](const Distribution& a, const Distribution& b) {
    const MonteCarlo drawn = kl_monte_carlo(a, b, 20000, rng);
    CHECK(std::abs(drawn.value() - kl(a, b).item()) <= 5 * drawn.standard_error());
  };
  check(Categorical(vector(q)), Categorical(vector(p)));
  check(OneHotCategorical(vector(q)), OneHotCategorical(vector(p)));
  check(Multinomial(9, vector(q)), Multinomial(9, vector(p)));
}

TEST_CASE("kl of labels: gradients in weights and in logits") {
  const Array q = matrix({{0.2, 0.3, 0.5}, {4, 1, 1}}), p = vector({0.7, 0.2, 0.6});
  const auto check = [&](const auto& f) {
    const auto found = check_gradients(f, {q, p});
    CHECK_MESSAGE(found.passed, found.message);
  };
  using Vars = std::vector<Var>;
  check([](const Vars& in) { return kl(Categorical(in[0]), Categorical(in[1])); });
  check([](const Vars& in) {
    return kl(Categorical::from_logits(in[0]), Categorical::from_logits(in[1]));
  });
  check([](const Vars& in) { return kl(OneHotCategorical(in[0]), OneHotCategorical(in[1])); });
  check([](const Vars& in) { return kl(Multinomial(5, in[0]), Multinomial(5, in[1])); });
}
#endif

TEST_CASE("kl of labels: no gradient is NaN where an outcome is impossible") {
  for (const bool logits : {false, true}) {
    const Array weights = vector({0, 0.4, 0.6});
    const Array given = logits ? logarithms({0, 0.4, 0.6}) : weights;
    const Var a = Var::parameter(given), b = Var::parameter(given);
    Tape tape;
    const auto gradients =
        logits
            ? tape.gradients(kl(Categorical::from_logits(a), Categorical::from_logits(b)), {a, b})
            : tape.gradients(kl(Categorical(a), Categorical(b)), {a, b});
    for (const Array& gradient : gradients) {
      for (std::size_t k = 0; k < 3; ++k) CHECK_FALSE(std::isnan(gradient.data()[k]));
    }
  }
}

TEST_CASE("kl of labels: batches broadcast; as many outcomes are expected of both") {
  CHECK(kl(Categorical(ones({5, 1, 3})), Categorical(ones({2, 3}))).shape() == Shape{5, 2});
  CHECK(kl(Categorical(ones({0, 3})), Categorical(ones({3}))).shape() == Shape{0});
  CHECK_THROWS_WITH_AS(
      kl(Categorical(ones({3})), Categorical(ones({4}))),
      "kl(Categorical, Categorical): got 3 outcomes against 4, expected as many: give those that "
      "one of them lacks the probability 0",
      ShapeError);
}
