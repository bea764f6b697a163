#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <evident/autodiff/memory.hpp>
#include <evident/autodiff/threads.hpp>
#include <set>

#include "../patterns.hpp"
#include "../sources.hpp"
#include "optimiser_table.hpp"
#include "reference.hpp"

using namespace evident;
using namespace evident::testing;

namespace {

constexpr double kTolerance = sizeof(real) == 8 ? 1e-12 : 1e-6;

bool near(real got, double expected) {
  return std::abs(static_cast<double>(got) - expected) <= kTolerance * (1 + std::abs(expected));
}

const OptimiserReference* reference_of(const OptimiserRow& row) {
  for (const OptimiserReference& reference : optimiser_references()) {
    if (reference.optimiser == row.name) return &reference;
  }
  return nullptr;
}

void check_by_hand(const OptimiserRow& row, const Shape& shape, const Schedule& schedule) {
  Rng rng(1, "by hand");
  const Var x = Var::parameter(standard_normal(shape, rng));
  std::vector<double> expected;
  for (const real value : x.value()) expected.push_back(static_cast<double>(value));
  std::vector<ByHand> by_hand(x.size(), row.by_hand);
  const OptimiserPointer optimiser = row.make({{"x", x}}, {schedule});
  for (std::size_t step = 0; step < 4; ++step) {
    const Array gradient = standard_normal(shape, rng);
    give_gradients({{"x", x}}, {gradient});
    CHECK(optimiser->steps() == step);
    optimiser->step();
    for (std::size_t i = 0; i < x.size(); ++i) {
      expected[i] =
          by_hand[i](expected[i], static_cast<double>(gradient.data()[i]), schedule(step));
      REQUIRE(near(x.value().data()[i], expected[i]));
    }
  }
}

// Some steps of three parameters by this many threads, clipped every now and then.
std::vector<Array> after_steps(const OptimiserRow& row, std::size_t thread_count) {
  set_threads(thread_count);
  const Parameters parameters = three_parameters();
  const OptimiserPointer optimiser = row.make(parameters, {{}, 200});
  for (std::size_t step = 0; step < 3; ++step) {
    give_gradients(parameters, three_gradients(step));
    optimiser->step();
  }
  set_threads(0);
  return values_of(parameters);
}

}  // namespace

TEST_CASE("optimisers: every class that the headers declare has a row and a reference") {
  std::set<std::string> declared;
  // At the start of a line: an example within a comment is no declaration.
  const char* derived = R"(\nclass (\w+)( final)?\s*:\s*public Optimiser\b)";
  for (const auto& header : headers("optim")) {
    for (const Match& d : matches(read_file(header), derived)) {
      CHECK_MESSAGE(!d[2].empty(), d[1], " is not final");
      declared.insert(d[1]);
    }
  }
  CHECK(declared.size() >= 5);  // the headers were read
  std::set<std::string> rows;
  for (const OptimiserRow& row : optimiser_table()) {
    rows.insert(row.type);
    if (declared.count(row.type) == 0) continue;
    CHECK_MESSAGE(reference_of(row) != nullptr, row.name, " is not in reference.py");
  }
  for (const std::string& type : declared) {
    CHECK_MESSAGE(rows.count(type) == 1, type, " has no row in optimiser_table.hpp");
  }
  for (const OptimiserReference& reference : optimiser_references()) {
    const auto& table = optimiser_table();
    const auto same = [&](const OptimiserRow& row) { return row.name == reference.optimiser; };
    CHECK_MESSAGE(std::any_of(table.begin(), table.end(), same), reference.optimiser,
                  " of reference.py has no row");
  }
}

TEST_CASE("optimisers: steps as the formulas are written") {
  for (const OptimiserRow& row : optimiser_table()) {
    INFO(row.type, " ", row.name);
    check_by_hand(row, {}, 0.1);
    check_by_hand(row, {3}, [](std::size_t step) { return 0.1 / (1.0 + double(step)); });
    check_by_hand(row, {5, 7}, warm_up(3, 0.05));
    check_by_hand(row, {0}, 0.1);
    check_by_hand(row, {40000}, cosine_decay(0.01, 3));  // several slices
  }
}

TEST_CASE("optimisers: steps as PyTorch takes them") {
  for (const OptimiserRow& row : optimiser_table()) {
    const OptimiserReference* reference = reference_of(row);
    if (reference == nullptr) continue;
    INFO(row.name);
    const Var x = Var::parameter(vector(reference_start()));
    const OptimiserPointer optimiser = row.make({{"x", x}}, {});
    for (std::size_t step = 0; step < reference_gradients().size(); ++step) {
      give_gradients({{"x", x}}, {vector(reference_gradients()[step])});
      optimiser->step();
      for (std::size_t i = 0; i < x.size(); ++i) {
        CHECK(near(x.value().data()[i], reference->values[step][i]));
      }
    }
  }
}

TEST_CASE("optimisers: gradients add up until a step clears them") {
  for (const OptimiserRow& row : optimiser_table()) {
    INFO(row.type, " ", row.name);
    const Var x = Var::parameter(vector({1, 2})), twice = Var::parameter(vector({1, 2}));
    const OptimiserPointer one = row.make({{"x", x}}, {}), other = row.make({{"x", twice}}, {});
    for (int i = 0; i < 2; ++i) give_gradients({{"x", x}}, {vector({2, 0.5})});
    give_gradients({{"x", twice}}, {vector({4, 1})});
    one->step();
    other->step();
    CHECK(x.value() == twice.value());
    CHECK_FALSE(x.value() == vector({1, 2}));
    CHECK_FALSE(x.has_gradient());
  }
}

TEST_CASE("optimisers: a parameter without a gradient is named and nothing is changed") {
  for (const OptimiserRow& row : optimiser_table()) {
    const Var a = Var::parameter(vector({1, 2})), b = Var::parameter(vector({3}));
    const OptimiserPointer optimiser = row.make({{"encoder.weight", a}, {"decoder.bias", b}}, {});
    give_gradients({{"a", a}}, {vector({1, 1})});
    const std::string message = row.type + "::step: \"decoder.bias\" has no gradient";
    CHECK_THROWS_WITH_AS(optimiser->step(), doctest::Contains(message.c_str()), Error);
    CHECK(a.value() == vector({1, 2}));
    CHECK(a.has_gradient());
    CHECK(optimiser->steps() == 0);
    for (const NamedParameter& state : optimiser->state()) {
      CHECK(state.parameter.value() == full(state.parameter.shape(), state.parameter.value()(0)));
    }
  }
}

TEST_CASE("optimisers: what is no parameter is refused by name") {
  for (const OptimiserRow& row : optimiser_table()) {
    const auto refused = [&](const Parameters& parameters, const std::string& message) {
      CHECK_THROWS_WITH_AS(row.make(parameters, {}), doctest::Contains(message.c_str()), Error);
    };
    const Var a = Var::parameter(vector({1, 2}));
    refused({}, row.type + ": got no parameters");
    refused({{"a", a}, {"rate", Var(2)}},
            row.type + ": \"rate\" is not a parameter but a constant");
    const Tape tape;
    refused({{"a2", square(a)}}, row.type + ": \"a2\" is not a parameter but the result of an");
  }
}

TEST_CASE("optimisers: a parameter of two names takes one step") {
  for (const OptimiserRow& row : optimiser_table()) {
    const Var tied = Var::parameter(vector({1, 2})), plain = Var::parameter(vector({1, 2}));
    const OptimiserPointer two = row.make({{"first", tied}, {"second", tied}}, {});
    const OptimiserPointer one = row.make({{"first", plain}}, {});
    for (const Var& x : {tied, plain}) give_gradients({{"x", x}}, {vector({1, -1})});
    two->step();
    one->step();
    CHECK(tied.value() == plain.value());
    CHECK(two->parameters().size() == 1);
    CHECK(two->parameters()[0].name == "first");
  }
}

TEST_CASE("optimisers: states are named after parameter and state") {
  const Parameters parameters = three_parameters();
  for (const OptimiserRow& row : optimiser_table()) {
    const OptimiserPointer optimiser = row.make(parameters, {});
    CHECK(optimiser->kind() == row.type);
    std::vector<std::string> expected, got;
    for (const std::string& state : optimiser->state_names()) {
      for (const NamedParameter& p : parameters) expected.push_back(p.name + "." + state);
    }
    for (const NamedParameter& state : optimiser->state()) got.push_back(state.name);
    CHECK(got == expected);
  }
  const Adam adam(parameters);
  CHECK(adam.state()[3].name == "encoder.weight.square");
  CHECK(adam.state()[3].parameter.shape() == Shape{300, 133});
  CHECK(Sgd(parameters).state().empty());
}

TEST_CASE("optimisers: the same bits for any number of threads") {
  for (const OptimiserRow& row : optimiser_table()) {
    INFO(row.type, " ", row.name);
    const std::vector<Array> one = after_steps(row, 1), two = after_steps(row, 2);
    for (std::size_t k = 0; k < one.size(); ++k) {
      CHECK(std::memcmp(one[k].data(), two[k].data(), one[k].size() * sizeof(real)) == 0);
    }
  }
}

TEST_CASE("optimisers: a step asks the system for no array memory") {
  const Parameters parameters = three_parameters();
  for (const OptimiserRow& row : optimiser_table()) {
    for (const double max_norm : {kUnclipped, 0.5}) {
      const OptimiserPointer optimiser = row.make(parameters, {{}, max_norm});
      for (std::size_t step = 0; step < 2; ++step) {
        give_gradients(parameters, three_gradients(step));
        const std::uint64_t before = memory_statistics().system_allocations;
        optimiser->step();
        CHECK(memory_statistics().system_allocations == before);
      }
    }
  }
}

TEST_CASE("optimisers: every one finds the minimum of a quadratic") {
  for (const OptimiserRow& row : optimiser_table()) {
    // With weight decay the minimum is elsewhere, and with the rate's own decay out of reach.
    if (row.type == "AdamW" || row.name == "Sgd, weight decay" || row.name == "Sgd, everything" ||
        row.name == "Adagrad, everything") {
      continue;
    }
    INFO(row.type, " ", row.name);
    const Var x = Var::parameter(vector({2, 1, 2.5}));
    const auto loss = [&] { return sum(Var(vector({1, 3, 0.5})) * square(x - vector({1, 2, 3}))); };
    const OptimiserPointer optimiser = row.make({{"x", x}}, {cosine_decay(0.05, 2000)});
    for (int i = 0; i < 2000; ++i) {
      Tape tape;
      tape.backward(loss());
      optimiser->step();
    }
    CHECK(loss().item() < 1e-3);
  }
}

TEST_CASE("optimisers: move as a whole") {
  const Parameters stayed = three_parameters(), moved = three_parameters();
  Adam adam(stayed);
  std::vector<Adam> several;
  several.emplace_back(moved);
  for (std::size_t step = 0; step < 2; ++step) {
    for (const Parameters& parameters : {stayed, moved}) {
      give_gradients(parameters, three_gradients(step));
    }
    adam.step();
    several.back().step();
    several.emplace_back(std::move(several.back()));
  }
  CHECK(values_of(stayed) == values_of(moved));
  CHECK(several.back().steps() == 2);
}
