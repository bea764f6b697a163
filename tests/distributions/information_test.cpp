#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/categorical.hpp>
#include <evident/distributions/information.hpp>
#include <evident/distributions/laplace.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/one_hot_categorical.hpp>
#include <limits>

#include "../numbers.hpp"

using namespace evident;

namespace {

using evident::testing::kInf;
constexpr double kInformationTolerance = sizeof(real) == 8 ? 1e-12 : 1e-6;

}  // namespace

TEST_CASE("information: a six of a die says 2.585 bits, a fair coin one") {
  CHECK(information_content(Bernoulli(1.0 / 6), 1, Unit::kBits).item() ==
        doctest::Approx(std::log2(6.0)).epsilon(kInformationTolerance));
  CHECK(entropy(Bernoulli(0.5), Unit::kBits).item() ==
        doctest::Approx(1).epsilon(kInformationTolerance));
  CHECK(entropy(Bernoulli(0.5)).item() ==
        doctest::Approx(std::log(2.0)).epsilon(kInformationTolerance));
  CHECK(information_content(Bernoulli(0.5), 2).item() == kInf);
}

TEST_CASE("information: cross entropy is entropy and divergence, of the pair of the notes") {
  const Normal p(0, 1), q(1, 0.6);
  CHECK(kl(p, q, Unit::kNats).item() == doctest::Approx(1.76695).epsilon(1e-5));
  CHECK(kl(q, p, Unit::kNats).item() == doctest::Approx(0.69083).epsilon(1e-5));
  CHECK(kl(q, p, Unit::kBits).item() == doctest::Approx(0.69083 / std::log(2.0)).epsilon(1e-5));
  // -E_p log q = log(scale sqrt(2 pi)) + E_p (x - 1)^2 / (2 scale^2)
  const double expected = std::log(0.6) + 0.5 * std::log(2 * std::acos(-1.0)) + 1 / 0.36;
  CHECK(cross_entropy(p, q).item() == doctest::Approx(expected).epsilon(kInformationTolerance));
}

TEST_CASE("information: infinite where q excludes what p has, finite the other way") {
  CHECK(cross_entropy(Bernoulli(0.5), Bernoulli(0.0)).item() == kInf);
  CHECK(cross_entropy(Bernoulli(0.0), Bernoulli(0.5)).item() ==
        doctest::Approx(std::log(2.0)).epsilon(kInformationTolerance));
}

TEST_CASE("information: batches and gradients") {
  const Normal p(vector({0, 1, 2}), 1);
  const Var scale = Var::parameter(Array(scalar(2)));
  Tape tape;
  const Var cost = cross_entropy(p, Normal(vector({0, 0, 0}), scale), Unit::kBits);
  CHECK(cost.shape() == Shape{3});
  // d/ds (log s + (1 + loc^2) / (2 s^2)) = 1/s - (1 + loc^2) / s^3
  const double expected = (3 / 2.0 - (1 + 2 + 5) / 8.0) / std::log(2.0);
  CHECK(tape.pullback(cost, ones({3}), {scale})[0]() ==
        doctest::Approx(expected).epsilon(kInformationTolerance));
}

TEST_CASE("information: without a rule the error is that of kl") {
  CHECK_THROWS_WITH_AS(cross_entropy(Laplace(0, 1), Bernoulli(0.5)),
                       doctest::Contains("kl: there is no rule for Laplace against Bernoulli"),
                       Error);
}

TEST_CASE("information: a cross entropy is linear in the probability, at 0 and 1 too") {
  for (const double p : {0.0, 0.3, 1.0}) {
    for (const double q : {0.2, 0.5}) {
      const Var probability = Var::parameter(scalar(p));
      Tape tape;
      const Var h = cross_entropy(Bernoulli(probability), Bernoulli(q));
      CHECK(h.item() == doctest::Approx(-p * std::log(q) - (1 - p) * std::log(1 - q)));
      CHECK(tape.gradients(h, {probability})[0]() ==
            doctest::Approx(std::log(1 - q) - std::log(q)));
    }
  }
  CHECK(cross_entropy(Bernoulli(0), Bernoulli(0)).item() == 0);
  CHECK(cross_entropy(Bernoulli(0.5), Bernoulli(0)).item() ==
        std::numeric_limits<double>::infinity());
}

TEST_CASE("information: cross entropy of hard labels, and its slopes in targets and predictions") {
  const Array target = vector({0, 1, 0}), prediction = vector({0.2, 0.3, 0.5});
  const auto slopes = [](const Var& value, Tape& tape, const Var& leaf) {
    return tape.gradients(value, {leaf})[0];
  };
  for (const bool one_hot : {false, true}) {
    const Var p = Var::parameter(target), q = Var::parameter(prediction);
    const Var l = Var::parameter(vector({-5, 30, -kInf}));
    Tape tape;
    const auto between = [&](const Var& target_weights, const Var& weights) {
      return one_hot ? cross_entropy(OneHotCategorical(target_weights), OneHotCategorical(weights))
                     : cross_entropy(Categorical(target_weights), Categorical(weights));
    };
    const Var value = between(p, q);
    CHECK(value.item() == doctest::Approx(-std::log(0.3)).epsilon(kInformationTolerance));
    // Of weights that are normalised: the information of each less their mean.
    const Array in_target = slopes(value, tape, p), in_prediction = slopes(value, tape, q);
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(in_target(i) ==
            doctest::Approx(std::log(0.3) - std::log(static_cast<double>(prediction(i))))
                .epsilon(kInformationTolerance));
      CHECK(in_prediction(i) ==
            doctest::Approx(i == 1 ? 1 - 1 / 0.3 : 1).epsilon(kInformationTolerance));
    }
    CHECK(between(p, p).item() == 0);
    CHECK(between(q, p).item() == kInf);
    const Var sure = cross_entropy(Categorical(p), Categorical::from_logits(l));
    CHECK(sure.item() == doctest::Approx(std::exp(-35)).epsilon(1e-5));
    for (const real slope : slopes(sure, tape, l)) CHECK(std::abs(slope) < 1e-14);
  }
}
