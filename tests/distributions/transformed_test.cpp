#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/check_gradients.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/delta.hpp>
#include <evident/distributions/exponential.hpp>
#include <evident/distributions/kl.hpp>
#include <evident/distributions/log_normal.hpp>
#include <evident/distributions/logistic.hpp>
#include <evident/distributions/multivariate_normal.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/poisson.hpp>
#include <evident/distributions/to_event.hpp>
#include <evident/distributions/transformed.hpp>
#include <evident/distributions/transforms.hpp>
#include <evident/distributions/uniform.hpp>
#include <evident/distributions/weibull.hpp>
#include <functional>
#include <memory>

#include "../numbers.hpp"

using namespace evident;

namespace {

using evident::testing::kInf;

template <class D>
std::shared_ptr<const Distribution> shared(D d) {
  return std::make_shared<const D>(std::move(d));
}

// A distribution that the library has, made by a transform of another.
struct Equal {
  const char* name;
  std::shared_ptr<const Distribution> transformed, expected;
};

std::vector<Equal> equals() {
  using namespace evident::transforms;
  const Array loc = vector({-0.3, 0.7}), scale = vector({0.5, 2});
  return {
      {"LogNormal", shared(Transformed(Normal(loc, scale), transforms::exp())),
       shared(LogNormal(loc, scale))},
      {"Normal", shared(Transformed(Normal(zeros({2}), 1), affine(loc, scale))),
       shared(Normal(loc, scale))},
      {"Normal, reversed", shared(Transformed(Normal(zeros({2}), 1), affine(loc, -Var(scale)))),
       shared(Normal(loc, scale))},
      {"Normal, both ways",
       shared(Transformed(Normal(zeros({2}), 1), affine(loc, vector({-0.5, 2})))),
       shared(Normal(loc, scale))},
      {"Uniform", shared(Transformed(Logistic(zeros({2}), 1), sigmoid_between(-1, vector({2, 4})))),
       shared(Uniform(-1, vector({2, 4})))},
      {"Weibull", shared(Transformed(Weibull(1, scale), compose({identity(), affine(0, 3)}))),
       shared(Weibull(3, scale))},
  };
}

}  // namespace

TEST_CASE("transformed: what the library has by another name") {
  const Array y = vector({0.2, 3}), p = vector({0.1, 0.85});
  for (const Equal& row : equals()) {
    CAPTURE(std::string(row.name));
    const auto compare = [](const Var& got, const Var& expected) {
      REQUIRE(got.shape() == expected.shape());
      for (std::size_t i = 0; i < got.size(); ++i) {
        const double a = got.value().data()[i], b = expected.value().data()[i];
        CHECK_MESSAGE((a == b || std::abs(a - b) <= 1e-12 * (1 + std::abs(b))),
                      a << " in place of " << b);
      }
    };
    for (const double factor : {1.0, -1.0, 0.0, 1e3, -kInf, kInf}) {
      Array at = y;
      if (std::isinf(factor)) {
        at = full({2}, factor);
      } else {
        at = (Var(y) * factor).value();
      }
      CAPTURE(factor);
      compare(row.transformed->log_prob(at), row.expected->log_prob(at));
      compare(row.transformed->cdf(at), row.expected->cdf(at));
      compare(row.transformed->log_cdf(at), row.expected->log_cdf(at));
      compare(row.transformed->log_survival(at), row.expected->log_survival(at));
    }
    compare(row.transformed->icdf(p), row.expected->icdf(p));
    compare(row.transformed->median(), row.expected->median());
    CHECK(row.transformed->support().first_outside(vector({-1, 1})) ==
          row.expected->support().first_outside(vector({-1, 1})));
  }
}

TEST_CASE("transformed: the support is the image, also of a part") {
  using namespace evident::transforms;
  // 1 - 2 X of X >= 0.
  const Transformed d(Exponential(1), affine(1, -2));
  CHECK(d.support().first_outside(scalar(1.5)).has_value());
  CHECK_FALSE(d.support().first_outside(scalar(-3)).has_value());
  CHECK(d.log_prob(2.0).item() == -kInf);
  CHECK(d.cdf(2.0).item() == 1);
  CHECK(d.log_survival(2.0).item() == -kInf);
  CHECK(d.cdf(-1.0).item() == doctest::Approx(std::exp(-1.0)));
  CHECK(d.log_prob(-1.0).item() == doctest::Approx(-1 - std::log(2)));
  CHECK(d.log_cdf(-2001.0).item() == doctest::Approx(-1001));
  const Transformed twice(Normal(0, 1), compose({transforms::exp(), affine(1, 2)}));
  CHECK(twice.cdf(0.5).item() == 0);
  CHECK(twice.log_prob(0.5).item() == -kInf);
  CHECK(twice.cdf(3.0).item() == doctest::Approx(0.5));
  CHECK(std::isnan(twice.log_prob(std::nan("")).item()));
}

TEST_CASE("transformed: vectors on the simplex") {
  const auto base =
      MultivariateNormal::from_covariance(zeros({3, 2}), matrix({{1, 0.3}, {0.3, 0.5}}));
  const Transformed d(base, transforms::stick_breaking());
  CHECK(d.name() == "Transformed(MultivariateNormal, StickBreaking)");
  CHECK(d.batch_shape() == Shape{3});
  CHECK(d.event_shape() == Shape{3});
  Rng rng(1);
  const Array x = d.sample(rng, {50});
  CHECK(x.shape() == Shape{50, 3, 3});
  CHECK_FALSE(d.support().first_outside(x).has_value());
  CHECK(d.log_prob(x).shape() == Shape{50, 3});
  const Array edge = matrix({{0.2, 0.3, 0.5}, {0.5, 0.6, 0.5}, {0, 0.4, 0.6}});
  const Array density = d.log_prob(edge).value();
  CHECK(std::isfinite(density(0)));
  CHECK(density(1) == -kInf);
  CHECK(density(2) == -kInf);
  CHECK_THROWS_WITH_AS(d.cdf(edge),
                       doctest::Contains("there is no cdf: its values are not numbers"), Error);
}

TEST_CASE("transformed: the density of draws integrates to 1") {
  // The mean of q(x)/p(x) over draws of p, for a q that is another density on the same set.
  const auto law = [](double shift) {
    return Transformed(to_event(Normal(vector({shift, 0.2, -0.1}), 0.8), 1), transforms::ordered());
  };
  const Transformed p = law(0), q = law(0.3);
  Rng rng(2);
  const Var x = p.sample(rng, {40000});
  const Var ratio = evident::exp(q.log_prob(x) - p.log_prob(x));
  const double error = std::sqrt(variance(ratio).item() / 40000);
  CHECK(std::abs(mean(ratio).item() - 1) <= 5 * error);
}

TEST_CASE("transformed: gradients in y, in the base and in the transform") {
  const GradientCheck numbers = check_gradients(
      [](const std::vector<Var>& v) {
        const Transformed d(
            Normal(v[1], evident::exp(v[2])),
            transforms::compose({transforms::affine(v[3], -2), transforms::softplus()}));
        Rng rng(4);
        return d.log_prob(v[0]) + d.cdf(v[0]) + d.log_survival(v[0]) + d.rsample(rng) + d.median();
      },
      {vector({0.4, 2}), vector({0.1, -1}), vector({0.2, 0.5}), vector({0.3, -0.2})});
  CHECK_MESSAGE(numbers.passed, numbers.message);
  const GradientCheck vectors = check_gradients(
      [](const std::vector<Var>& v) {
        const Transformed d(to_event(Normal(v[1], evident::exp(v[2])), 1),
                            transforms::stick_breaking());
        Rng rng(4);
        return d.log_prob(transforms::stick_breaking()(v[0])) + sum(square(d.rsample(rng)));
      },
      {vector({0.4, 2}), vector({0.1, -1}), vector({0.2, 0.5})});
  CHECK_MESSAGE(vectors.passed, vectors.message);
  // The branch outside the support sends no gradient and no NaN.
  Var loc = Var::parameter(zeros({}));
  Tape tape;
  tape.backward(
      sum(Transformed(Normal(loc + zeros({3}), 1), transforms::exp()).cdf(vector({-1, 0, 2}))));
  CHECK(loc.gradient()() == doctest::Approx(-std::exp(-0.5 * std::log(2) * std::log(2)) /
                                            std::sqrt(2 * 3.14159265358979)));
}

TEST_CASE("transformed: errors") {
  CHECK_THROWS_WITH_AS(Transformed(Delta(1), transforms::exp()),
                       doctest::Contains("Transformed(Delta, Exp): the base Delta is discrete"),
                       Error);
  CHECK_THROWS_WITH_AS(Transformed(to_event(Poisson(ones({3})), 1), transforms::affine(0, 2)),
                       doctest::Contains("transform its draws"), Error);
  CHECK_THROWS_WITH_AS(
      Transformed(Normal(zeros({3}), 1), transforms::stick_breaking()),
      doctest::Contains("Transformed(Normal, StickBreaking): the transform takes events of 1 axes, "
                        "and Normal has event shape (): count axes of its batch (3) as event"),
      ShapeError);
  CHECK_THROWS_WITH_AS(Transformed(Normal(0, 1), transforms::affine(zeros({3}), 1)),
                       doctest::Contains("draws of one base are not independent"), ShapeError);
  CHECK_THROWS_WITH_AS(Transformed(Normal(0, 1), transforms::exp()).mean(),
                       doctest::Contains("Transformed(Normal, Exp): there is no mean"), Error);
}

TEST_CASE("transformed: KL after the same transform is that of the bases") {
  const auto divergence = [](const Transform& f, const Transform& g) {
    return kl(Transformed(Normal(1, 2), f), Transformed(Normal(0, 1), g));
  };
  const double bases = kl(Normal(1, 2), Normal(0, 1)).item();
  CHECK(divergence(transforms::exp(), transforms::exp()).item() == bases);
  const Var loc = Var::parameter(scalar(3)), other = Var::parameter(scalar(3));
  const auto moved = [](const Var& by) {
    return transforms::compose({transforms::affine(by, 2), transforms::exp()});
  };
  CHECK(divergence(moved(loc), moved(loc)).item() == bases);
  CHECK(divergence(moved(3), moved(3)).item() == bases);
  const Transformed simplex(to_event(Normal(zeros({4, 2}), 1), 1), transforms::stick_breaking());
  CHECK(kl(simplex, simplex).shape() == Shape{4});

  // Equal for now, but they would not stay so.
  for (const Transform& f : {moved(other), moved(4), transforms::exp()}) {
    CHECK_FALSE(has_kl(Transformed(Normal(1, 2), moved(loc)), Transformed(Normal(0, 1), f)));
    CHECK_THROWS_WITH_AS(divergence(moved(loc), f),
                         doctest::Contains("are made by different transforms"), Error);
  }
  CHECK(kl_method(Transformed(Uniform(0, 1), transforms::exp()),
                  Transformed(Uniform(0, 1), transforms::exp())) == KlMethod::kClosedForm);
  CHECK_FALSE(has_kl(Transformed(Logistic(0, 1), transforms::exp()),
                     Transformed(Logistic(1, 1), transforms::exp())));
  CHECK_THROWS_WITH_AS(kl(Transformed(Logistic(0, 1), transforms::exp()),
                          Transformed(Logistic(1, 1), transforms::exp())),
                       doctest::Contains("there is no rule for Logistic against Logistic"), Error);
}
