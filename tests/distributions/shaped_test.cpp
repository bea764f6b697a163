#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/continuous_bernoulli.hpp>
#include <evident/distributions/delta.hpp>
#include <evident/distributions/kumaraswamy.hpp>
#include <evident/distributions/pareto.hpp>
#include <evident/distributions/truncated_normal.hpp>
#include <evident/distributions/weibull.hpp>

#include "distribution_table.hpp"

// What is special to the distributions of the shaped family.

using namespace evident;
using evident::testing::DistributionPointer;
using evident::testing::kInf;

namespace {

bool is_nan(const Var& x) { return std::isnan(x.item()); }

constexpr double kShapedAgreement = sizeof(real) == 8 ? 1e-10 : 1e-5;

bool agrees_shaped(double got, double expected) {
  return std::abs(got - expected) <= kShapedAgreement * std::max(1.0, std::abs(expected));
}

// A quantile of a normal distribution truncated to [low, high] with its slopes in loc = 0 and
// scale = 1: mpmath.
struct TruncatedQuantile {
  double low, high, p, x, in_loc, in_scale;
};
constexpr double kSmallestFloat = 0x1p-24, kSmallestDouble = 0x1p-53;  // draws from [0, 1)
constexpr TruncatedQuantile kTruncatedQuantiles[] = {
    {0, 1, kSmallestFloat, 5.0999187939891169e-8, 2.3452598957377225e-8, 1.4847143422336278e-8},
    {0, 1, 1 - kSmallestFloat, 0.99999991591655759, 4.5416637692810742e-8, 5.9604632693602439e-8},
    {0, 1, kSmallestDouble, 9.4993390030956171e-17, 4.3683872107110504e-17, 2.7654959675551025e-17},
    {0, 1, 1 - kSmallestDouble, 0.99999999999999984, 8.459509359041380e-17, 1.1102230246251561e-16},
    {0, 0.1, 1 - kSmallestFloat, 0.09999999401962752, 2.992677052571133e-10, 3.989571307245056e-11},
    {2, 2.1, kSmallestFloat, 2.0000000053937003, 2.6048027691075626e-10, 1.0589844267487068e-9},
    {2, 2.1, 1 - kSmallestFloat, 2.0999999933790978, 3.4234411964830615e-10, 1.414639844869438e-9},
    {2, 2.1, 1 - kSmallestDouble, 2.1, 6.3766566352247488e-19, 2.6349722530595392e-18},
    {-1, 0, kSmallestFloat, -0.99999991591655759, 4.5416637692810742e-8, -5.9604632693602439e-8},
    {-1, 0, 1 - kSmallestFloat, -5.0999187939891169e-8, 2.3452598957377225e-8,
     -1.4847143422336278e-8},
    {-1, 0, kSmallestDouble, -0.99999999999999984, 8.459509359041380e-17, -1.1102230246251561e-16},
    {-1, 0, 0x1p-120, -1, 5.7323865157713274e-37, -7.5231638452626401e-37},
};

#ifdef EVIDENT_F64
// Within so much of `expected`, relatively.
bool is_near(double got, double expected, double tolerance) {
  return std::abs(got - expected) <= tolerance * std::abs(expected);
}
#endif

// Answers whose factors are no numbers of the type, with their slopes in the concentration: mpmath.
struct FarFactors {
  DistributionPointer (*make)(double scale, const Var& shape);
  Var (*answer)(const Distribution& d);
  double scale, shape, expected, slope;
};
DistributionPointer far_weibull(double scale, const Var& k) {
  return std::make_shared<Weibull>(scale, k);
}
DistributionPointer far_pareto(double scale, const Var& alpha) {
  return std::make_shared<Pareto>(scale, alpha);
}
Var far_mean(const Distribution& d) { return d.mean(); }
Var far_above(const Distribution& d) { return d.icdf(1 - 0x1p-10); }
Var far_below(const Distribution& d) { return d.icdf(0x1p-10); }
constexpr FarFactors kFarFactors[] = {
    {far_weibull, far_mean, 0x1p-100, 7.0 / 256, 2302579072799.9237, -11126320459440536.0},
    {far_weibull, far_above, 0x1p-66, 5.0 / 256, 1.5215418134327367e23, -7.7222766553307355e26},
    {far_weibull, far_below, 0x1p100, 5.0 / 64, 3.7486558131253593e-9, 4.2568697338267199e-6},
    {far_pareto, far_above, 0x1p-100, 9.0 / 128, 5130448972609.2395, -7193094301510440.9},
#ifdef EVIDENT_F64
    {far_weibull, far_mean, 0x1p-660, 5.0 / 1024, 1.9588393732030177e187, -4.3745701386148721e192},
    {far_weibull, far_above, 0x1p-660, 9.0 / 4096, 9.7546723970169971e183, -3.9117321402709879e189},
    {far_weibull, far_below, 0x1p660, 9.0 / 1024, 1.5801376519056646e-144, 1.4177663687302721e-139},
    {far_pareto, far_above, 0x1p-660, 1.0 / 128, 4.3510824371549561e186, -4.9413169540265627e191},
#endif
};

}  // namespace

TEST_CASE("shaped: parameters outside their domains") {
  const double nan = std::nan("");
  CHECK_THROWS_WITH_AS(Weibull(0, 1), "Weibull: scale must be a positive number, got 0", Error);
  CHECK_THROWS_WITH_AS(Weibull(1, nan), doctest::Contains("Weibull: concentration must be"), Error);
  CHECK_THROWS_WITH_AS(Pareto(1, -2), doctest::Contains("Pareto: alpha must be"), Error);
  CHECK_THROWS_WITH_AS(Kumaraswamy(1, kInf), doctest::Contains("Kumaraswamy: concentration0 must"),
                       Error);
  CHECK_THROWS_WITH_AS(ContinuousBernoulli(1), doctest::Contains("probs must be in (0, 1), got 1"),
                       Error);
  CHECK_THROWS_WITH_AS(ContinuousBernoulli::from_logits(kInf),
                       doctest::Contains("logits must be a finite number, got inf"), Error);
  CHECK_THROWS_WITH_AS(Delta(vector({0, kInf})),
                       doctest::Contains("Delta: v must be a finite number, got inf at index 1"),
                       Error);
  CHECK_THROWS_WITH_AS(TruncatedNormal(0, 1, 2, 2),
                       "TruncatedNormal: low must be less than high, got low 2 and high 2", Error);
  CHECK_THROWS_WITH_AS(TruncatedNormal(0, 1, vector({0, 3}), 1),
                       doctest::Contains("got low 3 and high 1 at index 1 of the batch shape (2)"),
                       Error);
  CHECK_THROWS_WITH_AS(TruncatedNormal(0, 1, nan, 2), doctest::Contains("low must be a number"),
                       Error);
  CHECK_THROWS_AS(TruncatedNormal(zeros({2}), ones({3}), -1, 1), ShapeError);
}

TEST_CASE("shaped: shapes, broadcast and empty") {
  Rng rng(1, "shaped");
  const TruncatedNormal d(zeros({3, 1}), 1, vector({-1, 0, 5, -kInf}), kInf);
  CHECK(d.batch_shape() == Shape{3, 4});
  for (const Var& answer : {d.mean(), d.median(), d.mode(), d.variance(), d.entropy()}) {
    CHECK(answer.shape() == Shape{3, 4});
  }
  CHECK(d.sample(rng, {2}).shape() == Shape{2, 3, 4});
  CHECK(d.cdf(zeros({5, 3, 4})).shape() == Shape{5, 3, 4});
  const Pareto none(ones({0}), 2);
  CHECK(none.sample(rng, {3}).shape() == Shape{3, 0});
  CHECK(none.mean().shape() == Shape{0});
  CHECK(Kumaraswamy(ones({2, 1}), ones({3})).entropy().shape() == Shape{2, 3});
  CHECK(Weibull(ones({2, 1}), ones({3})).mode().shape() == Shape{2, 3});
  CHECK(Pareto(ones({2, 1}), ones({3})).mode().shape() == Shape{2, 3});
  CHECK(Delta(ones({2})).entropy().shape() == Shape{2});
}

TEST_CASE("shaped: supports are a batch's own") {
  CHECK(Pareto(vector({1, 2}), 1).support().first_outside(vector({1, 1.5})) == 1);
  const TruncatedNormal d(0, 1, vector({-1, 2}), kInf);
  CHECK_FALSE(d.support().first_outside(vector({-1, 2})).has_value());
  CHECK(d.support().first_outside(vector({-1, 1})) == 1);
  CHECK(d.support().first_outside(vector({kInf, 3})) == 0);
  const Constraint point = Delta(1.5).support();
  CHECK(point.discrete());
  CHECK(point.axes() == 0);
  CHECK(point.description() == "1.5");
  CHECK_FALSE(point.first_outside(vector({1.5, 1.5})).has_value());
  CHECK(point.first_outside(vector({1.5, 1})) == 1);
}

TEST_CASE("shaped: a density's limits at the ends, and NaN") {
  CHECK(Weibull(2, 0.5).log_prob(0).item() == kInf);
  CHECK(Weibull(1, 1).log_prob(0).item() == 0);
  CHECK(Weibull(1, 1.5).log_prob(0).item() == -kInf);
  CHECK(Kumaraswamy(0.5, 2).log_prob(0).item() == kInf);
  CHECK(Kumaraswamy(2, 0.5).log_prob(1).item() == kInf);
  CHECK(Kumaraswamy(1, 1).log_prob(vector({0, 1})).value() == zeros({2}));
  CHECK(Pareto(2, 2).log_prob(2).item() == 0);
  CHECK(Pareto(2, 2).log_prob(1.999).item() == -kInf);
  CHECK(TruncatedNormal(0, 1, -kInf, kInf).log_prob(kInf).item() == -kInf);
  const Var nan(std::nan(""));
  for (const auto& row : evident::testing::distribution_table()) {
    for (const char* name :
         {"Weibull", "Pareto", "Kumaraswamy", "ContinuousBernoulli", "Delta", "TruncatedNormal"}) {
      if (row.type != name) continue;
      const auto d = row.any();
      CAPTURE(row.reference);
      CHECK(is_nan(d->log_prob(nan)));
      CHECK(is_nan(d->cdf(nan)));
      CHECK(is_nan(d->log_cdf(nan)));
      CHECK(is_nan(d->log_survival(nan)));
      CHECK(is_nan(d->icdf(nan)));
    }
  }
}

TEST_CASE("shaped: modes that fill an interval are refused") {
  CHECK_THROWS_WITH_AS(Kumaraswamy(1, 1).modes(), doctest::Contains("every point of [0, 1]"),
                       Error);
  CHECK_THROWS_WITH_AS(ContinuousBernoulli(0.5).modes(), doctest::Contains("every point of [0, 1]"),
                       Error);
  CHECK(Kumaraswamy(0.5, 0.5).modes() == vector({0, 1}));
}

TEST_CASE("shaped: the gradient of a Delta passes through its draws") {
  const Var v = Var::parameter(vector({1.5, -2}));
  Rng rng(2, "delta");
  Tape tape;
  const Delta d(v);
  const Var x = d.rsample(rng, {3});
  CHECK(x.value() == matrix({{1.5, -2}, {1.5, -2}, {1.5, -2}}));
  CHECK_FALSE(d.log_prob(x).needs_gradient());
  CHECK(tape.gradients(sum(x), {v})[0] == vector({3, 3}));
  CHECK_THROWS_WITH_AS(d.sample_log(rng), doctest::Contains("there is no sample_log"), Error);
}

TEST_CASE("shaped: a truncated normal's quantiles that round to an end have slopes") {
  for (const TruncatedQuantile& row : kTruncatedQuantiles) {
    if (scalar(row.p)() == 1) continue;
    const std::vector<Var> at = {Var::parameter(scalar(0)), Var::parameter(scalar(1))};
    Tape tape;
    const Var x = TruncatedNormal(at[0], at[1], row.low, row.high).icdf(row.p);
    const auto slopes = tape.gradients(x, at);
    CAPTURE(row.low);
    CAPTURE(row.p);
    CHECK(agrees_shaped(x.item(), row.x));
    CHECK(agrees_shaped(slopes[0](), row.in_loc));
    CHECK(agrees_shaped(slopes[1](), row.in_scale));
  }
}

TEST_CASE("shaped: answers whose factors overflow or underflow") {
  for (const FarFactors& row : kFarFactors) {
    const Var shape = Var::parameter(scalar(row.shape));
    Tape tape;
    const Var answer = row.answer(*row.make(row.scale, shape));
    const double slope = tape.gradients(answer, {shape})[0]();
    CAPTURE(row.scale);
    CAPTURE(row.shape);
    CHECK(std::abs(answer.item() / row.expected - 1) <= kShapedAgreement);
    CHECK(std::abs(slope / row.slope - 1) <= kShapedAgreement);
  }
  CHECK(agrees_shaped(Weibull(0x1p70, 0x1p60).variance().item(), 1724838.3840794459));
  if (sizeof(real) == 8) {
    CHECK(agrees_shaped(Weibull(0x1p600, 0x1p300).variance().item(), 6.8256795201694436e180));
  }
}

TEST_CASE("shaped: a truncated normal is uniform where its scale is beyond all measure") {
  for (const double scale : {1e30, sizeof(real) == 8 ? 1e300 : 1e38}) {
    for (const double low : {-1.0, 1.0, -7.0}) {
      const std::vector<Var> at = {Var::parameter(scalar(0)), Var::parameter(scalar(scale)),
                                   Var::parameter(scalar(low)), Var::parameter(scalar(low + 4))};
      CAPTURE(scale);
      CAPTURE(low);
      const auto check = [&](Var (Distribution::*f)() const, double value, double in_low,
                             double in_high) {
        Tape tape;
        const Var answer = (TruncatedNormal(at[0], at[1], at[2], at[3]).*f)();
        const auto slopes = tape.gradients(answer, at);
        CHECK(agrees_shaped(answer.item(), value));
        CHECK(agrees_shaped(slopes[0](), 0));
        CHECK(agrees_shaped(slopes[1](), 0));
        CHECK(agrees_shaped(slopes[2](), in_low));
        CHECK(agrees_shaped(slopes[3](), in_high));
      };
      check(&Distribution::mean, low + 2, 0.5, 0.5);
      check(&Distribution::median, low + 2, 0.5, 0.5);
      check(&Distribution::variance, 16.0 / 12, -4.0 / 6, 4.0 / 6);
      check(&Distribution::entropy, std::log(4), -0.25, 0.25);
      const double from_mode = low + 2 - (low > 0 ? low : low < -4 ? low + 4 : 0);
      const Var above = TruncatedNormal(at[0], at[1], at[2], at[3]).mean_above_mode();
      CHECK(agrees_shaped(above.item(), from_mode));
    }
  }
}

#ifdef EVIDENT_F64
TEST_CASE("shaped: small variances keep their digits") {
  for (const auto& row : evident::testing::distribution_table()) {
    for (const char* name : {"Weibull", "Kumaraswamy", "ContinuousBernoulli", "TruncatedNormal"}) {
      if (row.type != name) continue;
      for (const auto& set : evident::testing::reference_sets(row.reference)) {
        const double got = row.at(set.at)->variance().item(), expected = set.number("variance");
        if (!std::isfinite(expected)) continue;
        CHECK_MESSAGE(is_near(got, expected, 1e-10),
                      row.reference << set.text() << ": " << got << " in place of " << expected);
      }
    }
  }
}

TEST_CASE("shaped: a truncated normal's mean keeps the digits of its distance from the end") {
  // With loc below 0 by rate, the distance is the mean: mpmath.
  const double means[][2] = {{8, 0.1213681122361126806535},
                             {1e3, 9.999980000099999260007e-4},
                             {1e5, 9.999999998000000001e-6}};
  for (const auto& [rate, expected] : means) {
    CHECK(is_near(TruncatedNormal(-rate, 1, 0, kInf).mean().item(), expected, 1e-14));
    CHECK(is_near(TruncatedNormal(rate, 1, -kInf, 0).mean().item(), -expected, 1e-14));
  }
}

TEST_CASE("shaped: quantiles of a truncated normal far in its tail are inverse to the cdf") {
  for (const double rate : {0.0, 0.5, 3.0, 29.0, 31.0, 1e3, 1e5}) {
    for (const double width : {1e-9, 1e-3, 1.0, kInf}) {
      for (const double sign : {-1.0, 1.0}) {
        const TruncatedNormal d(-sign * rate, 1, sign > 0 ? 0 : -width, sign > 0 ? width : 0);
        for (const double p : {1e-300, 1e-12, 0.01, 0.4, 0.6, 0.99, 1 - 1e-12}) {
          const double x = d.icdf(p).item();
          CAPTURE(rate);
          CAPTURE(width);
          CAPTURE(sign);
          CAPTURE(p);
          // Next to the end from which it is measured x has all its digits.
          const double nearer = sign > 0 ? d.cdf(x).item() : std::exp(d.log_survival(x).item());
          const double probability = sign > 0 ? p : 1 - p;
          CHECK(is_near(nearer, probability, 1e-12));
        }
      }
    }
  }
}

TEST_CASE("shaped: draws of a truncated normal far in its tail move with its parameters") {
  // E x moves with the draws: the mean of the quantiles' gradients over p is the mean's gradient.
  constexpr std::size_t kPoints = 4000;
  for (const double rate : {-0.5, 0.0, 8.0, 40.0, 1e3, 1e5}) {
    const double ends[][2] = {{rate, kInf}, {rate, rate + 1 / (1 + std::abs(rate))}};
    for (const auto& end : ends) {
      const double low = end[0], high = end[1];
      std::vector<double> middle;
      for (std::size_t i = 0; i < kPoints; ++i) middle.push_back((double(i) + 0.5) / kPoints);
      const std::vector<Var> at = {Var::parameter(scalar(0)), Var::parameter(scalar(1)),
                                   Var::parameter(scalar(low)), Var::parameter(scalar(high))};
      Tape tape;
      const TruncatedNormal d(at[0], at[1], at[2], at[3]);
      const auto of_draws = tape.gradients(mean(d.from_noise(vector(middle))), at);
      const auto of_mean = tape.gradients(d.mean(), at);
      for (std::size_t k = 0; k < 4; ++k) {
        CAPTURE(rate);
        CAPTURE(high);
        CAPTURE(k);
        CHECK(std::abs(of_draws[k]() - of_mean[k]()) <= 5e-3 * std::abs(of_mean[k]()) + 1e-15);
      }
    }
  }
}

TEST_CASE("shaped: a continuous Bernoulli is smooth where it is uniform") {
  // Series in the logit l: mean 1/2 + l/12 - l^3/720, variance 1/12 - l^2/240 + l^4/6048,
  // entropy -l^2/24 + l^4/960, quantile of p with q = p (1 - p): p + l q/2 + l^2 q (1 - 2p)/6 +
  // l^3 q (1 - 6q)/24 + l^4 q (1 - 2p)(1 - 12q)/120.
  for (const double l : {0.0, 1e-300, 1e-12, 1e-8, -1e-8, 1e-5, -1e-3, 1e-3}) {
    CAPTURE(l);
    const Var logit = Var::parameter(scalar(l));
    const auto check = [&](const auto& f, double value, double slope) {
      Tape tape;
      const Var y = f(ContinuousBernoulli::from_logits(logit));
      CHECK(std::abs(y.item() - value) <= 1e-14 * std::max(1.0, std::abs(value)));
      CHECK(std::abs(tape.gradients(y, {logit})[0]() - slope) <= 1e-12);
    };
    using D = ContinuousBernoulli;
    check([](const D& d) { return d.mean(); }, 0.5 + l / 12 - l * l * l / 720,
          1.0 / 12 - l * l / 240);
    check([](const D& d) { return d.variance(); }, 1.0 / 12 - l * l / 240 + l * l * l * l / 6048,
          -l / 120 + l * l * l / 1512);
    check([](const D& d) { return d.entropy(); }, -l * l / 24, -l / 12 + l * l * l / 240);
    const double x = 0.3, q = x * (1 - x);
    check([&](const D& d) { return d.log_prob(x); }, l * (x - 0.5) - l * l / 24,
          (x - 0.5) - l / 12 + l * l * l / 720);
    const double second = q * (1 - 2 * x) / 6, third = q * (1 - 6 * q) / 24,
                 fourth = q * (1 - 2 * x) * (1 - 12 * q) / 120;
    check([&](const D& d) { return d.icdf(x); },
          x + l * (q / 2 + l * (second + l * (third + l * fourth))),
          q / 2 + l * (2 * second + l * (3 * third + 4 * l * fourth)));
  }
}
#endif
