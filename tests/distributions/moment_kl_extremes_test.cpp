#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <evident/distributions/kl.hpp>
#include <string>

#include "kl_table.hpp"

// Pairs of two families at parameters so extreme, or so near each other's laws, that plain formulas
// lose every digit.

using namespace evident;
using evident::testing::distribution_row;
using evident::testing::Parameters;

#ifdef EVIDENT_F64
TEST_CASE("moment kl extremes: 12 digits are mpmath's, at extremes and near the other family") {
  const struct {
    std::string q, p;
    Parameters of_q, of_p;
    double value;
  } known[] = {
      {"Gamma", "LogNormal", {1e8, 1e8}, {0.0, 0.0001}, 2.0833333458333330e-9},
      {"Gamma", "LogNormal", {1e8, 3.0}, {17.5, 0.0002}, 395745.77295025898},
      {"Gamma", "LogNormal", {1e-08, 1.0}, {-1e8, 1e8}, 0.41893852320467292},
      {"Gamma", "LogNormal", {0.001, 1e-200}, {-500.0, 1000.0}, 0.41874251998531019},
      {"Gamma", "LogNormal", {10000.0, 0.02}, {13.1, 0.01}, 2.4894422041619984},
      {"Gamma", "LogNormal", {1e-08, 1.0}, {0.0, 1.0}, 10000000057721547.0},
      {"Chi2", "LogNormal", {1e6}, {13.8155, 0.0014}, 0.00012620960893353319},
      {"Exponential", "LogNormal", {1e-250}, {575.0, 2.0}, 0.24108292595086808},
      {"InverseGamma", "LogNormal", {1e8, 1e8}, {0.0001, 0.0001}, 0.49995000208325001},
      {"Weibull", "LogNormal", {1.0, 1e8}, {0.0, 1e-08}, 0.33077886363111242},
      {"Weibull", "LogNormal", {1e200, 0.001}, {460.0, 1000.0}, 0.33048056605095010},
      {"Weibull", "LogNormal", {1e-300, 3.0}, {-690.0, 0.4}, 3.0229974762528308},
      {"Pareto", "LogNormal", {1.0, 1e8}, {1e-08, 1e-08}, 0.41893853320467274},
      {"Pareto", "LogNormal", {1e200, 0.001}, {1460.0, 1000.0}, 0.41893866685878850},
      {"Pareto", "LogNormal", {1e-300, 3.0}, {-690.0, 0.4}, 1.0595324160012914},
      {"LogNormal", "Gamma", {0.0, 0.0001}, {1e8, 1e8}, 2.0833333354166669e-9},
      {"LogNormal", "Gamma", {0.0, 0.0001}, {1.0001e8, 1e8}, 0.49993333874970003},
      {"LogNormal", "Gamma", {5.0, 0.0001}, {1e8, 673794.7}, 2.1521187729737160e-9},
      {"LogNormal", "Gamma", {-300.0, 2.0}, {1e-08, 1e120}, 16.308595261693883},
      {"LogNormal", "Gamma", {0.0, 1e-150}, {2.0, 3.0}, 344.77160083856596},
      {"LogNormal", "Gamma", {0.0, 20.0}, {1.0, 1e-80}, 7226153.5602623817},
      {"LogNormal", "Gamma", {3.0, 1.0}, {1e-06, 1e-06}, 12.396615378507276},
      {"LogNormal", "Gamma", {-50.0, 0.1}, {10000.0, 1e25}, 8392.7456413001485},
      {"LogNormal", "InverseGamma", {0.0, 0.0001}, {1.0001e8, 1e8}, 0.49993333874970003},
      {"LogNormal", "Exponential", {500.0, 1.0}, {1e-217}, 0.55615899146638199},
      {"LogNormal", "Weibull", {0.0, 1e-08}, {1.0, 1e8}, 0.22978273749545542},
      {"LogNormal", "Weibull", {0.0, 0.001}, {1.0, 1000.0}, 0.22978273749545542},
      {"LogNormal", "Weibull", {0.001, 0.002}, {1.0, 500.0}, 0.79934329525437255},
      {"LogNormal", "Weibull", {-400.0, 30.0}, {1e-170, 0.02}, 0.27192583001536253},
      {"LogNormal", "Weibull", {3.0, 1.0}, {0.1, 1e-06}, 13.396572024774160},
      {"Gamma", "InverseGamma", {1e8, 1e8}, {1e8, 1e8}, 8.3333334333333344e-9},
      {"Gamma", "InverseGamma", {1e8, 1e8}, {1.0001e8, 1e8}, 0.49988334499961679},
      {"Gamma", "InverseGamma", {1e8, 5.0}, {1e7, 2e14}, 0.70129255408035619},
      {"Gamma", "InverseGamma", {1 + 0x1p-40, 1.0}, {2.0, 3.0}, 3298534883323.0711},
      {"Gamma", "InverseGamma", {1 + 0x1p-40, 1.0}, {2.0, 1e-12}, 53.629906864932077},
      {"Gamma", "InverseGamma", {1.5, 1e-200}, {1e-06, 1e150}, 12.491142345097165},
      {"Gamma", "InverseGamma", {40.0, 2.0}, {1e-05, 1e-05}, 11.934399867523189},
      {"Gamma", "InverseGamma", {2.0, 1e200}, {1e6, 1e-190}, 9990212436.8198742},
      {"Gamma", "InverseGamma", {1e6, 1.0}, {1e6, 1e12}, 8.3333433333435000e-7},
      {"InverseGamma", "Gamma", {1e8, 1e8}, {1.0001e8, 1e8}, 0.49988334499961679},
      {"InverseGamma", "Chi2", {1e6, 1e12}, {2000000.0}, 193146.68056027864},
      {"InverseGamma", "Exponential", {1.25, 1e-30}, {1e30}, 2.3365013863252163},
      {"Gamma", "Weibull", {1e8, 1e8}, {1.0, 10000.0}, 0.22972283023611236},
      {"Gamma", "Weibull", {1e6, 2.0}, {500100.0, 1000.0}, 0.13052792959935437},
      {"Gamma", "Weibull", {30.5, 30.0}, {1.0, 5.5}, 0.18927233010869065},
      {"Gamma", "Weibull", {29.5, 30.0}, {1.0, 5.5}, 0.10588878650655443},
      {"Gamma", "Weibull", {1e-06, 1.0}, {2.0, 3.0}, 2999987.8969600051},
      {"Gamma", "Weibull", {1e-06, 1.0}, {1e-06, 1e-06}, 0.49999238089677802},
      {"Gamma", "Weibull", {0.001, 1e100}, {1e-101, 0.001}, 0.49813847230216316},
      {"Gamma", "Weibull", {10000.0, 1.0}, {10000.0, 1e-08}, 22.606895730069129},
      {"Gamma", "Weibull", {2.0, 1e-250}, {1e250, 1.5}, 1.1292780298889118},
      {"Gamma", "HalfNormal", {1e8, 1e8}, {1.0}, 8.5171931997495708},
      {"Gamma", "HalfNormal", {1e-06, 1.0}, {1.0}, 999985.98749431470},
      {"Gamma", "HalfNormal", {1e8, 1e-200}, {1e208}, 8.5171931997495708},
      {"Gamma", "HalfNormal", {0.5, 0.001}, {10000.0}, 2.4415165157247848},
      {"Gamma", "HalfNormal", {1.0, 1e200}, {1e-200}, 0.22579135264472748},
      {"HalfNormal", "Gamma", {1.0}, {1e8, 1e8}, 43306588.700985831},
      {"HalfNormal", "Gamma", {1e-200}, {2.0, 1e200}, 0.70727463088887707},
      {"HalfNormal", "Gamma", {1.0}, {1e-08, 1e-08}, 17.059708161342210},
      {"HalfNormal", "Gamma", {3.0}, {1.0, 0.4}, 0.049348563524756366},
      {"HalfNormal", "Exponential", {1e-100}, {1e100}, 0.072093208158137916},
      {"ZeroInflatedPoisson",
       "ZeroInflatedPoisson",
       {0.25, 1e8},
       {0.25, 1.0001e8},
       0.37497500187485001},
      {"ZeroInflatedPoisson", "ZeroInflatedPoisson", {0.0, 2.0}, {0.25, 3.0}, 0.20058748581652096},
      {"ZeroInflatedPoisson", "ZeroInflatedPoisson", {0.25, 3.0}, {0.0, 2.0}, 0.21095932287531036},
      {"ZeroInflatedPoisson",
       "ZeroInflatedPoisson",
       {0.5, 1e-08},
       {0.25, 2e-08},
       4.5069385417960793e-9},
      {"ZeroInflatedPoisson",
       "ZeroInflatedPoisson",
       {0.5, 1e-12},
       {0.5, 0.001},
       0.00049987498914382549},
      {"ZeroInflatedPoisson",
       "ZeroInflatedPoisson",
       {0.0, 800.0},
       {0.0, 801.0},
       0.00062447965446014350},
      {"ZeroInflatedPoisson",
       "ZeroInflatedPoisson",
       {0.0, 1000.0},
       {0.5, 1000.0},
       0.69314718055994531},
      {"ZeroInflatedPoisson",
       "ZeroInflatedPoisson",
       {0.5, 1000.0},
       {0.0, 1000.0},
       499.30685281944005},
      {"ZeroInflatedPoisson",
       "ZeroInflatedPoisson",
       {1e-09, 700.0},
       {1e-12, 750.0},
       1.7049899633377493},
      {"ZeroInflatedPoisson",
       "ZeroInflatedPoisson",
       {0.999999, 5.0},
       {0.9999985, 5.0},
       9.3898044106376754e-8},
      {"ZeroInflatedPoisson", "ZeroInflatedPoisson", {1.0, 3.0}, {0.25, 2.0}, 1.0455414072067595},
      {"ZeroInflatedPoisson", "ZeroInflatedPoisson", {0.3, 0.0}, {0.25, 2.0}, 1.0455414072067595},
      {"ZeroInflatedPoisson",
       "ZeroInflatedPoisson",
       {0.25, 0.001},
       {0.75, 30.0},
       0.30229691165905505},
      {"ZeroInflatedPoisson", "ZeroInflatedPoisson", {0.1, 30.0}, {0.3, 0.001}, 251.33861630305030},
      {"ZeroInflatedPoisson", "ZeroInflatedPoisson", {1e-300, 5.0}, {1e-200, 5.0}, 0.0},
      {"ZeroInflatedPoisson",
       "ZeroInflatedPoisson",
       {0.5, 2.0},
       {0.5000001, 2.0000001},
       1.3799818263626187e-14},
      {"Poisson", "ZeroInflatedPoisson", {750.0}, {0.25, 750.0}, 0.28768207245178093},
      {"ZeroInflatedPoisson", "Poisson", {0.25, 750.0}, {750.0}, 186.93766485538119},
      {"Poisson", "Geometric", {1000.0}, {0.001}, 3.0355228149228199},
      {"Poisson", "Geometric", {1e-09}, {0.25}, 1.3862943396843069},
      {"Poisson", "Geometric", {3.0}, {1e-200}, 458.58554840066057},
      {"Poisson", "Geometric", {3.0}, {1 - 0x1p-40}, 81.246191469045778},
      {"NegativeBinomial", "Geometric", {1.0, 0.75}, {0.25}, 0},
      {"NegativeBinomial", "Geometric", {2.5, 0.9}, {0.001}, 2.9519848144598081},
      {"NegativeBinomial", "Geometric", {0.01, 0.25}, {0.9}, 0.092018962117585906},
  };
  for (const auto& row : known) {
    const auto q = distribution_row(row.q).at(row.of_q), p = distribution_row(row.p).at(row.of_p);
    const double got = kl(*q, *p).item();
    CHECK_MESSAGE(std::abs(got - row.value) <= 1e-12 * std::max(1.0, row.value),
                  row.q << " at " << row.of_q[0] << " against " << row.p << " at " << row.of_p[0]
                        << ": " << got << " in place of " << row.value);
  }
}
#endif
