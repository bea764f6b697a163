#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/check_gradients.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <map>

#include "distribution_table.hpp"

using namespace evident;
using evident::testing::distribution_table;
using evident::testing::DistributionRow;
using evident::testing::kInf;
using evident::testing::reference_sets;
using evident::testing::ReferencePoint;
using evident::testing::ReferenceSet;

namespace {

bool has_nan(const Array& x) {
  return std::any_of(x.data(), x.data() + x.size(), [](real v) { return std::isnan(v); });
}

// The gradient of one of a distribution's functions in its parameters.
template <class F>
std::vector<Array> gradients_of(const DistributionRow& row, const ReferenceSet& set, F f) {
  std::vector<Var> leaves;
  for (const Array& p : set.at) leaves.push_back(Var::parameter(p));
  Tape tape;
  const Var value = sum(f(*row.make(leaves)));
  return value.needs_gradient() ? tape.gradients(value, leaves) : std::vector<Array>();
}

const std::map<std::string, Var (*)(const Distribution&)> kAnswers = {
    {"mean", [](const Distribution& d) { return d.mean(); }},
    {"median", [](const Distribution& d) { return d.median(); }},
    {"mode", [](const Distribution& d) { return d.mode(); }},
    {"variance", [](const Distribution& d) { return d.variance(); }},
    {"entropy", [](const Distribution& d) { return d.entropy(); }},
};

double cross_entropy(double x, double p) {
  const auto xlogy = [](double a, double b) { return a == 0 ? 0 : a * std::log(b); };
  return xlogy(x, p) + xlogy(1 - x, 1 - p);
}

double grey_log_prob(double x, double logit) {
  return Bernoulli::from_logits(scalar(logit), Targets::kUnitInterval).log_prob(scalar(x)).item();
}

double grey_gradient(double x, double logit) {
  const Var l = Var::parameter(scalar(logit));
  Tape tape;
  const Bernoulli d = Bernoulli::from_logits(l, Targets::kUnitInterval);
  return static_cast<double>(tape.gradients(d.log_prob(scalar(x)), {l})[0]());
}

}  // namespace

TEST_CASE("boundaries: nothing is NaN at any parameter, neither values nor gradients") {
  for (const DistributionRow& row : distribution_table()) {
    SUBCASE(row.reference.c_str()) {
      for (const ReferenceSet& set : reference_sets(row.reference)) {
        for (const auto& [name, f] : kAnswers) {
          if (!set.answers.at(name)) continue;
          for (const Array& g : gradients_of(row, set, f)) {
            CHECK_MESSAGE(!has_nan(g), row.reference << set.text() << ": gradient of " << name);
          }
        }
        for (const ReferencePoint& point : set.points) {
          const Var x(point.x);
          for (const Array& g :
               gradients_of(row, set, [&](const Distribution& d) { return d.log_prob(x); })) {
            CHECK_MESSAGE(!has_nan(g), row.reference << set.text() << ": gradient of log_prob at "
                                                     << point.x.data()[0]);
          }
        }
        Rng rng(31, "boundaries");
        CHECK_MESSAGE(!has_nan(row.at(set.at)->sample(rng, {100})), row.reference << set.text());
      }
    }
  }
}

TEST_CASE("boundaries: an outcome that cannot be has log_prob -inf, a sure one 0") {
  const Array outcomes = vector({0, 1});
  const Array impossible_one = vector({0, -kInf});
  const Array impossible_zero = vector({-kInf, 0});
  CHECK(Bernoulli(0.0).log_prob(outcomes).value() == impossible_one);
  CHECK(Bernoulli(1.0).log_prob(outcomes).value() == impossible_zero);
  for (const Targets targets : {Targets::kBinary, Targets::kUnitInterval}) {
    CHECK(Bernoulli::from_logits(-kInf, targets).log_prob(outcomes).value() == impossible_one);
    CHECK(Bernoulli::from_logits(kInf, targets).log_prob(outcomes).value() == impossible_zero);
  }
}

TEST_CASE("boundaries: probs and logits of one another, at both ends") {
  const Var ends(vector({0, 0.5, 1}));
  const Var logits(vector({-kInf, 0, kInf}));
  CHECK(Bernoulli(ends).logits().value() == logits.value());
  CHECK(Bernoulli::from_logits(logits).probs().value() == ends.value());
  CHECK(Bernoulli(ends).probs().value() == ends.value());
  CHECK(Bernoulli::from_logits(logits).logits().value() == logits.value());
}

TEST_CASE("boundaries: grey targets are x log p + (1 - x) log(1 - p)") {
  const double tolerance = sizeof(real) == 8 ? 1e-12 : 1e-5;
  for (const double x : {0.0, 0.25, 0.3, 0.5, 1.0}) {
    for (const double logit : {-5.0, -0.5, 0.0, 0.5, 5.0}) {
      CAPTURE(x);
      CAPTURE(logit);
      const double p = 1 / (1 + std::exp(-logit));
      CHECK(std::abs(grey_log_prob(x, logit) - cross_entropy(x, p)) <= tolerance * 5);
      CHECK(std::abs(grey_gradient(x, logit) - (x - p)) <= tolerance);
    }
    for (const double sign : {-1.0, 1.0}) {
      // Far out the loss grows like |l|, without overflow on the way.
      const double miss = sign > 0 ? x - 1 : x;
      CHECK(grey_log_prob(x, sign * 200) == doctest::Approx(miss * sign * 200).epsilon(1e-6));
      CHECK(grey_log_prob(x, sign * kInf) == (miss == 0 ? 0 : -kInf));
      CHECK(grey_gradient(x, sign * kInf) == doctest::Approx(miss).epsilon(1e-6));
    }
  }
}

TEST_CASE("boundaries: black and white targets are the same, grey allowed or not") {
  const Var logits(vector({-40, -3, -0.1, 0, 0.1, 3, 40}));
  const double tolerance = sizeof(real) == 8 ? 1e-15 : 1e-6;
  for (const double x : {0.0, 1.0}) {
    const Array grey = Bernoulli::from_logits(logits, Targets::kUnitInterval).log_prob(x).value();
    const Array binary = Bernoulli::from_logits(logits).log_prob(x).value();
    for (std::size_t i = 0; i < grey.size(); ++i) {
      CHECK(std::abs(grey.data()[i] - binary.data()[i]) <=
            tolerance * (1 + std::abs(binary.data()[i])));
    }
  }
}

#ifdef EVIDENT_F64
TEST_CASE("boundaries: gradients under grey targets, in the logit and in the target") {
  const auto check = check_gradients(
      [](const std::vector<Var>& in) {
        return Bernoulli::from_logits(in[0], Targets::kUnitInterval).log_prob(in[1]);
      },
      {reshaped(vector({-3, -0.2, 0.4, 2}), {4, 1}), vector({0.1, 0.3, 0.5, 0.9})});
  CHECK_MESSAGE(check.passed, check.message);
}
#endif

TEST_CASE("boundaries: the gradient of a missed sure outcome is infinite from probs only") {
  const Var p = Var::parameter(scalar(0));
  const Var l = Var::parameter(scalar(-kInf));
  Tape tape;
  const Var loss = Bernoulli(p).log_prob(1.0) + Bernoulli::from_logits(l).log_prob(1.0);
  const auto gradients = tape.gradients(loss, {p, l});
  CHECK(gradients[0]() == kInf);
  CHECK(gradients[1]() == 1);
}

TEST_CASE("boundaries: an infinite logit leaves no slope NaN, in it or in the outcome") {
  for (const double logit : {-kInf, kInf}) {
    for (const double outcome : {0.0, 1.0}) {
      const Var x = Var::parameter(scalar(outcome)), l = Var::parameter(scalar(logit));
      Tape tape;
      const Var log_prob = Bernoulli::from_logits(l).log_prob(x);
      const bool sure = (outcome == 1) == (logit > 0);
      CHECK(log_prob.item() == (sure ? 0 : -kInf));
      const auto slopes = tape.gradients(log_prob, {x, l});
      CHECK(slopes[0]() == 0);
      CHECK(slopes[1]() == (sure ? 0 : 2 * outcome - 1));
      CHECK(tape.gradients(Bernoulli::from_logits(logit).log_prob(x), {x})[0]() == 0);
    }
  }
}
