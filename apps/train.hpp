#pragma once

#include <cstdint>
#include <evident/apps/stored_model.hpp>
#include <filesystem>
#include <string>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The choices of a training run.
struct TrainOptions {
  std::string model = "vae";           ///< one of `ImageModel::names()`
  std::string data = "fashion-mnist";  ///< a name, or a directory of IDX files
  std::filesystem::path out;           ///< the directory of the run
  std::size_t epochs = 10;
  std::size_t batch = 128;
  double learning_rate = 1e-3;
  std::string binarize = "dynamic";
  std::uint64_t seed = 1;
  bool check_values = false;  ///< stop at the first NaN or infinity and say where it arose
  bool json = false;          ///< results on stdout as JSON
  VaeOptions networks;
};

/// Trains a model and leaves `weights.safetensors` and `metrics.jsonl` in the
/// run's directory, both current after every epoch. Returns the program's exit code: 0, or 130 if
/// Ctrl-C ended it, with the weights of the last step written.
int train(const TrainOptions& options);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
