#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/kl.hpp>
#include <limits>
#include <string>
#include <vector>

#include "kl_table.hpp"

// KL in both precisions where plain formulas cancel, underflow or overflow, at parameters that a
// float holds. Values and slopes are mpmath's.

using namespace evident;
using evident::testing::distribution_row;
using evident::testing::Parameters;

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kKlTolerance = sizeof(real) == 8 ? 1e-10 : 1e-5;
// By quadrature a slope is a sum of 320 terms, of which some cancel: in float it rounds by more.
constexpr double kKlSlopeTolerance = sizeof(real) == 8 ? 1e-10 : 3e-5;

struct KlWithSlopes {
  double value;
  std::vector<double> slopes;
};

KlWithSlopes kl_with_slopes(const std::string& q, const Parameters& of_q, const std::string& p,
                            const Parameters& of_p) {
  std::vector<Var> leaves;
  for (const Parameters& parameters : {of_q, of_p}) {
    for (const double value : parameters) leaves.push_back(Var::parameter(scalar(value)));
  }
  const auto middle = leaves.begin() + static_cast<std::ptrdiff_t>(of_q.size());
  Tape tape;
  const Var value = kl(*distribution_row(q).make({leaves.begin(), middle}),
                       *distribution_row(p).make({middle, leaves.end()}));
  KlWithSlopes all{value.item(), {}};
  for (const Array& slope : tape.gradients(value, leaves)) all.slopes.push_back(slope());
  return all;
}

bool near(double got, double expected, double tolerance) {
  return std::abs(got - expected) <= tolerance * std::max(1.0, std::abs(expected));
}

}  // namespace

TEST_CASE("kl precision: values and slopes are mpmath's") {
  const struct {
    std::string q, p;
    Parameters of_q, of_p;
    double value;
    Parameters slopes;  // kNone where the support ends
  } known[] = {
      {"Kumaraswamy",
       "Beta",
       {2.0, 0.46875},
       {2.0, 3.0},
       4.0034322076682299,
       {1.0824259269440591, -11.887163727870975, -0.79129279514719901, 2.1264386892969007}},
      {"Kumaraswamy", "Kumaraswamy", {2.0, 0.375}, {2.0, 0.375}, 0.0, {0.0, 0.0, 0.0, 0.0}},
      {"Kumaraswamy",
       "Kumaraswamy",
       {2.0, 0.375},
       {3.0, 0.6875},
       0.16643522004744728,
       {0.014303298776313693, -1.7512381505256677, -0.0095355325175424622, 0.89288550914180764}},
      {"Kumaraswamy",
       "Beta",
       {1000.0, 0x1p-6},
       {0.5, 0.125},
       5.9199697518822211,
       {0.00012499840897728552, -448.98593055608539, -0.51077584875312324, 63.96073754510013}},
      {"Kumaraswamy",
       "Beta",
       {0x1p-6, 0x1p-6},
       {2.0, 3.0},
       175.39226011758445,
       {-24.237186678182834, -12001.9668395694, 0.5430789376219428, 59.400427208624127}},
      {"Kumaraswamy",
       "Kumaraswamy",
       {5.0, 0x1p-6},
       {0x1p-7, 0.25},
       13.825825355014307,
       {0.049995035441285088, -961.07333420398017, -31.996822682422456, 66.450241486262383}},
  };
  for (const auto& row : known) {
    const KlWithSlopes got = kl_with_slopes(row.q, row.of_q, row.p, row.of_p);
    INFO(row.q << " at " << row.of_q[0] << " against " << row.p << " at " << row.of_p[0]);
    CHECK_MESSAGE(near(got.value, row.value, kKlTolerance),
                  got.value << " in place of " << row.value);
    REQUIRE(got.slopes.size() == row.slopes.size());
    for (std::size_t i = 0; i < got.slopes.size(); ++i) {
      const double expected = row.slopes[i];
      CHECK_FALSE(std::isnan(got.slopes[i]));
      if (std::isnan(expected)) continue;
      CHECK_MESSAGE(near(got.slopes[i], expected, kKlSlopeTolerance),
                    "slope " << i << ": " << got.slopes[i] << " in place of " << expected);
    }
  }
}
