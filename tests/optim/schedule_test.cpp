#include <doctest/doctest.h>

#include <cmath>
#include <evident/optim/adagrad.hpp>
#include <limits>

#include "optimiser_table.hpp"
#include "reference.hpp"

using namespace evident;
using namespace evident::testing;

namespace {

struct ScheduleRow {
  std::string name;  // what `reference.hpp` calls it
  Schedule schedule;
};

const std::vector<ScheduleRow>& schedule_table() {
  static const std::vector<ScheduleRow> table = {
      {"step_decay(0.5, 3, 0.1)", step_decay(0.5, 3, 0.1)},
      {"exponential_decay(0.1, 0.9)", exponential_decay(0.1, 0.9)},
      {"cosine_decay(0.1, 10)", cosine_decay(0.1, 10)},
      {"cosine_decay(0.1, 7, 0.01)", cosine_decay(0.1, 7, 0.01)},
      {"warm_up(5, 0.2)", warm_up(5, 0.2)}};
  return table;
}

double half_of(std::size_t step) { return 0.5 * static_cast<double>(step); }

template <class Make>
void refused(Make make, const char* message) {
  CHECK_THROWS_WITH_AS(make(), doctest::Contains(message), Error);
}

}  // namespace

TEST_CASE("schedule: rates as PyTorch's schedulers give them") {
  for (const ScheduleRow& row : schedule_table()) {
    INFO(row.name);
    std::size_t found = 0;
    for (const ScheduleReference& reference : schedule_references()) {
      if (reference.schedule != row.name) continue;
      ++found;
      for (std::size_t step = 0; step < reference.rates.size(); ++step) {
        CHECK(std::abs(row.schedule(step) - reference.rates[step]) <= 1e-15);
      }
    }
    CHECK(found == 1);
  }
  CHECK(schedule_references().size() == schedule_table().size());
}

TEST_CASE("schedule: a number or any function of the step") {
  const Schedule constant = 2, function = half_of;
  const Schedule lambda = [scale = 3.0](std::size_t step) {
    return scale * static_cast<double>(step);
  };
  const std::function<double(std::size_t)> wrapped = half_of;
  const Schedule from_wrapped = wrapped;
  Schedule copy = lambda;
  const Schedule again = copy;  // not a function of a function
  CHECK(constant(0) == 2);
  CHECK(constant(1000000) == 2);
  CHECK(constant.constant() == 2.0);
  CHECK(function(7) == 3.5);
  CHECK(from_wrapped(7) == 3.5);
  CHECK_FALSE(function.constant().has_value());
  CHECK(again(4) == 12);
  copy = 0.25;
  CHECK(copy(9) == 0.25);
  CHECK_FALSE(std::is_constructible_v<Schedule, std::string>);
  CHECK_FALSE(std::is_constructible_v<Schedule, double (*)(std::string)>);
}

TEST_CASE("schedule: ends and joints") {
  const Schedule cosine = cosine_decay(0.3, 4, 0.1);
  CHECK(cosine(0) == 0.3);
  CHECK(cosine(2) == doctest::Approx(0.2));
  CHECK(cosine(4) == 0.1);
  CHECK(cosine(5) == 0.1);
  CHECK(cosine(std::numeric_limits<std::size_t>::max()) == 0.1);
  CHECK(exponential_decay(1, 0.5)(std::numeric_limits<std::size_t>::max()) == 0);
  const Schedule joined = warm_up(3, cosine_decay(0.3, 30));
  const Schedule plain = cosine_decay(0.3, 30);
  CHECK(joined(0) == doctest::Approx(0.1));
  CHECK(joined(1) == doctest::Approx(plain(1) * 2 / 3));
  for (std::size_t step = 2; step < 40; ++step) CHECK(joined(step) == doctest::Approx(plain(step)));
}

TEST_CASE("schedule: arguments out of range are refused by name") {
  refused([] { return step_decay(0, 1, 0.5); }, "step_decay: rate must be positive and finite");
  refused([] { return step_decay(1, 0, 0.5); }, "step_decay: every must be at least 1, got 0");
  refused([] { return step_decay(1, 1, 10); }, "step_decay: factor must be in (0, 1], got 10");
  refused([] { return step_decay(1, 1, 0); }, "step_decay: factor must be in (0, 1], got 0");
  refused([] { return exponential_decay(-1, 0.5); }, "exponential_decay: rate must be positive");
  refused([] { return exponential_decay(INFINITY, 0.5); }, "exponential_decay: rate");
  refused([] { return exponential_decay(1, std::nan("")); }, "exponential_decay: factor");
  refused([] { return cosine_decay(std::nan(""), 1); }, "cosine_decay: rate");
  refused([] { return cosine_decay(1, 0); }, "cosine_decay: steps must be at least 1, got 0");
  refused([] { return cosine_decay(0.5, 9, 0.6); }, "cosine_decay: last must be in [0, 0.5]");
  refused([] { return cosine_decay(0.5, 9, -0.1); }, "cosine_decay: last must be in [0, 0.5]");
  refused([] { return warm_up(0, 0.1); }, "warm_up: steps must be at least 1, got 0");
  refused([] { return Schedule(std::function<double(std::size_t)>()); },
          "Schedule: got an empty function");
}

TEST_CASE("schedule: the optimiser says the rate that its next step uses") {
  for (const OptimiserRow& row : optimiser_table()) {
    if (row.name == "Adagrad, everything") continue;  // it has a decay of its own
    const Var x = Var::parameter(vector({1, 2}));
    const OptimiserPointer optimiser = row.make({{"x", x}}, {step_decay(0.5, 2, 0.1)});
    for (const double rate : {0.5, 0.5, 0.05, 0.05, 0.005}) {
      CHECK(optimiser->learning_rate() == doctest::Approx(rate));
      give_gradients({{"x", x}}, {vector({1, 1})});
      optimiser->step();
    }
  }
  const Var x = Var::parameter(vector({1}));
  Adagrad adagrad({{"x", x}}, {0.6, 0.5});
  CHECK(adagrad.learning_rate() == 0.6);
  give_gradients({{"x", x}}, {vector({1})});
  adagrad.step();
  CHECK(adagrad.learning_rate() == doctest::Approx(0.4));
}

TEST_CASE("schedule: an impossible rate is an error at its step, before anything changes") {
  for (const OptimiserRow& row : optimiser_table()) {
    for (const double wrong : {-0.1, std::nan(""), double(INFINITY)}) {
      const Var x = Var::parameter(vector({1, 2}));
      const OptimiserPointer optimiser =
          row.make({{"x", x}}, {[wrong](std::size_t step) { return step == 2 ? wrong : 0.0; }});
      const auto step = [&] {
        give_gradients({{"x", x}}, {vector({1, 1})});
        optimiser->step();
      };
      step();
      step();
      CHECK(x.value() == vector({1, 2}));  // a rate of 0 is allowed
      std::vector<Array> states;
      for (const NamedParameter& state : optimiser->state()) {
        states.push_back(state.parameter.value());
      }
      const std::string message = row.type + "::step: the learning rate of step 2 is ";
      CHECK_THROWS_WITH_AS(step(), doctest::Contains(message.c_str()), Error);
      CHECK(x.value() == vector({1, 2}));
      CHECK(x.has_gradient());
      CHECK(optimiser->steps() == 2);
      CHECK(values_of(optimiser->state()) == states);
    }
  }
}
