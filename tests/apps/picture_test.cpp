#include <evident/apps/picture.hpp>

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <evident/autodiff/error.hpp>

#include "../temporary_directory.hpp"
#include "read_png.hpp"

namespace {

using evident::Error;
using evident::Picture;
using evident::ShapeError;
using evident::tile;
using evident::Tiling;
using evident::write_png;
using evident::testing::read_png;
using evident::testing::TemporaryDirectory;
using Pixels = std::vector<std::uint8_t>;

constexpr std::uint8_t kGap = 208;

Tiling grid(std::size_t columns, std::size_t rows, std::size_t image_rows,
            std::size_t image_columns) {
  Tiling tiling;
  tiling.columns = columns;
  tiling.rows = rows;
  tiling.image_rows = image_rows;
  tiling.image_columns = image_columns;
  return tiling;
}

}  // namespace

TEST_CASE("picture: images lie row by row with a gap between them") {
  const Picture picture = tile({0.0F, 1.0F, 0.2F, 0.4F, 0.6F, 0.8F}, grid(2, 2, 1, 2));
  CHECK(picture.width == 5);
  CHECK(picture.height == 3);
  CHECK(picture.pixels == Pixels{0, 255, kGap, 51, 102,         //
                                 kGap, kGap, kGap, kGap, kGap,  //
                                 153, 204, kGap, kGap, kGap});
}

TEST_CASE("picture: images are scaled up, the gap is not") {
  Tiling tiling = grid(2, 1, 1, 1);
  tiling.scale = 2;
  tiling.gap = 3;
  const Picture picture = tile({0.0F, 1.0F}, tiling);
  CHECK(picture.width == 7);
  CHECK(picture.height == 2);
  CHECK(picture.pixels == Pixels{0, 0, kGap, kGap, kGap, 255, 255,  //
                                 0, 0, kGap, kGap, kGap, 255, 255});
}

TEST_CASE("picture: an image keeps its rows and columns, values are rounded and clamped") {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  Tiling tiling = grid(1, 1, 2, 3);
  tiling.gap = 0;
  const Picture picture = tile({-kInfinity, -1.0F, 0.5F, 0.001F, 2.0F, kInfinity}, tiling);
  CHECK(picture.width == 3);
  CHECK(picture.height == 2);
  CHECK(picture.pixels == Pixels{0, 0, 128, 0, 255, 255});
}

TEST_CASE("picture: a tiling that does not fit is refused by one clear line") {
  const std::vector<float> four(4, 0.5F);
  CHECK_THROWS_WITH_AS(tile(four, grid(0, 1, 1, 1)), doctest::Contains("has a side of zero"),
                       ShapeError);
  CHECK_THROWS_WITH_AS(tile(four, grid(1, 1, 2, 3)),
                       doctest::Contains("4 values are not a number of whole images of 2 x 3"),
                       ShapeError);
  CHECK_THROWS_WITH_AS(tile(four, grid(3, 1, 1, 1)),
                       doctest::Contains("4 images do not fit a grid of 1 x 3"), ShapeError);
  const std::size_t huge = std::size_t{1} << 40;
  Tiling too_long = grid(huge, 1, 1, 1);
  too_long.scale = huge;
  CHECK_THROWS_WITH_AS(tile({}, too_long), doctest::Contains("too many to count"), ShapeError);
  CHECK_THROWS_WITH_AS(tile({}, grid(huge, huge, 1, 1)), doctest::Contains("is too large"),
                       ShapeError);
  CHECK_THROWS_WITH_AS(tile({std::numeric_limits<float>::quiet_NaN()}, grid(1, 1, 1, 1)),
                       doctest::Contains("a value is NaN"), Error);
}

TEST_CASE("picture: a PNG file holds the picture") {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "picture.png";
  Picture picture{256, 3, {}};
  for (int i = 0; i < 256 * 3; ++i) picture.pixels.push_back(static_cast<std::uint8_t>(i * 7));
  write_png(path, picture);
  const Picture read = read_png(path);
  CHECK(read.width == 256);
  CHECK(read.height == 3);
  CHECK(read.pixels == picture.pixels);
}

TEST_CASE("picture: a PNG file that cannot be made is refused by one clear line") {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "picture.png";
  CHECK_THROWS_WITH_AS(write_png(path, {2, 2, {1, 2, 3}}),
                       doctest::Contains("picture.png: 3 pixels do not make a picture of 2 x 2"),
                       ShapeError);
  CHECK_THROWS_AS(write_png(path, {}), ShapeError);
  CHECK_THROWS_WITH_AS(write_png(path, {2'000'000, 1, Pixels(2'000'000)}),
                       doctest::Contains("libpng cannot encode 2000000 x 1 pixels"), Error);
  CHECK_THROWS_WITH_AS(write_png(directory.path() / "missing" / "p.png", {1, 1, {0}}),
                       doctest::Contains("missing/p.png: cannot open its directory: No such file"),
                       Error);
  CHECK(std::filesystem::is_empty(directory.path()));
}
