#include <evident/data/images.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <evident/data/idx.hpp>

#include "../temporary_directory.hpp"
#include "idx_bytes.hpp"

namespace {

namespace fs = std::filesystem;
using evident::DataError;
using evident::Images;
using evident::load_images;
using evident::testing::gzip;
using evident::testing::idx_bytes;
using evident::testing::TemporaryDirectory;

/// A directory with a data set of two training images and one test image of 1 x 3 pixels.
class SmallSet {
 public:
  explicit SmallSet(const std::string& joint = "-", bool is_packed = false) {
    const auto write = [&](const std::string& content, const char* rank, const std::string& bytes) {
      const std::string name = content + joint + "idx" + rank + "-ubyte" + (is_packed ? ".gz" : "");
      directory_.write(name, is_packed ? gzip(bytes) : bytes);
    };
    write("train-images", "3", idx_bytes({2, 1, 3}, "abcdef"));
    write("train-labels", "1", idx_bytes({2}, "\7\5"));
    write("t10k-images", "3", idx_bytes({1, 1, 3}, "xyz"));
    write("t10k-labels", "1", idx_bytes({1}, "\3"));
  }

  fs::path path() const { return directory_.path(); }
  void put(const std::string& name, const std::string& bytes) { directory_.write(name, bytes); }
  void remove(const std::string& name) { fs::remove(directory_.path() / name); }
  Images load() const { return load_images(directory_.path().string()); }

 private:
  TemporaryDirectory directory_;
};

void check_small_set(const Images& images) {
  CHECK(images.train.count == 2);
  CHECK(images.train.rows == 1);
  CHECK(images.train.columns == 3);
  CHECK(images.train.size() == 3);
  CHECK(images.train.pixels == std::vector<std::uint8_t>{'a', 'b', 'c', 'd', 'e', 'f'});
  CHECK(images.train.labels == std::vector<std::uint8_t>{7, 5});
  CHECK(images.test.count == 1);
  CHECK(images.test.pixels == std::vector<std::uint8_t>{'x', 'y', 'z'});
  CHECK(images.test.labels == std::vector<std::uint8_t>{3});
}

}  // namespace

TEST_CASE("images: every spelling of the files is found, plain and compressed") {
  for (const char* joint : {"-", "."}) {
    for (const bool is_packed : {false, true}) check_small_set(SmallSet(joint, is_packed).load());
  }
}

TEST_CASE("images: a directory of a file's name does not hide the file") {
  SmallSet set(".");
  fs::create_directory(set.path() / "train-images-idx3-ubyte");
  check_small_set(set.load());
}

TEST_CASE("images: the name is the directory's last component") {
  const SmallSet set;
  const std::string name = set.path().filename().string();
  CHECK(set.load().name == name);
  CHECK(load_images(set.path().string() + "/").name == name);
  CHECK(load_images(set.path().string() + "/./").name == name);
}

TEST_CASE("images: fashion-mnist is Debian's package, or the advice to install it") {
  if (fs::exists("/usr/share/datasets/fashion-mnist")) {
    const Images images = load_images("fashion-mnist");
    CHECK(images.name == "fashion-mnist");
    CHECK(images.train.count == 60000);
    CHECK(images.test.count == 10000);
    CHECK(images.train.size() == 784);
    CHECK(images.train.labels[0] == 9);  // an ankle boot
  } else {
    CHECK_THROWS_WITH_AS(load_images("fashion-mnist"),
                         doctest::Contains("apt-get install dataset-fashion-mnist"), DataError);
  }
}

TEST_CASE("images: a place that holds no data set is refused by one clear line") {
  const TemporaryDirectory directory;
  const auto load = [&](const std::string& name) {
    load_images((directory.path() / name).string());
  };
  CHECK_THROWS_WITH_AS(
      load("missing"),
      doctest::Contains("missing: No such file or directory: give `fashion-mnist`"), DataError);
  directory.write("file", "text");
  CHECK_THROWS_WITH_AS(load("file"), doctest::Contains("file: is not a directory"), DataError);
  fs::create_directory(directory.path() / "empty");
  CHECK_THROWS_WITH_AS(load("empty"), doctest::Contains("empty: the directory is empty"),
                       DataError);
  CHECK_THROWS_WITH_AS(load_images(""), doctest::Contains("load_images: "), DataError);
}

TEST_CASE("images: a missing file is named in all its spellings") {
  for (const std::string missing :
       {"train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"}) {
    SmallSet set;
    set.remove(missing + "-ubyte");
    CHECK_THROWS_WITH_AS(set.load(), doctest::Contains((missing + "-ubyte.gz").c_str()), DataError);
  }
  SmallSet set;
  set.remove("t10k-labels-idx1-ubyte");
  CHECK_THROWS_WITH_AS(set.load(),
                       doctest::Contains("no t10k-labels found, looked for the files "
                                         "t10k-labels-idx1-ubyte, t10k-labels-idx1-ubyte.gz, "
                                         "t10k-labels.idx1-ubyte, t10k-labels.idx1-ubyte.gz"),
                       DataError);
}

TEST_CASE("images: files that do not belong together are refused") {
  SUBCASE("counts of images and labels differ") {
    SmallSet set;
    set.put("train-labels-idx1-ubyte", idx_bytes({3}, "123"));
    CHECK_THROWS_WITH_AS(set.load(),
                         doctest::Contains("train-images-idx3-ubyte holds 2 images but "
                                           "train-labels-idx1-ubyte holds 3 labels"),
                         DataError);
  }
  SUBCASE("the two sides have images of different sizes") {
    SmallSet set;
    set.put("t10k-images-idx3-ubyte", idx_bytes({1, 3, 1}, "xyz"));
    CHECK_THROWS_WITH_AS(set.load(),
                         doctest::Contains("train images are 1 x 3 but the t10k images are 3 x 1"),
                         DataError);
  }
  SUBCASE("a side is empty") {
    SmallSet set;
    set.put("t10k-images-idx3-ubyte", idx_bytes({0, 1, 3}, ""));
    set.put("t10k-labels-idx1-ubyte", idx_bytes({0}, ""));
    CHECK_THROWS_WITH_AS(set.load(), doctest::Contains("t10k-images-idx3-ubyte: holds no images"),
                         DataError);
  }
  SUBCASE("a file is damaged") {
    SmallSet set;
    set.put("train-images-idx3-ubyte", "PK\3\4");
    CHECK_THROWS_WITH_AS(
        set.load(), doctest::Contains("train-images-idx3-ubyte: is not an IDX file"), DataError);
  }
}
