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

// A user's own distribution: exponential with a rate.
class Exponential final : public Distribution {
 public:
  explicit Exponential(Var rate) : rate_(std::move(rate)) {}
  const Var& rate() const { return rate_; }

  std::string name() const override { return "Exponential"; }
  Shape batch_shape() const override { return rate_.shape(); }
  std::vector<Var> parameters() const override { return {rate_}; }
  Var log_prob(const Var& x) const override { return log(rate_) - rate_ * x; }
  std::string support() const override { return "positive numbers"; }
  std::optional<std::size_t> first_outside_support(const Array& x) const override {
    return first_failing(x, [](real value) { return value > 0; });
  }
  Array sample(Rng& rng, const Shape& sample_shape) const override {
    return (-log(Var(uniform(joined(sample_shape, batch_shape()), rng))) / rate_).value();
  }
  using Distribution::sample;
  Var mean() const override { return 1.0 / rate_; }
  Var variance() const override { return 1.0 / square(rate_); }
  Var entropy() const override { return 1.0 - log(rate_); }

 private:
  Var rate_;
};

// log(a / b) + b / a - 1 for the rates a of q and b of p.
const KlRule<Exponential, Exponential> kExponentials([](const Exponential& q,
                                                        const Exponential& p) {
  return log(q.rate() / p.rate()) + p.rate() / q.rate() - 1.0;
});

class Odd final : public Distribution {
 public:
  std::string name() const override { return "Odd"; }
  Shape batch_shape() const override { return {}; }
  std::vector<Var> parameters() const override { return {}; }
  Var log_prob(const Var& x) const override { return x; }
  std::string support() const override { return "anything"; }
  std::optional<std::size_t> first_outside_support(const Array&) const override { return {}; }
  Array sample(Rng&, const Shape& sample_shape) const override { return zeros(sample_shape); }
  Var mean() const override { return 0.0; }
  Var variance() const override { return 0.0; }
  Var entropy() const override { return 0.0; }
};

}  // namespace

TEST_CASE("KlRule: a user's rule at namespace scope is found, beside the library's own") {
  const Exponential q(2.0);
  const Exponential p(0.5);
  CHECK(has_kl(q, p));
  CHECK(kl(q, p).item() == doctest::Approx(std::log(4.0) + 0.25 - 1));
  CHECK(kl(q, q).item() == 0);
  CHECK(has_kl(Normal(0, 1), Normal(0, 1)));
  CHECK_FALSE(has_kl(q, Normal(0, 1)));
}

TEST_CASE("KlRule: to_event sums a user's rule as well") {
  const Independent q = to_event(Exponential(vector({1, 2, 4})), 1);
  const Independent p = to_event(Exponential(vector({1, 1, 1})), 1);
  CHECK(has_kl(q, p));
  CHECK(kl(q, p).shape() == Shape{});
  CHECK(kl(q, p).item() ==
        doctest::Approx(sum(kl(Exponential(vector({1, 2, 4})), Exponential(1.0))).item()));
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
      doctest::Contains("kl: there is no rule for Normal against Bernoulli: add one with KlRule"),
      Error);
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
