#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/threads.hpp>
#include <evident/tests/autodiff/plain.hpp>
#include <functional>
#include <string>

using namespace evident;
using namespace evident::reference;

namespace {

struct Sampler {
  std::string name;
  Array (*draw)(const Shape&, Rng&);
};

const Sampler kSamplers[] = {
    {"uniform", uniform},
    {"standard_normal", standard_normal},
    {"bernoulli_mask",
     [](const Shape& shape, Rng& rng) { return bernoulli_mask(shape, 0.3, 2, rng); }},
};

Array drawn(const Sampler& sampler, const Shape& shape, std::uint64_t seed = 1) {
  Rng rng(seed, "test");
  return sampler.draw(shape, rng);
}

}  // namespace

TEST_CASE("random: every call advances, equal generators give equal bits") {
  for (const Sampler& sampler : kSamplers) {
    INFO(sampler.name);
    Rng rng(1, "test");
    const Array first = sampler.draw({1000}, rng);
    CHECK_EQ(rng.draw(), 1);
    const Array second = sampler.draw({1000}, rng);
    CHECK_FALSE(same_bits(first, second));
    CHECK(same_bits(first, drawn(sampler, {1000})));
    CHECK_FALSE(same_bits(first, drawn(sampler, {1000}, 2)));
  }
}

TEST_CASE("random: an array begins like a longer one, whatever their shapes") {
  for (const Sampler& sampler : kSamplers) {
    INFO(sampler.name);
    const Array longer = drawn(sampler, {40, 1000});
    for (const std::size_t length : {0, 1, 3, 63, 64, 65, 1000, 20000}) {
      const Array shorter = drawn(sampler, {length});
      REQUIRE_EQ(shorter.size(), length);
      CHECK(std::equal(shorter.data(), shorter.data() + length, longer.data()));
    }
    CHECK_EQ(drawn(sampler, {}).data()[0], longer.data()[0]);
    CHECK_EQ(drawn(sampler, {3, 0, 2}).shape(), Shape{3, 0, 2});
  }
}

TEST_CASE("random: the same bits for any number of threads") {
  const std::size_t before = threads();
  for (const Sampler& sampler : kSamplers) {
    INFO(sampler.name);
    std::vector<Array> results;
    for (const std::size_t count : {1, 2, 3}) {
      set_threads(count);
      results.push_back(drawn(sampler, {100003}));
    }
    CHECK(same_bits(results[0], results[1]));
    CHECK(same_bits(results[0], results[2]));
  }
  set_threads(before);
}

TEST_CASE("random: a uniform is the middle of the cell that its words name") {
  Rng rng(3, "test");
  const Draw draw = Rng(rng).next();
  const Array u = uniform({128}, rng);
  std::uint32_t high[Draw::kGroup];
  for (std::size_t i = 0; i < 128; ++i) {
    draw.group(i / Draw::kGroup, 0, high);
#ifdef EVIDENT_F32
    const double want = ((high[i % Draw::kGroup] >> 9) + 0.5) / 8388608.0;
#else
    std::uint32_t low[Draw::kGroup];
    draw.group(i / Draw::kGroup, 1, low);
    const std::uint64_t cell =
        (std::uint64_t{high[i % Draw::kGroup] >> 6} << 26) | low[i % Draw::kGroup] >> 6;
    const double want = (static_cast<double>(cell) + 0.5) / 4503599627370496.0;
#endif
    CHECK_EQ(static_cast<double>(u.data()[i]), want);
  }
}

// Box and Muller 1958: of each 64 uniforms, 32 give the radii and 32 the angles.
TEST_CASE("random: normals are the radii, cosines and sines of the uniforms") {
  Rng rng(3, "test");
  Rng same = rng;
  const Array u = uniform({6400}, rng);
  const Array x = standard_normal({6400}, same);
  Plain want{{6400}, std::vector<double>(6400)};
  for (std::size_t i = 0; i < 6400; ++i) {
    if (i % 64 >= 32) continue;
    const double radius = std::sqrt(-2 * std::log(static_cast<double>(u.data()[i])));
    const double angle = 2 * std::acos(-1.0) * static_cast<double>(u.data()[i + 32]);
    want.data[i] = radius * std::cos(angle);
    want.data[i + 32] = radius * std::sin(angle);
  }
  CHECK_EQ(difference(plain(x), want, 0, tolerance(4e-15, 2e-6)), "");
}

TEST_CASE("random: uniforms are never 0 or 1, normals are finite") {
  Rng rng(5);
  const Array u = uniform({1000000}, rng);
  CHECK_GT(*std::min_element(u.begin(), u.end()), 0);
  CHECK_LT(*std::max_element(u.begin(), u.end()), 1);
  const Array x = standard_normal({1000000}, rng);
  CHECK(std::all_of(x.begin(), x.end(), [](real value) { return std::isfinite(value); }));
}

TEST_CASE("random: a mask of certainties") {
  Rng rng(5);
  const Array none = bernoulli_mask({1000}, 0, 3, rng);
  const Array all = bernoulli_mask({1000}, 1, 3, rng);
  CHECK(same_bits(none, zeros({1000})));
  CHECK(same_bits(all, full({1000}, 3)));
}

#ifdef EVIDENT_F64

namespace {

constexpr std::size_t kDraws = 1000000;
constexpr double kRoot = 1000;  // of kDraws

double mean_of(const Array& x, const std::function<double(double)>& f) {
  double total = 0;
  for (const double value : x) total += f(value);
  return total / static_cast<double>(x.size());
}

// Kolmogorov's statistic sqrt(n) sup |F_n - F|.
double kolmogorov(const Array& x, double (*cdf)(double)) {
  std::vector<double> sorted(x.begin(), x.end());
  std::sort(sorted.begin(), sorted.end());
  const auto n = static_cast<double>(sorted.size());
  double largest = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const double f = cdf(sorted[i]);
    const auto rank = static_cast<double>(i);
    largest = std::max({largest, f - rank / n, (rank + 1) / n - f});
  }
  return std::sqrt(n) * largest;
}

// Exceeded with probability `level` (the asymptotic tail 2 exp(-2 t^2)).
double kolmogorov_critical(double level) { return std::sqrt(-std::log(level / 2) / 2); }

}  // namespace

TEST_CASE("random: uniforms have the moments of the uniform distribution") {
  Rng rng(11);
  const Array u = uniform({kDraws}, rng);
  // E u^k = 1/(k + 1), with standard error sqrt(1/(2k + 1) - 1/(k + 1)^2) / sqrt(n).
  for (int k = 1; k <= 4; ++k) {
    const double error = std::sqrt(1.0 / (2 * k + 1) - 1.0 / ((k + 1) * (k + 1))) / kRoot;
    const double moment = mean_of(u, [k](double x) { return std::pow(x, k); });
    CHECK_LE(std::abs(moment - 1.0 / (k + 1)), 5 * error);
  }
}

TEST_CASE("random: Kolmogorov-Smirnov, ten seeds of each") {
  const double critical = kolmogorov_critical(0.01 / 20);
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    Rng rng(seed, "kolmogorov");
    CHECK_LE(kolmogorov(uniform({100000}, rng), [](double x) { return x; }), critical);
    CHECK_LE(kolmogorov(standard_normal({100000}, rng),
                        [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }),
             critical);
  }
}

TEST_CASE("random: normals have mean 0, variance 1, skewness 0 and kurtosis 3") {
  Rng rng(12);
  const Array x = standard_normal({kDraws}, rng);
  // Standard errors of raw moments: sqrt(var x^k / n).
  CHECK_LE(std::abs(mean_of(x, [](double v) { return v; })), 5 * 1 / kRoot);
  CHECK_LE(std::abs(mean_of(x, [](double v) { return v * v; }) - 1), 5 * std::sqrt(2.0) / kRoot);
  CHECK_LE(std::abs(mean_of(x, [](double v) { return v * v * v; })), 5 * std::sqrt(15.0) / kRoot);
  CHECK_LE(std::abs(mean_of(x, [](double v) { return v * v * v * v; }) - 3),
           5 * std::sqrt(96.0) / kRoot);
  // Far out as well: P(|x| > 4) = erfc(4 / sqrt 2).
  const double p = std::erfc(4 / std::sqrt(2.0));
  const double far = mean_of(x, [](double v) { return std::abs(v) > 4 ? 1 : 0; });
  CHECK_LE(std::abs(far - p), 5 * std::sqrt(p) / kRoot);
}

TEST_CASE("random: the cosines and sines of a group are independent, and so are neighbours") {
  Rng rng(13);
  const Array x = standard_normal({kDraws}, rng);
  constexpr std::size_t kHalf = Draw::kGroup / 2;
  for (const std::size_t distance : {std::size_t{1}, std::size_t{16}, kHalf, Draw::kGroup}) {
    double product = 0;
    double squares = 0;
    double count = 0;
    for (std::size_t i = 0; i + distance < kDraws; ++i) {
      if (distance == kHalf && i % Draw::kGroup >= kHalf) continue;
      const double a = x.data()[i];
      const double b = x.data()[i + distance];
      product += a * b;
      squares += (a * a - 1) * (b * b - 1);  // the two share a radius
      count += 1;
    }
    CHECK_LE(std::abs(product), 5 * std::sqrt(count));
    CHECK_LE(std::abs(squares), 5 * 2 * std::sqrt(count));
  }
}

TEST_CASE("random: streams, draws and steps are uncorrelated") {
  Rng rng(14);
  Rng stream = rng.stream("other");
  Rng step = rng;
  step.advance_step();
  const Array first = standard_normal({kDraws}, rng);
  for (const Array& other : {standard_normal({kDraws}, rng), standard_normal({kDraws}, stream),
                             standard_normal({kDraws}, step)}) {
    double product = 0;
    for (std::size_t i = 0; i < kDraws; ++i) product += first.data()[i] * other.data()[i];
    CHECK_LE(std::abs(product), 5 * kRoot);
  }
}

TEST_CASE("random: a mask keeps the share that it should") {
  for (const double p : {0.01, 0.3, 0.5, 0.8}) {
    Rng rng(15);
    const Array mask = bernoulli_mask({kDraws}, p, 1 / p, rng);
    CHECK(std::all_of(mask.begin(), mask.end(), [p](double m) { return m == 0 || m == 1 / p; }));
    const double kept = mean_of(mask, [](double m) { return m != 0; });
    CHECK_LE(std::abs(kept - p), 5 * std::sqrt(p * (1 - p)) / kRoot);
  }
}

#endif
