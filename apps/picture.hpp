#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace evident {

/// A grey picture: width * height values from 0 (black) to 255 (white), row by row from the top.
struct Picture {
  std::size_t width = 0;
  std::size_t height = 0;
  std::vector<std::uint8_t> pixels;
};

/// How images are laid out in a grid; lengths are in pixels.
struct Tiling {
  std::size_t columns = 1;        ///< Images side by side.
  std::size_t rows = 1;           ///< Images one above the other.
  std::size_t image_rows = 1;     ///< Height of an image before scaling.
  std::size_t image_columns = 1;  ///< Width of an image before scaling.
  std::size_t scale = 1;          ///< Each value becomes a square of scale x scale pixels.
  std::size_t gap = 1;            ///< Light space between neighbours, not scaled.
};

/// Lays out images in a grid, row by row from the top left.
///
/// `images` holds the values of whole images one after another, each row-major, 0 for black and 1
/// for white; values beyond are clamped. Places without an image stay as light as the gap.
/// Throws ShapeError for a tiling with a side of zero, a length that is not a number of whole
/// images or more images than places, and Error for a value that is NaN.
Picture tile(const std::vector<float>& images, const Tiling& tiling);

/// Writes a picture as an 8-bit grey PNG file, all of it or nothing (see write_file_atomically).
///
/// Throws ShapeError where `pixels` does not hold width * height values or there are none, and
/// Error where the picture is too large for the format or the file cannot be written.
void write_png(const std::filesystem::path& path, const Picture& picture);

}  // namespace evident
