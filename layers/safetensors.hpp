#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <evident/autodiff/error.hpp>

namespace evident {

/// A file of weights that cannot be read or written, or weights that do not fit where they should
/// go.
class WeightsError : public Error {
 public:
  using Error::Error;
};

/// The types of number that Evident stores, named as safetensors names them: float and double.
enum class Dtype { F32, F64 };

/// Bytes that one number of this type takes.
std::size_t size_of(Dtype dtype);

/// A tensor read from a file: its numbers are row-major and little-endian, `data` owns their bytes.
struct StoredTensor {
  std::string name;
  Dtype dtype;
  std::vector<std::size_t> shape;
  std::vector<std::byte> data;
};

/// A tensor to write: `data` points to product(shape) row-major numbers that stay the caller's.
struct TensorView {
  std::string name;
  Dtype dtype;
  std::vector<std::size_t> shape;
  const void* data;
};

/// The content of a safetensors file, the tensors in the order of their data.
struct Safetensors {
  std::map<std::string, std::string> metadata;
  std::vector<StoredTensor> tensors;
};

/// Reads a safetensors file.
///
/// Format: the header's size as a little-endian 64-bit number, the header in JSON, the data. Each
/// tensor has a dtype (F32 or F64 here), a shape (rank 0 and size 0 are fine) and offsets into the
/// data, which the tensors must cover without holes or overlaps. Nothing in the file is executed,
/// and memory is allocated for no more than the file holds.
/// Throws WeightsError for a file that cannot be read or breaks any rule of the format.
Safetensors read_safetensors(const std::filesystem::path& path);

/// Writes a safetensors file, the tensors in the order of their names, all of it or nothing.
///
/// The header is padded with spaces to a multiple of 8 bytes; the data is not copied on the way.
/// Throws WeightsError for two tensors of one name, the name `__metadata__`, text that is not UTF-8
/// or a header that would be too large to read back, and Error where the file cannot be written:
/// the old file is then untouched (see write_file_atomically).
void write_safetensors(const std::filesystem::path& path, const std::vector<TensorView>& tensors,
                       const std::map<std::string, std::string>& metadata);

}  // namespace evident
