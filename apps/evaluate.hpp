#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <evident/autodiff/real.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The choices of an evaluation.
struct EvaluateOptions {
  std::filesystem::path weights;  ///< a file, or the directory of a run
  std::string data;               ///< empty: what the model was trained on
  std::string binarize;           ///< empty: as in training
  std::size_t samples = 64;       ///< K, importance samples for log p(x)
  std::size_t repeats = 3;        ///< independent estimates of log p(x), for its Monte Carlo error
  std::size_t batch = 128;
  std::uint64_t seed = 1;
  bool json = false;
};

/// Prints what the model is worth on the test images, on stdout; returns the exit code.
int evaluate(const EvaluateOptions& options);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
