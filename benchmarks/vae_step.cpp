// A training step of the variational autoencoder with two hidden layers of 500, optimiser included,
// on a batch that is in memory already: ours, the floor of its products and one optimiser pass, and
// the same model in PyTorch, in turn within one run.

#include <map>

#include "benchmarks/vae_training.hpp"

namespace {

using namespace evident;
using namespace evident::benchmarks;

constexpr std::size_t kRounds = 12, kSteps = 20;

using Samples = std::map<std::string, std::vector<double>>;

void move_all(std::vector<double>& to, std::vector<double>& from) {
  to.insert(to.end(), from.begin(), from.end());
  from.clear();
}

}  // namespace

int main(int argc, char** argv) {
  Peer peer(std::string(EVIDENT_SOURCE_DIR) + "/benchmarks/vae_pytorch.py");
  const Network network;
  Training ours(network);
  Floor floor = floor_of(network);
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
    for (const PeerThreads& threads : kPeerThreads) {
      const auto seconds = peer.seconds(request_for(network, threads, kSteps));
      auto& all = samples[threads.name()];
      all.insert(all.end(), seconds.begin(), seconds.end());
    }
  }

  nlohmann::ordered_json json;
  json["model"] = network.name() + ", ELU, dropout 0.1, batch 128, float, Adam included";
  json["openblas_coretype"] = openblas_kernels();
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
  return finish(json, argc, argv);
}
