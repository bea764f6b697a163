#include <evident/data/idx.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <limits>
#include <memory>
#include <new>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <zlib.h>

namespace evident {
namespace {

namespace fs = std::filesystem;

constexpr std::uint8_t kUnsignedBytes = 0x08;
constexpr std::uint64_t kLongestSide = 1 << 16;
constexpr std::uint64_t kLargestHeader = 4 + 4 * 3;

// What a header can promise always fits 64 bits, so sizes are added and multiplied without checks.
static_assert(std::numeric_limits<std::uint32_t>::max() <=
              (std::numeric_limits<std::uint64_t>::max() - kLargestHeader) /
                  (kLongestSide * kLongestSide));

/// The function and the file that every message names.
struct Place {
  const char* function;
  const fs::path& path;

  template <class... T>
  [[noreturn]] void fail(fmt::format_string<T...> reason, T&&... values) const {
    throw DataError(fmt::format("{}: {}: {}", function, path.string(),
                                fmt::format(reason, std::forward<T>(values)...)));
  }
};

/// A file on disk, read from the front.
class StoredFile {
 public:
  explicit StoredFile(const Place& place) : place_(place) {
    std::error_code problem;
    size_ = fs::file_size(place.path, problem);
    if (!problem) {
      stream_.open(place.path, std::ios::binary);
      if (!stream_) problem = {errno, std::generic_category()};
    }
    if (problem) place.fail("cannot be read: {}: check the path", problem.message());
  }

  std::uint64_t size() const { return size_; }
  std::uint64_t bytes_left() const { return size_ - std::min(taken_, size_); }

  /// Fills `out` and returns fewer than `count` bytes only at the end of the file.
  std::size_t read(std::uint8_t* out, std::size_t count) {
    stream_.read(reinterpret_cast<char*>(out), static_cast<std::streamsize>(count));
    if (stream_.bad()) place_.fail("cannot be read: {}", std::generic_category().message(errno));
    const auto got = static_cast<std::size_t>(stream_.gcount());
    taken_ += got;
    return got;
  }

  bool is_gzip() {
    std::array<std::uint8_t, 2> magic{};
    read(magic.data(), magic.size());
    stream_.clear();
    stream_.seekg(0);
    taken_ = 0;
    return magic[0] == 0x1f && magic[1] == 0x8b;
  }

 private:
  Place place_;
  std::ifstream stream_;
  std::uint64_t size_ = 0;
  std::uint64_t taken_ = 0;
};

/// The bytes of an IDX file, however they are stored.
class Content {
 public:
  virtual ~Content() = default;
  /// Fills `out` and returns fewer than `count` bytes only where the content ends.
  virtual std::size_t read(std::uint8_t* out, std::size_t count) = 0;
  /// The most bytes that a file of this size can hold.
  virtual std::uint64_t most() const = 0;
  /// Says, for a message, that the file holds this many bytes.
  virtual std::string holds(std::uint64_t bytes) const = 0;
};

class PlainContent final : public Content {
 public:
  explicit PlainContent(StoredFile& file) : file_(file) {}

  std::size_t read(std::uint8_t* out, std::size_t count) override { return file_.read(out, count); }
  std::uint64_t most() const override { return file_.size(); }
  std::string holds(std::uint64_t bytes) const override {
    return fmt::format("the file holds {} bytes", bytes);
  }

 private:
  StoredFile& file_;
};

class GzipContent final : public Content {
 public:
  GzipContent(StoredFile& file, const Place& place) : file_(file), place_(place) {
    constexpr int kLargestWindow = 15;
    constexpr int kGzipWrapper = 16;
    if (inflateInit2(&stream_, kLargestWindow + kGzipWrapper) != Z_OK) throw std::bad_alloc();
  }
  ~GzipContent() override { inflateEnd(&stream_); }
  GzipContent(const GzipContent&) = delete;
  GzipContent& operator=(const GzipContent&) = delete;

  std::size_t read(std::uint8_t* out, std::size_t count) override {
    std::size_t filled = 0;
    while (filled < count && !ended_) filled += inflate_some(out + filled, count - filled);
    return filled;
  }

  std::uint64_t most() const override {
    // No deflate stream expands further (https://zlib.net/zlib_tech.html).
    constexpr std::uint64_t kLargestExpansion = 1032;
    return file_.size() * kLargestExpansion;
  }
  std::string holds(std::uint64_t bytes) const override {
    return fmt::format("the gzip file of {} bytes decompresses to at most {} bytes", file_.size(),
                       bytes);
  }

 private:
  std::size_t inflate_some(std::uint8_t* out, std::size_t count) {
    if (stream_.avail_in == 0) refill();
    const auto room =
        static_cast<uInt>(std::min<std::size_t>(count, std::numeric_limits<uInt>::max()));
    stream_.next_out = out;
    stream_.avail_out = room;
    const int status = inflate(&stream_, Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
      finish();
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      place_.fail("its gzip data is damaged ({}): fetch it again",
                  stream_.msg != nullptr ? stream_.msg : zError(status));
    }
    return room - stream_.avail_out;
  }

  void refill() {
    stream_.next_in = input_.data();
    stream_.avail_in = static_cast<uInt>(file_.read(input_.data(), input_.size()));
    if (stream_.avail_in == 0) place_.fail("its gzip data is truncated: fetch it again");
  }

  void finish() {
    ended_ = true;
    const std::uint64_t rest = stream_.avail_in + file_.bytes_left();
    if (rest != 0) {
      place_.fail("{} bytes follow the end of its gzip data: it is damaged, fetch it again", rest);
    }
  }

  StoredFile& file_;
  Place place_;
  z_stream stream_{};
  bool ended_ = false;
  std::array<std::uint8_t, 1 << 16> input_{};
};

/// The file of one call, and the checks that images and labels share.
class IdxReader {
 public:
  explicit IdxReader(const Place& place) : place_(place), file_(place) {
    if (file_.is_gzip()) {
      content_ = std::make_unique<GzipContent>(file_, place_);
    } else {
      content_ = std::make_unique<PlainContent>(file_);
    }
  }

  template <std::size_t kRank>
  std::array<std::uint64_t, kRank> read_header() {
    check_magic(read_bytes<4>(), kRank);
    const auto stored = read_bytes<4 * kRank>();
    std::array<std::uint64_t, kRank> sizes{};
    for (std::size_t i = 0; i < stored.size(); ++i) sizes[i / 4] = sizes[i / 4] << 8 | stored[i];
    return sizes;
  }

  /// Reads all that follows the header; `promise` puts in words what the header says there is.
  std::vector<std::uint8_t> read_body(std::uint64_t size, const std::string& promise) {
    const std::string promised =
        fmt::format("the header promises {} ({} bytes)", promise, header_size_ + size);
    if (header_size_ + size > content_->most()) {
      place_.fail("{} but {}: it is truncated or damaged, fetch it again", promised,
                  content_->holds(content_->most()));
    }
    std::vector<std::uint8_t> body = read_growing(size);
    if (body.size() < size) {
      place_.fail("{} but there are only {} bytes: it is truncated, fetch it again", promised,
                  header_size_ + body.size());
    }
    std::uint8_t extra = 0;
    if (content_->read(&extra, 1) != 0) {
      place_.fail("{} but more bytes follow: it is damaged, fetch it again", promised);
    }
    return body;
  }

 private:
  template <std::size_t kCount>
  std::array<std::uint8_t, kCount> read_bytes() {
    std::array<std::uint8_t, kCount> bytes{};
    const std::size_t got = content_->read(bytes.data(), kCount);
    header_size_ += got;
    if (got < kCount) {
      place_.fail("ends after {} bytes, inside the header of an IDX file: fetch it again",
                  header_size_);
    }
    return bytes;
  }

  void check_magic(const std::array<std::uint8_t, 4>& magic, std::size_t rank) const {
    if (magic[0] != 0 || magic[1] != 0) {
      place_.fail(
          "is not an IDX file: it starts with the bytes {:02x} {:02x} {:02x} {:02x}, expected "
          "00 00 08 {:02x}",
          magic[0], magic[1], magic[2], magic[3], rank);
    }
    if (magic[2] != kUnsignedBytes) {
      place_.fail("has IDX element type 0x{:02x}, expected 0x{:02x}: store it as unsigned bytes",
                  magic[2], kUnsignedBytes);
    }
    if (magic[3] != rank) {
      place_.fail(
          "has IDX rank {}, expected {}: images have rank 3 and labels rank 1, check that the two "
          "files are not swapped",
          magic[3], rank);
    }
  }

  /// Memory doubles with what has been read: a header that lies costs no more than the truth.
  std::vector<std::uint8_t> read_growing(std::uint64_t size) {
    constexpr std::uint64_t kFirstStep = 1 << 20;
    std::vector<std::uint8_t> bytes;
    while (bytes.size() < size) {
      const std::size_t start = bytes.size();
      const std::size_t step = std::min(size - start, std::max<std::uint64_t>(start, kFirstStep));
      bytes.reserve(start + step);
      bytes.resize(start + step);
      const std::size_t got = content_->read(bytes.data() + start, step);
      if (got < step) {
        bytes.resize(start + got);
        break;
      }
    }
    return bytes;
  }

  Place place_;
  StoredFile file_;
  std::unique_ptr<Content> content_;
  std::uint64_t header_size_ = 0;
};

}  // namespace

IdxImages read_idx_images(const fs::path& path) {
  const Place place{"read_idx_images", path};
  IdxReader reader(place);
  const auto [count, rows, columns] = reader.read_header<3>();
  for (const std::uint64_t side : {rows, columns}) {
    if (side < 1 || side > kLongestSide) {
      place.fail("has images of {} x {}, expected sides from 1 to {}: it is damaged", rows, columns,
                 kLongestSide);
    }
  }
  auto pixels = reader.read_body(count * rows * columns,
                                 fmt::format("{} images of {} x {}", count, rows, columns));
  return {count, rows, columns, std::move(pixels)};
}

std::vector<std::uint8_t> read_idx_labels(const fs::path& path) {
  IdxReader reader({"read_idx_labels", path});
  const std::uint64_t count = reader.read_header<1>()[0];
  return reader.read_body(count, fmt::format("{} labels", count));
}

}  // namespace evident
