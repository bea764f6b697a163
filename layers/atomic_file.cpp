#include <evident/layers/atomic_file.hpp>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <evident/autodiff/error.hpp>

namespace evident {
namespace {

namespace fs = std::filesystem;

template <class... T>
[[noreturn]] void fail(const fs::path& path, fmt::format_string<T...> reason, T&&... values) {
  throw Error(fmt::format("write_file_atomically: {}: {}", path.string(),
                          fmt::format(reason, std::forward<T>(values)...)));
}

std::string system_reason() { return std::generic_category().message(errno); }

/// An open file descriptor, or -1.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return value_; }
  bool close() {
    const int value = std::exchange(value_, -1);
    return value < 0 || ::close(value) == 0;
  }

 private:
  int value_;
};

/// A new file that disappears again unless it is renamed.
class TemporaryFile {
 public:
  /// A file in `directory` that is to become `target`, which errors name.
  TemporaryFile(const fs::path& directory, const fs::path& target)
      : target_(target), descriptor_(create(directory)) {}
  ~TemporaryFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void write(const FilePiece& piece) {
    const char* next = static_cast<const char*>(piece.data);
    std::size_t left = piece.size;
    while (left > 0) {
      const ssize_t written = ::write(descriptor_.get(), next, left);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail(target_, "cannot be written: {}", system_reason());
      next += written;
      left -= static_cast<std::size_t>(written);
    }
  }

  void rename_to_target() {
    if (::fsync(descriptor_.get()) != 0 || !descriptor_.close()) {
      fail(target_, "cannot be flushed to disk: {}", system_reason());
    }
    if (std::rename(path_.c_str(), target_.c_str()) != 0) {
      fail(target_, "cannot be replaced: {}", system_reason());
    }
    path_.clear();
  }

 private:
  int create(const fs::path& directory) {
    static std::atomic<unsigned> counter{0};
    // A crashed process of the same number may have left its file: then take the next name.
    for (;;) {
      path_ = directory / fmt::format(".evident-{}-{}.tmp", ::getpid(), counter++);
      const int descriptor = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      if (descriptor >= 0) return descriptor;
      if (errno != EEXIST) fail(target_, "cannot be created: {}", system_reason());
    }
  }

  const fs::path& target_;
  fs::path path_;
  Descriptor descriptor_;
};

/// A rename would silently put a file in the place of a device such as /dev/null.
void check_target(const fs::path& path) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  if (fs::is_directory(status)) fail(path, "is a directory: give the name of a file");
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    fail(path, "is not a regular file: give another name");
  }
}

}  // namespace

void write_file_atomically(const fs::path& path, const std::vector<FilePiece>& pieces) {
  check_target(path);
  const fs::path directory = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const Descriptor folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0) fail(path, "cannot open its directory: {}", system_reason());

  TemporaryFile file(directory, path);
  for (const FilePiece& piece : pieces) file.write(piece);
  file.rename_to_target();

  // Some network file systems cannot flush a directory and say so with EINVAL.
  if (::fsync(folder.get()) != 0 && errno != EINVAL) {
    fail(path, "is written, but may not survive a power failure: {}", system_reason());
  }
}

}  // namespace evident
