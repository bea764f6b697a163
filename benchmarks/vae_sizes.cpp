// Training steps of variational autoencoders of several sizes beside the floor of their products
// and PyTorch, and an epoch of a small one, in turns within one run.

#include <evident/data/batches.hpp>
#include <map>

#include "benchmarks/vae_training.hpp"

namespace {

using namespace evident;
using namespace evident::benchmarks;

using Samples = std::map<std::string, std::vector<double>>;

// The fastest of PyTorch's settings.
double best_peer(const Samples& samples) {
  double best = 0;
  for (const auto& [name, seconds] : samples) {
    if (name.compare(0, 7, "pytorch") != 0) continue;
    const double here = median(seconds);
    if (best == 0 || here < best) best = here;
  }
  return best;
}

std::string ratio_or_dash(double a, double b) {
  return a == 0 ? "-" : fmt::format("{:.2f}", a / b);
}

void run_sizes(Peer& peer, nlohmann::ordered_json& json) {
  constexpr std::size_t kRounds = 4;
  fmt::print(
      "Training step, two hidden layers, ELU, dropout 0.1, float, Adam included; medians\n\n"
      "| batch | width | ms, 1 thread | ms, 2 threads | to the floor, 1 | to the floor, 2 | "
      "PyTorch to it, 1 | PyTorch to it, 2 |\n"
      "| --- | --- | --- | --- | --- | --- | --- | --- |\n");
  for (const std::size_t batch : {20, 128, 512}) {
    for (const std::size_t width : {200, 500, 1000}) {
      Network network;
      network.batch = batch;
      network.hidden = {width, width};
      Training ours(network);
      Floor floor = floor_of(network);
      const std::size_t steps = std::max<std::size_t>(6, 2560000 / (batch * width));
      Samples samples;
      for (std::size_t round = 0; round < kRounds; ++round) {
        for (const std::size_t count : {1, 2}) {
          set_threads(count);
          time_steps(samples[fmt::format("evident {}", count)], steps, [&] { ours.step(); });
          time_steps(samples[fmt::format("floor {}", count)], steps, [&] { floor.step(); });
        }
        if (!peer.available()) continue;
        for (const PeerThreads& threads : kPeerThreads) {
          const auto seconds =
              peer.seconds(request_for(network, threads, std::max<std::size_t>(3, steps / 8)));
          auto& all = samples[threads.name()];
          all.insert(all.end(), seconds.begin(), seconds.end());
        }
      }
      const double one = median(samples["evident 1"]), two = median(samples["evident 2"]);
      const double peers = best_peer(samples);
      const double floors[] = {median(samples["floor 1"]), median(samples["floor 2"])};
      fmt::print("| {} | {} | {:.2f} | {:.2f} | {:.2f} | {:.2f} | {} | {} |\n", batch, width,
                 1e3 * one, 1e3 * two, one / floors[0], two / floors[1], ratio_or_dash(peers, one),
                 ratio_or_dash(peers, two));
      std::fflush(stdout);
      json["steps"].push_back({{"batch", batch},
                               {"width", width},
                               {"milliseconds", {1e3 * one, 1e3 * two}},
                               {"to_the_floor", {one / floors[0], two / floors[1]}},
                               {"pytorch_best_milliseconds", 1e3 * peers}});
    }
  }
}

// 60000 images of 28 x 28 with every grey value.
ImageSet images() {
  ImageSet set{60000, 28, 28, {}, {}};
  Rng rng(1, "images");
  const Array u = uniform({set.count * set.size()}, rng);
  for (std::size_t i = 0; i < u.size(); ++i) {
    set.pixels.push_back(static_cast<std::uint8_t>(256 * u.data()[i]));
  }
  set.labels.resize(set.count);
  return set;
}

void run_epoch(Peer& peer, nlohmann::ordered_json& json) {
  constexpr std::size_t kRounds = 3;
  Network network;
  network.hidden = {400};
  network.activation = "relu";
  network.dropout = 0;
  const ImageSet set = images();
  Batches batches(set, network.batch, Binarize::kNone, 1, "train");
  Training ours(network);
  set_threads(2);
  std::vector<double> seconds;
  Samples samples;
  std::size_t epoch = 0;
  for (std::size_t round = 0; round < kRounds; ++round) {
    const Clock::time_point start = Clock::now();
    ++epoch;
    for (std::size_t i = 0; i < batches.count(); ++i) ours.step(batches.shuffled(epoch, i).pixels);
    seconds.push_back(benchmarks::seconds(start, Clock::now()));
    if (!peer.available()) continue;
    for (const PeerThreads& threads : kPeerThreads) {
      nlohmann::json request = request_for(network, threads, 1);
      request["images"] = set.count;
      const auto theirs = peer.seconds(request);
      auto& all = samples[threads.name()];
      all.insert(all.end(), theirs.begin(), theirs.end());
    }
  }
  const double ours_median = median(seconds), theirs = best_peer(samples);
  fmt::print("\nAn epoch of 60000 images, {}, ReLU, batch 128, 2 threads: {:.2f} s\n",
             network.name(), ours_median);
  json["epoch_seconds"] = ours_median;
  if (!peer.available()) return;
  fmt::print("The same in PyTorch at its best: {:.2f} s, {:.2f} times as long\n", theirs,
             theirs / ours_median);
  json["pytorch_epoch_seconds"] = theirs;
}

}  // namespace

int main(int argc, char** argv) {
  Peer peer(std::string(EVIDENT_SOURCE_DIR) + "/benchmarks/vae_pytorch.py");
  nlohmann::ordered_json json;
  json["openblas_coretype"] = openblas_kernels();
  fmt::print("OPENBLAS_CORETYPE: {}\n\n", openblas_kernels());
  run_sizes(peer, json);
  run_epoch(peer, json);
  if (!peer.available()) {
    fmt::print("\nPyTorch was not measured: install python3-torch to see it beside.\n");
  }
  return finish(json, argc, argv);
}
