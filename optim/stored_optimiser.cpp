#include <fmt/format.h>

#include <charconv>
#include <evident/layers/weights.hpp>
#include <evident/optim/stored_optimiser.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using Metadata = std::map<std::string, std::string>;

constexpr const char* kKind = "optimiser";
constexpr const char* kStates = "states";
constexpr const char* kSteps = "steps";
constexpr const char* kParameter = "parameter ";  // and its name; the value is its shape

Metadata description(const Optimiser& optimiser) {
  Metadata result = {{kKind, optimiser.kind()},
                     {kStates, fmt::format("{}", fmt::join(optimiser.state_names(), ", "))},
                     {kSteps, fmt::to_string(optimiser.steps())}};
  for (const NamedParameter& p : optimiser.parameters()) {
    result[kParameter + p.name] = to_string(p.parameter.shape());
  }
  return result;
}

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& reason) {
  throw WeightsError(fmt::format("load_optimiser: {}: {}", path.string(), reason));
}

// That the file belongs to an optimiser like this one, whatever its number of steps.
void check_belongs(const Metadata& file, const std::filesystem::path& path,
                   const Optimiser& optimiser) {
  const Metadata wanted = description(optimiser);
  for (const char* key : {kKind, kStates, kSteps}) {
    if (file.count(key) == 0) {
      refuse(path,
             fmt::format("the metadata has no \"{}\": this is not a file of save_optimiser", key));
    }
  }
  if (file.at(kKind) != optimiser.kind()) {
    refuse(path, fmt::format("the file holds the state of {} and the optimiser is {}",
                             file.at(kKind), optimiser.kind()));
  }
  if (file.at(kStates) != wanted.at(kStates)) {
    refuse(path, fmt::format("the file holds the states ({}) and the optimiser keeps ({}): make it "
                             "with the options it was saved with",
                             file.at(kStates), wanted.at(kStates)));
  }
  for (const NamedParameter& p : optimiser.parameters()) {
    const auto found = file.find(kParameter + p.name);
    if (found == file.end()) {
      refuse(path, fmt::format("the file knows no parameter \"{}\": it belongs to another model",
                               p.name));
    }
    const std::string shape = to_string(p.parameter.shape());
    if (found->second != shape) {
      refuse(path, fmt::format("the parameter \"{}\" has shape {} in the file and {} in the model: "
                               "the file belongs to a model of another size",
                               p.name, found->second, shape));
    }
  }
  if (file.size() != wanted.size()) {
    refuse(path, fmt::format("the file knows {} parameters and the model has {}: it belongs to "
                             "another model",
                             file.size() - 3, wanted.size() - 3));
  }
}

std::size_t steps_in(const Metadata& file, const std::filesystem::path& path) {
  const std::string& text = file.at(kSteps);
  std::size_t steps = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), steps);
  if (problem != std::errc() || end != text.data() + text.size()) {
    refuse(path, fmt::format("the number of steps is \"{}\", expected a whole number: the file is "
                             "damaged",
                             text));
  }
  return steps;
}

}  // namespace

void save_optimiser(const std::filesystem::path& path, const Optimiser& optimiser) {
  save_weights(path, optimiser.state(), description(optimiser));
}

void load_optimiser(const std::filesystem::path& path, Optimiser& optimiser) {
  const Safetensors file = read_safetensors(path);
  check_belongs(file.metadata, path, optimiser);
  const std::size_t steps = steps_in(file.metadata, path);
  set_weights(file, path, optimiser.state(), "load_optimiser");
  optimiser.steps_ = steps;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
