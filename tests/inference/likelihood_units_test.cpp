#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <evident/inference/maximum_likelihood.hpp>

// Neither an outlier nor where data lie nor their units hide a maximum.

using namespace evident;

namespace {

constexpr bool kFitInDouble = sizeof(real) == 8;

// The maximum of the likelihood of `located_data` and, if it is not 0, an outlier, with the
// standard errors: zeros of the gradient, and the Hessian there, by mpmath at 50 digits.
struct LocatedFit {
  double outlier;
  std::vector<double> estimates, errors;
  double log_likelihood;
};

// Multiples of 2^-6: that far from 0 numbers are rounded no more than so in double at 2e9, in float
// at 1e5.
const std::vector<double> located_data = {-3.75,   -1.25,   -0.875,  -0.640625, -0.375,   -0.21875,
                                          -0.0625, 0.03125, 0.15625, 0.34375,   0.453125, 0.671875,
                                          0.9375,  1.3125,  1.90625, 4.5};

Array located_at(double outlier, double by, double times) {
  std::vector<double> all = located_data;
  if (outlier != 0) all.push_back(outlier);
  Array data = zeros({all.size()});
  std::transform(all.begin(), all.end(), data.begin(),
                 [&](double x) { return static_cast<real>(times * x + by); });
  return data;
}

// The estimates are those of the row after x -> times x + by. Of what outliers do not leave as a
// multiple of 2^-6, `by` is 0.
template <class D>
void fits_located(const LocatedFit& row, double by = 0, double times = 1) {
  CAPTURE(row.outlier);
  CAPTURE(by);
  CAPTURE(times);
  const auto fit = maximum_likelihood<D>(located_at(row.outlier, by, times));
  REQUIRE(fit.estimates.size() == row.estimates.size());
  for (std::size_t i = 0; i < row.estimates.size(); ++i) {
    const Estimate& e = fit.estimates[i];
    CAPTURE(std::string(Likelihood<D>::kName) + ": " + e.name);
    const double unit = e.name == "df" ? 1 : times, from = e.name == "loc" ? by : 0;
    const double expected = unit * row.estimates[i] + from, error = unit * row.errors[i];
    CHECK(std::abs(e.value - expected) <=
          (kFitInDouble ? 1e-8 : 1e-3) * error + 1e-15 * std::abs(from));
    CHECK(e.standard_error == doctest::Approx(error).epsilon(kFitInDouble ? 1e-6 : 2e-3));
  }
  const auto n = static_cast<double>(located_data.size() + (row.outlier == 0 ? 0 : 1));
  CHECK(fit.log_likelihood == doctest::Approx(row.log_likelihood - n * std::log(times))
                                  .epsilon(kFitInDouble ? 1e-12 : 1e-5));
}

const LocatedFit located_logistic = {0,
                                     {0.15518965324171361, 0.81426822967932954},
                                     {0.3391398509, 0.1785000776},
                                     -29.551580557620526};
const LocatedFit located_gumbel = {0,
                                   {-0.62379239991962718, 1.7286351102487112},
                                   {0.4590415388, 0.2944946143},
                                   -32.34787133210126};
const LocatedFit located_cauchy = {0,
                                   {0.09329026938296153, 0.60776965314558107},
                                   {0.2233310527, 0.2076450503},
                                   -28.846673022266406};
const LocatedFit located_student = {0,
                                    {1.7647894731745733, 0.10921815050496174, 0.76844848640384469},
                                    {1.103334305, 0.2502375941, 0.2954147018},
                                    -28.358525177328964};
// The mean, the deviation, and these over the roots of 16 and of 32.
const LocatedFit located_normal = {
    0, {0.1962890625, 1.6519417059452518}, {0.41298542648631294, 0.29202479559969029}, 0};

// A user's own: normal of scale 1, and nobody said that its loc is one.
class Bell final : public Distribution {
 public:
  explicit Bell(Var loc) : loc_(std::move(loc)) { check_parameters(); }
  std::string name() const override { return "Bell"; }
  std::vector<Parameter> parameters() const override {
    return {{"loc", loc_, constraints::real()}};
  }
  Constraint support() const override { return constraints::real(); }

 protected:
  Var log_prob_at(const Var& x) const override { return Normal(loc_, 1).log_prob(x); }
  Array draw(Rng& rng, const Shape& sample_shape) const override {
    return Normal(loc_, 1).sample(rng, sample_shape);
  }

 private:
  Var loc_;
};

}  // namespace

template <>
struct evident::Likelihood<Bell> : LikelihoodOf<Bell> {
  static constexpr const char* kName = "Bell";
  static std::vector<double> start(const Sample& x) { return {x.min()}; }
};

TEST_CASE("maximum_likelihood: an outlier hides no maximum") {
  fits_located<Logistic>({1e4,
                          {73.820625115288916, 588.2258671827587},
                          {209.1405184, 142.6653508},
                          -147.52902632247036});
  fits_located<Logistic>({-1e4,
                          {-73.430937928222897, 588.24895981994819},
                          {209.1487288, 142.6709517},
                          -147.52969370179312});
  fits_located<Gumbel>({1e3,
                        {3.7414186766442053, 58.858176107293774},
                        {14.30173252, 14.26961927},
                        -102.23994152586962});
  fits_located<Gumbel>({-1e3,
                        {-208.16775705896493, 389.78895441332588},
                        {101.1392474, 58.309665},
                        -124.93675116501972});
  fits_located<Cauchy>({1e4,
                        {0.096484601564331982, 0.68272695855107772},
                        {0.2362259189, 0.2325479093},
                        -48.851815656452949});
  fits_located<StudentT>({1e4,
                          {0.55484521467435125, 0.080229266108725617, 0.51023615355993442},
                          {0.1822036654, 0.2074357873, 0.2243974013},
                          -47.10978200423695});
  for (const double outlier : {1e12, -1e12, 1e30}) {
    const Array data = located_at(outlier, 0, 1);
    CHECK(maximum_likelihood<Logistic>(data).estimates[1].value > 0.01 * std::abs(outlier));
    CHECK(maximum_likelihood<Gumbel>(data).estimates[1].value > 0.01 * std::abs(outlier));
    CHECK(std::abs(maximum_likelihood<StudentT>(data).estimates[1].value) < 1);
  }
}

TEST_CASE("maximum_likelihood: how far from 0 data lie costs no digit") {
  for (const double by : {0.0, 1e5, -1e5, 1e8, 1.7e9}) {
    if (!kFitInDouble && std::abs(by) > 1e5) continue;
    fits_located<Logistic>(located_logistic, by);
    fits_located<Gumbel>(located_gumbel, by);
    fits_located<Cauchy>(located_cauchy, by);
    fits_located<StudentT>(located_student, by);
    const auto bell = maximum_likelihood<Bell>(located_at(0, by, 1));
    CHECK(std::abs(bell.estimates[0].value - by - located_normal.estimates[0]) <=
          1e-2 * bell.estimates[0].standard_error + 2 * detail::kRounding * std::abs(by));
  }
}

TEST_CASE("maximum_likelihood: nor do units") {
  for (const double times : {1e-30, 1e30, 1e-200, 1e200}) {
    if (!kFitInDouble && std::abs(std::log10(times)) > 38) continue;
    fits_located<Logistic>(located_logistic, 0, times);
    fits_located<Gumbel>(located_gumbel, 0, times);
    fits_located<Cauchy>(located_cauchy, 0, times);
    fits_located<StudentT>(located_student, 0, times);
    const auto fit = maximum_likelihood<Normal>(located_at(0, 0, times));
    for (const std::size_t i : {0, 1}) {
      CHECK(fit.estimates[i].value ==
            doctest::Approx(times * located_normal.estimates[i]).epsilon(1e-6));
      CHECK(fit.estimates[i].standard_error == doctest::Approx(times * located_normal.errors[i]));
    }
    Array sizes = located_at(0, 0, times);
    for (real& x : sizes) x = std::abs(x);
    CHECK(maximum_likelihood<HalfNormal>(sizes).estimates[0].value ==
          doctest::Approx(times *
                          std::hypot(located_normal.estimates[0], located_normal.estimates[1])));
    CHECK(maximum_likelihood<Weibull>(sizes).estimates[0].standard_error > 0);
    CHECK(maximum_likelihood<Gamma>(sizes).estimates[0].standard_error > 0);
    CHECK(maximum_likelihood<InverseGamma>(sizes).estimates[0].standard_error > 0);
  }
}
