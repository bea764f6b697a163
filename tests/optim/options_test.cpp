#include <doctest/doctest.h>

#include <cmath>

#include "optimiser_table.hpp"

using namespace evident;
using namespace evident::testing;

namespace {

template <class Type, class Options>
void refused(const Options& options, const char* message) {
  CHECK_THROWS_WITH_AS(Type({{"x", Var::parameter(ones({2}))}}, options),
                       doctest::Contains(message), Error);
}

}  // namespace

TEST_CASE("options: a learning rate or norm out of range is refused by every optimiser") {
  for (const OptimiserRow& row : optimiser_table()) {
    const auto out_of_range = [&](const Shared& shared, const std::string& message) {
      CHECK_THROWS_WITH_AS(row.make({{"x", Var::parameter(ones({2}))}}, shared),
                           doctest::Contains((row.type + ": " + message).c_str()), Error);
    };
    out_of_range({0.0}, "learning_rate must be positive, got 0");
    out_of_range({-0.1}, "learning_rate must be positive, got -0.1");
    out_of_range({std::nan("")}, "learning_rate must be positive, got nan");
    out_of_range({INFINITY}, "learning_rate must be finite, got inf");
    out_of_range({{}, 0}, "max_norm must be positive, got 0");
    out_of_range({{}, std::nan("")}, "max_norm must be positive, got nan");
  }
}

TEST_CASE("options: settings out of range are refused by name") {
  refused<Adam>(AdamOptions{1e-3, 1.0}, "Adam: beta1 must be in [0, 1), got 1");
  refused<Adam>(AdamOptions{1e-3, -0.1}, "Adam: beta1");
  refused<Adam>(AdamOptions{1e-3, std::nan("")}, "Adam: beta1");
  refused<Adam>(AdamOptions{1e-3, 0.9, 1.5}, "Adam: beta2 must be in [0, 1), got 1.5");
  refused<Adam>(AdamOptions{1e-3, 0.9, 0.99, 0}, "Adam: epsilon must be positive, got 0");
  refused<AdamW>(AdamWOptions{1e-3, 1.0}, "AdamW: beta1 must be in [0, 1), got 1");
  refused<AdamW>(AdamWOptions{1e-3, 0.9, -1}, "AdamW: beta2 must be in [0, 1), got -1");
  refused<AdamW>(AdamWOptions{1e-3, 0.9, 0.9, -1}, "AdamW: epsilon must be positive, got -1");
  refused<AdamW>(AdamWOptions{1e-3, 0.9, 0.9, 1e-8, -0.1},
                 "AdamW: weight_decay must be 0 or more, got -0.1");
  refused<Sgd>(SgdOptions{0.1, 1}, "Sgd: momentum must be in [0, 1), got 1");
  refused<Sgd>(SgdOptions{0.1, -0.5}, "Sgd: momentum must be in [0, 1), got -0.5");
  refused<Sgd>(SgdOptions{0.1, 0, true}, "Sgd: nesterov needs momentum");
  refused<Sgd>(SgdOptions{0.1, 0, false, -1}, "Sgd: weight_decay must be 0 or more, got -1");
  refused<RmsProp>(RmsPropOptions{0.1, 1}, "RmsProp: alpha must be in [0, 1), got 1");
  refused<RmsProp>(RmsPropOptions{0.1, 0.9, 0}, "RmsProp: epsilon must be positive, got 0");
  refused<RmsProp>(RmsPropOptions{0.1, 0.9, 1e-8, 1}, "RmsProp: momentum must be in [0, 1), got 1");
  refused<Adagrad>(AdagradOptions{0.1, -1},
                   "Adagrad: learning_rate_decay must be 0 or more, got -1");
  refused<Adagrad>(AdagradOptions{0.1, 0, -1}, "Adagrad: initial_sum must be 0 or more, got -1");
  refused<Adagrad>(AdagradOptions{0.1, 0, 0, 0}, "Adagrad: epsilon must be positive, got 0");
}

TEST_CASE("AdamW: which parameters decay is said by their names") {
  const Parameters with_decay = three_parameters(), without = three_parameters();
  AdamWOptions options;
  options.weight_decay = 0.25;
  options.decays = [](const std::string& name) { return name.find("bias") == std::string::npos; };
  AdamW decaying(with_decay, options);
  Adam plain(without);
  for (const Parameters& parameters : {with_decay, without}) {
    give_gradients(parameters, three_gradients(1));
  }
  decaying.step();
  plain.step();
  CHECK(with_decay[1].parameter.value() == without[1].parameter.value());  // to the bit
  for (const std::size_t k : {0, 2}) {
    const Array start = three_parameters()[k].parameter.value();
    for (std::size_t i = 0; i < start.size(); ++i) {
      const double expected = static_cast<double>(without[k].parameter.value().data()[i]) -
                              1e-3 * 0.25 * static_cast<double>(start.data()[i]);
      const double got = static_cast<double>(with_decay[k].parameter.value().data()[i]);
      REQUIRE(got == doctest::Approx(expected).epsilon(1e-6));
    }
  }
}

TEST_CASE("Sgd: without weight decay an infinite value stays what it is") {
  const Var x = Var::parameter(vector({INFINITY, 1}));
  Sgd sgd({{"x", x}}, {0.5});
  give_gradients({{"x", x}}, {vector({1, 1})});
  sgd.step();
  CHECK(x.value() == vector({INFINITY, 0.5}));
}

// The variance is then the difference of two numbers that become equal.
TEST_CASE("RmsProp: centered under a gradient that never changes makes no NaN") {
  const Var x = Var::parameter(vector({0, 0, 0}));
  RmsPropOptions options;
  options.centered = true;
  options.alpha = 0.5;
  RmsProp rms_prop({{"x", x}}, options);
  for (int i = 0; i < 300; ++i) {
    give_gradients({{"x", x}}, {vector({0.1, -0.7, 1.3})});
    rms_prop.step();
    for (const real value : x.value()) REQUIRE(std::isfinite(value));
  }
}
