// The program with a model that takes labels.

#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "read_png.hpp"
#include "workshop.hpp"

namespace {

using evident::Picture;
using evident::testing::contains;
using evident::testing::lines_in;
using evident::testing::Outcome;
using evident::testing::read_file;
using evident::testing::read_png;
using evident::testing::with;
using evident::testing::Workshop;
using nlohmann::json;

constexpr std::size_t kSide = 8;  // of an image, and as many labels
const std::string kQuick = "--model conditional-vae --epochs 1";

// A run that has learnt the bars.
struct Trained : Workshop {
  json last;
  Trained() {
    const Outcome outcome = run(train(
        "run", "--model conditional-vae --epochs 60 --batch 32 --lr 1e-2 --dropout 0 --json"));
    REQUIRE_MESSAGE(outcome.code == 0, outcome.err);
    last = json::parse(outcome.out);
  }
  Outcome draw(const std::string& command, const std::string& arguments) const {
    return run(command + " --weights " + at("run") + " --out " + at("a.png") + " --scale 1 " +
               arguments);
  }
};

// The mean brightness of line `line` of an image in a grid with gaps of 1.
double brightness(const Picture& picture, std::size_t row, std::size_t column, std::size_t line) {
  const std::size_t begin = (row * (kSide + 1) + line) * picture.width + column * (kSide + 1);
  double sum = 0;
  for (std::size_t k = 0; k < kSide; ++k) sum += picture.pixels.at(begin + k);
  return sum / kSide;
}

// Whether an image of the grid shows the bar of a label: white in its line, a quarter in the next.
bool shows(const Picture& picture, std::size_t row, std::size_t column, std::size_t label) {
  for (std::size_t line = 0; line < kSide; ++line) {
    const double wanted = line == label ? 255 : line == (label + 1) % kSide ? 64 : 0;
    if (std::abs(brightness(picture, row, column, line) - wanted) > 30) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("a conditional-vae draws the label it is asked for, by default a row for each") {
  const Trained shop;
  // In nats: a grey line has 8 pixels that are on in one of four draws; who is not told which of
  // eight bars it is cannot know better than by chance.
  const double grey_line = 8 * (0.251 * std::log(0.251) + 0.749 * std::log(0.749));
  CHECK(shop.last["bound"] == "ELBO of log p(x|y)");
  CHECK(shop.last["test_elbo"].get<double>() > grey_line - std::log(8.0) + 0.5);

  const Outcome all = shop.draw("sample", "--count 5 --json");
  REQUIRE_MESSAGE(all.code == 0, all.err);
  CHECK(json::parse(all.out)["samples"] == 40);
  CHECK(json::parse(all.out)["columns"] == 5);
  CHECK(json::parse(all.out)["rows"] == 8);
  // A draw of z far out may be drawn badly.
  const Picture rows = read_png(shop.at("a.png"));
  std::size_t good = 0;
  for (std::size_t label = 0; label < kSide; ++label) {
    for (std::size_t column = 0; column < 5; ++column) good += shows(rows, label, column, label);
  }
  CHECK(good >= 36);

  const Outcome one = shop.draw("sample", "--count 25 --label 3 --json");
  REQUIRE_MESSAGE(one.code == 0, one.err);
  CHECK(json::parse(one.out)["samples"] == 25);
  const Picture square = read_png(shop.at("a.png"));
  CHECK(square.width == 5 * (kSide + 1) - 1);
  good = 0;
  for (std::size_t i = 0; i < 25; ++i) good += shows(square, i / 5, i % 5, 3);
  CHECK(good >= 22);

  REQUIRE(shop.draw("manifold", "--count 3 --label 2").code == 0);
  CHECK(shows(read_png(shop.at("a.png")), 1, 1, 2));
  REQUIRE(shop.draw("manifold", "--count 3").code == 0);
  CHECK(shows(read_png(shop.at("a.png")), 1, 1, 0));

  // The i-th test image has the label i % 8 and stands above its reconstruction.
  REQUIRE(shop.draw("reconstruct", "--count 20").code == 0);
  const Picture pairs = read_png(shop.at("a.png"));
  for (std::size_t i = 0; i < 20; ++i) {
    CHECK(shows(pairs, i / 10 * 2, i % 10, i % 8));
    CHECK(shows(pairs, i / 10 * 2 + 1, i % 10, i % 8));
  }
}

TEST_CASE("evaluate judges a conditional-vae by log p(x|y) and says so") {
  const Workshop shop;
  REQUIRE(shop.run(shop.train("run", kQuick)).code == 0);
  const std::string command = "evaluate --samples 3 --repeats 2 --weights " + shop.at("run");
  const Outcome words = shop.run(command);
  REQUIRE_MESSAGE(words.code == 0, words.err);
  for (const char* label : {"ELBO of log p(x|y), z sampled", "  log p(x|z,y)  ",
                            "KL(q(z|x,y) || p(z))", "log p(x|y), 3 importance samples"}) {
    CHECK_MESSAGE(contains(words.out, label), words.out);
  }
  const json result = json::parse(shop.run(command + " --json").out);
  CHECK(result["model"] == "conditional-vae");
  CHECK(result["bound"] == "ELBO of log p(x|y)");
  CHECK(result["log_evidence"]["mean"] > result["test_elbo"]["mean"]);
  const Outcome grey = shop.run(command + " --binarize none");
  CHECK_MESSAGE(contains(grey.out, "cross-entropy bound, grey pixels, z sampled"), grey.out);
  CHECK_FALSE(contains(grey.out, "log p(x"));
}

TEST_CASE("a label is refused by a model that has none, or not this one") {
  const Workshop shop;
  REQUIRE(shop.run(shop.train("labels", kQuick)).code == 0);
  REQUIRE(shop.run(shop.train("none", "--epochs 1")).code == 0);
  const struct {
    std::string run, label;
    int code;
    std::string words;
  } rows[] = {
      {"none", "0", 1, "holds a vae, which has no labels"},
      {"none", "3", 1, "evident train --model conditional-vae"},
      {"labels", "8", 1, "the model knows the labels 0 to 7"},
      {"labels", "-1", 2, "--label"},
      {"labels", "shoe", 2, "--label"},
  };
  for (const std::string command : {"sample", "manifold"}) {
    for (const auto& row : rows) {
      const Outcome outcome = shop.run(command + " --weights " + shop.at(row.run) + " --out " +
                                       shop.at("a.png") + " --label " + row.label);
      CHECK_MESSAGE(outcome.code == row.code, outcome.err);
      CHECK_MESSAGE(contains(outcome.err, row.words), outcome.err);
      CHECK(lines_in(outcome.err) == 1);
      CHECK_FALSE(std::filesystem::exists(shop.at("a.png")));
    }
  }
  const Outcome unknown = shop.run(shop.train("run", "--model gan"));
  CHECK(unknown.code == 2);
  CHECK(contains(unknown.err, "gan"));
}

TEST_CASE("test images with labels that the training images do not have are refused, by who asks") {
  const Workshop shop;
  REQUIRE(shop.run(shop.train("before", kQuick)).code == 0);
  std::string labels = evident::testing::bar_labels(40);
  labels.back() = 11;
  shop.data.write("t10k-labels-idx1-ubyte.gz", labels);
  const std::string weights = " --weights " + shop.at("before");
  for (const std::string& command : {shop.train("run", kQuick), "evaluate" + weights,
                                     "reconstruct --out " + shop.at("a.png") + weights}) {
    const Outcome outcome = shop.run(command);
    CHECK_MESSAGE(outcome.code == 3, outcome.err);
    CHECK_MESSAGE(contains(outcome.err, "the model knows the labels 0 to 7"), outcome.err);
    CHECK_MESSAGE(contains(outcome.err, "labels up to 11"), outcome.err);
    CHECK(lines_in(outcome.err) == 1);
  }
  CHECK_FALSE(std::filesystem::exists(shop.at("run")));
  CHECK(shop.run(shop.train("vae", "--epochs 1")).code == 0);
}

TEST_CASE("weights say which model they are of, and how many labels it knows") {
  const Workshop shop;
  REQUIRE(shop.run(shop.train("run", kQuick)).code == 0);
  const std::string good = read_file(shop.at("run/weights.safetensors"));
  CHECK(contains(good, "\"model\":\"conditional-vae\""));
  CHECK(contains(good, "\"classes\":\"8\""));
  const struct {
    std::string from, to, words;
  } rows[] = {
      {"\"8\"", "\"9\"", "\"encoder.0.weight\" is not of the shape"},
      {"\"classes\":\"8\"", "\"classes\":\"0\"", "0 for \"classes\", expected 1 to 256"},
      {"\"classes\":\"8\"", "\"klasses\":\"8\"", "its metadata has no \"classes\""},
      {"conditional-vae", "conditional-gan", "expected vae or conditional-vae"},
  };
  for (const auto& row : rows) {
    shop.place.write("bad.safetensors", with(good, row.from, row.to));
    const Outcome outcome =
        shop.run("sample --out " + shop.at("a.png") + " --weights " + shop.at("bad.safetensors"));
    CHECK_MESSAGE(outcome.code == 4, outcome.err);
    CHECK_MESSAGE(contains(outcome.err, row.words), outcome.err);
    CHECK(lines_in(outcome.err) == 1);
  }
}

TEST_CASE("--check-values changes no bit, and says where the first infinity arose") {
  const Workshop shop;
  REQUIRE(shop.run(shop.train("plain", kQuick)).code == 0);
  REQUIRE(shop.run(shop.train("checked", kQuick + " --check-values")).code == 0);
  CHECK(read_file(shop.at("plain/weights.safetensors")) ==
        read_file(shop.at("checked/weights.safetensors")));
  const std::string diverging = "--epochs 2 --lr 1e9 ";
  const Outcome found = shop.run(shop.train("found", diverging + "--check-values"));
  CHECK(found.code == 1);
  for (const char* words :
       {"epoch 1, step 2 of 2: linear: ", ", made of finite inputs", "; in layer ", "made by "}) {
    CHECK_MESSAGE(contains(found.err, words), found.err);
  }
  CHECK(lines_in(found.err) == 1);
  const Outcome plain = shop.run(shop.train("plain", diverging));
  CHECK(plain.code == 1);
  CHECK_MESSAGE(contains(plain.err, "epoch 1, step 2 of 2: "), plain.err);
  CHECK_FALSE(contains(plain.err, "in layer"));
}

TEST_CASE("the help of every command says what labels are to it") {
  const Workshop shop;
  for (const std::string command : {"train", "evaluate", "sample", "reconstruct", "manifold"}) {
    CHECK_MESSAGE(contains(shop.run(command + " --help").out, "conditional-vae"), command);
  }
  CHECK(contains(shop.run("train --help").out, "slower"));
}
