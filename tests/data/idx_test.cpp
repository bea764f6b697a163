#include <evident/data/idx.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "../temporary_directory.hpp"
#include "idx_bytes.hpp"

namespace {

using evident::DataError;
using evident::read_idx_images;
using evident::read_idx_labels;
using evident::testing::gzip;
using evident::testing::idx_bytes;
using evident::testing::TemporaryDirectory;

const std::string kTwoImages = idx_bytes({2, 2, 3}, "abcdefABCDEF");
const std::string kFourLabels = idx_bytes({4}, std::string("\0\1\2\xff", 4));

/// Seconds and peak memory that a call takes, the memory as far as it raises the process's peak.
class Cost {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  long megabytes() const { return (peak_kilobytes() - peak_) / 1024; }

 private:
  static long peak_kilobytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
  }

  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  long peak_ = peak_kilobytes();
};

std::string noise(std::size_t size) {
  std::mt19937 generator(1);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(generator());
  return bytes;
}

}  // namespace

TEST_CASE("idx: images are read, plain and compressed, whatever the file is called") {
  const TemporaryDirectory directory;
  for (const std::string& bytes : {kTwoImages, gzip(kTwoImages)}) {
    for (const char* name : {"images", "images.gz"}) {
      const auto images = read_idx_images(directory.write(name, bytes));
      CHECK(images.count == 2);
      CHECK(images.rows == 2);
      CHECK(images.columns == 3);
      CHECK(std::string(images.pixels.begin(), images.pixels.end()) == "abcdefABCDEF");
    }
  }
}

TEST_CASE("idx: labels are read, plain and compressed") {
  const TemporaryDirectory directory;
  for (const std::string& bytes : {kFourLabels, gzip(kFourLabels)}) {
    const auto labels = read_idx_labels(directory.write("labels", bytes));
    CHECK(labels == std::vector<std::uint8_t>{0, 1, 2, 255});
  }
}

TEST_CASE("idx: an empty set, the longest side and several growth steps are read") {
  const TemporaryDirectory directory;
  CHECK(read_idx_labels(directory.write("none", idx_bytes({0}, ""))).empty());
  CHECK(read_idx_labels(directory.write("none", gzip(idx_bytes({0}, "")))).empty());
  const std::string body = noise(40 << 16);
  for (const std::string& bytes :
       {idx_bytes({20, 2, 1 << 16}, body), gzip(idx_bytes({20, 2, 1 << 16}, body))}) {
    const auto pixels = read_idx_images(directory.write("large", bytes)).pixels;
    CHECK(pixels.capacity() == body.size());
    CHECK(std::equal(pixels.begin(), pixels.end(), body.begin(), body.end(),
                     [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); }));
  }
}

TEST_CASE("idx: a bad file of images is refused by one clear line") {
  struct Row {
    std::string bytes;
    const char* words;
  };
  std::string bad_sum = gzip(kTwoImages);
  bad_sum[bad_sum.size() - 8] = static_cast<char>(bad_sum[bad_sum.size() - 8] ^ 1);
  std::string cut = gzip(kTwoImages);
  cut.resize(cut.size() - 6);
  const std::vector<Row> rows{
      {"", "ends after 0 bytes"},
      {kTwoImages.substr(0, 3), "ends after 3 bytes, inside the header"},
      {kTwoImages.substr(0, 15), "ends after 15 bytes, inside the header"},
      {"\x89PNG....", "is not an IDX file: it starts with the bytes 89 50 4e 47"},
      {idx_bytes({1, 1, 1}, "1234", 0x0d), "IDX element type 0x0d, expected 0x08"},
      {kFourLabels, "IDX rank 1, expected 3"},
      {idx_bytes({1, 0, 5}, ""), "images of 0 x 5, expected sides from 1 to 65536"},
      {idx_bytes({1, 5, 65537}, "12345"), "images of 5 x 65537, expected sides from 1 to 65536"},
      {idx_bytes({2, 2, 3}, "abc"),
       "promises 2 images of 2 x 3 (28 bytes) but the file holds 19 bytes: it is truncated"},
      {kTwoImages + "x", "promises 2 images of 2 x 3 (28 bytes) but more bytes follow"},
      {gzip(kTwoImages + "x"), "promises 2 images of 2 x 3 (28 bytes) but more bytes follow"},
      {gzip(idx_bytes({2, 2, 3}, "abc")), "but there are only 19 bytes: it is truncated"},
      {gzip("IDX"), "ends after 3 bytes, inside the header"},
      {bad_sum, "its gzip data is damaged (incorrect data check): fetch it again"},
      {cut, "its gzip data is truncated: fetch it again"},
      {gzip(kTwoImages) + "tail", "4 bytes follow the end of its gzip data"},
      {"\x1f\x8b not gzip at all", "its gzip data is damaged"},
  };
  const TemporaryDirectory directory;
  for (const Row& row : rows) {
    CAPTURE(row.words);
    const auto path = directory.write("images", row.bytes);
    const std::string start = "read_idx_images: " + path.string() + ": ";
    CHECK_THROWS_WITH_AS(read_idx_images(path), doctest::Contains(row.words), DataError);
    CHECK_THROWS_WITH_AS(read_idx_images(path), doctest::Contains(start.c_str()), DataError);
  }
}

TEST_CASE("idx: a bad file of labels is refused by one clear line") {
  const TemporaryDirectory directory;
  const auto path = directory.write("labels", kTwoImages);
  CHECK_THROWS_WITH_AS(read_idx_labels(path), doctest::Contains("IDX rank 3, expected 1"),
                       DataError);
  directory.write("labels", idx_bytes({9}, "12"));
  CHECK_THROWS_WITH_AS(
      read_idx_labels(path),
      doctest::Contains("promises 9 labels (17 bytes) but the file holds 10 bytes"), DataError);
}

TEST_CASE("idx: a path that is not a readable file is refused with the system's reason") {
  const TemporaryDirectory directory;
  CHECK_THROWS_WITH_AS(read_idx_images(directory.path() / "missing"),
                       doctest::Contains("missing: cannot be read: No such file or directory"),
                       DataError);
  CHECK_THROWS_WITH_AS(read_idx_images(directory.path()),
                       doctest::Contains("cannot be read: Is a directory"), DataError);
  CHECK_THROWS_WITH_AS(read_idx_images(directory.path() / std::string(300, 'x')),
                       doctest::Contains("cannot be read: File name too long"), DataError);
}

TEST_CASE("idx: every truncation is refused") {
  const TemporaryDirectory directory;
  for (const std::string& bytes : {kTwoImages, gzip(kTwoImages)}) {
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      CAPTURE(size);
      const auto path = directory.write("images", bytes.substr(0, size));
      CHECK_THROWS_AS(read_idx_images(path), DataError);
    }
  }
  for (std::size_t size = 0; size < kFourLabels.size(); ++size) {
    const auto path = directory.write("labels", kFourLabels.substr(0, size));
    CHECK_THROWS_AS(read_idx_labels(path), DataError);
  }
}

TEST_CASE("idx: a flipped byte is refused or harmless") {
  const TemporaryDirectory directory;
  for (const std::string& bytes : {kTwoImages, gzip(kTwoImages)}) {
    for (std::size_t i = 0; i < bytes.size() * 8; ++i) {
      std::string flipped = bytes;
      flipped[i / 8] = static_cast<char>(flipped[i / 8] ^ 1 << i % 8);
      const auto path = directory.write("images", flipped);
      try {
        const auto images = read_idx_images(path);
        CHECK(images.pixels.size() == images.count * images.rows * images.columns);
      } catch (const DataError&) {
      }
    }
  }
}

TEST_CASE("idx: a header that promises terabytes costs neither time nor memory") {
  const TemporaryDirectory directory;
  const std::string promise = idx_bytes({3u << 20, 1 << 10, 1 << 10}, "");
  const std::string largest = idx_bytes({0xffffffff, 1 << 16, 1 << 16}, "");
  const std::string empty = std::string(2'000'000, '\0');
  const Cost cost;
  for (const std::string& header : {promise, largest}) {
    const auto plain = directory.write("plain", header + std::string(4000, '\0'));
    CHECK_THROWS_WITH_AS(read_idx_images(plain), doctest::Contains("the file holds 4016 bytes"),
                         DataError);
    const auto packed = directory.write("packed", gzip(header + empty));
    CHECK_THROWS_WITH_AS(read_idx_images(packed), doctest::Contains("decompresses to at most"),
                         DataError);
  }
  CHECK(cost.seconds() < 2);
  CHECK(cost.megabytes() < 32);
}

TEST_CASE("idx: a promise that gzip could keep but does not costs what the file holds") {
  const TemporaryDirectory directory;
  const auto path = directory.write("images", gzip(idx_bytes({1000, 1000, 1000}, noise(1 << 20))));
  const Cost cost;
  CHECK_THROWS_WITH_AS(read_idx_images(path), doctest::Contains("but there are only 1048592 bytes"),
                       DataError);
  CHECK(cost.seconds() < 2);
  CHECK(cost.megabytes() < 32);
}
