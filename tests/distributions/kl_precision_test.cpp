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
      {"Uniform",
       "Beta",
       {0.0, 0x1p-27},
       {2.0, 3.0},
       35.945041107899627,
       {kNone, -268435455.0, 18.63164054178519, -0.58333332960804303}},
      {"Uniform",
       "Beta",
       {0.0, 0x1p-57},
       {2.0, 3.0},
       77.533871934045765,
       {kNone, -2.8823037615171174e+17, 39.426055958583549, -0.58333333333333333}},
      {"Uniform",
       "Beta",
       {0x1p-67, 0x1p-66},
       {2.0, 3.0},
       90.010521184124781,
       {9.0566966856110335e+19, -1.9285743601773158e+20, 44.971233403063112, -0.58333333333333333}},
      {"Uniform",
       "Beta",
       {0x1p-100, 1.0},
       {5.0, 0.125},
       4.9544402310200088,
       {-273.13387222397822, kNone, 0.97270896512040638, -8.921901366607249}},
      {"Uniform",
       "Beta",
       {1 - 0x1p-23, 1.0},
       {5.0, 0.125},
       2.9472386135484402,
       {1048573.9999998411, kNone, -0.027290975274946476, 7.0204837862714932}},
      {"Uniform",
       "Beta",
       {0.5 - 0x1p-17, 0.5 + 0x1p-17},
       {100000000.0, 100000000.0},
       1.7669933019757579,
       {64518.747405863751, -64518.747405863751, -2.4611948989716446e-9, -2.4611948989716446e-9}},
      {"Uniform",
       "Beta",
       {0.25, 0.28125},
       {300.0, 700.0},
       3.2538447640396321,
       {-69.922238793920772, -105.05239104672878, 0.12110672662826474, -0.048078375568211032}},
      {"Uniform",
       "Gamma",
       {0.875, 1.125},
       {300.0, 300.0},
       0.23594257744449707,
       {-2.5742530078365101, 2.0021967838728412, 0.00094887276888148211, 0.0}},
      {"Uniform",
       "Gamma",
       {1 - 0x1p-10, 1 + 0x1p-10},
       {10000000.0, 10000000.0},
       0.68767283091056316,
       {-1116.6943931739258, 1114.515477284806, 1.0894576404246407e-7, 0.0}},
      {"Uniform",
       "Pareto",
       {1.0, 1 + 0x1p-13},
       {1.0, 8192.0},
       0.50004068886246386,
       {kNone, -4095.8333435051144, kNone, -6.1037639625294292e-5}},
      {"Beta",
       "Gamma",
       {1000.0, 1000.0},
       {2000.0, 4000.0},
       0.00016672917151996374,
       {-4.1645800001065476e-8, -2.0847919996768455e-7, 4.1666659375003844e-8, 0.0}},
      {"Beta",
       "Gamma",
       {100000.0, 100000.0},
       {200000.0, 400000.0},
       1.6666729166715277e-6,
       {-4.1666458330000001e-12, -2.0833479166999997e-11, 4.16666666659375e-12, 0.0}},
      {"Beta",
       "Gamma",
       {1000000.0, 1000000.0},
       {2000000.0, 4000000.0},
       1.6666672916667153e-7,
       {-4.16666458333e-14, -2.083334791667e-13, 4.1666666666659375e-14, 0.0}},
      {"Beta",
       "Gamma",
       {100000000.0, 100000000.0},
       {200000000.0, 400000000.0},
       1.6666666729166667e-9,
       {-4.166666645833333e-18, -2.0833333479166667e-17, 4.1666666666666666e-18, 0.0}},
      {"Beta",
       "Gamma",
       {100000000.0, 3.0},
       {40000.0, 40000.0},
       12.193725493603324,
       {9.9999998995200027e-9, -0.21013186128954724, -1.247005208363333e-5,
        -2.9999999100000027e-8}},
      {"Beta",
       "Gamma",
       {0x1p-10, 3.0},
       {4.0, 5.0},
       4089.4185139501791,
       {-4193284.1139896379, 1.5785076646895576, 1025.1454601247677, -0.7996745850959974}},
      {"Weibull",
       "Gamma",
       {1.0, 30.0},
       {600.0, 620.0},
       0.14712865992972887,
       {8.7321147444603431, 0.002724696998585611, -0.014382865474356956, 0.014084056039452166}},
      {"Weibull",
       "Gamma",
       {1.0, 1000.0},
       {1000000.0, 1000000.0},
       0.3298724486354488,
       {-576.22751540453389, -0.00097539347543602638, 0.00057671566481819953,
        -0.00057622751540453389}},
      {"Weibull",
       "Gamma",
       {3.0, 10000.0},
       {100000000.0, 33300000.0},
       56.135214163481243,
       {-35255.132172024778, -0.00067480185954264662, 0.0010582169000736785,
        -0.0031761380335157458}},
      {"Weibull",
       "Gamma",
       {1.0, 0.125},
       {0.25, 0.125},
       5039.3056570333397,
       {5039.75, -690486.55057999999, 2.4697133275158334, 40318.0}},
      {"Pareto",
       "Gamma",
       {1.0, 1000000.0},
       {100000000.0, 100000000.0},
       4.5242087201260975,
       {100.0001000001, 9.997999996999996e-7, -1.0050000000083333e-6, 1.000001000001e-6}},
      {"Pareto",
       "Gamma",
       {1.0, 10000.0},
       {100000000.0, 100000000.0},
       0.91903854403900618,
       {10001.000100010001, -0.00010003000400050006, -0.00010000500000000833,
        0.00010001000100010001}},
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
