#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <evident/layers/weights.hpp>
#include <type_traits>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

constexpr Dtype kDtype = std::is_same_v<real, float> ? Dtype::F32 : Dtype::F64;

template <class Stored>
void convert(const std::vector<std::byte>& data, Array& out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    Stored value;
    std::memcpy(&value, data.data() + i * sizeof(Stored), sizeof(Stored));
    out.data()[i] = static_cast<real>(value);
  }
}

const StoredTensor& tensor_for(const Safetensors& file, const std::filesystem::path& path,
                               const NamedParameter& wanted, const char* function) {
  const auto found =
      std::find_if(file.tensors.begin(), file.tensors.end(),
                   [&](const StoredTensor& tensor) { return tensor.name == wanted.name; });
  if (found == file.tensors.end()) {
    throw WeightsError(
        fmt::format("{}: {}: there is no tensor \"{}\": the file belongs to another model",
                    function, path.string(), wanted.name));
  }
  const Shape shape(found->shape.begin(), found->shape.end());
  if (shape != wanted.parameter.shape()) {
    throw WeightsError(
        fmt::format("{}: {}: \"{}\" has shape {} in the file and {} in the model: the file belongs "
                    "to a model of another size",
                    function, path.string(), wanted.name, to_string(shape),
                    to_string(wanted.parameter.shape())));
  }
  return *found;
}

}  // namespace

void save_weights(const std::filesystem::path& path, const std::vector<NamedParameter>& state,
                  const std::map<std::string, std::string>& metadata) {
  std::vector<TensorView> tensors;
  for (const auto& [name, parameter] : state) {
    const Shape& shape = parameter.shape();
    tensors.push_back({name, kDtype, {shape.begin(), shape.end()}, parameter.value().data()});
  }
  write_safetensors(path, tensors, metadata);
}

std::map<std::string, std::string> load_weights(const std::filesystem::path& path,
                                                const std::vector<NamedParameter>& state) {
  Safetensors file = read_safetensors(path);
  set_weights(file, path, state);
  return std::move(file.metadata);
}

void set_weights(const Safetensors& file, const std::filesystem::path& path,
                 const std::vector<NamedParameter>& state, const char* function) {
  std::vector<const StoredTensor*> sources;
  for (const NamedParameter& wanted : state) {
    sources.push_back(&tensor_for(file, path, wanted, function));
  }
  if (file.tensors.size() != state.size()) {
    throw WeightsError(fmt::format(
        "{}: {}: the file holds {} tensors and the model {}: the file belongs to another "
        "model",
        function, path.string(), file.tensors.size(), state.size()));
  }
  for (std::size_t k = 0; k < state.size(); ++k) {
    Var parameter = state[k].parameter;
    Array& out = parameter.mutable_value();
    if (sources[k]->dtype == Dtype::F32) {
      convert<float>(sources[k]->data, out);
    } else {
      convert<double>(sources[k]->data, out);
    }
  }
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
