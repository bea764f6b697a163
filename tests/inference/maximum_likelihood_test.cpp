#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/gamma_functions.hpp>
#include <evident/autodiff/gradients.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/inference/maximum_likelihood.hpp>

using namespace evident;

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

// The truth within 5 standard errors, or within 1 % where there are none.
template <class D>
void recovers(const std::vector<double>& truth) {
  Rng rng(5, "maximum likelihood");
  const D d = Likelihood<D>::make({truth.begin(), truth.end()});
  const auto fit = maximum_likelihood<D>(d.sample(rng, {4000}));
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
  recovers<Cauchy>({2, 0.5});
  recovers<Exponential>({3});
  recovers<Gamma>({2.5, 0.5});
  recovers<Gamma>({0.3, 4});
  recovers<Geometric>({0.2});
  recovers<Gumbel>({-1, 2});
  recovers<HalfNormal>({2});
  recovers<InverseGamma>({3, 2});
  recovers<Laplace>({1, 2});
  recovers<Logistic>({1, 2});
  recovers<LogNormal>({0.5, 0.7});
  recovers<NegativeBinomial>({4, 0.6});
  recovers<Normal>({1000, 0.5});
  recovers<Pareto>({2, 3});
  recovers<Poisson>({4.5});
  recovers<Uniform>({1, 3});
  recovers<Waiting>({2});
  recovers<Weibull>({2, 1.5});
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
  CHECK_THROWS_WITH_AS(maximum_likelihood<Normal>(ones({2, 2})),
                       doctest::Contains("expected a vector"), ShapeError);
}
