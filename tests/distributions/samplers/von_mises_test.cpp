#include <doctest/doctest.h>

#include <boost/math/special_functions/bessel.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/distributions/samplers/von_mises.hpp>
#include <evident/tests/distributions/samplers/statistics.hpp>

using namespace evident;
using namespace evident::testing;

namespace {

constexpr std::size_t kVonMisesDraws = 200000;
using evident::parts::kPi;

// The distribution function, by Simpson's rule on a grid over all that has any weight.
class VonMisesCdf {
 public:
  explicit VonMisesCdf(double k) : end_(std::min(kPi, 15 / std::sqrt(k + 1e-300))) {
    const auto density = [k](double x) {
      const double s = std::sin(x / 2);
      return std::exp(-2 * k * s * s);
    };
    for (std::size_t i = 0; i < kSteps; ++i) {
      const double x = at(i);
      const double next = at(i + 1);
      sums_.push_back(sums_.back() +
                      (density(x) + 4 * density((x + next) / 2) + density(next)) / 6);
    }
  }

  double operator()(double x) const {
    const double place = std::clamp((x + end_) / (2 * end_), 0.0, 1.0) * kSteps;
    const auto i = std::min(kSteps - 1, static_cast<std::size_t>(place));
    const double share = place - static_cast<double>(i);
    return (sums_[i] + share * (sums_[i + 1] - sums_[i])) / sums_.back();
  }

 private:
  static constexpr std::size_t kSteps = 20000;

  double at(std::size_t i) const { return end_ * (2.0 * static_cast<double>(i) / kSteps - 1); }

  double end_;
  std::vector<double> sums_{0.0};
};

}  // namespace

TEST_CASE("von Mises: Kolmogorov and Smirnov's distance, and the mean cosine") {
  for (const double given : {0.0, 1e-6, 0.1, 1.0, 4.0, 50.0, 1e4, 1e6, 1e10}) {
    CAPTURE(given);
    const double k = static_cast<real>(given);
    Rng rng(41, "von Mises");
    const Array x = von_mises(scalar(k), {kVonMisesDraws}, rng);
    CHECK(std::all_of(x.begin(), x.end(), [](double v) { return v >= -kPi && v < kPi; }));
    CHECK_LT(kolmogorov(x, VonMisesCdf(k)), kKolmogorovCritical);
    if (k > 50) continue;
    Array cosines = x;
    for (real& value : cosines) value = std::cos(value);
    const double mean = boost::math::cyl_bessel_i(1, k) / boost::math::cyl_bessel_i(0, k);
    const double square =
        0.5 + 0.5 * boost::math::cyl_bessel_i(2, k) / boost::math::cyl_bessel_i(0, k);
    CHECK_LT(mean_in_errors(cosines, mean, square - mean * mean), 5);
  }
}

TEST_CASE("von Mises: edges") {
  const double infinity = std::numeric_limits<double>::infinity();
  Rng rng(42, "von Mises");
  const Array x = von_mises(vector({-1, std::nan(""), infinity, 1e30}), {100, 4}, rng);
  for (std::size_t row = 0; row < 100; ++row) {
    const real* at = x.data() + 4 * row;
    REQUIRE((std::isnan(at[0]) && std::isnan(at[1])));
    REQUIRE((std::abs(at[2]) < 1e-30 && std::abs(at[3]) < 1e-13));
  }
}
