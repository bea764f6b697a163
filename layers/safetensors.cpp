#include <evident/layers/safetensors.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <evident/layers/atomic_file.hpp>

namespace evident {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "safetensors data is little-endian and is read and written as it lies in memory");

constexpr std::uint64_t kLargestHeader = 100'000'000;
constexpr std::uint64_t kLargestInteger = std::uint64_t{1} << 53;
constexpr std::size_t kDeepestNesting = 3;  // the header, a tensor, its shape
constexpr const char* kMetadata = "__metadata__";

/// The function and the file that every message names.
struct Place {
  const char* function;
  const fs::path& path;

  template <class... T>
  [[noreturn]] void fail(fmt::format_string<T...> reason, T&&... values) const {
    throw WeightsError(fmt::format("{}: {}: {}", function, path.string(),
                                   fmt::format(reason, std::forward<T>(values)...)));
  }
};

/// Text from a file made fit for a message: in quotes, escaped, and not too long.
std::string in_quotes(const std::string& text) {
  constexpr std::size_t kLongest = 100;
  const json start = text.size() <= kLongest ? text : text.substr(0, kLongest) + "...";
  return start.dump(-1, ' ', false, json::error_handler_t::replace);
}

const char* name_of(Dtype dtype) { return dtype == Dtype::F32 ? "F32" : "F64"; }

std::uint64_t byte_count(const std::vector<std::size_t>& shape, Dtype dtype,
                         const std::string& name, const Place& place) {
  std::uint64_t bytes = size_of(dtype);
  for (const std::uint64_t side : shape) {
    if (__builtin_mul_overflow(bytes, side, &bytes)) {
      place.fail("tensor {} has shape ({}), more bytes than 64 bits can count", in_quotes(name),
                 fmt::join(shape, ", "));
    }
  }
  return bytes;
}

// ---- Reading the header's JSON
// -------------------------------------------------------------------

/// Builds a JSON value event by event, and refuses what nlohmann's own parser lets pass: keys that
/// appear twice, numbers that are not exact integers, nesting without end.
class StrictJson final : public nlohmann::json_sax<json> {
 public:
  explicit StrictJson(const Place& place) : place_(place) {}

  json take() { return std::move(root_); }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool string(std::string& value) override { return add(std::move(value)); }
  bool binary(json::binary_t&) override { return false; }  // does not occur in JSON text
  bool number_integer(std::int64_t value) override { refuse_number(fmt::to_string(value)); }
  bool number_float(double, const std::string& text) override { refuse_number(text); }
  bool number_unsigned(std::uint64_t value) override {
    if (value > kLargestInteger) refuse_number(fmt::to_string(value));
    return add(value);
  }

  bool start_object(std::size_t) override { return open(json::object()); }
  bool start_array(std::size_t) override { return open(json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(std::string& name) override {
    if (open_.back()->contains(name)) {
      place_.fail("the header has the key {} twice: it is damaged", in_quotes(name));
    }
    key_ = std::move(name);
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const json::exception& problem) override {
    // The rest of nlohmann's message quotes the file, which need not be printable.
    const std::string full = problem.what();
    const std::size_t start = full.find("syntax error");
    const std::string reason =
        start == std::string::npos ? "syntax error" : full.substr(start, full.find("; ") - start);
    place_.fail("the header is not JSON in UTF-8 (byte {}: {}): the file is damaged", position,
                reason);
  }

 private:
  [[noreturn]] void refuse_number(const std::string& text) const {
    place_.fail("the header has the number {}, expected integers from 0 to 2^53", in_quotes(text));
  }

  json& place_in_parent(json value) {
    if (open_.empty()) return root_ = std::move(value);
    json& parent = *open_.back();
    if (parent.is_object()) return parent[key_] = std::move(value);
    parent.push_back(std::move(value));
    return parent.back();
  }

  bool add(json value) {
    place_in_parent(std::move(value));
    return true;
  }

  bool open(json container) {
    if (open_.size() == kDeepestNesting) {
      place_.fail("the header is nested more than {} deep: it is damaged", kDeepestNesting);
    }
    open_.push_back(&place_in_parent(std::move(container)));
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  Place place_;
  json root_;
  std::vector<json*> open_;  // from the root to the innermost object or array not yet closed
  std::string key_;
};

json parse_header(const std::string& text, const Place& place) {
  if (text.front() != '{') {
    place.fail("the header starts with byte 0x{:02x}, expected '{{': not a safetensors file",
               static_cast<unsigned char>(text.front()));
  }
  // nlohmann takes a zero byte for the end of the text and would not look at the rest.
  if (text.find('\0') != std::string::npos) {
    place.fail("the header holds a zero byte, which JSON does not: the file is damaged");
  }
  StrictJson builder(place);
  json::sax_parse(text, &builder);
  return builder.take();
}

// ---- From JSON to tensors
// ------------------------------------------------------------------------

/// Where a tensor lies in the data.
struct Entry {
  StoredTensor tensor;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

std::map<std::string, std::string> read_metadata(const json& stored, const Place& place) {
  if (!stored.is_object()) place.fail("__metadata__ is {}, expected an object", stored.type_name());
  std::map<std::string, std::string> metadata;
  for (const auto& [key, value] : stored.items()) {
    if (!value.is_string()) {
      place.fail("the metadata {} is of type {}, expected a string", in_quotes(key),
                 value.type_name());
    }
    metadata[key] = value.get<std::string>();
  }
  return metadata;
}

Dtype read_dtype(const json& stored, const std::string& name, const Place& place) {
  if (stored == "F32") return Dtype::F32;
  if (stored == "F64") return Dtype::F64;
  const std::string found = stored.is_string() ? stored.get<std::string>() : stored.type_name();
  place.fail("tensor {} has dtype {}, which is not supported: convert it to F32 or F64",
             in_quotes(name), in_quotes(found));
}

std::vector<std::size_t> read_integers(const json& stored, const char* field,
                                       const std::string& name, const Place& place) {
  const auto is_integer = [](const json& value) { return value.is_number_unsigned(); };
  if (!stored.is_array() || !std::all_of(stored.begin(), stored.end(), is_integer)) {
    place.fail("tensor {}: {} is not an array of integers", in_quotes(name), field);
  }
  return stored.get<std::vector<std::size_t>>();
}

Entry read_entry(const std::string& name, const json& stored, const Place& place) {
  const bool is_complete = stored.is_object() && stored.size() == 3 && stored.contains("dtype") &&
                           stored.contains("shape") && stored.contains("data_offsets");
  if (!is_complete) {
    place.fail("tensor {} is not described by dtype, shape and data_offsets alone",
               in_quotes(name));
  }
  const Dtype dtype = read_dtype(stored["dtype"], name, place);
  const auto offsets = read_integers(stored["data_offsets"], "data_offsets", name, place);
  if (offsets.size() != 2 || offsets[0] > offsets[1]) {
    place.fail("tensor {} has data_offsets [{}], expected [begin, end] with begin <= end",
               in_quotes(name), fmt::join(offsets, ", "));
  }
  auto shape = read_integers(stored["shape"], "shape", name, place);
  const std::uint64_t bytes = byte_count(shape, dtype, name, place);
  if (bytes != offsets[1] - offsets[0]) {
    place.fail(
        "tensor {} of dtype {} and shape ({}) takes {} bytes, but its data_offsets [{}] hold {}",
        in_quotes(name), name_of(dtype), fmt::join(shape, ", "), bytes, fmt::join(offsets, ", "),
        offsets[1] - offsets[0]);
  }
  return {{name, dtype, std::move(shape), {}}, offsets[0], offsets[1]};
}

/// Sorts the tensors by their data and checks that they cover all of it, each byte once.
void check_coverage(std::vector<Entry>& entries, std::uint64_t data_size, const Place& place) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  std::uint64_t covered = 0;
  for (const Entry& entry : entries) {
    if (entry.begin != covered) {
      place.fail("tensor {} begins at byte {} of the data, expected {}: the tensors {}",
                 in_quotes(entry.tensor.name), entry.begin, covered,
                 entry.begin < covered ? "overlap" : "leave a hole");
    }
    covered = entry.end;
  }
  if (covered != data_size) {
    place.fail("the tensors take {} bytes of data but the file holds {}: it is {}", covered,
               data_size,
               covered > data_size ? "truncated, copy it again" : "followed by other bytes");
  }
}

// ---- Reading the file
// ----------------------------------------------------------------------------

class WeightsFile {
 public:
  explicit WeightsFile(const Place& place) : place_(place) {
    std::error_code problem;
    left_ = fs::file_size(place.path, problem);
    if (!problem) {
      stream_.open(place.path, std::ios::binary);
      if (!stream_) problem = {errno, std::generic_category()};
    }
    if (problem) place.fail("cannot be read: {}: check the path", problem.message());
  }

  /// Bytes not yet read.
  std::uint64_t left() const { return left_; }

  void read(void* out, std::uint64_t count) {
    stream_.read(static_cast<char*>(out), static_cast<std::streamsize>(count));
    if (!stream_) place_.fail("cannot be read to its end: {}", system_reason());
    left_ -= count;
  }

 private:
  std::string system_reason() const {
    return stream_.bad() ? std::generic_category().message(errno) : "it shrank while being read";
  }

  Place place_;
  std::ifstream stream_;
  std::uint64_t left_ = 0;
};

std::string read_header(WeightsFile& file, const Place& place) {
  std::uint64_t size = 0;
  if (file.left() < sizeof size) {
    place.fail("holds {} bytes, too few for a safetensors file: copy it again", file.left());
  }
  file.read(&size, sizeof size);
  if (size == 0 || size > kLargestHeader) {
    place.fail("promises a header of {} bytes, expected 1 to {}: not a safetensors file", size,
               kLargestHeader);
  }
  if (size > file.left()) {
    place.fail("promises a header of {} bytes but only {} follow: it is truncated, copy it again",
               size, file.left());
  }
  std::string text(size, '\0');
  file.read(text.data(), size);
  return text;
}

// ---- Writing
// -------------------------------------------------------------------------------------

std::vector<const TensorView*> in_name_order(const std::vector<TensorView>& tensors,
                                             const Place& place) {
  std::vector<const TensorView*> sorted;
  for (const TensorView& tensor : tensors) {
    if (tensor.name == kMetadata) {
      place.fail("a tensor is named __metadata__, which the format reserves: rename it");
    }
    sorted.push_back(&tensor);
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const TensorView* a, const TensorView* b) { return a->name < b->name; });
  const auto twin = std::adjacent_find(
      sorted.begin(), sorted.end(),
      [](const TensorView* a, const TensorView* b) { return a->name == b->name; });
  if (twin != sorted.end()) {
    place.fail("two tensors are named {}: rename one", in_quotes((*twin)->name));
  }
  return sorted;
}

std::string header_text(const nlohmann::ordered_json& header, const Place& place) {
  constexpr std::size_t kAlignment = 8;
  std::string text;
  try {
    text = header.dump();
  } catch (const nlohmann::ordered_json::type_error&) {
    place.fail("a tensor name or the metadata is not UTF-8: change the text");
  }
  text.resize((text.size() + kAlignment - 1) / kAlignment * kAlignment, ' ');
  if (text.size() > kLargestHeader) {
    place.fail("the header takes {} bytes, more than the {} that can be read back", text.size(),
               kLargestHeader);
  }
  return text;
}

}  // namespace

std::size_t size_of(Dtype dtype) { return dtype == Dtype::F32 ? 4 : 8; }

Safetensors read_safetensors(const fs::path& path) {
  const Place place{"read_safetensors", path};
  WeightsFile file(place);
  const json header = parse_header(read_header(file, place), place);

  Safetensors result;
  std::vector<Entry> entries;
  for (const auto& [name, stored] : header.items()) {
    if (name == kMetadata) {
      result.metadata = read_metadata(stored, place);
    } else {
      entries.push_back(read_entry(name, stored, place));
    }
  }
  check_coverage(entries, file.left(), place);

  for (Entry& entry : entries) {
    entry.tensor.data.resize(entry.end - entry.begin);
    file.read(entry.tensor.data.data(), entry.tensor.data.size());
    result.tensors.push_back(std::move(entry.tensor));
  }
  return result;
}

void write_safetensors(const fs::path& path, const std::vector<TensorView>& tensors,
                       const std::map<std::string, std::string>& metadata) {
  const Place place{"write_safetensors", path};
  auto header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header[kMetadata] = metadata;

  std::vector<FilePiece> pieces(2);  // the header's size and the header, once they are known
  std::uint64_t end = 0;
  for (const TensorView* tensor : in_name_order(tensors, place)) {
    const std::uint64_t begin = end;
    const std::uint64_t bytes = byte_count(tensor->shape, tensor->dtype, tensor->name, place);
    end += bytes;
    header[tensor->name] = {{"dtype", name_of(tensor->dtype)},
                            {"shape", tensor->shape},
                            {"data_offsets", {begin, end}}};
    pieces.push_back({tensor->data, bytes});
  }

  const std::string text = header_text(header, place);
  const std::uint64_t text_size = text.size();
  pieces[0] = {&text_size, sizeof text_size};
  pieces[1] = {text.data(), text.size()};
  write_file_atomically(path, pieces);
}

}  // namespace evident
