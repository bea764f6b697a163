#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/kl.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/to_event.hpp>

using namespace evident;

namespace {

// A user's own distribution: a waiting time with a rate.
class Waiting final : public Distribution {
 public:
  explicit Waiting(Var rate) : rate_(std::move(rate)) { check_parameters(); }
  const Var& rate() const { return rate_; }

  std::string name() const override { return "Waiting"; }
  std::vector<Parameter> parameters() const override {
    return {{"rate", rate_, constraints::positive()}};
  }
  Constraint support() const override { return constraints::non_negative(); }

 protected:
  Var log_prob_at(const Var& x) const override { return log(rate_) - rate_ * x; }
  Array draw(Rng& rng, const Shape& sample_shape) const override {
    return (-log(Var(uniform(joined(sample_shape, batch_shape()), rng))) / rate_).value();
  }

 private:
  Var rate_;
};

// log(a / b) + b / a - 1 for the rates a of q and b of p.
const KlRule<Waiting, Waiting> kWaiting([](const Waiting& q, const Waiting& p) {
  return log(q.rate() / p.rate()) + p.rate() / q.rate() - 1.0;
});

class Odd final : public Distribution {
 public:
  std::string name() const override { return "Odd"; }
  std::vector<Parameter> parameters() const override { return {}; }
  Constraint support() const override { return constraints::real(); }

 protected:
  Var log_prob_at(const Var& x) const override { return x; }
  Array draw(Rng&, const Shape& sample_shape) const override { return zeros(sample_shape); }
};

}  // namespace

TEST_CASE("KlRule: a user's rule at namespace scope is found, beside the library's own") {
  const Waiting q(2.0);
  const Waiting p(0.5);
  CHECK(has_kl(q, p));
  CHECK(kl(q, p).item() == doctest::Approx(std::log(4.0) + 0.25 - 1));
  CHECK(kl(q, q).item() == 0);
  CHECK(has_kl(Normal(0, 1), Normal(0, 1)));
  CHECK_FALSE(has_kl(q, Normal(0, 1)));
}

TEST_CASE("KlRule: to_event sums a user's rule as well") {
  const Independent q = to_event(Waiting(vector({1, 2, 4})), 1);
  const Independent p = to_event(Waiting(vector({1, 1, 1})), 1);
  CHECK(has_kl(q, p));
  CHECK(kl(q, p).shape() == Shape{});
  CHECK(kl(q, p).item() ==
        doctest::Approx(sum(kl(Waiting(vector({1, 2, 4})), Waiting(1.0))).item()));
}

TEST_CASE("KlRule: one made later is found too, and replaces an earlier one") {
  const Odd odd;
  const Normal normal(0, 1);
  CHECK_FALSE(has_kl(odd, normal));
  const KlRule<Odd, Normal> first([](const Odd&, const Normal&) { return Var(3.0); });
  CHECK(kl(odd, normal).item() == 3);
  CHECK_FALSE(has_kl(normal, odd));
  const KlRule<Odd, Normal> second([](const Odd&, const Normal&) { return Var(4.0); });
  CHECK(kl(odd, normal).item() == 4);
}

TEST_CASE("KlRule: a user's rule for a pair of the library's own stands") {
  // Rules are found by type: this one is for a pair that no other test uses.
  const KlRule<Bernoulli, Normal> own([](const Bernoulli&, const Normal&) { return Var(5.0); });
  CHECK(kl(Bernoulli(0.5), Normal(0, 1)).item() == 5);
}

TEST_CASE("kl: errors say which pair, and what to do") {
  const Normal normal(0, 1);
  CHECK_THROWS_WITH_AS(
      kl(normal, Bernoulli(0.5)),
      doctest::Contains("kl: there is no rule for Normal against Bernoulli (the nearest: "), Error);
  CHECK_THROWS_WITH_AS(kl(normal, Bernoulli(0.5)), doctest::Contains("Normal against Normal"),
                       Error);
  CHECK_THROWS_WITH_AS(kl(normal, Bernoulli(0.5)), doctest::Contains("Bernoulli against Bernoulli"),
                       Error);
  CHECK_THROWS_WITH_AS(kl(normal, Bernoulli(0.5)),
                       doctest::Contains("estimate it with kl_monte_carlo"), Error);
  CHECK_FALSE(has_kl(normal, Bernoulli(0.5)));
  CHECK_THROWS_WITH_AS(
      kl(Normal(zeros({3}), 1), to_event(Normal(zeros({3}), 1), 1)),
      doctest::Contains("kl: Normal has event shape () and to_event(Normal, 1) has (3): they must "
                        "be equal; did you forget to_event?"),
      ShapeError);
  CHECK_THROWS_WITH_AS(
      kl(to_event(normal, 0), normal),
      doctest::Contains("kl: there is no rule for to_event(Normal, 0) against Normal"), Error);
  CHECK_THROWS_WITH_AS(kl(Normal(zeros({3}), 1), Normal(zeros({4}), 1)),
                       doctest::Contains("do not broadcast"), ShapeError);
  const Independent inner = to_event(to_event(Normal(zeros({2, 3}), 1), 1), 1);
  CHECK_THROWS_WITH_AS(kl(inner, to_event(Normal(zeros({2, 3}), 1), 2)),
                       doctest::Contains("count different axes as event"), ShapeError);
  CHECK_FALSE(has_kl(inner, to_event(Normal(zeros({2, 3}), 1), 2)));
}
