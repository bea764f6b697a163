#include <evident/layers/safetensors.hpp>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include <doctest/doctest.h>

#include "../temporary_directory.hpp"

namespace {

namespace fs = std::filesystem;
using evident::Dtype;
using evident::read_safetensors;
using evident::Safetensors;
using evident::StoredTensor;
using evident::WeightsError;
using evident::write_safetensors;
using evident::testing::read_file;
using evident::testing::TemporaryDirectory;

constexpr std::array<float, 6> kWeight{1, 2, 3, 4, 5, -6.5F};
constexpr std::array<double, 1> kScale{0.1};

/// A file by hand: the header's size, the header, and so many bytes of data.
std::string bytes_of(const std::string& header, std::size_t data_size) {
  std::string bytes(8, '\0');
  const std::uint64_t size = header.size();
  std::memcpy(bytes.data(), &size, sizeof size);
  return bytes + header + std::string(data_size, 'd');
}

/// A file with one tensor "w" described by these JSON texts.
std::string one_tensor(const std::string& dtype, const std::string& shape,
                       const std::string& offsets, std::size_t data_size) {
  return bytes_of(
      R"({"w":{"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}",
      data_size);
}

void write_small_file(const fs::path& path) {
  write_safetensors(path,
                    {{"weight", Dtype::F32, {2, 3}, kWeight.data()},
                     {"scale", Dtype::F64, {}, kScale.data()},
                     {"nothing", Dtype::F32, {0, 7}, nullptr}},
                    {{"epoch", "3"}, {"note", "\"\xc3\xa4\"\n"}});
}

template <class T>
std::vector<T> values_of(const StoredTensor& tensor) {
  std::vector<T> values(tensor.data.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), tensor.data.data(), tensor.data.size());
  return values;
}

/// What a shell command prints, and its exit status.
struct Outcome {
  std::string output;
  int status;
};

Outcome run(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) output += static_cast<char>(c);
  const int status = pclose(pipe);
  return {output, WEXITSTATUS(status)};
}

std::string read_weights(const std::string& arguments) {
  return std::string("python3 -B " EVIDENT_SOURCE_DIR "/scripts/read_weights.py ") + arguments;
}

}  // namespace

TEST_CASE("safetensors: what is written is read back, in name order") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "model.safetensors";
  write_small_file(path);
  const Safetensors file = read_safetensors(path);
  CHECK(file.metadata ==
        std::map<std::string, std::string>{{"epoch", "3"}, {"note", "\"\xc3\xa4\"\n"}});
  REQUIRE(file.tensors.size() == 3);
  const auto& [nothing, scale, weight] =
      std::tie(file.tensors[0], file.tensors[1], file.tensors[2]);
  CHECK(nothing.name == "nothing");
  CHECK(nothing.shape == std::vector<std::size_t>{0, 7});
  CHECK(nothing.data.empty());
  CHECK(scale.name == "scale");
  CHECK(scale.dtype == Dtype::F64);
  CHECK(scale.shape.empty());
  CHECK(values_of<double>(scale) == std::vector<double>{0.1});
  CHECK(weight.name == "weight");
  CHECK(weight.dtype == Dtype::F32);
  CHECK(weight.shape == std::vector<std::size_t>{2, 3});
  CHECK(values_of<float>(weight) == std::vector<float>(kWeight.begin(), kWeight.end()));
}

TEST_CASE("safetensors: the bytes are those of the format") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "model.safetensors";
  const float value = 1.0F;
  write_safetensors(path, {{"b", Dtype::F32, {1}, &value}}, {});
  const std::string header = R"({"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  const std::string padding((8 - header.size() % 8) % 8, ' ');
  CHECK(padding.size() > 0);
  CHECK(read_file(path) ==
        bytes_of(header + padding, 0) + std::string("\x00\x00\x80\x3f", sizeof value));
}

TEST_CASE("safetensors: files of other writers are read") {
  const TemporaryDirectory directory;
  const auto read = [&](const std::string& bytes) {
    return read_safetensors(directory.write("model", bytes));
  };
  CHECK(read(bytes_of("{}", 0)).tensors.empty());
  CHECK(read(bytes_of("{}  \n ", 0)).tensors.empty());
  CHECK(read(bytes_of(R"({"__metadata__":{}})", 0)).metadata.empty());
  const Safetensors file =
      read(bytes_of(R"({"late":{"shape":[1],"data_offsets":[8,12],"dtype":"F32"},)"
                    R"("empty":{"dtype":"F32","shape":[0],"data_offsets":[8,8]},)"
                    R"("early":{"dtype":"F64","shape":[1,1],"data_offsets":[0,8]}})",
                    12));
  REQUIRE(file.tensors.size() == 3);
  CHECK(file.tensors[0].name == "early");
  CHECK(file.tensors[1].name == "empty");
  CHECK(file.tensors[2].name == "late");
}

TEST_CASE("safetensors: a bad file is refused by one clear line") {
  struct Row {
    std::string bytes;
    const char* words;
  };
  const auto header_size = [](std::uint64_t size) {
    std::string bytes = bytes_of("{}", 0);
    std::memcpy(bytes.data(), &size, sizeof size);
    return bytes;
  };
  const std::vector<Row> rows{
      {"", "holds 0 bytes, too few"},
      {"1234567", "holds 7 bytes, too few"},
      {header_size(0), "promises a header of 0 bytes"},
      {header_size(3), "promises a header of 3 bytes but only 2 follow"},
      {header_size(100'000'000), "promises a header of 100000000 bytes but only 2 follow"},
      {header_size(100'000'001), "header of 100000001 bytes, expected 1 to 100000000"},
      {header_size(~std::uint64_t{0}), "header of 18446744073709551615 bytes"},
      {bytes_of(" {}", 0), "starts with byte 0x20, expected '{'"},
      {bytes_of("[]", 0), "starts with byte 0x5b, expected '{'"},
      {bytes_of("{]", 0), "not JSON in UTF-8 (byte 2: syntax error"},
      {bytes_of("{} x", 0), "not JSON in UTF-8"},
      {bytes_of(std::string("{}\0x", 4), 0), "holds a zero byte"},
      {bytes_of("{\"\xff\":{}}", 0), "ill-formed UTF-8 byte"},
      {bytes_of("{\"\xc0\x80\":{}}", 0), "ill-formed UTF-8 byte"},
      {bytes_of(R"({"__metadata__":{"a":"1","a":"1"}})", 0), R"(has the key "a" twice)"},
      {bytes_of(R"({"w":1,"w":1})", 0), R"(has the key "w" twice)"},
      {one_tensor(R"("F32","dtype":"F32")", "[1]", "[0,4]", 4), R"(has the key "dtype" twice)"},
      {bytes_of(R"({"a":[[[1]]]})", 0), "nested more than 3 deep"},
      {bytes_of(R"({"a":)" + std::string(1'000'000, '['), 0), "nested more than 3 deep"},
      {one_tensor(R"("F32")", "[1.0]", "[0,4]", 4), R"(the number "1.0", expected integers)"},
      {one_tensor(R"("F32")", "[-1]", "[0,4]", 4), R"(the number "-1", expected integers)"},
      {one_tensor(R"("F32")", "[9007199254740993]", "[0,4]", 4), R"("9007199254740993")"},
      {one_tensor(R"("F32")", "[18446744073709551616]", "[0,4]", 4), R"("18446744073709551616")"},
      {bytes_of(R"({"__metadata__":[]})", 0), "__metadata__ is array, expected an object"},
      {bytes_of(R"({"__metadata__":{"a":1}})", 0), "is of type number, expected a string"},
      {bytes_of(R"({"w":[]})", 0), "is not described by dtype, shape and data_offsets alone"},
      {bytes_of(R"({"w":{"dtype":"F32","shape":[]}})", 0), "is not described by"},
      {one_tensor(R"("F32","more":1)", "[1]", "[0,4]", 4), "is not described by"},
      {one_tensor(R"("F16")", "[2]", "[0,4]", 4),
       R"(tensor "w" has dtype "F16", which is not supported: convert it to F32 or F64)"},
      {one_tensor(R"("X\n")", "[2]", "[0,4]", 4), R"(has dtype "X\n", which is not supported)"},
      {one_tensor("32", "[1]", "[0,4]", 4), R"(has dtype "number")"},
      {one_tensor(R"("F32")", "1", "[0,4]", 4), "shape is not an array of integers"},
      {one_tensor(R"("F32")", R"(["1"])", "[0,4]", 4), "shape is not an array of integers"},
      {one_tensor(R"("F32")", "[1]", "[0,null]", 4), "data_offsets is not an array of integers"},
      {one_tensor(R"("F32")", "[1]", "[4]", 4), "data_offsets [4], expected [begin, end]"},
      {one_tensor(R"("F32")", "[1]", "[4,0]", 4), "data_offsets [4, 0], expected [begin, end]"},
      {one_tensor(R"("F32")", "[3]", "[0,4]", 4),
       R"(tensor "w" of dtype F32 and shape (3) takes 12 bytes, but its data_offsets [0, 4] hold 4)"},
      {one_tensor(R"("F64")", "[2251799813685248,1024]", "[0,0]", 0),
       "has shape (2251799813685248, 1024), more bytes than 64 bits can count"},
      {one_tensor(R"("F32")", "[1]", "[4,8]", 8), "begins at byte 4 of the data, expected 0"},
      {one_tensor(R"("F32")", "[2]", "[0,8]", 4),
       "take 8 bytes of data but the file holds 4: it is truncated"},
      {one_tensor(R"("F32")", "[1]", "[0,4]", 5),
       "take 4 bytes of data but the file holds 5: it is followed by other bytes"},
      {bytes_of("{}", 1), "take 0 bytes of data but the file holds 1"},
      {bytes_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                R"("b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})",
                12),
       R"(tensor "b" begins at byte 4 of the data, expected 8: the tensors overlap)"},
      {bytes_of(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                R"("b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})",
                12),
       R"(tensor "b" begins at byte 8 of the data, expected 4: the tensors leave a hole)"},
  };
  const TemporaryDirectory directory;
  for (const Row& row : rows) {
    CAPTURE(row.words);
    const fs::path path = directory.write("model", row.bytes);
    const std::string start = "read_safetensors: " + path.string() + ": ";
    CHECK_THROWS_WITH_AS(read_safetensors(path), doctest::Contains(row.words), WeightsError);
    CHECK_THROWS_WITH_AS(read_safetensors(path), doctest::Contains(start.c_str()), WeightsError);
  }
}

TEST_CASE("safetensors: a path that is not a readable file is refused with the system's reason") {
  const TemporaryDirectory directory;
  CHECK_THROWS_WITH_AS(read_safetensors(directory.path() / "missing"),
                       doctest::Contains("missing: cannot be read: No such file or directory"),
                       WeightsError);
  CHECK_THROWS_WITH_AS(read_safetensors(directory.path()),
                       doctest::Contains("cannot be read: Is a directory"), WeightsError);
}

TEST_CASE("safetensors: every truncation is refused") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "model";
  write_small_file(path);
  const std::string bytes = read_file(path);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CAPTURE(size);
    directory.write("model", bytes.substr(0, size));
    CHECK_THROWS_AS(read_safetensors(path), WeightsError);
  }
}

TEST_CASE("safetensors: every changed byte is refused or harmless") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "model";
  write_small_file(path);
  const std::string bytes = read_file(path);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const int change : {1, 2, 4, 8, 16, 32, 64, 128, 255}) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ change);
      directory.write("model", changed);
      try {
        const Safetensors file = read_safetensors(path);
        CHECK(file.tensors.size() <= 3);
      } catch (const WeightsError& error) {
        CHECK(std::string(error.what()).find('\n') == std::string::npos);
      }
    }
  }
}

TEST_CASE("safetensors: tensors that make no file are refused and nothing is written") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "model";
  const auto write = [&](const std::string& a, const std::string& b,
                         const std::map<std::string, std::string>& metadata) {
    write_safetensors(
        path, {{a, Dtype::F64, {}, kScale.data()}, {b, Dtype::F64, {}, kScale.data()}}, metadata);
  };
  CHECK_THROWS_WITH_AS(write("a", "a", {}), doctest::Contains(R"(two tensors are named "a")"),
                       WeightsError);
  CHECK_THROWS_WITH_AS(write("a", "__metadata__", {}), doctest::Contains("reserves"), WeightsError);
  CHECK_THROWS_WITH_AS(write("a", "\xff", {}), doctest::Contains("not UTF-8"), WeightsError);
  CHECK_THROWS_WITH_AS(write("a", "b", {{"k", "\xff"}}), doctest::Contains("not UTF-8"),
                       WeightsError);
  CHECK_THROWS_WITH_AS(write("a", "b", {{"k", std::string(100'000'000, 'k')}}),
                       doctest::Contains("more than the 100000000 that can be read back"),
                       WeightsError);
  const std::size_t huge = std::size_t{1} << 62;
  CHECK_THROWS_WITH_AS(write_safetensors(path, {{"a", Dtype::F32, {huge}, nullptr}}, {}),
                       doctest::Contains("more bytes than 64 bits can count"), WeightsError);
  CHECK(fs::is_empty(directory.path()));
}

TEST_CASE("read_weights.py: prints what the file holds") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "model.safetensors";
  write_small_file(path);
  const Outcome text = run(read_weights(path.string()));
  CHECK(text.status == 0);
  CHECK(text.output ==
        "nothing  F32  [0, 7]  mean nan  std nan\n"
        "scale  F64  []  mean 0.1  std 0\n"
        "weight  F32  [2, 3]  mean 1.41666667  std 3.76847302\n"
        "epoch = 3\n"
        "note = \"\xc3\xa4\"\n\n");
  const Outcome json = run(read_weights("--json " + path.string()));
  CHECK(json.status == 0);
  CHECK(json.output ==
        R"({"tensors": {"nothing": {"dtype": "F32", "shape": [0, 7], "mean": null, "std": null}, )"
        R"("scale": {"dtype": "F64", "shape": [], "mean": 0.1, "std": 0.0}, )"
        R"("weight": {"dtype": "F32", "shape": [2, 3], "mean": 1.41666667, "std": 3.76847302}}, )"
        R"("metadata": {"epoch": "3", "note": "\"\u00e4\"\n"}})"
        "\n");
}

TEST_CASE("read_weights.py: as a module it returns shapes, values and metadata") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "model.safetensors";
  write_small_file(path);
  const Outcome outcome = run("PYTHONPATH=" EVIDENT_SOURCE_DIR
                              "/scripts python3 -B -c 'import read_weights;"
                              "t, m = read_weights.read_weights(\"" +
                              path.string() +
                              "\");"
                              "print(t[\"weight\"], t[\"scale\"], m[\"epoch\"])'");
  CHECK(outcome.output == "([2, 3], [1.0, 2.0, 3.0, 4.0, 5.0, -6.5]) ([], [0.1]) 3\n");
}

TEST_CASE("read_weights.py: a broken file gives one line and exit status 1") {
  const TemporaryDirectory directory;
  const std::vector<std::string> broken{
      "",
      "1234567",
      bytes_of("{]", 0),
      bytes_of("[]", 0),
      bytes_of("{\"\xff\":{}}", 0),
      bytes_of(R"({"w":1})", 0),
      bytes_of(R"({"__metadata__":3})", 0),
      bytes_of(R"({"__metadata__":{"a":"1","a":"2"}})", 0),
      bytes_of(R"({"a":)" + std::string(100'000, '['), 0),
      one_tensor(R"("F16")", "[2]", "[0,4]", 4),
      one_tensor(R"("F32")", "[3]", "[0,4]", 4),
      one_tensor(R"("F32")", "[1]", "[0,3]", 3),
      one_tensor(R"("F32")", "[1]", "[4,8]", 8),
      one_tensor(R"("F32")", "[1]", "[0,4]", 5),
      one_tensor(R"("F32")", "[2]", "[0,8]", 4),
  };
  for (const std::string& bytes : broken) {
    const fs::path path = directory.write("model", bytes);
    const Outcome outcome = run(read_weights(path.string()));
    CAPTURE(outcome.output);
    CHECK(outcome.status == 1);
    CHECK(outcome.output.find("read_weights.py: " + path.string() + ": ") == 0);
    CHECK(outcome.output.find('\n') == outcome.output.size() - 1);
  }
  const Outcome missing = run(read_weights("/missing"));
  CHECK(missing.status == 1);
  CHECK(missing.output == "read_weights.py: /missing: No such file or directory\n");
}
