#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/categorical.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/student_t.hpp>
#include <evident/distributions/truncated_normal.hpp>
#include <evident/distributions/weibull.hpp>
#include <limits>
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

constexpr double kLargestOfType = static_cast<double>(std::numeric_limits<real>::max());

using Function = Var (Distribution::*)(const Var&) const;
const std::map<std::string, Function> kFunctions = {
    {"log_prob", &Distribution::log_prob},
    {"cdf", &Distribution::cdf},
    {"log_cdf", &Distribution::log_cdf},
    {"log_survival", &Distribution::log_survival},
};

// Whether the distribution has the function: what does not exist is an error.
bool has(const Distribution& d, Function f, const Var& x) {
  const NoTape pause;
  try {
    (d.*f)(x);
    return true;
  } catch (const Error&) {
    return false;
  }
}

// The function's value and its derivatives in the parameters and in x, in words; "" if none is NaN.
std::string nan_of(const DistributionRow& row, const ReferenceSet& set, Function f, double at) {
  std::vector<Var> leaves;
  for (const Array& p : set.at) leaves.push_back(Var::parameter(p));
  const Var x = Var::parameter(scalar(at));
  Tape tape;
  const Var value = ((*row.make(leaves)).*f)(x);
  if (std::isnan(value.item())) return "the value";
  if (!value.needs_gradient() || std::isinf(value.item())) return "";
  if (!row.any()->support().discrete()) leaves.push_back(x);
  const std::vector<Array> slopes = tape.gradients(value, leaves);
  for (std::size_t k = 0; k < slopes.size(); ++k) {
    for (const real slope : slopes[k]) {
      if (std::isnan(slope)) return "the derivative " + std::to_string(k);
    }
  }
  return "";
}

double value_of(const Distribution& d, Function f, double x) { return (d.*f)(scalar(x)).item(); }

// Parameters of two sets as rows of a batch with an axis of length 1 behind it.
std::vector<Var> batched(const ReferenceSet& a, const ReferenceSet& b, std::size_t events) {
  std::vector<Var> result;
  for (std::size_t k = 0; k < a.at.size(); ++k) {
    const Shape& own = a.at[k].shape();
    const Shape event(own.end() - static_cast<std::ptrdiff_t>(std::min(events, own.size())),
                      own.end());
    Shape shape = {2, 1};
    shape.insert(shape.end(), event.begin(), event.end());
    result.push_back(reshape(stack({a.at[k], b.at[k]}), shape));
  }
  return result;
}

}  // namespace

TEST_CASE("tails: no function is NaN, nor its slopes, at any reference point or far beyond") {
  for (const DistributionRow& row : distribution_table()) {
    const auto any = row.any();
    if (!any->event_shape().empty()) continue;
    for (const ReferenceSet& set : reference_sets(row.reference)) {
      const double far = any->support().discrete() ? 1e18 : std::sqrt(kLargestOfType);
      std::vector<double> places = {-kInf, -far, far, kInf};
      for (const ReferencePoint& point : set.points) {
        if (point.x.size() == 1) places.push_back(static_cast<double>(point.x.data()[0]));
      }
      const auto d = row.at(set.at);
      for (const auto& [name, f] : kFunctions) {
        if (!has(*d, f, scalar(places.back()))) continue;
        for (const double x : places) {
          const std::string found = nan_of(row, set, f, x);
          CHECK_MESSAGE(found.empty(), row.reference, "(", sum(Var(set.at[0])).item(),
                        ", ...)::", name, " at ", x, ": ", found, " is NaN");
        }
      }
    }
  }
}

TEST_CASE("tails: a value finds its row of the batch, also along an axis of length 1") {
  for (const DistributionRow& row : distribution_table()) {
    const auto& sets = reference_sets(row.reference);
    for (std::size_t k = 0; k + 1 < sets.size(); ++k) {
      const auto first = row.at(sets[k].at), second = row.at(sets[k + 1].at);
      if (first->event_shape() != second->event_shape()) continue;
      bool alike = true;
      for (std::size_t j = 0; j < sets[k].at.size(); ++j) {
        alike = alike && sets[k].at[j].shape() == sets[k + 1].at[j].shape();
      }
      if (!alike) continue;
      std::size_t events = 0;
      for (const Array& p : sets[k].at) events = std::max(events, p.dimension());
      DistributionRow copy = row;
      const auto both = copy.make(batched(sets[k], sets[k + 1], events));
      Rng rng(51, "rows");
      const Array x = first->sample(rng, {3}), y = second->sample(rng, {3});
      const Array got = both->log_prob(stack({x, y})).value();
      REQUIRE(got.shape() == Shape{2, 3});
      const Array a = first->log_prob(x).value(), b = second->log_prob(y).value();
      for (std::size_t i = 0; i < 3; ++i) {
        const auto near = [&](real value, real expected) {
          const double tolerance = 1e3 * static_cast<double>(std::numeric_limits<real>::epsilon());
          return value == expected ||
                 std::abs(static_cast<double>(value) - static_cast<double>(expected)) <=
                     tolerance * std::max(1.0, std::abs(static_cast<double>(expected)));
        };
        CHECK_MESSAGE((near(got(0, i), a(i)) && near(got(1, i), b(i))), row.reference);
      }
      break;
    }
  }
}

TEST_CASE("tails: of few degrees of freedom both sides and quantiles agree") {
#ifdef EVIDENT_F64
  const StudentT slow(1e-3, 0, 1), slower(0.01, 0, 1);
  CHECK(value_of(slow, &Distribution::cdf, -1e200) == doctest::Approx(0.31436).epsilon(1e-3));
  CHECK(value_of(slow, &Distribution::cdf, 1e200) == doctest::Approx(1 - 0.31436).epsilon(1e-3));
  for (const double x : {-1e250, -1e200, -1e160, -1e150, -1e100}) {
    for (const StudentT& d : {slow, slower}) {
      const double tail = value_of(d, &Distribution::log_cdf, x);
      CHECK(std::log(value_of(d, &Distribution::cdf, x)) == doctest::Approx(tail).epsilon(1e-12));
      CHECK(value_of(d, &Distribution::log_cdf, -x) ==
            doctest::Approx(std::log1p(-std::exp(tail))).epsilon(1e-12));
      CHECK(value_of(d, &Distribution::icdf, std::exp(tail)) == doctest::Approx(x).epsilon(1e-8));
    }
  }
  CHECK(value_of(StudentT(1, 0, 1), &Distribution::icdf, 1e-200) ==
        doctest::Approx(-3.183098861837907e199).epsilon(1e-12));
  // Where df is large beside z^2 it is normal, and in between exact as well.
  CHECK(value_of(StudentT(1e300, 0, 1), &Distribution::log_prob, 2e6) ==
        doctest::Approx(-2e12).epsilon(1e-10));
#endif
}

TEST_CASE("tails: the smallest outcome that reaches a probability is the one it came from") {
  for (double l = -3; l <= 3; l += 0.05) {
    const Bernoulli d = Bernoulli::from_logits(l);
    CHECK(value_of(d, &Distribution::icdf, value_of(d, &Distribution::cdf, 0)) == 0);
    CHECK(value_of(d, &Distribution::icdf, value_of(d, &Distribution::cdf, 0) + 1e-4) == 1);
  }
}

TEST_CASE("tails: quantiles of a TruncatedNormal that begins far out leave what they should") {
  constexpr double epsilon = static_cast<double>(std::numeric_limits<real>::epsilon());
  for (const double low : {5, 9, 10, 11, 14, 20, 25, 29, 31, 100}) {
    const TruncatedNormal d(0, 1, low, kInf);
    for (const double p : {0.1, 0.5, 0.9}) {
      CAPTURE(low);
      CAPTURE(p);
      // The quantile is rounded, and the density falls by its place.
      const double error =
          value_of(d, &Distribution::log_survival, value_of(d, &Distribution::icdf, p)) -
          std::log1p(-p);
      CHECK(std::abs(error) <= 4 * epsilon * (low * low + 8));
    }
  }
}

TEST_CASE("tails: next to an end of a TruncatedNormal only the distance to it has digits") {
  // By mpmath, of loc 2, scale 1, low 0, high 5.
  const double rows[][3] = {{0x1p-10, -9.825038588826848697, 1024.9999997615814588},
                            {0x1p-30, -23.688958761516822104, 1073741825.0},
                            {0x1p-66, -48.642257262606175817, 73786976294838206465.0}};
  const double tolerance = sizeof(real) == 8 ? 1e-10 : 1e-5;
  const TruncatedNormal low(2, 1, 0, 5), high(-2, 1, -5, 0);
  for (const auto& [distance, log_probability, slope] : rows) {
    CAPTURE(distance);
    const Var x = Var::parameter(scalar(distance));
    Tape tape;
    const Var below = low.log_cdf(x), above = high.log_survival(-x);
    CHECK(below.item() == doctest::Approx(log_probability).epsilon(tolerance));
    CHECK(above.item() == doctest::Approx(log_probability).epsilon(tolerance));
    tape.backward(below + above);
    CHECK(x.gradient()() == doctest::Approx(2 * slope).epsilon(tolerance));
  }
}
