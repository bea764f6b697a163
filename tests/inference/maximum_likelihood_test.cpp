#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/gamma_functions.hpp>
#include <evident/autodiff/gradients.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/inference/maximum_likelihood.hpp>

#include "../numbers.hpp"

using namespace evident;
using evident::testing::kInf;

namespace {

// A user's own distribution: a waiting time with a rate.
class Waiting final : public Distribution {
 public:
  explicit Waiting(Var rate) : rate_(std::move(rate)) { check_parameters(); }
  std::string name() const override { return "Waiting"; }
  std::vector<Parameter> parameters() const override {
    return {{"rate", rate_, constraints::positive()}};
  }
  Constraint support() const override { return constraints::non_negative(); }

 protected:
  Var log_prob_at(const Var& x) const override { return log(rate_) - rate_ * x; }
  Array draw(Rng& rng, const Shape& sample_shape) const override {
    return Exponential(rate_).sample(rng, sample_shape);
  }

 private:
  Var rate_;
};

#ifdef EVIDENT_F64
// The mean score at the parameters.
template <class D, class... Given>
std::vector<double> score(const std::vector<double>& at, const Array& data, const Given&... given) {
  std::vector<Array> inputs;
  for (const double value : at) inputs.push_back(scalar(value));
  const auto result = value_and_grad(
      [&](const std::vector<Var>& p) {
        return mean(Likelihood<D>::make(p, given...).log_prob(data));
      },
      inputs);
  std::vector<double> gradient;
  for (const Array& g : result.second) gradient.push_back(static_cast<double>(g()));
  return gradient;
}

// The inverse of a positive-definite matrix, by Gauss and Jordan.
std::vector<std::vector<double>> inverse(std::vector<std::vector<double>> a) {
  const std::size_t n = a.size();
  for (std::size_t i = 0; i < n; ++i) {
    a[i].resize(2 * n);
    a[i][n + i] = 1;
  }
  for (std::size_t j = 0; j < n; ++j) {
    const double pivot = a[j][j];
    for (double& v : a[j]) v /= pivot;
    for (std::size_t i = 0; i < n; ++i) {
      if (i == j) continue;
      const double factor = a[i][j];
      for (std::size_t k = 0; k < 2 * n; ++k) a[i][k] -= factor * a[j][k];
    }
  }
  for (std::vector<double>& row : a) row.erase(row.begin(), row.begin() + n);
  return a;
}

// The score at the estimate is 0, in units of its own standard error, and the standard errors are
// the roots of the diagonal of the inverse observed information.
template <class D, class... Given>
void is_maximum(const std::vector<double>& truth, const Given&... given) {
  Rng rng(8, "observed information");
  constexpr double kCount = 800;
  const Array data = Likelihood<D>::make({truth.begin(), truth.end()}, given...).sample(rng, {800});
  const auto fit = maximum_likelihood<D>(data, given...);
  std::vector<double> at, errors;
  for (const Estimate& e : fit.estimates) {
    at.push_back(e.value);
    errors.push_back(e.standard_error);
  }
  const std::vector<double> zero = score<D>(at, data, given...);
  std::vector<std::vector<double>> information(at.size(), std::vector<double>(at.size()));
  for (std::size_t j = 0; j < at.size(); ++j) {
    CHECK_MESSAGE(std::abs(zero[j]) * errors[j] * std::sqrt(kCount) < 1e-8,
                  fit.distribution.name() << ": " << fit.estimates[j].name << ": " << zero[j]);
    std::vector<double> right = at, left = at;
    const double step = 1e-4 * errors[j];
    right[j] += step, left[j] -= step;
    const std::vector<double> up = score<D>(right, data, given...),
                              down = score<D>(left, data, given...);
    for (std::size_t i = 0; i < at.size(); ++i) {
      information[i][j] = -kCount * (up[i] - down[i]) / (right[j] - left[j]);
    }
  }
  const auto covariance = inverse(information);
  for (std::size_t j = 0; j < at.size(); ++j) {
    CHECK_MESSAGE(errors[j] == doctest::Approx(std::sqrt(covariance[j][j])).epsilon(1e-5),
                  fit.distribution.name() << ": " << fit.estimates[j].name);
  }
}
#endif

// The truth within 5 standard errors, or within 1 % where there are none.
template <class D, class... Given>
void recovers(const std::vector<double>& truth, const Given&... given) {
  Rng rng(5, "maximum likelihood");
  const D d = Likelihood<D>::make({truth.begin(), truth.end()}, given...);
  const auto fit = maximum_likelihood<D>(d.sample(rng, {4000}), given...);
  REQUIRE(fit.estimates.size() == truth.size());
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const Estimate& e = fit.estimates[i];
    const double bound =
        std::isnan(e.standard_error) ? 0.01 * std::abs(truth[i]) : 5 * e.standard_error;
    CHECK_MESSAGE(std::abs(e.value - truth[i]) <= bound,
                  d.name() << ": " << e.name << " = " << e.value << " +- " << e.standard_error);
    CHECK_FALSE(e.standard_error > 0.2 * std::max(1.0, std::abs(truth[i])));
  }
}

}  // namespace

template <>
struct evident::Likelihood<Waiting> : LikelihoodOf<Waiting> {
  static constexpr const char* kName = "Waiting";
  static std::vector<double> start(const Sample& x) { return {3 / x.mean()}; }
};

TEST_CASE("maximum_likelihood: recovers parameters") {
  recovers<Bernoulli>({0.3});
  recovers<Beta>({2, 5});
  recovers<Beta>({0.4, 0.7});
  recovers<Beta>({60, 900});
  recovers<Binomial>({0.3}, 12);
  recovers<Categorical>({0.2, 0.5, 0, 0.3}, 4);
  recovers<Cauchy>({2, 0.5});
  recovers<Chi2>({0.3});
  recovers<Chi2>({7});
  recovers<ContinuousBernoulli>({0.1});
  recovers<ContinuousBernoulli>({4});
  recovers<ContinuousBernoulli>({-3000});
  recovers<Exponential>({3});
  recovers<Gamma>({2.5, 0.5});
  recovers<Gamma>({0.3, 4});
  recovers<Geometric>({0.2});
  recovers<Gumbel>({-1, 2});
  recovers<HalfCauchy>({2});
  recovers<HalfNormal>({2});
  recovers<InverseGamma>({3, 2});
  recovers<Kumaraswamy>({2, 5});
  recovers<Kumaraswamy>({0.3, 0.7});
  recovers<Kumaraswamy>({9, 800});
  recovers<Laplace>({1, 2});
  recovers<Logistic>({1, 2});
  recovers<LogNormal>({0.5, 0.7});
  recovers<NegativeBinomial>({4, 0.6});
  recovers<Normal>({1000, 0.5});
  recovers<Pareto>({2, 3});
  recovers<Poisson>({4.5});
  recovers<StudentT>({2.5, -1, 3});
  recovers<StudentT>({1, 100, 0.1});
  recovers<StudentT>({6, 0, 1});
  recovers<TruncatedNormal>({1, 2}, 0, 3);
  recovers<TruncatedNormal>({-0.5, 1}, 0, kInf);
  recovers<TruncatedNormal>({100, 2}, -kInf, 99);
  recovers<TruncatedNormal>({5, 2}, -kInf, kInf);
  recovers<Uniform>({1, 3});
  recovers<VonMises>({1, 2});
  recovers<VonMises>({3.1, 0.3});
  recovers<VonMises>({-2, 500});
  recovers<Waiting>({2});
  recovers<Weibull>({2, 1.5});
  recovers<ZeroInflatedPoisson>({0.3, 4});
  recovers<ZeroInflatedPoisson>({0.6, 0.5});
}

#ifdef EVIDENT_F64
TEST_CASE("maximum_likelihood: the score is 0, standard errors are those of the information") {
  Rng rng(6, "score");
  const Array data = Gamma(2.5, 0.5).sample(rng, {500});
  const auto fit = maximum_likelihood<Gamma>(data);
  const double a = fit.estimates[0].value, r = fit.estimates[1].value, n = 500;
  const auto score = value_and_grad(
      [&](const std::vector<Var>& p) { return mean(Gamma(p[0], p[1]).log_prob(data)); },
      std::vector<Array>{scalar(a), scalar(r)});
  CHECK(std::abs(score.second[0]()) < 1e-10);
  CHECK(std::abs(score.second[1]()) < 1e-10);
  // The information of a Gamma is [psi'(a), -1/r; -1/r, a/r^2] an observation.
  const double psi = trigamma(Var(a)).item(), determinant = (psi * a - 1) / (r * r);
  CHECK(fit.estimates[0].standard_error ==
        doctest::Approx(std::sqrt(a / (r * r) / determinant / n)).epsilon(1e-6));
  CHECK(fit.estimates[1].standard_error ==
        doctest::Approx(std::sqrt(psi / determinant / n)).epsilon(1e-6));
}

TEST_CASE("maximum_likelihood: at every inner maximum the score is 0 and the errors are right") {
  is_maximum<Beta>({2, 5});
  is_maximum<Beta>({0.4, 0.7});
  is_maximum<Cauchy>({2, 0.5});
  is_maximum<Chi2>({3});
  is_maximum<ContinuousBernoulli>({-40});
  is_maximum<ContinuousBernoulli>({1e-3});
  is_maximum<ContinuousBernoulli>({30});
  is_maximum<Gamma>({2.5, 0.5});
  is_maximum<Gumbel>({-1, 2});
  is_maximum<HalfCauchy>({2});
  is_maximum<InverseGamma>({3, 2});
  is_maximum<Kumaraswamy>({2, 5});
  is_maximum<Kumaraswamy>({0.4, 0.7});
  is_maximum<Logistic>({1, 2});
  is_maximum<NegativeBinomial>({4, 0.6});
  is_maximum<StudentT>({2.5, -1, 3});
  is_maximum<TruncatedNormal>({1, 2}, 0, 3);
  is_maximum<TruncatedNormal>({-1, 1}, 0, kInf);
  is_maximum<TruncatedNormal>({-3, 1}, 0, 1);
  is_maximum<TruncatedNormal>({100, 2}, -kInf, 99);
  is_maximum<VonMises>({1, 2});
  is_maximum<Weibull>({2, 1.5});
  is_maximum<ZeroInflatedPoisson>({0.3, 4});
  is_maximum<ZeroInflatedPoisson>({0.6, 0.5});
}

TEST_CASE("maximum_likelihood: what is known of the new ones' information") {
  Rng rng(9, "known information");
  const double n = 500;
  const auto chi2 = maximum_likelihood<Chi2>(Chi2(3).sample(rng, {500}));
  CHECK(chi2.estimates[0].standard_error ==
        doctest::Approx(2 / std::sqrt(n * trigamma(Var(chi2.estimates[0].value / 2)).item()))
            .epsilon(1e-6));
  // The loc is the direction of the sum; of it the information is n k A(k).
  const Array angles = VonMises(3, 2).sample(rng, {500});
  const auto fit = maximum_likelihood<VonMises>(angles);
  const double east = mean(cos(Var(angles))).item(), north = mean(sin(Var(angles))).item();
  const double loc = fit.estimates[0].value, k = fit.estimates[1].value;
  CHECK(std::sin(loc - std::atan2(north, east)) == doctest::Approx(0).epsilon(1e-9));
  CHECK(fit.distribution.variance().item() ==
        doctest::Approx(1 - std::hypot(east, north)).epsilon(1e-9));
  CHECK(fit.estimates[0].standard_error ==
        doctest::Approx(1 / std::sqrt(n * k * std::hypot(east, north))).epsilon(1e-6));
}

TEST_CASE("maximum_likelihood: two standard errors hold the truth 95 times in a hundred") {
  Rng rng(7, "coverage");
  int held = 0;
  for (int i = 0; i < 300; ++i) {
    const auto fit = maximum_likelihood<Gamma>(Gamma(2.5, 0.5).sample(rng, {200}));
    held += std::abs(fit.estimates[0].value - 2.5) <= 2 * fit.estimates[0].standard_error ? 1 : 0;
  }
  CHECK(std::abs(held / 300.0 - 0.9545) <= 5 * std::sqrt(0.9545 * 0.0455 / 300));
}
#endif

TEST_CASE("maximum_likelihood: errors name the element and what to do") {
  CHECK_THROWS_WITH_AS(maximum_likelihood<Gamma>(vector({})), doctest::Contains("no data"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<Gamma>(vector({1, -2})),
                       doctest::Contains("element 1 of 2 is -2"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<Normal>(vector({NAN})),
                       doctest::Contains("element 0 of 1 is NaN"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<Gamma>(vector({2, 2, 2})),
                       doctest::Contains("data that are all 2 has no bound"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<NegativeBinomial>(vector({2, 2, 3})),
                       doctest::Contains("fit a Poisson"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<Beta>(vector({0.5, 1})),
                       doctest::Contains("element 1 of 2 is 1"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<Beta>(vector({0.5, 0.25, 0})),
                       doctest::Contains("move what was rounded inside"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<Beta>(vector({0.5, 0.5})),
                       doctest::Contains("data that are all 0.5 has no bound"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<Chi2>(vector({1, 0})),
                       doctest::Contains("element 1 of 2 is 0"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<StudentT>(vector({1, 1, 1, 1})),
                       doctest::Contains("data that are all 1 has no bound"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<StudentT>(vector({-2, -1, 0, 1, 2})),
                       doctest::Contains("is not above a Normal's, 3"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<Cauchy>(vector({-3, 1, 1, 1, 7})),
                       doctest::Contains("data of which half are 1 has no bound"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<VonMises>(vector({2, 2})),
                       doctest::Contains("data that are all 2 has no bound"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<Normal>(ones({2, 2})),
                       doctest::Contains("expected a vector"), ShapeError);
  CHECK_THROWS_WITH_AS(maximum_likelihood<HalfCauchy>(vector({0, 3, 0, 1})),
                       doctest::Contains("2 of 4 data are 0"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<Kumaraswamy>(vector({0.5, 0.25, 0})),
                       doctest::Contains("move what was rounded inside"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<Kumaraswamy>(vector({0.5, 1})),
                       doctest::Contains("element 1 of 2 is 1"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<Kumaraswamy>(vector({0.5, 0.5})),
                       doctest::Contains("data that are all 0.5 has no bound"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<Kumaraswamy>(vector({0.5, 0.500001})),
                       doctest::Contains("from 0.5 to 0.50000"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<ContinuousBernoulli>(vector({0, 0})),
                       doctest::Contains("grows as logits go to -inf without end"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<ContinuousBernoulli>(vector({1})),
                       doctest::Contains("grows as logits go to inf without end"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<ZeroInflatedPoisson>(vector({0, 0})),
                       doctest::Contains("the data are all 0"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<ZeroInflatedPoisson>(vector({0, 1, 1, 2})),
                       doctest::Contains("with a gate of 0; fit a Poisson"), Error);
}

#ifdef EVIDENT_F64
TEST_CASE("maximum_likelihood: one gross outlier moves neither a heavy-tailed fit nor its errors") {
  Rng rng(21, "outlier");
  const Array data = Cauchy(0.3, 1).sample(rng, {50});
  const auto plain = maximum_likelihood<Cauchy>(data);
  for (const double outlier : {1e5, 1e7, 1e12}) {
    const Array more = concatenate({Var(data), Var(vector({outlier}))}).value();
    const auto fit = maximum_likelihood<Cauchy>(more);
    CHECK(fit.estimates[0].value == doctest::Approx(plain.estimates[0].value).epsilon(0.2));
    // The observed information at the maximum, by hand.
    const double m = fit.estimates[0].value, s = fit.estimates[1].value;
    double mm = 0, ms = 0, ss = 0;
    for (const real x : more) {
      const double r = x - m, q = r * r + s * s;
      mm += 2 * (s * s - r * r) / (q * q);
      ms += 4 * r * s / (q * q);
      ss += 1 / (s * s) - 2 * (s * s - r * r) / (q * q);
    }
    CHECK(fit.estimates[0].standard_error ==
          doctest::Approx(std::sqrt(ss / (mm * ss - ms * ms))).epsilon(1e-5));
  }
}

TEST_CASE("maximum_likelihood: a StudentT of few degrees of freedom is found beside a Normal") {
  const Array data = vector({-1, -1, 1, 1, -1e-3, -5e-4, -1e-4, 2e-4, 6e-4, 9e-4});  // kurtosis 2.5
  const auto student = maximum_likelihood<StudentT>(data);
  const auto normal = maximum_likelihood<Normal>(data);
  CHECK(student.log_likelihood > normal.log_likelihood + 20);
  CHECK(student.estimates[0].value < 1);
}
#endif
