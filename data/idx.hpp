#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

#include <evident/autodiff/error.hpp>

namespace evident {

/// A data file or data directory that is missing, damaged or not what it should be.
class DataError : public Error {
 public:
  using Error::Error;
};

/// Grey images as an IDX file stores them.
///
/// `pixels` holds count * rows * columns values from 0 to 255, image by image, each row-major.
struct IdxImages {
  std::size_t count = 0;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<std::uint8_t> pixels;
};

/// Reads the images of an IDX file, plain or compressed with gzip (told apart by content).
///
/// Format: the bytes 00 00 08 03, then count, rows and columns as big-endian 32-bit numbers, then
/// the pixels (http://yann.lecun.com/exdb/mnist/). Sides are 1 to 65536, the length is exact.
/// Memory follows what the file really holds, whatever its header promises. Throws DataError for a
/// file that cannot be read, is not such a file, or is damaged.
IdxImages read_idx_images(const std::filesystem::path& path);

/// Reads the labels of an IDX file, plain or compressed with gzip (told apart by content).
///
/// Format: the bytes 00 00 08 01, then the count as a big-endian 32-bit number, then a byte a
/// label. Throws DataError for a file that cannot be read, is not such a file, or is damaged.
std::vector<std::uint8_t> read_idx_labels(const std::filesystem::path& path);

}  // namespace evident
