#include <evident/apps/picture.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <png.h>

#include <evident/autodiff/error.hpp>
#include <evident/layers/atomic_file.hpp>

namespace evident {
namespace {

constexpr std::uint8_t kGapGrey = 208;

/// Pixels along one side of the grid: `count` scaled images with gaps between them.
std::size_t grid_length(std::size_t count, std::size_t image, const Tiling& tiling) {
  std::size_t scaled = 0;
  std::size_t images = 0;
  std::size_t gaps = 0;
  std::size_t length = 0;
  if (__builtin_mul_overflow(image, tiling.scale, &scaled) ||
      __builtin_mul_overflow(scaled, count, &images) ||
      __builtin_mul_overflow(count - 1, tiling.gap, &gaps) ||
      __builtin_add_overflow(images, gaps, &length)) {
    throw ShapeError(fmt::format("tile: {} images of {} pixels at scale {} are too many to count",
                                 count, image, tiling.scale));
  }
  return length;
}

/// The number of images, once it is certain that they fit the grid.
std::size_t count_images(std::size_t values, const Tiling& tiling) {
  const auto& [columns, rows, image_rows, image_columns, scale, gap] = tiling;
  if (columns == 0 || rows == 0 || image_rows == 0 || image_columns == 0 || scale == 0) {
    throw ShapeError(fmt::format(
        "tile: a grid of {} x {} images of {} x {} at scale {} has a side of zero: use at least 1",
        rows, columns, image_rows, image_columns, scale));
  }
  // Division, not multiplication, so that no product can overflow.
  const bool is_whole = values % image_columns == 0 && values / image_columns % image_rows == 0;
  if (!is_whole) {
    throw ShapeError(fmt::format("tile: {} values are not a number of whole images of {} x {}",
                                 values, image_rows, image_columns));
  }
  const std::size_t count = values / image_columns / image_rows;
  if (count > 0 && (count - 1) / columns >= rows) {
    throw ShapeError(fmt::format("tile: {} images do not fit a grid of {} x {}: add rows", count,
                                 rows, columns));
  }
  return count;
}

std::uint8_t grey(float value) {
  if (std::isnan(value)) throw Error("tile: a value is NaN, expected 0 to 1: check the model");
  return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0F, 1.0F) * 255.0F));
}

/// Draws one image with its upper left corner at (left, top).
void draw(const float* image, const Tiling& tiling, std::size_t left, std::size_t top,
          Picture& picture) {
  for (std::size_t row = 0; row < tiling.image_rows; ++row) {
    for (std::size_t column = 0; column < tiling.image_columns; ++column) {
      const std::uint8_t value = grey(image[row * tiling.image_columns + column]);
      for (std::size_t y = 0; y < tiling.scale; ++y) {
        const std::size_t line = top + row * tiling.scale + y;
        std::uint8_t* first = &picture.pixels[line * picture.width + left + column * tiling.scale];
        std::fill_n(first, tiling.scale, value);
      }
    }
  }
}

}  // namespace

Picture tile(const std::vector<float>& images, const Tiling& tiling) {
  const std::size_t count = count_images(images.size(), tiling);
  Picture picture;
  picture.width = grid_length(tiling.columns, tiling.image_columns, tiling);
  picture.height = grid_length(tiling.rows, tiling.image_rows, tiling);
  std::size_t area = 0;
  if (__builtin_mul_overflow(picture.width, picture.height, &area)) {
    throw ShapeError(fmt::format("tile: a picture of {} x {} pixels is too large", picture.width,
                                 picture.height));
  }
  picture.pixels.assign(area, kGapGrey);

  const std::size_t column_step = tiling.image_columns * tiling.scale + tiling.gap;
  const std::size_t row_step = tiling.image_rows * tiling.scale + tiling.gap;
  for (std::size_t i = 0; i < count; ++i) {
    draw(&images[i * tiling.image_rows * tiling.image_columns], tiling,
         i % tiling.columns * column_step, i / tiling.columns * row_step, picture);
  }
  return picture;
}

void write_png(const std::filesystem::path& path, const Picture& picture) {
  const auto& [width, height, pixels] = picture;
  const bool fits =
      width > 0 && height > 0 && pixels.size() % width == 0 && pixels.size() / width == height;
  if (!fits) {
    throw ShapeError(fmt::format("write_png: {}: {} pixels do not make a picture of {} x {}",
                                 path.string(), pixels.size(), width, height));
  }
  constexpr std::size_t kLongestSide = 0x7fffffff;  // PNG stores sides in 31 bits
  if (width > kLongestSide || height > kLongestSide) {
    throw Error(fmt::format("write_png: {}: {} x {} pixels are too many for a PNG file",
                            path.string(), width, height));
  }
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = PNG_FORMAT_GRAY;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::vector<std::uint8_t> bytes(size);
  if (png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.data(), 0, nullptr) == 0) {
    throw Error(fmt::format("write_png: {}: libpng cannot encode {} x {} pixels: {}", path.string(),
                            width, height, image.message));
  }
  write_file_atomically(path, {{bytes.data(), size}});
}

}  // namespace evident
