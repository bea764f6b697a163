#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/binomial.hpp>
#include <evident/distributions/categorical.hpp>
#include <evident/distributions/discrete_uniform.hpp>
#include <evident/distributions/expectation.hpp>
#include <evident/distributions/geometric.hpp>
#include <evident/distributions/mixture.hpp>
#include <evident/distributions/negative_binomial.hpp>
#include <evident/distributions/poisson.hpp>
#include <evident/distributions/zero_inflated_poisson.hpp>
#include <memory>

using namespace evident;

namespace {

constexpr bool kDigits = sizeof(real) == 8;
constexpr double kCountAccuracy = kDigits ? 1e-12 : 1e-3;
constexpr std::size_t kMostAsked = 200000;  // outcomes, of billions

struct WideLaw {
  const char* name;
  std::shared_ptr<const Distribution> d;
  double mean, square, log1p, entropy;
};

template <class D, class... Args>
std::shared_ptr<const Distribution> law_of(Args... args) {
  return std::make_shared<const D>(Var(args)...);
}

// By sums and integrals of 40 digits.
const std::vector<WideLaw>& wide_laws() {
  static const std::vector<WideLaw> table = [] {
    std::vector<WideLaw> laws;
    const auto add = [&](const char* name, std::shared_ptr<const Distribution> d, double mean,
                         double square, double log1p, double entropy) {
      laws.push_back({name, std::move(d), mean, square, log1p, entropy});
    };
    add("geometric(2^-20)", law_of<Geometric>(0x1p-20), 1048575, 2199020109825,
        13.285734680962354351, 14.862943134361596403);
    add("negative binomial(1000, 1 - 2^-17)", law_of<NegativeBinomial>(1000, 1 - 0x1p-17),
        131071000, 17196786779112000, 18.690749639562792003, 16.655981010825219614);
    add("poisson(2^30)", law_of<Poisson>(0x1p30), 1073741824, 1152921505680588800,
        20.79441541726402057, 11.816146241526242168);
    add("binomial(2^30, 1/4)", law_of<Binomial>(0x1p30, 0.25), 268435456, 72057594239254528,
        19.4081210580067751, 10.979158024714536324);
    if (!kDigits) return laws;  // which has not these probabilities
    add("geometric(1e-6)", law_of<Geometric>(1e-6), 999999, 1999997000001, 13.23830193115453217,
        14.815510057964107483);
    add("geometric(1e-5)", law_of<Geometric>(1e-5), 99999, 19999700001, 10.935768668488205198,
        12.512920464953561588);
    add("negative binomial(1000, 0.99999)", law_of<NegativeBinomial>(1000, 0.99999),
        99999000.000455102622, 10009799901091110.634, 18.420170665578646274, 16.38540322096774278);
    add("poisson(1e9)", law_of<Poisson>(1e9), 1e9, 1000000001e9, 20.723265837446411156,
        11.780571451594544986);
    add("binomial(1e9, 0.3)", law_of<Binomial>(1e9, 0.3), 3e8, 90000000209999993.339,
        19.519293034787141792, 11.00024757748205206);
    return laws;
  }();
  return table;
}

// `slack` is how far the value itself may be off.
void check_expectation(const Distribution& d, const Integrand& f, double value, double slack) {
  std::size_t asked = 0;
  const Expectation e = expectation(d, [&](const Var& x) {
    asked += x.size();
    return f(x);
  });
  CHECK(e.method == ExpectationMethod::kTruncatedSum);
  CHECK_MESSAGE(std::abs(e.value - value) <= e.error + slack,
                e.value << " +- " << e.error << " in place of " << value);
  CHECK(e.error <= kCountAccuracy * std::abs(value));
  CHECK(asked < kMostAsked);
}

// Of an event that begins above c, and of how far beyond c it is.
Integrand beyond(double c) {
  return [c](const Var& x) { return 0.5 + 0.5 * sign(x - (c + 0.5)); };
}
Integrand excess(double c) {
  return [c](const Var& x) { return maximum(x - c, 0.0 * x); };
}

}  // namespace

TEST_CASE("expectation of counts: of billions of outcomes, asking about few") {
  for (const WideLaw& law : wide_laws()) {
    CAPTURE(law.name);
    const auto check = [&](const Integrand& f, double value) {
      check_expectation(*law.d, f, value, 4 * detail::kRounding * value);
    };
    check([](const Var& x) { return x + 0.0; }, law.mean);
    check([](const Var& x) { return square(x); }, law.square);
    check([](const Var& x) { return log1p(x); }, law.log1p);
    check([&](const Var& x) { return -law.d->log_prob(x); }, law.entropy);
    CHECK(law.d->entropy().item() == doctest::Approx(law.entropy).epsilon(kDigits ? 1e-13 : 1e-6));
  }
}

TEST_CASE("expectation of counts: a jump and a kink, wherever they are") {
  const double p = 0x1p-17, log_failure = std::log1p(-p), n = 10000000, rate = 1e8;
  const Geometric geometric(p);
  const DiscreteUniform uniform(0, n);
  const Poisson poisson(rate);
  for (std::size_t i = 1; i < 60; ++i) {
    const double share = std::fmod(static_cast<double>(i) * 0.6180339887498949, 1);
    const double late = std::floor(-2 * std::log(share) / p);
    CAPTURE(late);
    const double above = std::exp((late + 1) * log_failure);
    check_expectation(geometric, beyond(late), above, 4 * detail::kRounding * above);
    check_expectation(geometric, excess(late), above / p, 4 * detail::kRounding * above / p);
    const double place = std::floor((kDigits ? n : 0x1p23) * share);
    CAPTURE(place);
    const double left = n - place;
    check_expectation(uniform, beyond(place), left / (n + 1), detail::kRounding);
    check_expectation(uniform, excess(place), 0.5 * left * (left + 1) / (n + 1),
                      detail::kRounding * left);
    if (!kDigits) continue;  // where rates have no half counts
    const double count = std::floor(rate + 6 * (share - 0.5) * std::sqrt(rate));
    CAPTURE(count);
    const double tail = std::exp(poisson.log_survival(count).item());
    const double at = std::exp(poisson.log_prob(count).item());
    check_expectation(poisson, beyond(count), tail, 1e-14 * tail);
    check_expectation(poisson, excess(count), (rate - count) * tail + rate * at, 1e-13 * rate * at);
  }
}

TEST_CASE("expectation of counts: even and odd, which no quadrature sees, by every outcome") {
  const double p = 0x1p-12;
  const Expectation e = expectation(Geometric(p), [](const Var& x) {
    Array signs = x.value();
    for (real& k : signs) k = std::fmod(k, real(2)) == 0 ? real(1) : real(-1);
    return Var(std::move(signs));
  });
  CHECK(e.value == doctest::Approx(p / (2 - p)).epsilon(kDigits ? 1e-9 : 1e-2));
  CHECK(std::abs(e.value - p / (2 - p)) <= e.error);
}

TEST_CASE("expectation of counts: an atom and a hill far off, two hills, and spread out ones") {
  const double rate = 0x1p26;
  const Integrand itself = [](const Var& x) { return x + 0.0; };
  check_expectation(ZeroInflatedPoisson(0.25, rate), itself, 0.75 * rate, detail::kRounding * rate);
  check_expectation(ZeroInflatedPoisson(0.25, rate), beyond(0), 0.75, detail::kRounding);
  check_expectation(Mixture(Categorical(vector({0.75, 0.25})), Poisson(vector({2, rate}))), itself,
                    1.5 + 0.25 * rate, detail::kRounding * rate);
  check_expectation(Geometric(0x1p-40), itself, 0x1p40 - 1, detail::kRounding * 0x1p40);
  check_expectation(DiscreteUniform(0, 0x1p50), itself, 0x1p49, detail::kRounding * 0x1p50);
  // Of which not every count is a number.
  const double far = kDigits ? 0x1p70 : 0x1p34;
  check_expectation(Poisson(far), itself, far, 4 * detail::kRounding * far);
  // A hundredth of it on a hill that is far narrower than where it stands.
  check_expectation(Mixture(Categorical(vector({0.99, 0.01})),
                            NegativeBinomial(vector({1, 0x1p20}), vector({1 - 0x1p-20, 0.5}))),
                    itself, 0.99 * (0x1p20 - 1) + 0.01 * 0x1p20, 8 * detail::kRounding * 0x1p20);
  // Half of it is at counts below 4.
  check_expectation(NegativeBinomial(0.0625, 1 - 0x1p-20), itself, 0.0625 * (0x1p20 - 1),
                    4 * detail::kRounding * 0x1p16);
}
