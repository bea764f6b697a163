#include <evident/data/images.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include <evident/data/idx.hpp>

namespace evident {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFashionMnist = "fashion-mnist";
constexpr const char* kFashionMnistDirectory = "/usr/share/datasets/fashion-mnist";

template <class... T>
[[noreturn]] void fail(const fs::path& path, fmt::format_string<T...> reason, T&&... values) {
  throw DataError(fmt::format("load_images: {}: {}", path.string(),
                              fmt::format(reason, std::forward<T>(values)...)));
}

void check_directory(const fs::path& directory, const char* advice) {
  std::error_code problem;
  const fs::file_status status = fs::status(directory, problem);
  if (!fs::exists(status)) fail(directory, "{}: {}", problem.message(), advice);
  if (!fs::is_directory(status)) {
    fail(directory, "is not a directory, expected one with the four IDX files of a data set");
  }
  const bool is_empty = fs::is_empty(directory, problem);
  if (problem) fail(directory, "cannot be read: {}", problem.message());
  if (is_empty) {
    fail(directory,
         "the directory is empty, expected train-images-idx3-ubyte, train-labels-idx1-ubyte, "
         "t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, plain or .gz");
  }
}

/// The file for `content` (such as "train-images"), in whichever spelling the directory has it.
fs::path find_file(const fs::path& directory, const std::string& content, int rank) {
  const std::string dashed = fmt::format("{}-idx{}-ubyte", content, rank);
  const std::string dotted = fmt::format("{}.idx{}-ubyte", content, rank);
  const std::array<std::string, 4> names{dashed, dashed + ".gz", dotted, dotted + ".gz"};
  for (const std::string& name : names) {
    std::error_code ignored;
    const fs::file_status status = fs::status(directory / name, ignored);
    // Some archives unpack train-images.idx3-ubyte beside a directory train-images-idx3-ubyte.
    if (fs::exists(status) && !fs::is_directory(status)) return directory / name;
  }
  fail(directory, "no {} found, looked for the files {}", content, fmt::join(names, ", "));
}

ImageSet load_side(const fs::path& directory, const std::string& side) {
  const fs::path images_path = find_file(directory, side + "-images", 3);
  const fs::path labels_path = find_file(directory, side + "-labels", 1);
  IdxImages images = read_idx_images(images_path);
  std::vector<std::uint8_t> labels = read_idx_labels(labels_path);
  if (images.count == 0) fail(images_path, "holds no images, expected at least one");
  if (images.count != labels.size()) {
    fail(directory,
         "{} holds {} images but {} holds {} labels: the two files do not belong together",
         images_path.filename().string(), images.count, labels_path.filename().string(),
         labels.size());
  }
  return {images.count, images.rows, images.columns, std::move(images.pixels), std::move(labels)};
}

Images load_directory(std::string name, const fs::path& directory) {
  Images images{std::move(name), load_side(directory, "train"), load_side(directory, "t10k")};
  const ImageSet& train = images.train;
  const ImageSet& test = images.test;
  if (train.rows != test.rows || train.columns != test.columns) {
    fail(
        directory,
        "the train images are {} x {} but the t10k images are {} x {}: they do not belong together",
        train.rows, train.columns, test.rows, test.columns);
  }
  return images;
}

std::string last_component(const fs::path& path) {
  const fs::path full = fs::absolute(path).lexically_normal();
  return (full.has_filename() ? full : full.parent_path()).filename().string();
}

}  // namespace

std::size_t ImageSet::classes() const {
  const auto largest = std::max_element(labels.begin(), labels.end());
  return largest == labels.end() ? 0 : std::size_t{*largest} + 1;
}

Images load_images(const std::string& where) {
  if (where == kFashionMnist) {
    check_directory(kFashionMnistDirectory, "run `apt-get install dataset-fashion-mnist`");
    return load_directory(kFashionMnist, kFashionMnistDirectory);
  }
  check_directory(where, "give `fashion-mnist` or a directory with the four IDX files");
  return load_directory(last_component(where), where);
}

}  // namespace evident
