// A training step of the variational autoencoder with two hidden layers of 500, optimiser included,
// on a batch that is in memory already: ours, the floor of its products and one optimiser pass, and
// the same model in PyTorch, in turn within one run.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <evident/evident.hpp>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "benchmarks/floor.hpp"
#include "benchmarks/peer.hpp"

namespace {

using namespace evident;
using benchmarks::Floor;
using benchmarks::Peer;

constexpr std::size_t kPixels = 784, kHidden = 500, kLatent = 20, kBatch = 128;
constexpr std::size_t kRounds = 12, kSteps = 20;

using Samples = std::map<std::string, std::vector<double>>;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

using Clock = std::chrono::steady_clock;

double seconds(Clock::time_point start, Clock::time_point end) {
  return std::chrono::duration<double>(end - start).count();
}

template <class Step>
void time_steps(std::vector<double>& samples, std::size_t steps, Step step) {
  step();  // the caches belong to whoever ran before
  for (std::size_t i = 0; i < steps; ++i) {
    const Clock::time_point start = Clock::now();
    step();
    samples.push_back(seconds(start, Clock::now()));
  }
}

void move_all(std::vector<double>& to, std::vector<double>& from) {
  to.insert(to.end(), from.begin(), from.end());
  from.clear();
}

class Ours {
 public:
  Ours()
      : initial_(1, "initial weights"),
        vae_(initial_, {kPixels, kLatent, {kHidden, kHidden}, "elu", 0.1, false}),
        adam_(parameters(vae_)),
        x_(bernoulli_mask({kBatch, kPixels}, 0.3, 1, initial_)) {}

  void step() {
    const Clock::time_point start = Clock::now();
    Tape tape;
    const Elbo e = elbo(rng_, vae_, x_);
    const Clock::time_point computed = Clock::now();
    tape.backward(-e.value / kBatch);
    const Clock::time_point differentiated = Clock::now();
    adam_.step();
    forward.push_back(seconds(start, computed));
    backward.push_back(seconds(computed, differentiated));
    optimiser.push_back(seconds(differentiated, Clock::now()));
  }

  std::vector<double> forward, backward, optimiser;

 private:
  Rng initial_;
  Rng rng_{1, "training"};
  Vae vae_;
  Adam adam_;
  Var x_;
};

struct PeerSetting {
  std::size_t threads, blas_threads;
  std::string name() const { return fmt::format("pytorch {}/{}", threads, blas_threads); }
};
// PyTorch's own threads and those of its BLAS are set apart; which is best differs by machine.
constexpr PeerSetting kPeerSettings[] = {{1, 1}, {1, 2}, {2, 1}, {2, 2}};

}  // namespace

int main(int argc, char** argv) {
  Peer peer(std::string(EVIDENT_SOURCE_DIR) + "/benchmarks/vae_pytorch.py");
  Ours ours;
  constexpr std::size_t kBoth = 2 * kLatent;
  Floor floor(kBatch,
              {{kPixels, kHidden},
               {kHidden, kHidden},
               {kHidden, kBoth},
               {kLatent, kHidden},
               {kHidden, kHidden},
               {kHidden, kPixels}},
              1);
  Samples samples;
  Samples parts;  // of a step
  for (std::size_t round = 0; round < kRounds; ++round) {
    for (const std::size_t count : {1, 2}) {
      set_threads(count);
      time_steps(samples[fmt::format("evident {}", count)], kSteps, [&] { ours.step(); });
      time_steps(samples[fmt::format("floor {}", count)], kSteps, [&] { floor.step(); });
      move_all(parts[fmt::format("forward {}", count)], ours.forward);
      move_all(parts[fmt::format("backward {}", count)], ours.backward);
      move_all(parts[fmt::format("Adam {}", count)], ours.optimiser);
      time_steps(parts[fmt::format("floor's pass {}", count)], kSteps, [&] { floor.pass(); });
    }
    if (!peer.available()) continue;
    for (const PeerSetting& setting : kPeerSettings) {
      const auto seconds = peer.seconds(setting.threads, setting.blas_threads, kBatch,
                                        {kPixels, kHidden, kHidden}, kLatent, kSteps);
      auto& all = samples[setting.name()];
      all.insert(all.end(), seconds.begin(), seconds.end());
    }
  }

  nlohmann::ordered_json json;
  const char* core = std::getenv("OPENBLAS_CORETYPE");
  json["model"] = "784-500-500-20, ELU, dropout 0.1, batch 128, float, Adam included";
  json["openblas_coretype"] = core == nullptr ? "automatic" : core;
  std::string best;
  fmt::print("Training step of the VAE {}, milliseconds, medians of {} steps\n",
             json["model"].get<std::string>(), kRounds * kSteps);
  fmt::print("OPENBLAS_CORETYPE: {}\n\n", json["openblas_coretype"].get<std::string>());
  fmt::print("| who | threads | ms |\n| --- | --- | --- |\n");
  for (const auto& [name, seconds] : samples) {
    const double ms = 1e3 * median(seconds);
    json["milliseconds"][name] = ms;
    const std::size_t space = name.find(' ');
    fmt::print("| {} | {} | {:.2f} |\n", name.substr(0, space), name.substr(space + 1), ms);
    if (name.compare(0, 7, "pytorch") == 0 &&
        (best.empty() || median(seconds) < median(samples[best]))) {
      best = name;
    }
  }
  fmt::print("\n| part of our step, ms | 1 thread | 2 threads |\n| --- | --- | --- |\n");
  for (const std::string part : {"forward", "backward", "Adam", "floor's pass"}) {
    const double one = 1e3 * median(parts[part + " 1"]);
    const double two = 1e3 * median(parts[part + " 2"]);
    json["parts"][part] = {one, two};
    fmt::print("| {} | {:.2f} | {:.2f} |\n", part == "floor's pass" ? "(the floor's pass)" : part,
               one, two);
  }
  fmt::print("\n| ratio | 1 thread | 2 threads |\n| --- | --- | --- |\n");
  const auto ratio = [&](const std::string& a, const std::string& b) {
    return median(samples[a]) / median(samples[b]);
  };
  json["ratio"]["evident_to_floor"] = {ratio("evident 1", "floor 1"),
                                       ratio("evident 2", "floor 2")};
  fmt::print("| Evident to the floor | {:.2f} | {:.2f} |\n", ratio("evident 1", "floor 1"),
             ratio("evident 2", "floor 2"));
  if (peer.available()) {
    json["torch"] = peer.version();
    json["pytorch_best"] = best;
    json["ratio"]["pytorch_best_to_evident"] = {ratio(best, "evident 1"), ratio(best, "evident 2")};
    json["ratio"]["pytorch_one_thread_to_evident"] = ratio("pytorch 1/1", "evident 1");
    fmt::print("| PyTorch at its best ({}) to Evident | {:.2f} | {:.2f} |\n", best.substr(8),
               ratio(best, "evident 1"), ratio(best, "evident 2"));
    fmt::print("| PyTorch with 1 thread to Evident | {:.2f} | |\n",
               ratio("pytorch 1/1", "evident 1"));
    fmt::print("\nPyTorch {}: threads of its own / of its BLAS.\n", peer.version());
  } else {
    fmt::print("\nPyTorch was not measured: install python3-torch to see it beside.\n");
  }
  if (argc > 1) {
    std::ofstream file(argv[1]);
    file << json.dump(2) << '\n';
    if (!file.flush()) {
      fmt::print(stderr, "benchmark-vae: cannot write {}\n", argv[1]);
      return 1;
    }
    fmt::print("\nAs JSON: {}\n", argv[1]);
  }
  return 0;
}
