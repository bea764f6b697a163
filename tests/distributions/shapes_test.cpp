#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/categorical.hpp>
#include <evident/distributions/gamma.hpp>
#include <evident/distributions/multinomial.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/one_hot_categorical.hpp>
#include <evident/distributions/to_event.hpp>
#include <limits>

#include "distribution_table.hpp"

using namespace evident;
using evident::testing::kInf;

namespace {

// The shapes of everything a distribution computes, for draws of this sample shape.
void check_shapes(const Distribution& d, const Shape& batch, const Shape& event) {
  CHECK(d.batch_shape() == batch);
  CHECK(d.event_shape() == event);
  CHECK(d.mean().shape() == joined(batch, event));
  CHECK(d.variance().shape() == joined(batch, event));
  CHECK(d.entropy().shape() == batch);
  const std::vector<Shape> sample_shapes = {{}, {1}, {6}, {2, 5}, {0}};
  for (const Shape& sample_shape : sample_shapes) {
    Rng rng(41, "shapes");
    const Array x = d.sample(rng, sample_shape);
    CHECK(x.shape() == joined(sample_shape, joined(batch, event)));
    CHECK(d.log_prob(x).shape() == joined(sample_shape, batch));
  }
}

template <class F>
void check_error_of(F f, const std::string& message) {
  CHECK_THROWS_WITH_AS(f(), doctest::Contains(message.c_str()), Error);
}

}  // namespace

TEST_CASE("shapes: of scalars, batches, broadcast parameters and nothing at all") {
  check_shapes(Normal(0, 1), {}, {});
  check_shapes(Normal(zeros({4}), 1), {4}, {});
  check_shapes(Normal(0, ones({4})), {4}, {});
  check_shapes(Normal(zeros({3, 1}), ones({4})), {3, 4}, {});
  check_shapes(Normal(zeros({0}), 1), {0}, {});
  check_shapes(Normal(zeros({2, 0, 3}), 1), {2, 0, 3}, {});
  check_shapes(Bernoulli(0.5), {}, {});
  check_shapes(Bernoulli(full({3, 4}, 0.5)), {3, 4}, {});
  check_shapes(Bernoulli::from_logits(zeros({0, 4})), {0, 4}, {});
  check_shapes(to_event(Normal(zeros({3, 1}), ones({4})), 1), {3}, {4});
  check_shapes(to_event(Normal(zeros({3, 1}), ones({4})), 2), {}, {3, 4});
  check_shapes(to_event(Normal(0, ones({4})), 0), {4}, {});
  check_shapes(to_event(Normal(zeros({3, 0}), 1), 1), {3}, {0});
  check_shapes(to_event(to_event(Bernoulli(full({2, 3, 4}, 0.5)), 1), 1), {2}, {3, 4});
}

TEST_CASE("shapes: broadcast parameters mean what their expansion means") {
  const Array loc = reshaped(vector({-1, 0, 2}), {3, 1});
  const Array scale = vector({0.5, 1, 2, 4});
  const Normal d(loc, scale);
  const Normal expanded(Var(loc) + zeros({3, 4}), Var(scale) + zeros({3, 4}));
  Rng rng(42, "shapes");
  Rng again(42, "shapes");
  const Array x = d.sample(rng, {2});
  CHECK(x == expanded.sample(again, {2}));
  CHECK(d.entropy().value() == expanded.entropy().value());
  CHECK(d.variance().value() == expanded.variance().value());
  const Array got = d.log_prob(x).value();
  const Array expected = expanded.log_prob(x).value();
  const double tolerance = sizeof(real) == 8 ? 1e-14 : 1e-5;
  for (std::size_t i = 0; i < got.size(); ++i) {
    CHECK(std::abs(got.data()[i] - expected.data()[i]) <= tolerance * 10);
  }
}

TEST_CASE("to_event: the event's log_prob and entropy are sums") {
  Rng rng(43, "to_event");
  const Bernoulli base(uniform({3, 4, 5}, rng));
  const Independent event = to_event(base, 2);
  const Array x = base.sample(rng, {2});
  CHECK(event.log_prob(x).value() == sum(base.log_prob(x), {-1, -2}).value());
  CHECK(event.entropy().value() == sum(base.entropy(), {-1, -2}).value());
  CHECK(event.axes() == 2);
  CHECK(event.name() == "to_event(Bernoulli, 2)");
  CHECK(event.parameters().size() == 1);
  CHECK(&event.base() != &base);
  CHECK(event.support().description() == base.support().description());
  CHECK(event.reparameterised() == base.reparameterised());
}

TEST_CASE("errors: of a Normal's scale, naming the first bad one and its place") {
  check_error_of([] { Normal(0, -0.3); }, "Normal: scale must be a positive number, got -0.3");
  check_error_of([] { Normal(0, 0); }, "Normal: scale must be a positive number, got 0");
  check_error_of([] { Normal(0, std::nan("")); },
                 "Normal: scale must be a positive number, got nan");
  check_error_of(
      [] {
        Normal(0, vector({1, 2, 3, 1, -0.5, -1}));
      },
      "Normal: scale must be a positive number, got -0.5 at index 4 of shape (6)");
  check_error_of([] { Normal(0, matrix({{1, 2}, {0, 1}})); }, "got 0 at index 2 of shape (2, 2)");
  CHECK_THROWS_WITH_AS(
      Normal(zeros({3}), ones({4})),
      doctest::Contains("Normal: the shapes of the parameters do not broadcast: aligned at the "
                        "last axis, lengths must be equal or 1\n"
                        "  loc              (3)\n"
                        "  scale            (4)"),
      ShapeError);
}

TEST_CASE("errors: of a Gamma's scale, not of the rate that it stands for") {
  check_error_of([] { Gamma::from_scale(2, -1); },
                 "Gamma: scale must be a positive number, got -1");
  check_error_of([] { Gamma::from_scale(2, 0); }, "Gamma: scale must be a positive number, got 0");
  check_error_of([] { Gamma::from_scale(2, kInf); },
                 "Gamma: scale must be a positive number, got inf");
  check_error_of([] { Gamma::from_scale(2, vector({1, -2})); }, "got -2 at index 1 of shape (2)");
  const double least = static_cast<double>(std::numeric_limits<real>::denorm_min());
  check_error_of([&] { Gamma::from_scale(2, least); },
                 "Gamma: scale must be a positive number whose reciprocal is finite, got ");
  CHECK(Gamma::from_scale(2, 3).mean().item() == doctest::Approx(6));
}

TEST_CASE("errors: of a Bernoulli's probabilities and logits") {
  check_error_of([] { Bernoulli(1.5); }, "Bernoulli: probs must be in [0, 1], got 1.5");
  check_error_of(
      [] {
        Bernoulli(vector({0, 1, -0.25}));
      },
      "Bernoulli: probs must be in [0, 1], got -0.25 at index 2 of shape (3)");
  check_error_of([] { Bernoulli(std::nan("")); }, "Bernoulli: probs must be in [0, 1], got nan");
  check_error_of(
      [] {
        Bernoulli::from_logits(vector({0, std::nan("")}));
      },
      "Bernoulli: logits must be a number, got nan at index 1 of shape (2)");
}

TEST_CASE("errors: to_event with more axes than there are") {
  CHECK_THROWS_WITH_AS(
      to_event(Normal(zeros({3, 4}), 1), 3),
      doctest::Contains("to_event: Normal has batch shape (3, 4), which has fewer than 3 axes"),
      ShapeError);
  CHECK_THROWS_AS(to_event(Bernoulli(0.5), 1), ShapeError);
}

TEST_CASE("errors: a value that does not fit, with the table of shapes") {
  const Normal d(zeros({3}), 1);
  CHECK_THROWS_WITH_AS(d.log_prob(zeros({5})),
                       "Normal::log_prob: the value does not fit: its shape must end with batch "
                       "and event; lengths of the batch may be 1\n"
                       "  value            (5)\n"
                       "  batch            (3)\n"
                       "  event            ()\n"
                       "  loc              (3)\n"
                       "  scale            ()",
                       ShapeError);
  CHECK_THROWS_WITH_AS(d.cdf(zeros({2})), doctest::Contains("Normal::cdf: the value"), ShapeError);
  CHECK_THROWS_WITH_AS(d.icdf(zeros({2})), doctest::Contains("Normal::icdf: the value"),
                       ShapeError);
  CHECK_THROWS_WITH_AS(d.log_cdf(zeros({2})), doctest::Contains("Normal::log_cdf: "), ShapeError);
  CHECK_THROWS_WITH_AS(d.log_survival(zeros({2})), doctest::Contains("Normal::log_survival: "),
                       ShapeError);
  const Independent event = to_event(d, 1);
  CHECK_THROWS_WITH_AS(event.log_prob(0.0), doctest::Contains("event            (3)"), ShapeError);
  CHECK_THROWS_AS(event.log_prob(zeros({1})), ShapeError);
  CHECK(event.log_prob(zeros({4, 3})).shape() == Shape{4});
  CHECK(d.log_prob(zeros({4, 1})).shape() == Shape{4, 3});
}

TEST_CASE("errors: what there is no answer to") {
  const Independent event = to_event(Normal(zeros({3}), 1), 1);
  const std::string no_order = "outcomes of several numbers have no order: use expectation(d, f";
  check_error_of([&] { event.cdf(zeros({3})); },
                 "to_event(Normal, 1): there is no cdf: " + no_order);
  check_error_of([&] { event.median(); }, "there is no median: " + no_order);
  const OneHotCategorical unit(vector({1, 2}));
  check_error_of([&] { unit.cdf(vector({0, 1})); }, "there is no cdf: " + no_order);
  check_error_of(
      [&] {
        Multinomial(2, vector({1, 2})).median();
      },
      "Multinomial: there is no median: " + no_order);
  const Categorical label(vector({1, 2}));
  const std::string of_labels = ": its outcomes are labels: use expectation(d, f)";
  check_error_of([&] { label.mean(); }, "Categorical: there is no mean" + of_labels);
  check_error_of([&] { label.median(); }, "Categorical: there is no median" + of_labels);
  check_error_of([&] { label.variance(); }, "Categorical: there is no variance" + of_labels);
  check_error_of([&] { label.cdf(0); }, "Categorical: there is no cdf" + of_labels);
  check_error_of([&] { label.icdf(0.5); }, "Categorical: there is no icdf" + of_labels);
  CHECK_THROWS_WITH_AS(Bernoulli(full({2}, 0.5)).modes(),
                       doctest::Contains("Bernoulli: there is no modes: a batch of shape (2)"),
                       Error);
}

TEST_CASE("support: the first value outside, and the words for what is inside") {
  const Constraint normal = Normal(0, 1).support();
  CHECK_FALSE(normal.first_outside(vector({-1e30, 0, 1e30})).has_value());
  CHECK(normal.first_outside(vector({0, 1, std::nan("")})) == 2);
  CHECK(normal.first_outside(vector({kInf, 1, std::nan("")})) == 0);
  CHECK_FALSE(normal.first_outside(zeros({0})).has_value());
  CHECK(normal.description() == "a finite number");
  const Constraint binary = Bernoulli(0.5).support();
  CHECK_FALSE(binary.first_outside(vector({0, 1, 1})).has_value());
  CHECK(binary.first_outside(vector({0, 0.5, 2})) == 1);
  CHECK(binary.first_outside(vector({0, 1, 2, std::nan("")})) == 2);
  CHECK(binary.description() == "0 or 1");
  CHECK(binary.advice().find("binarise grey values") == 0);
  CHECK(binary.advice().find("Targets::kUnitInterval") != std::string::npos);
  const Constraint grey = Bernoulli::from_logits(0, Targets::kUnitInterval).support();
  CHECK_FALSE(grey.first_outside(vector({0, 0.5, 1})).has_value());
  CHECK(grey.first_outside(vector({0, 0.5, 1.001})) == 2);
  CHECK(grey.first_outside(vector({std::nan("")})) == 0);
  CHECK(grey.description() == "in [0, 1]");
  CHECK(to_event(Bernoulli(full({2}, 0.5)), 1).support().first_outside(vector({1, 7})) == 1);
}
