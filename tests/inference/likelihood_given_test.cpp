#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/inference/maximum_likelihood.hpp>

#include "../numbers.hpp"

// What is given and not fitted, and what the estimates are called.

using namespace evident;
using evident::testing::kInf;

namespace {

// One with a part that is given: a time to wait at least, and the mean of what follows.
class Late final : public Distribution {
 public:
  Late(Var delay, Var scale) : delay_(std::move(delay)), scale_(std::move(scale)) {
    check_parameters();
  }
  std::string name() const override { return "Late"; }
  std::vector<Parameter> parameters() const override {
    return {{"delay", delay_, constraints::real()}, {"scale", scale_, constraints::positive()}};
  }
  Constraint support() const override { return constraints::at_least(delay_.value()); }

 protected:
  Var log_prob_at(const Var& x) const override { return -log(scale_) - (x - delay_) / scale_; }
  Array draw(Rng& rng, const Shape& sample_shape) const override {
    return (delay_ + Var(Exponential(1 / scale_).sample(rng, sample_shape))).value();
  }

 private:
  Var delay_, scale_;
};

}  // namespace

template <>
struct evident::Likelihood<Late> {
  static constexpr const char* kName = "Late";
  static Late make(const std::vector<Var>& p, double delay) { return {delay, p[0]}; }
  static Constraint support(double delay) { return constraints::at_least(delay); }
  static std::vector<double> start(const Sample& x, double) { return {x.mean()}; }
};

TEST_CASE("maximum_likelihood: errors where a part is given") {
  CHECK_THROWS_WITH_AS(maximum_likelihood<Binomial>(vector({1, 4}), 3),
                       doctest::Contains("element 1 of 2 is 4"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<Binomial>(vector({0, 0}), 0),
                       doctest::Contains("total_count must be at least 1, got 0"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<Binomial>(vector({0, 1}), 2.5),
                       doctest::Contains("whole number >= 0, got 2.5"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<Categorical>(vector({0, 1, 3}), 3),
                       doctest::Contains("element 2 of 3 is 3"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<Categorical>(vector({0}), 0),
                       doctest::Contains("there are 0 outcomes"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<TruncatedNormal>(vector({0.5, 2}), 0, 1),
                       doctest::Contains("element 1 of 2 is 2"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<TruncatedNormal>(vector({0.5}), 1, 0),
                       doctest::Contains("low must be less than high"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<TruncatedNormal>(vector({0.5, 0.5}), 0, 1),
                       doctest::Contains("data that are all 0.5 has no bound"), Error);
  // A little less than uniform, and a little more.
  CHECK(std::isfinite(
      maximum_likelihood<TruncatedNormal>(vector({0.125, 0.25, 0.75, 0.875}), -0.125, 1.125)
          .estimates[1]
          .standard_error));
  CHECK_THROWS_WITH_AS(maximum_likelihood<TruncatedNormal>(vector({0, 0.25, 0.75, 1}), 0, 1),
                       doctest::Contains("fit a ContinuousBernoulli to (x - low) / (high - low)"),
                       Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<TruncatedNormal>(vector({0, 1, 5}), 0, kInf),
                       doctest::Contains("fit an Exponential to x - low"), Error);
  CHECK_THROWS_WITH_AS(maximum_likelihood<TruncatedNormal>(vector({0, -1, -5}), -kInf, 0),
                       doctest::Contains("fit an Exponential to high - x"), Error);
}

TEST_CASE("maximum_likelihood: an estimate has the name of the parameter that it is") {
  const auto binomial = maximum_likelihood<Binomial>(vector({3, 3}), 3);
  CHECK(binomial.estimates[0].name == "probs");
  CHECK(binomial.estimates[0].value == 1);
  CHECK(std::isnan(binomial.estimates[0].standard_error));
  CHECK(binomial.distribution.total_count().item() == 3);
  const auto labels = maximum_likelihood<Categorical>(vector({0, 2, 2, 2}), 3);
  CHECK(labels.estimates[1].name == "probs[1]");
  CHECK(labels.estimates[1].value == 0);
  CHECK(std::isnan(labels.estimates[1].standard_error));
  CHECK(labels.estimates[2].name == "probs[2]");
  CHECK(labels.distribution.probs().value()(2) == doctest::Approx(0.75));
  const auto grey = maximum_likelihood<ContinuousBernoulli>(vector({0.25, 0.5}));
  CHECK(grey.estimates[0].name == "logits");
  // Where what is given comes first.
  const auto late = maximum_likelihood<Late>(vector({3, 5, 9}), 2);
  CHECK(late.estimates[0].name == "scale");
  CHECK(late.estimates[0].value == doctest::Approx(11 / 3.0));
  CHECK(late.iterations > 0);
}
