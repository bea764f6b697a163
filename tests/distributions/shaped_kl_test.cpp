#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/beta.hpp>
#include <evident/distributions/continuous_bernoulli.hpp>
#include <evident/distributions/delta.hpp>
#include <evident/distributions/kl.hpp>
#include <evident/distributions/kumaraswamy.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/truncated_normal.hpp>
#include <evident/distributions/uniform.hpp>

#include "distribution_table.hpp"

// Divergences of the shaped family where quadrature in x cannot see them: in far tails, at borders
// and at extreme parameters.

using namespace evident;
using evident::testing::kInf;

TEST_CASE("shaped kl: batches broadcast") {
  const Var three(zeros({3, 1})), four(ones({4}));
  const TruncatedNormal truncated(three, 1, -1, 1), other(0, four, -2, 2);
  const auto grey = ContinuousBernoulli::from_logits(three),
             lighter = ContinuousBernoulli::from_logits(four);
  const Kumaraswamy bent(ones({3, 1}), 2), straight(four, 1);
  for (const Var& value :
       {kl(truncated, other), kl(truncated, Normal(0, four)), kl(Normal(three, 1), other),
        kl(Uniform(three, 1), other), kl(truncated, Uniform(-1, four)), kl(grey, lighter),
        kl(grey, Normal(0, four)), kl(grey, Uniform(0, four)), kl(Uniform(three, 1), lighter),
        kl(Beta(ones({3, 1}), 2), lighter), kl(bent, Beta(four, 1)), kl(bent, straight),
        kl(Delta(three), Delta(four))}) {
    CHECK(value.shape() == Shape{3, 4});
  }
}

TEST_CASE("shaped kl: infinite where p excludes outcomes of q, else finite up to the border") {
  const TruncatedNormal half(0, 1, 0, kInf), unit(0, 1, 0, 1), whole(0, 1, -kInf, kInf);
  CHECK(kl(half, unit).item() == kInf);
  CHECK(std::isfinite(kl(unit, half).item()));
  CHECK(kl(Normal(0, 1), half).item() == kInf);
  CHECK(kl(Normal(0, 1), whole).item() == 0);
  CHECK(kl(unit, Uniform(0, 0.5)).item() == kInf);
  CHECK(kl(half, Uniform(0, 5)).item() == kInf);
  CHECK(std::isfinite(kl(Uniform(0, 1), unit).item()));
  CHECK(kl(Uniform(-0.1, 1), unit).item() == kInf);
  CHECK(kl(ContinuousBernoulli(0.5), Uniform(0, 1)).item() == 0);
  CHECK(kl(ContinuousBernoulli(0.5), Uniform(0, 0.9)).item() == kInf);
  CHECK(kl(Uniform(0, 1), ContinuousBernoulli(0.5)).item() == 0);
  CHECK(kl(Uniform(0, 1.1), ContinuousBernoulli(0.5)).item() == kInf);
  CHECK(kl(Delta(vector({1, 2})), Delta(vector({1, 3}))).value() == vector({0, kInf}));
}

TEST_CASE("shaped kl: gradients on a border, and in ends at infinity, are numbers") {
  const auto check = [](const auto& f, const std::vector<double>& values) {
    std::vector<Var> at;
    for (const double value : values) at.push_back(Var::parameter(scalar(value)));
    Tape tape;
    const Var value = f(at);
    CHECK(std::isfinite(value.item()));
    for (const Array& gradient : tape.gradients(value, at)) {
      CAPTURE(values[0]);
      CHECK(std::isfinite(gradient()));
    }
  };
  const auto truncated = [](const std::vector<Var>& v) {
    return kl(TruncatedNormal(v[0], v[1], v[2], v[3]), TruncatedNormal(v[4], v[5], v[6], v[7]));
  };
  check(truncated, {0, 1, -1, 2, 0, 1, -1, 2});
  check(truncated, {0, 1, 0, 2, 0, 1, 0, 2});  // loc at an end
  check(truncated, {0, 1, -kInf, kInf, 1, 2, -kInf, kInf});
  check(truncated, {0, 1, 3, kInf, 1, 2, 3, kInf});
  check(truncated, {0, 1, -kInf, -3, 1, 2, -kInf, kInf});
  check([](const auto& v) { return kl(TruncatedNormal(v[0], 1, v[1], v[2]), Normal(v[3], v[4])); },
        {0, 5, kInf, 0, 1});
  check([](const auto& v) { return kl(Normal(v[0], 1), TruncatedNormal(v[1], 1, v[2], v[3])); },
        {0, 1, -kInf, kInf});
  check([](const auto& v) { return kl(Uniform(v[0], v[1]), ContinuousBernoulli(v[2])); },
        {0, 1, 0.5});
  check([](const auto& v) { return kl(ContinuousBernoulli(v[0]), ContinuousBernoulli(v[1])); },
        {0.5, 0.5});
  check([](const auto& v) { return kl(ContinuousBernoulli(v[0]), Uniform(v[1], v[2])); },
        {0.5, 0, 1});
  check([](const auto& v) { return kl(Beta(v[0], v[1]), ContinuousBernoulli(v[2])); }, {1, 1, 0.5});
  check([](const auto& v) { return kl(Kumaraswamy(v[0], v[1]), Beta(v[2], v[3])); }, {1, 1, 1, 1});
}

#ifdef EVIDENT_F64
namespace {

void check_near(double got, double expected, double tolerance) {
  CHECK_MESSAGE(std::abs(got - expected) <= tolerance * std::max(1.0, std::abs(expected)),
                got << " in place of " << expected);
}

}  // namespace

TEST_CASE("shaped kl: Kumaraswamy against Beta over five orders of magnitude, with gradients") {
  // a, b, p's concentrations 1 and 0; the divergence and its derivatives: mpmath.
  const double rows[][9] = {
      {2, 3, 2.5, 2.75, 0.0069477628958810205322, -0.090208333333333333333, 0.027608253757287853364,
       0.0598459709043643017, -0.041076311432112959914},
      {0.015625, 0.015625, 0.015625, 1000, 59982.501152637874364, 59974.193797773254075,
       -4087045.65233987383, -69.832661530554305582, 59.983744909264546978},
      {0.015625, 0.015625, 1000, 1000, 60216.36327187642338, -44114.565131093463416,
       -3984125.8536879720472, 0.93301502789533864008, 59.290363298897522476},
      {0.015625, 0.015625, 1000, 0.015625, 1626.0647152024249369, -104085.42007388968705,
       102911.03845572767194, 1.6263966382623631412, -11.475313259552121745},
      {0.015625, 1000, 0.015625, 1000, 5.7920095847136597072, -415.07013507522207441, 0.000999,
       407.61106127371249269, -0.000015632692912995757642},
      {0.015625, 1000, 1000, 1000, 477675.91687492124428, -30660424.644814212762,
       63.968010166497866702, 478.37673783216213691, -0.69339724305993749692},
      {0.015625, 1000, 1000, 0.015625, 479068.44161394623772, -30660424.644814212762,
       63.968010166497866702, 479.07011944252916141, -71.459073801509581719},
      {1000, 0.015625, 0.015625, 1000, 70895.390519665652198, 0.99998730907969331673,
       -4096647.0834810595189, -71.459048388817848043, 70.896505811126505329},
      {1000, 0.015625, 1000, 1000, 69502.891192935319121, 0.99996189678503294888,
       -4096645.4753592055829, -0.69337183036820382073, 70.203124200759480828},
      {1000, 0.015625, 1000, 0.015625, 0.0022462884539197936752, -9.7751869951297897967e-6,
       0.69908889561360928592, 9.7799988206804319982e-6, -0.56255235769016339388},
      {1000, 1000, 0.015625, 1000, 4916.589604284873791, 0.99626569188379324002,
       -0.13645483339997682224, -71.451588330649031374, 4.9121128059836500385},
      {1000, 1000, 1000, 1000, 3531.550219159948495, 0.98878033798372509121,
       -0.13545534885050029308, -0.68591177219938715201, 4.2187311956166255373},
      {1000, 1000, 1000, 0.015625, 12.023271515233226879, -0.0074661663366074856859,
       0.0011334567063560672933, 0.007469838167637349155, -66.546945362833018685},
      {13.015625, 51.15625, 94.609375, 515.53125, 418.77576415379098182, 30.644249174409722677,
       -1.8593907290146693957, -1.5209909135416224574, 1.093452627821245202},
      {50.0625, 408.90625, 0.015625, 2.125, 8.8552223729967333401, 0.040960046312232911123,
       -0.00040653775005014622365, -64.929826908530189151, 2.1006657228620236306},
      {520.9375, 17.578125, 319.515625, 0.03125, 5.1882504325785488818, -0.0040217793566057810094,
       0.04947182671032844166, 0.0065670421004188030716, -33.216914348717078512},
      {2.21875, 0.171875, 5.234375, 7.40625, 38.014357086389276432, 2.9250630507876673865,
       -244.98020482739667774, -0.82659747812202785451, 5.9945747723292752215},
      {0.015625, 0.125, 0.25, 381.703125, 1833.448499338006101, 14488.206081207034337,
       -21988.397905042400085, 1.9068303101050663458, 4.8063810388313947643},
      {67.390625, 0.0625, 96.765625, 0.046875, 0.079216319897952520489, -0.0013899473289225215177,
       5.2770921407744245523, 0.0009727714191589903148, -6.2357507541607391861},
      {12.21875, 0.046875, 0.015625, 227.515625, 5416.2855087705537579, 18.564779100736994053,
       -103664.49641465432379, -69.970788397101556901, 23.806318279465085379},
      {0.109375, 0.125, 816.78125, 230.171875, 2262.0981750005915286, -11289.333879684691308,
       -3820.827905552097573, 1.4770646837138605928, 4.6071650577672334111},
      {0.28125, 641.78125, 4.96875, 24.5, 108.42571762112460053, -438.8015732360839049,
       0.027504902091461147545, 23.171992961937881092, -0.18814115591357801814},
      {0.109375, 506.84375, 28.390625, 680.484375, 1643.0636495378014032, -16143.983247245365529,
       0.51162620297290052627, 58.995355457335839322, -0.040903787446308599088},
      {294.25, 0.3125, 0.640625, 0.0625, 0.96359126680794317022, 0.00021156433459655511561,
       1.8891882159701978555, -0.1879898478117430315, -6.5662147475398318111},
  };
  for (const auto& row : rows) {
    std::vector<Var> at;
    for (std::size_t k = 0; k < 4; ++k) at.push_back(Var::parameter(scalar(row[k])));
    CAPTURE(row[0]);
    CAPTURE(row[1]);
    CAPTURE(row[2]);
    CAPTURE(row[3]);
    Tape tape;
    const Var value = kl(Kumaraswamy(at[0], at[1]), Beta(at[2], at[3]));
    check_near(value.item(), row[4], 1e-10);
    const auto gradients = tape.gradients(value, at);
    for (std::size_t k = 0; k < 4; ++k) check_near(gradients[k](), row[5 + k], 1e-10);
  }
}

TEST_CASE("shaped kl: a Beta that is a Kumaraswamy is at no distance from it") {
  for (const double c : {1e-3, 0.02, 0.7, 1.0, 30.0, 1e3}) {
    CAPTURE(c);
    CHECK(std::abs(kl(Kumaraswamy(c, 1), Beta(c, 1)).item()) <= 1e-11);
    CHECK(std::abs(kl(Kumaraswamy(1, c), Beta(1, c)).item()) <= 1e-11);
    // The power of x is what both have in common: only their ratio counts.
    CHECK(std::abs(kl(Kumaraswamy(c, 3), Kumaraswamy(2 * c, 5)).item() -
                   kl(Kumaraswamy(1, 3), Kumaraswamy(2, 5)).item()) <= 1e-13);
    CHECK(std::abs(kl(Kumaraswamy(c, 3), Kumaraswamy(1, 5)).item() -
                   kl(Kumaraswamy(c, 3), Beta(1, 5)).item()) <=
          1e-12 * kl(Kumaraswamy(c, 3), Beta(1, 5)).item() + 1e-13);
  }
}

TEST_CASE("shaped kl: continuous Bernoullis of any logits, with gradients") {
  // The logits of q and p; the divergence and its derivatives: mpmath.
  const double rows[][5] = {
      {0.5, -0.25, 0.023328322583700460308, 0.061726433225427176362, -0.062305746724596748366},
      {1048576.0, 1049600.0, 4.7652694454110403918e-7, -9.3132257461547851563e-10,
       9.304139672256097561e-10},
      {-134217728.0, -67108864.0, 0.19314718055994530942, -3.7252902984619140625e-9,
       7.450580596923828125e-9},
      {134217728.0, 5.0, 16.098775250487837406, 7.4505803193680719687e-9, -0.19321633764311517198},
      {-134217728.0, 5.0, 21.098775175982031437, -7.4505808744795842813e-9, 0.80678364745572363417},
      {30.0, -30.0, 28.000000000005614574, 0.066666666661052092885, -0.93333333333352048579},
      {2.0, 2.125, 0.00053490593413427494402, -0.0086230730948027979248, 0.0085260090956108808518},
      {3.0, 1.0000000000000000251e-300, 0.30686855908457913385, 0.16791031682715404359,
       -0.21906236315792261864},
      {9.5367431640625e-7, -9.5367431640625e-7, 1.5158245029548574193e-13, 1.5894571940103443865e-7,
       -1.5894571940103925733e-7},
  };
  for (const auto& [l, m, expected, in_q, in_p] : rows) {
    const std::vector<Var> at = {Var::parameter(scalar(l)), Var::parameter(scalar(m))};
    CAPTURE(l);
    CAPTURE(m);
    Tape tape;
    const Var value =
        kl(ContinuousBernoulli::from_logits(at[0]), ContinuousBernoulli::from_logits(at[1]));
    check_near(value.item(), expected, 1e-13);
    const auto gradients = tape.gradients(value, at);
    check_near(gradients[0](), in_q, 1e-13);
    check_near(gradients[1](), in_p, 1e-13);
  }
}

TEST_CASE("shaped kl: truncated normals far in their tails") {
  // mpmath.
  const struct {
    double q[4], p[4], divergence;
  } rows[] = {
      {{0, 1, -1, 1}, {0.5, 2, -1, 3}, 0.5930583654519446969},
      {{0, 1, 1000, kInf}, {1, 1, 1000, kInf}, 5.0033057955354396393e-7},
      {{0, 1, 1e5, 2e5}, {0.5, 1.25, 99999, kInf}, 63999.446298902720667},
      {{0, 1, -kInf, -1000}, {0, 1.5, -kInf, -1000}, 0.25537396622370712858},
      {{0, 1, 8, 9}, {0, 1.125, 7.5, 10}, 3.1492117168644289163},
      {{0, 1, 1, 1.0009765625}, {5, 3, 1, 2}, 7.1412374473460161557},
      {{-40, 1, 0, 1}, {-40, 1, 0, 2}, 2.5139848549653187033e-18},
      {{5, 0.0009765625, 0, 1}, {5, 0.0009765625, 0, 2}, 3670016.2876820260926},
      {{0, 1e6, -1, 1}, {0, 0.125, -2, 2}, 8.8130164776301359486},
  };
  for (const auto& [q, p, expected] : rows) {
    const TruncatedNormal from(q[0], q[1], q[2], q[3]), to(p[0], p[1], p[2], p[3]);
    CAPTURE(q[2]);
    CAPTURE(q[3]);
    check_near(kl(from, to).item(), expected, 1e-13);
  }
}
#endif
