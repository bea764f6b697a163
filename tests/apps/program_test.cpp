// The program as people run it: its results, its exit codes, and that bad input leaves no mess.

#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "workshop.hpp"

namespace {

using evident::testing::contains;
using evident::testing::lines_in;
using evident::testing::Outcome;
using evident::testing::read_file;
using evident::testing::TemporaryDirectory;
using evident::testing::with;
using evident::testing::Workshop;
using nlohmann::json;

std::set<std::string> files_in(const std::filesystem::path& directory) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

}  // namespace

TEST_CASE("evident train leaves weights and a line of metrics an epoch") {
  const Workshop shop;
  const Outcome outcome = shop.run(shop.train("run", "--epochs 3 --json"));
  REQUIRE_MESSAGE(outcome.code == 0, outcome.err);
  CHECK(files_in(shop.at("run")) == std::set<std::string>{"metrics.jsonl", "weights.safetensors"});
  std::ifstream metrics(shop.at("run/metrics.jsonl"));
  std::string line;
  for (int epoch = 1; epoch <= 3; ++epoch) {
    REQUIRE(std::getline(metrics, line));
    const json entry = json::parse(line);
    CHECK(entry["epoch"] == epoch);
    for (const char* key : {"train_elbo", "test_elbo", "test_log_likelihood", "test_kl", "seconds",
                            "images_per_second"}) {
      CHECK_MESSAGE(entry[key].is_number(), key);
    }
    CHECK(entry["test_elbo"].get<double>() ==
          doctest::Approx(entry["test_log_likelihood"].get<double>() -
                          entry["test_kl"].get<double>()));
  }
  CHECK_FALSE(std::getline(metrics, line));
  CHECK(json::parse(outcome.out) ==
        json::parse(read_file(shop.at("run/metrics.jsonl"))
                        .substr(read_file(shop.at("run/metrics.jsonl")).rfind("{\"epoch\":3"))));
  CHECK(contains(outcome.err, "epoch 3/3"));
  CHECK_FALSE(contains(outcome.err, "\x1b"));  // not a terminal: no colours, no bar
}

TEST_CASE("evident train learns the bars, whatever the binarisation") {
  const Workshop shop;
  for (const std::string mode : {"dynamic", "static", "none"}) {
    const Outcome outcome =
        shop.run(shop.train(mode, "--json --epochs 60 --batch 32 --lr 1e-2 --binarize " + mode));
    REQUIRE_MESSAGE(outcome.code == 0, outcome.err);
    const json last = json::parse(outcome.out);
    // A model that knew only each pixel's mean would score about -26.
    CHECK(last["test_elbo"].get<double>() > -15);
    CHECK(last["bound"] == (mode == "none" ? "cross-entropy bound, grey pixels" : "ELBO"));
    CHECK(contains(outcome.err, "log p(x") == (mode != "none"));
  }
}

TEST_CASE("the same seed gives the same weights for any number of threads, another does not") {
  const Workshop shop;
  REQUIRE(shop.run(shop.train("one", "--epochs 3 --threads 1")).code == 0);
  REQUIRE(shop.run(shop.train("two", "--epochs 3 --threads 2")).code == 0);
  REQUIRE(shop.run(shop.train("other", "--epochs 3 --seed 2")).code == 0);
  const std::string one = read_file(shop.at("one/weights.safetensors"));
  CHECK(one == read_file(shop.at("two/weights.safetensors")));
  CHECK(one != read_file(shop.at("other/weights.safetensors")));
}

TEST_CASE("evaluate, sample, reconstruct and manifold work from a run's directory") {
  const Workshop shop;
  REQUIRE(shop.run(shop.train("run")).code == 0);
  const std::string weights = " --weights " + shop.at("run");

  const Outcome evaluated = shop.run("evaluate --json --samples 11 --repeats 2 --data " +
                                     shop.data.path().string() + weights);
  REQUIRE_MESSAGE(evaluated.code == 0, evaluated.err);
  const json result = json::parse(evaluated.out);
  CHECK(result["images"] == 40);
  const double elbo = result["test_elbo"]["mean"];
  CHECK(elbo == doctest::Approx(result["test_log_likelihood"]["mean"].get<double>() -
                                result["test_kl"]["mean"].get<double>()));
  CHECK(result["test_elbo"]["standard_error"] > 0);
  CHECK(result["log_evidence"]["mean"] > elbo);
  CHECK(result["log_evidence"]["monte_carlo_error"] > 0);
  CHECK(result["formula_at_z_mean"]["mean"] > elbo);

  const Outcome words =
      shop.run("evaluate --samples 3 --data " + shop.data.path().string() + weights);
  CHECK(contains(words.out, "ELBO, z sampled"));
  CHECK(contains(words.out, "not a bound"));

  for (const std::string command : {"sample", "reconstruct", "manifold"}) {
    const std::string file = shop.at(command + ".png");
    const std::string data = command == "sample" ? "" : " --data " + shop.data.path().string();
    const Outcome drawn = shop.run(command + " --count 5 --out " + file + weights + data);
    REQUIRE_MESSAGE(drawn.code == 0, drawn.err);
    CHECK(read_file(file).substr(1, 3) == "PNG");
    const std::string first = read_file(file);
    REQUIRE(shop.run(command + " --count 5 --out " + file + weights + data).code == 0);
    CHECK(read_file(file) == first);
  }
}

TEST_CASE("Ctrl-C finishes the step, writes the weights and exits with 130") {
  const Workshop shop;
  const std::string command =
      "exec '" EVIDENT_PROGRAM "' " + shop.train("run", "--epochs 1000000") + " 2>/dev/null";
  const pid_t process = fork();
  if (process == 0) {
    execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  const std::string metrics = shop.at("run/metrics.jsonl");
  while (read_file(metrics).empty() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  kill(process, SIGINT);
  int status = 0;
  waitpid(process, &status, 0);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 130);
  CHECK(files_in(shop.at("run")) == std::set<std::string>{"metrics.jsonl", "weights.safetensors"});
  CHECK(shop.run("sample --weights " + shop.at("run") + " --out " + shop.at("a.png")).code == 0);
}

TEST_CASE("wrong usage says what is wrong in one line and exits with 2") {
  const Workshop shop;
  const struct {
    std::string arguments, words;
  } rows[] = {
      {"", "a command is missing"},
      {"learn", "learn"},
      {"train", "--out is required"},
      {shop.train("run", "--speed 3"), "--speed"},
      {shop.train("run", "--activation swish"), "swish"},
      {shop.train("run", "--binarize some"), "some"},
      {shop.train("run", "--batch 0"), "--batch: got \"0\""},
      {shop.train("run", "--lr -1"), "--lr: got \"-1\""},
      {shop.train("run", "--dropout 1"), "--dropout"},
      {shop.train("run", "--dropout nan"), "--dropout"},
      {shop.train("run", "--lr inf"), "--lr"},
      {shop.train("run", "--lr 1e400"), "--lr"},
      {shop.train("run", "--epochs 99999999999999999999999"), "--epochs"},
      {shop.train("run", "--hidden 20,0"), "--hidden: got \"0\""},
      {"evaluate --weights x --samples 0", "--samples: got \"0\""},
  };
  for (const auto& row : rows) {
    const Outcome outcome = shop.run(row.arguments);
    CHECK_MESSAGE(outcome.code == 2, row.arguments);
    CHECK_MESSAGE(contains(outcome.err, row.words), outcome.err);
    CHECK_MESSAGE(contains(outcome.err, "--help"), outcome.err);
    CHECK_MESSAGE(lines_in(outcome.err) == 1, outcome.err);
    CHECK(outcome.out.empty());
  }
  CHECK_FALSE(std::filesystem::exists(shop.at("run")));
  for (const std::string command : {"", "train", "evaluate", "sample", "reconstruct", "manifold"}) {
    const Outcome help = shop.run(command + " --help");
    CHECK(help.code == 0);
    CHECK_MESSAGE(contains(help.out, "Example"), command);
  }
}

TEST_CASE("bad data says what is wrong in one line, exits with 3 and writes nothing") {
  const std::string images = "train-images-idx3-ubyte";
  const struct {
    std::string what, name, content, words;
  } rows[] = {
      {"not IDX", images, "hello, this is no image file at all", images},
      {"empty", images, "", images},
      {"truncated", images, evident::testing::bars(200).substr(0, 5000), "truncated"},
      {"wrong type", images,
       evident::testing::idx_bytes({200, 8, 8}, std::string(12800, 'x'), 0x0d), images},
      {"labels for images", images, evident::testing::bar_labels(200), images},
      {"a promise of terabytes", images,
       evident::testing::idx_bytes({0xffffffff, 65536, 65536}, "short"), images},
      {"counts differ", images, evident::testing::bars(199), "199"},
      {"damaged gzip", images, evident::testing::gzip(evident::testing::bars(200)).substr(0, 50),
       images},
      {"bytes behind the end", images, evident::testing::bars(200) + "x", images},
  };
  for (const auto& row : rows) {
    const Workshop shop;
    shop.data.write(row.name, row.content);
    const Outcome outcome = shop.run(shop.train("run"));
    CHECK_MESSAGE(outcome.code == 3, row.what);
    CHECK_MESSAGE(contains(outcome.err, row.words), outcome.err);
    CHECK_MESSAGE(lines_in(outcome.err) == 1, outcome.err);
    CHECK_FALSE(std::filesystem::exists(shop.at("run")));
  }
  const Workshop shop;
  const TemporaryDirectory empty;
  for (const std::string& where : {shop.at("missing"), empty.path().string()}) {
    const Outcome outcome = shop.run("train --out " + shop.at("run") + " --data " + where);
    CHECK(outcome.code == 3);
    CHECK_MESSAGE(contains(outcome.err, where), outcome.err);
    CHECK_FALSE(std::filesystem::exists(shop.at("run")));
  }
}

TEST_CASE("bad weights say what is wrong in one line and exit with 4") {
  const Workshop shop;
  REQUIRE(shop.run(shop.train("run")).code == 0);
  const std::string good = read_file(shop.at("run/weights.safetensors"));
  const struct {
    std::string what, content;
  } rows[] = {
      {"empty", ""},
      {"truncated", good.substr(0, good.size() / 2)},
      {"not weights", "PNG, perhaps"},
      {"another shape", with(good, "\"hidden\":\"16,16\"", "\"hidden\":\"99,99\"")},
      {"another latent", with(good, "\"latent\":\"3\"", "\"latent\":\"4\"")},
      {"another activation", with(good, "\"activation\":\"elu\"", "\"activation\":\"foo\"")},
      {"no number", with(good, "\"latent\":\"3\"", "\"latent\":\"x\"")},
      {"no pixels", with(good, "\"rows\":\"8\"", "\"rows\":\"0\"")},
      {"no latents", with(good, "\"latent\":\"3\"", "\"latent\":\"0\"")},
      {"not finite", std::string(good).replace(good.size() - 4, 4, "\xff\xff\xff\xff")},
      {"another model", with(good, "\"model\":\"vae\"", "\"model\":\"gan\"")},
  };
  for (const auto& row : rows) {
    shop.place.write("bad.safetensors", row.content);
    const Outcome outcome = shop.run("sample --out " + shop.at("picture.png") + " --weights " +
                                     shop.at("bad.safetensors"));
    CHECK_MESSAGE(outcome.code == 4, row.what << ": " << outcome.err);
    CHECK_MESSAGE(lines_in(outcome.err) == 1, outcome.err);
    CHECK_FALSE(std::filesystem::exists(shop.at("picture.png")));
  }
  const Outcome missing = shop.run("sample --out a.png --weights " + shop.at("nowhere"));
  CHECK(missing.code == 4);
  CHECK(contains(missing.err, "nowhere"));
}

TEST_CASE("an output that cannot be written is refused before any work, with exit code 1") {
  const Workshop shop;
  shop.place.write("file", "in the way");
  const Outcome trained = shop.run(shop.train("file/run"));
  CHECK(trained.code == 1);
  CHECK_MESSAGE(contains(trained.err, "file/run: cannot write"), trained.err);
  CHECK(lines_in(trained.err) == 1);
  REQUIRE(shop.run(shop.train("run")).code == 0);
  const Outcome drawn =
      shop.run("sample --weights " + shop.at("run") + " --out " + shop.at("nowhere/a.png"));
  CHECK(drawn.code == 1);
  CHECK(contains(drawn.err, "nowhere"));
  // A result that nobody gets is a failure; progress that nobody sees is not.
  const std::string program = "'" EVIDENT_PROGRAM "' ";
  const auto code = [](const std::string& command) {
    return WEXITSTATUS(std::system(command.c_str()));
  };
  CHECK(code(program + shop.train("b", "--epochs 1") + " >/dev/full 2>/dev/null") == 1);
  CHECK(code(program + shop.train("c", "--epochs 1") + " >/dev/null 2>/dev/full") == 0);
}

TEST_CASE("commands find the data that a model was trained on; a huge batch is the whole set") {
  const Workshop shop;
  REQUIRE(shop.run(shop.train("run", "--epochs 1 --batch 1000000000")).code == 0);
  for (const std::string command : {"reconstruct", "manifold"}) {
    const Outcome drawn =
        shop.run(command + " --count 3 --weights " + shop.at("run") + " --out " + shop.at("a.png"));
    CHECK_MESSAGE(drawn.code == 0, drawn.err);
  }
  const Outcome judged =
      shop.run("evaluate --json --samples 2 --repeats 1 --weights " + shop.at("run"));
  REQUIRE_MESSAGE(judged.code == 0, judged.err);
  CHECK(json::parse(judged.out)["images"] == 40);
  CHECK(json::parse(judged.out)["log_evidence"]["monte_carlo_error"].is_null());
}
