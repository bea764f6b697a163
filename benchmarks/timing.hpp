#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

// What the benchmarks share: times in turns, medians, and results as JSON. Machines are noisy; the
// ratio of two medians that were taken in turns is what counts.

namespace evident::benchmarks {

using Clock = std::chrono::steady_clock;

inline double seconds(Clock::time_point start, Clock::time_point end) {
  return std::chrono::duration<double>(end - start).count();
}

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

/// Appends the seconds of each of `steps` calls to `samples`, after one that is not counted: the
/// caches belong to whoever ran before.
template <class Step>
void time_steps(std::vector<double>& samples, std::size_t steps, Step step) {
  step();
  for (std::size_t i = 0; i < steps; ++i) {
    const Clock::time_point start = Clock::now();
    step();
    samples.push_back(seconds(start, Clock::now()));
  }
}

/// The kernels that OpenBLAS was told to use.
inline std::string openblas_kernels() {
  const char* core = std::getenv("OPENBLAS_CORETYPE");
  return core == nullptr ? "automatic" : core;
}

/// Writes results to a file, if one was named, and says so. Returns the program's exit status.
inline int finish(const nlohmann::ordered_json& results, int argc, char** argv) {
  if (argc < 2) return 0;
  std::ofstream file(argv[1]);
  file << results.dump(2) << '\n';
  if (!file.flush()) {
    fmt::print(stderr, "{}: cannot write {}\n", argv[0], argv[1]);
    return 1;
  }
  fmt::print("\nAs JSON: {}\n", argv[1]);
  return 0;
}

}  // namespace evident::benchmarks
