#include <evident/layers/atomic_file.hpp>

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <iterator>
#include <string>

#include <doctest/doctest.h>

#include <evident/autodiff/error.hpp>

#include "../temporary_directory.hpp"

namespace {

namespace fs = std::filesystem;
using evident::Error;
using evident::write_file_atomically;
using evident::testing::read_file;
using evident::testing::TemporaryDirectory;

std::size_t files_in(const fs::path& directory) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
}

/// Makes every write of this process beyond so many bytes of a file fail with EFBIG.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  void (*handler_)(int) = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before_{};
};

}  // namespace

TEST_CASE("atomic_file: pieces become one file and replace an old one") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "file";
  write_file_atomically(path, {});
  CHECK(read_file(path).empty());
  write_file_atomically(path, {{"ab", 2}, {nullptr, 0}, {"cde", 3}});
  CHECK(read_file(path) == "abcde");
  CHECK(files_in(directory.path()) == 1);
}

TEST_CASE("atomic_file: a failure leaves the old content and no temporary file") {
  const TemporaryDirectory directory;
  const fs::path path = directory.write("file", "old");
  SUBCASE("the write fails halfway") {
    const std::string content(10'000, 'n');
    {
      const FileSizeLimit limit(4096);
      CHECK_THROWS_WITH_AS(write_file_atomically(path, {{content.data(), content.size()}}),
                           doctest::Contains("file: cannot be written: File too large"), Error);
    }
    CHECK(read_file(path) == "old");
  }
  SUBCASE("the directory is missing") {
    CHECK_THROWS_WITH_AS(
        write_file_atomically(directory.path() / "missing" / "file", {{"n", 1}}),
        doctest::Contains("missing/file: cannot open its directory: No such file or directory"),
        Error);
  }
  SUBCASE("the parent is a file") {
    CHECK_THROWS_WITH_AS(write_file_atomically(path / "file", {{"n", 1}}),
                         doctest::Contains("Not a directory"), Error);
  }
  SUBCASE("the target is a directory") {
    CHECK_THROWS_WITH_AS(write_file_atomically(directory.path(), {{"n", 1}}),
                         doctest::Contains("is a directory: give the name of a file"), Error);
  }
  SUBCASE("the target is not a regular file") {
    // A pipe of our own stands for any device: a broken check must not cost the machine /dev/null.
    const TemporaryDirectory elsewhere;
    const fs::path pipe = elsewhere.path() / "pipe";
    REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
    CHECK_THROWS_WITH_AS(write_file_atomically(pipe, {{"n", 1}}),
                         doctest::Contains("pipe: is not a regular file"), Error);
    CHECK(fs::is_fifo(pipe));
  }
  SUBCASE("the rename fails") {
    const fs::path unnameable = directory.path() / std::string(300, 'x');
    CHECK_THROWS_WITH_AS(write_file_atomically(unnameable, {{"n", 1}}),
                         doctest::Contains("cannot be replaced: File name too long"), Error);
  }
  CHECK(read_file(path) == "old");
  CHECK(files_in(directory.path()) == 1);
}
