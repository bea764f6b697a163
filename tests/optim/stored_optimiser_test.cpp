#include <doctest/doctest.h>

#include <cstring>
#include <evident/layers/weights.hpp>
#include <evident/optim/stored_optimiser.hpp>
#include <type_traits>

#include "../temporary_directory.hpp"
#include "optimiser_table.hpp"

using namespace evident;
using namespace evident::testing;

namespace {

using Path = std::filesystem::path;

void take_steps(Optimiser& optimiser, std::size_t first, std::size_t last) {
  for (std::size_t step = first; step < last; ++step) {
    give_gradients(optimiser.parameters(), three_gradients(step));
    optimiser.step();
  }
}

bool same_bits(const std::vector<Array>& a, const std::vector<Array>& b) {
  for (std::size_t k = 0; k < a.size(); ++k) {
    if (a[k].shape() != b[k].shape()) return false;
    if (std::memcmp(a[k].data(), b[k].data(), a[k].size() * sizeof(real)) != 0) return false;
  }
  return a.size() == b.size();
}

// Expects loading to be refused so, and to leave the optimiser as it was.
void check_refused(const Path& file, Optimiser& optimiser, const std::string& message) {
  const std::vector<Array> before = values_of(optimiser.state());
  const std::size_t steps = optimiser.steps();
  CHECK_THROWS_WITH_AS(load_optimiser(file, optimiser), doctest::Contains(message.c_str()),
                       WeightsError);
  CHECK_THROWS_WITH_AS(load_optimiser(file, optimiser), doctest::Contains(file.string().c_str()),
                       WeightsError);
  CHECK(same_bits(values_of(optimiser.state()), before));
  CHECK(optimiser.steps() == steps);
}

std::vector<TensorView> views_of(const std::vector<StoredTensor>& tensors) {
  std::vector<TensorView> views;
  for (const StoredTensor& t : tensors) views.push_back({t.name, t.dtype, t.shape, t.data.data()});
  return views;
}

// The other precision.
using Other = std::conditional_t<std::is_same_v<real, float>, double, float>;

}  // namespace

TEST_CASE("stored optimiser: a run that was stopped goes on to the same bits") {
  const TemporaryDirectory directory;
  const Path weights = directory.path() / "weights", state = directory.path() / "state";
  const Shared shared{warm_up(2, cosine_decay(0.05, 6)), 150};
  for (const OptimiserRow& row : optimiser_table()) {
    INFO(row.type, " ", row.name);
    const Parameters whole = three_parameters();
    const OptimiserPointer never_stopped = row.make(whole, shared);
    take_steps(*never_stopped, 0, 6);

    const Parameters first = three_parameters();
    const OptimiserPointer stopped = row.make(first, shared);
    take_steps(*stopped, 0, 3);
    save_weights(weights, first);
    save_optimiser(state, *stopped);
    const double rate = stopped->learning_rate();
    take_steps(*stopped, 3, 4);  // what is in the file does not follow

    const Parameters second = three_parameters();
    const OptimiserPointer resumed = row.make(second, shared);
    load_weights(weights, second);
    load_optimiser(state, *resumed);
    CHECK(resumed->steps() == 3);
    CHECK(resumed->learning_rate() == rate);
    take_steps(*resumed, 3, 6);
    CHECK(same_bits(values_of(second), values_of(whole)));
    CHECK(same_bits(values_of(resumed->state()), values_of(never_stopped->state())));
  }
}

TEST_CASE("stored optimiser: the file names every state, the kind and the steps") {
  const TemporaryDirectory directory;
  const Path file = directory.path() / "state";
  Adam adam(three_parameters());
  take_steps(adam, 0, 2);
  save_optimiser(file, adam);
  const Safetensors stored = read_safetensors(file);
  std::vector<std::string> names;
  for (const StoredTensor& tensor : stored.tensors) names.push_back(tensor.name);
  CHECK(names == std::vector<std::string>{"encoder.bias.mean", "encoder.bias.square",
                                          "encoder.weight.mean", "encoder.weight.square",
                                          "scale.mean", "scale.square"});
  CHECK(stored.metadata.at("optimiser") == "Adam");
  CHECK(stored.metadata.at("steps") == "2");
}

TEST_CASE("stored optimiser: a file of the other precision is read") {
  const TemporaryDirectory directory;
  const Path file = directory.path() / "state";
  for (const OptimiserRow& row : optimiser_table()) {
    const OptimiserPointer saved = row.make(three_parameters(), {});
    take_steps(*saved, 0, 2);
    save_optimiser(file, *saved);
    Safetensors stored = read_safetensors(file);
    for (StoredTensor& tensor : stored.tensors) {
      const std::size_t count = tensor.data.size() / sizeof(real);
      std::vector<std::byte> converted(count * sizeof(Other));
      for (std::size_t i = 0; i < count; ++i) {
        real value;
        std::memcpy(&value, tensor.data.data() + i * sizeof(real), sizeof(real));
        const auto other = static_cast<Other>(value);
        std::memcpy(converted.data() + i * sizeof(Other), &other, sizeof(Other));
      }
      tensor.dtype = sizeof(Other) == 4 ? Dtype::F32 : Dtype::F64;
      tensor.data = std::move(converted);
    }
    write_safetensors(file, views_of(stored.tensors), stored.metadata);
    const OptimiserPointer loaded = row.make(three_parameters(), {});
    load_optimiser(file, *loaded);
    CHECK(loaded->steps() == 2);
    const std::vector<NamedParameter> a = saved->state(), b = loaded->state();
    for (std::size_t k = 0; k < a.size(); ++k) {
      for (std::size_t i = 0; i < a[k].parameter.size(); ++i) {
        const auto through = static_cast<Other>(a[k].parameter.value().data()[i]);
        REQUIRE(b[k].parameter.value().data()[i] == static_cast<real>(through));
      }
    }
  }
}

TEST_CASE("stored optimiser: one of another kind, or for other parameters, is refused") {
  const TemporaryDirectory directory;
  const Path file = directory.path() / "state";
  for (const OptimiserRow& row : optimiser_table()) {
    INFO(row.type, " ", row.name);
    const OptimiserPointer saved = row.make(three_parameters(), {});
    take_steps(*saved, 0, 2);
    save_optimiser(file, *saved);
    for (const OptimiserRow& other : optimiser_table()) {
      if (other.type == row.type) continue;
      const OptimiserPointer wanted = other.make(three_parameters(), {});
      check_refused(file, *wanted,
                    "load_optimiser: " + file.string() + ": the file holds the state of " +
                        row.type + " and the optimiser is " + other.type);
    }
    Parameters parameters = three_parameters();
    parameters[2].name = "rate";
    check_refused(file, *row.make(parameters, {}), "the file knows no parameter \"rate\"");
    parameters = three_parameters();
    parameters[1].parameter = Var::parameter(zeros({7, 19}));
    check_refused(file, *row.make(parameters, {}),
                  "the parameter \"encoder.bias\" has shape (133) in the file and (7, 19) in");
    parameters = three_parameters();
    parameters.pop_back();
    check_refused(file, *row.make(parameters, {}),
                  "the file knows 3 parameters and the model has 2");
    parameters = three_parameters();
    parameters.push_back({"more", Var::parameter(zeros({}))});
    check_refused(file, *row.make(parameters, {}), "the file knows no parameter \"more\"");
  }
}

TEST_CASE("stored optimiser: one of the same kind with other states is refused") {
  const TemporaryDirectory directory;
  const Path file = directory.path() / "state";
  save_optimiser(file, RmsProp(three_parameters()));
  RmsProp centered(three_parameters(), {0.01, 0.99, 1e-8, 0, true});
  check_refused(file, centered,
                "the file holds the states (square) and the optimiser keeps (square, mean)");
  save_optimiser(file, Sgd(three_parameters(), {0.1, 0.9}));
  Sgd plain(three_parameters(), {0.1});
  check_refused(file, plain, "the file holds the states (velocity) and the optimiser keeps ()");
}

TEST_CASE("stored optimiser: a broken file is refused and changes nothing") {
  const TemporaryDirectory directory;
  const Path file = directory.path() / "state";
  Adam adam(three_parameters());
  take_steps(adam, 0, 2);
  save_optimiser(file, adam);
  const std::string content = read_file(file);
  const Safetensors stored = read_safetensors(file);
  take_steps(adam, 2, 3);

  check_refused(directory.path() / "absent", adam, "cannot be read");
  check_refused(directory.write("cut", content.substr(0, content.size() - 9)), adam, "truncated");
  check_refused(directory.write("empty", ""), adam, "too few");
  save_weights(file, adam.parameters());
  check_refused(file, adam,
                "the metadata has no \"optimiser\": this is not a file of save_optimis");
  for (const char* steps : {"", "-1", "2 ", "two", "2.5", "99999999999999999999999"}) {
    auto metadata = stored.metadata;
    metadata["steps"] = steps;
    write_safetensors(file, views_of(stored.tensors), metadata);
    check_refused(file, adam, std::string("the number of steps is \"") + steps + "\"");
  }
  std::vector<StoredTensor> tensors = stored.tensors;
  tensors.pop_back();
  write_safetensors(file, views_of(tensors), stored.metadata);
  check_refused(file, adam, "there is no tensor \"scale.square\"");
  tensors = stored.tensors;
  tensors.back().shape = {1};
  write_safetensors(file, views_of(tensors), stored.metadata);
  check_refused(file, adam, "\"scale.square\" has shape (1) in the file and () in the model");
  tensors = stored.tensors;
  tensors.push_back({"more", Dtype::F32, {0}, {}});
  write_safetensors(file, views_of(tensors), stored.metadata);
  check_refused(file, adam, "the file holds 7 tensors and the model 6");
}
