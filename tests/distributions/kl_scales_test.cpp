#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/kl.hpp>
#include <map>
#include <string>
#include <vector>

#include "../numbers.hpp"
#include "kl_table.hpp"

// KL does not change with the unit of measurement, nor do its slopes in what is measured change by
// more than the unit: also where the squares of scales, and products of two, are out of range.

using namespace evident;
using evident::testing::distribution_row;
using evident::testing::FewNumbers;
using evident::testing::kInf;
using evident::testing::kl_table;
using evident::testing::KlRow;
using evident::testing::Parameters;

namespace {

constexpr int kFarExponent = sizeof(real) == 8 ? 600 : 60;
constexpr double kUnitTolerance = sizeof(real) == 8 ? 1e-10 : 1e-5;
constexpr double kUnitSlopeTolerance = sizeof(real) == 8 ? 1e-9 : 1e-4;

// The powers of the unit in which parameters are measured; no entry: of none.
const std::map<std::string, std::vector<int>>& unit_powers() {
  static const std::map<std::string, std::vector<int>> powers = {
      {"Cauchy", {1, 1}},       {"Exponential", {-1}}, {"Gamma", {0, -1}},
      {"Gumbel", {1, 1}},       {"HalfCauchy", {1}},   {"HalfNormal", {1}},
      {"InverseGamma", {0, 1}}, {"Laplace", {1, 1}},   {"Logistic", {1, 1}},
      {"Normal", {1, 1}},       {"Pareto", {1, 0}},    {"StudentT", {0, 1, 1}},
      {"Uniform", {1, 1}},      {"Weibull", {1, 0}},   {"TruncatedNormal", {1, 1, 1, 1}}};
  return powers;
}

Parameters in_unit(const std::string& type, Parameters at, int exponent) {
  const auto powers = unit_powers().find(type);
  for (std::size_t i = 0; i < at.size(); ++i) {
    at[i] = static_cast<double>(static_cast<float>(at[i]));
    if (powers != unit_powers().end()) at[i] = std::ldexp(at[i], exponent * powers->second[i]);
  }
  return at;
}

struct WithSlopes {
  double value;
  std::vector<double> slopes;
};
WithSlopes kl_in_units(const KlRow& row, const Parameters& of_q, const Parameters& of_p) {
  std::vector<Var> leaves;
  for (const Parameters& parameters : {of_q, of_p}) {
    for (const double x : parameters) leaves.push_back(Var::parameter(scalar(x)));
  }
  const auto middle = leaves.begin() + static_cast<std::ptrdiff_t>(of_q.size());
  Tape tape;
  const Var value = kl(*row.q_at(std::vector<Var>(leaves.begin(), middle)),
                       *row.p_at(std::vector<Var>(middle, leaves.end())));
  WithSlopes result{value.item(), {}};
  for (const Array& slope : tape.gradients(value, leaves)) result.slopes.push_back(slope());
  return result;
}

bool has_units(const std::string& type) { return unit_powers().count(type) == 1; }

bool within(double got, double expected, double tolerance, double least) {
  return got == expected ||
         std::abs(got - expected) <= tolerance * std::max(least, std::abs(expected));
}

}  // namespace

TEST_CASE("kl scales: the same in every unit, and slopes by the unit") {
  for (const KlRow& row : kl_table()) {
    if (row.method == KlMethod::kInfinite || !has_units(row.q) || !has_units(row.p)) continue;
    std::vector<int> powers = unit_powers().at(row.q);
    for (const int power : unit_powers().at(row.p)) powers.push_back(power);
    for (const auto& [q, p] : row.parameters()) {
      const WithSlopes expected = kl_in_units(row, in_unit(row.q, q, 0), in_unit(row.p, p, 0));
      for (const int exponent : {kFarExponent, -kFarExponent}) {
        const WithSlopes got =
            kl_in_units(row, in_unit(row.q, q, exponent), in_unit(row.p, p, exponent));
        INFO(row.name() << " at " << q[0] << " and " << p[0] << ", in units of 2^" << -exponent);
        CHECK_MESSAGE(within(got.value, expected.value, kUnitTolerance, 1.0),
                      got.value << " in place of " << expected.value);
        for (std::size_t i = 0; i < powers.size(); ++i) {
          const double slope = std::ldexp(got.slopes[i], exponent * powers[i]);
          CHECK_MESSAGE(within(slope, expected.slopes[i], kUnitSlopeTolerance, 1.0),
                        "slope " << i << ": " << slope << " in place of " << expected.slopes[i]);
        }
      }
    }
  }
}

TEST_CASE("kl scales: of scales that are far apart no divergence is NaN, and no slope") {
  for (const KlRow& row : kl_table()) {
    if (row.method == KlMethod::kInfinite) continue;
    for (const auto& [q, p] : row.parameters()) {
      for (const int exponent : {kFarExponent, -kFarExponent}) {
        for (const bool of_q : {true, false}) {
          if (!has_units(of_q ? row.q : row.p)) continue;
          const WithSlopes got = kl_in_units(row, in_unit(row.q, q, of_q ? exponent : 0),
                                             in_unit(row.p, p, of_q ? 0 : exponent));
          INFO(row.name() << " at " << q[0] << " and " << p[0] << ", " << (of_q ? row.q : row.p)
                          << " in units of 2^" << -exponent);
          CHECK(got.value >= -kUnitTolerance);
          for (std::size_t i = 0; i < got.slopes.size(); ++i) {
            CHECK_MESSAGE(!std::isnan(got.slopes[i]), "slope " << i);
          }
        }
      }
    }
  }
}

#ifdef EVIDENT_F64
TEST_CASE("kl scales: 11 digits are mpmath's at shapes and scales that are far apart") {
  constexpr struct {
    const char *q, *p;
    FewNumbers of_q, of_p;
    double value;
  } kKnown[] = {
      {"Weibull", "InverseGamma", {1.0, 1.0078125}, {2.0, 3.0}, 380.37905171922512},
      {"Weibull",
       "InverseGamma",
       {3.0, 100000000.0},
       {100000000.0, 300000000.0},
       8.552063251003216},
      {"Weibull", "InverseGamma", {1.0, 1000.0}, {1000000.0, 1000000.0}, 0.33168740875160271},
      {"Weibull", "InverseGamma", {1e+200, 5.0}, {9.0, 1e+201}, 0.51686825376168135},
      {"Weibull", "InverseGamma", {1.0, 4.0}, {1e-08, 1e-08}, 18.229759629416502},
      {"Pareto", "InverseGamma", {1.0, 0.0009765625}, {2.0, 3.0}, 2037.8742304463326},
      {"Pareto",
       "InverseGamma",
       {1.0, 100000000.0},
       {100000000.0, 100000000.0},
       9.1292789160141887},
      {"Pareto", "InverseGamma", {1e+200, 5.0}, {9.0, 1e+201}, 0.62410831156627273},
      {"Pareto", "InverseGamma", {1.0, 3.0}, {1e-08, 1e-08}, 18.519293221888459},
      {"InverseGamma", "Weibull", {2.0, 1.0}, {1.0, 1.9990234375}, 1022.4218150305726},
      {"InverseGamma", "Weibull", {1000000.0, 1000000.0}, {1.0, 1000.0}, 0.23038263515889066},
      {"InverseGamma", "Weibull", {100000000.0, 100000000.0}, {1.0, 10000.0}, 0.22984265974059054},
      {"InverseGamma", "Weibull", {5.0, 1e+200}, {1e+200, 2.0}, 1.7549560014480457},
      {"InverseGamma", "Weibull", {0.001, 1.0}, {1.0, 0.0001}, 2.3127034319819671},
      {"Cauchy", "StudentT", {0.0, 1.0}, {1.0, 0.0, 1.0}, 0.0},
      {"Cauchy", "StudentT", {3.0, 2.0}, {1000000.0, 1.0, 0.5}, 3996.9632086468559},
      {"Cauchy", "StudentT", {0.0, 1e-09}, {0.5, 1000.0, 2.0}, 30.037695729500324},
      {"Cauchy", "StudentT", {1e+160, 1.0}, {3.0, 0.0, 1.0}, 1469.9270995415072},
      {"Cauchy", "StudentT", {0.0, 1e-200}, {2.0, 0.0, 1e+200}, 919.5427337214889},
      {"Uniform", "VonMises", {0.0, 1.0}, {0.5, 100000000.0}, 4114883.9877575624},
      {"Uniform",
       "VonMises",
       {0.24993896484375, 0.25006103515625},
       {0.25, 100000000.0},
       0.78159968138724611},
      {"Uniform", "VonMises", {-3.0, 3.25}, {1.0, 0.5}, 0.065143665720117218},
      {"Uniform", "VonMises", {1000.0, 1001.0}, {-2.0, 0.0}, 1.8378770664093455},
      {"Uniform", "VonMises", {0.0, 1e-09}, {2.0, 3.0}, 25.394891033446659},
      {"LogNormal", "Normal", {-1500.0, 38.0}, {0.0, 1.0}, 1495.8624138402736},
      {"Kumaraswamy", "Gamma", {100000000.0, 2.0}, {100000000.0, 100000000.0}, 8.8224261040741339},
      {"Kumaraswamy",
       "Gamma",
       {100000000.0, 100000000.0},
       {100000000.0, 100000018.62645149},
       8.5520632550271893},
      {"Kumaraswamy", "Gamma", {10000.0, 3.0}, {100000000.0, 100000000.0}, 1.8783957583590699},
      {"Kumaraswamy", "Gamma", {30000000.0, 0.5}, {100000000.0, 100000000.0}, 8.6184533426241116},
      {"Kumaraswamy", "Gamma", {100000000.0, 100000000.0}, {5.0, 1.0}, 21.021519674314653},
      {"Uniform", "Cauchy", {-1e+200, 1e+200}, {3.0, 1e-200}, 919.48561990290773},
      {"Uniform", "Cauchy", {2.0, 1e+200}, {2.0, 1e-200}, 920.17876708346767},
      {"Uniform", "Cauchy", {0.0, 1e-200}, {1e+200, 1e-100}, 1612.9542949816814},
      {"Uniform", "Cauchy", {-1e-200, 3e-200}, {0.0, 1e-100}, 230.01694482413408},
      {"Uniform", "Cauchy", {1.0, 2.0}, {1.9, 1e-09}, 19.2178297822961},
  };
  for (const auto& row : kKnown) {
    const std::string q = row.q, p = row.p;
    const double got =
        kl(*distribution_row(q).at(row.of_q), *distribution_row(p).at(row.of_p)).item();
    INFO(q << " at " << row.of_q[0] << " against " << p << " at " << row.of_p[0]);
    CHECK_MESSAGE(within(got, row.value, 1e-11, 1.0), got << " in place of " << row.value);
  }
}

TEST_CASE("kl scales: infinite where a moment is, or no turn holds q") {
  constexpr struct {
    const char *q, *p;
    FewNumbers of_q, of_p;
  } kInfinite[] = {
      {"Weibull", "InverseGamma", {2.0, 1.0}, {2.0, 3.0}},
      {"InverseGamma", "Weibull", {2.0, 3.0}, {1.0, 2.0}},
      {"Uniform", "VonMises", {-3.0, 3.5}, {0.0, 1.0}},
      {"TruncatedNormal", "Normal", {0.0, 0x1p300, 0.0, 0x1p301}, {0.0, 0x1p-300}},
  };
  for (const auto& row : kInfinite) {
    const WithSlopes got = kl_in_units({row.q, row.p}, row.of_q, row.of_p);
    CHECK_MESSAGE(got.value == kInf, std::string(row.q) << " against " << std::string(row.p));
    for (const double slope : got.slopes) CHECK(!std::isnan(slope));
  }
}
#endif
