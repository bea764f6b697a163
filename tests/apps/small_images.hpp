#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "../data/idx_bytes.hpp"
#include "../temporary_directory.hpp"

namespace evident::testing {

/// Images of 8 x 8: a bright bar at one of eight heights, its label.
inline std::string bars(std::uint32_t count) {
  std::string pixels;
  for (std::uint32_t image = 0; image < count; ++image) {
    for (std::uint32_t row = 0; row < 8; ++row) {
      pixels.append(8, row == image % 8 ? '\xff' : row == (image + 1) % 8 ? '\x40' : '\0');
    }
  }
  return idx_bytes({count, 8, 8}, pixels);
}

inline std::string bar_labels(std::uint32_t count) {
  std::string labels;
  for (std::uint32_t image = 0; image < count; ++image) labels += static_cast<char>(image % 8);
  return idx_bytes({count}, labels);
}

/// A data set of bars in the layout of MNIST: 200 for training, 40 for testing.
inline void write_bars(const TemporaryDirectory& directory) {
  directory.write("train-images-idx3-ubyte", bars(200));
  directory.write("train-labels-idx1-ubyte", bar_labels(200));
  directory.write("t10k-images-idx3-ubyte.gz", gzip(bars(40)));
  directory.write("t10k-labels-idx1-ubyte.gz", gzip(bar_labels(40)));
}

}  // namespace evident::testing
