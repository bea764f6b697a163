#include <doctest/doctest.h>

#include <evident/layers/weights.hpp>

#include "../temporary_directory.hpp"

using namespace evident;
using evident::testing::TemporaryDirectory;

namespace {

std::vector<NamedParameter> two_parameters(double first) {
  return {{"a", Var::parameter(full({2, 3}, first))}, {"b", Var::parameter(full({}, first + 1))}};
}

// Writes these parameters, and expects loading them into {a: (2, 3), b: ()} to be refused so.
void check_refused(const std::vector<NamedParameter>& written, const char* message) {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "weights.safetensors";
  save_weights(file, written);
  const std::vector<NamedParameter> model = two_parameters(7);
  CHECK_THROWS_WITH_AS(load_weights(file, model), doctest::Contains(message), WeightsError);
  CHECK_THROWS_WITH_AS(load_weights(file, model), doctest::Contains(file.string().c_str()),
                       WeightsError);
  CHECK(model[0].parameter.value() == full({2, 3}, 7));
  CHECK(model[1].parameter.value() == full({}, 8));
}

Var tensor(const Shape& shape) { return Var::parameter(ones(shape)); }

}  // namespace

TEST_CASE("weights: a file of either precision is read into the library's own") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "weights.safetensors";
  // Exact in float: both precisions hold the same numbers.
  constexpr float kFloats[6] = {1, -2.5F, 0.125F, 3e30F, -0.0F, 1e-40F};
  double doubles[6];
  for (int i = 0; i < 6; ++i) doubles[i] = static_cast<double>(kFloats[i]);
  for (const bool wide : {false, true}) {
    const void* data = wide ? static_cast<const void*>(doubles) : kFloats;
    write_safetensors(
        file,
        {{"a", wide ? Dtype::F64 : Dtype::F32, {2, 3}, data}, {"b", Dtype::F64, {}, doubles + 1}},
        {});
    const std::vector<NamedParameter> model = two_parameters(7);
    load_weights(file, model);
    for (std::size_t i = 0; i < 6; ++i) {
      CHECK(model[0].parameter.value().data()[i] == static_cast<real>(kFloats[i]));
    }
    CHECK(model[1].parameter.item() == -2.5);
  }
}

TEST_CASE("weights: the file says which precision wrote it, and carries the metadata") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "weights.safetensors";
  save_weights(file, two_parameters(1), {{"epoch", "12"}});
  const Safetensors read = read_safetensors(file);
  CHECK(read.tensors.at(0).dtype == (sizeof(real) == 4 ? Dtype::F32 : Dtype::F64));
  CHECK(read.metadata.at("epoch") == "12");
  const std::vector<NamedParameter> model = two_parameters(7);
  set_weights(read, file, model);
  CHECK(model[0].parameter.value() == ones({2, 3}));
}

TEST_CASE("weights: a file of another model is refused and changes nothing") {
  check_refused({{"a", tensor({3, 2})}, {"b", tensor({})}},
                "\"a\" has shape (3, 2) in the file and (2, 3) in the model");
  // The misfit comes last: what was read before it must not have been applied.
  check_refused({{"a", tensor({2, 3})}, {"b", tensor({1})}},
                "\"b\" has shape (1) in the file and () in the model");
  check_refused({{"a", tensor({2, 3})}}, "there is no tensor \"b\"");
  check_refused({{"a", tensor({2, 3})}, {"b", tensor({})}, {"c", tensor({2})}},
                "the file holds 3 tensors and the model 2: the file belongs to another model");
}

TEST_CASE("weights: loading does not touch gradients' leaves but their values") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "weights.safetensors";
  save_weights(file, two_parameters(1));
  const std::vector<NamedParameter> model = two_parameters(7);
  const Var shared = model[0].parameter;
  load_weights(file, model);
  CHECK(shared.value() == ones({2, 3}));
  CHECK(shared.needs_gradient());
}
