#pragma once

#include <evident/evident.hpp>

#include "benchmarks/floor.hpp"
#include "benchmarks/peer.hpp"
#include "benchmarks/timing.hpp"

namespace evident::benchmarks {

/// A variational autoencoder to be trained, as large as one likes.
struct Network {
  std::size_t batch = 128;
  std::vector<std::size_t> hidden = {500, 500};
  std::string activation = "elu";
  double dropout = 0.1;
  std::size_t pixels = 784, latent = 20;

  /// "784-500-500-20"
  std::string name() const {
    return fmt::format("{}-{}-{}", pixels, fmt::join(hidden, "-"), latent);
  }
};

/// Its training step with Adam, on a batch that is in memory already, timed part by part.
class Training {
 public:
  explicit Training(const Network& n)
      : initial_(1, "initial weights"),
        vae_(initial_, {n.pixels, n.latent, n.hidden, n.activation, n.dropout, true}),
        adam_(parameters(vae_)),
        x_(bernoulli_mask({n.batch, n.pixels}, 0.3, 1, initial_)) {}

  void step() { step(x_); }

  void step(const Var& x) {
    const Clock::time_point start = Clock::now();
    Tape tape;
    const Elbo e = elbo(rng_, vae_, x);
    const Clock::time_point computed = Clock::now();
    tape.backward(-e.value / rows(x));
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

/// The products of its layers and one pass over what Adam touches.
inline Floor floor_of(const Network& n) {
  std::vector<std::pair<std::size_t, std::size_t>> layers;
  std::size_t in = n.pixels;
  for (const std::size_t width : n.hidden) {
    layers.emplace_back(in, width);
    in = width;
  }
  layers.emplace_back(in, 2 * n.latent);
  in = n.latent;
  for (std::size_t i = n.hidden.size(); i-- > 0;) {
    layers.emplace_back(in, n.hidden[i]);
    in = n.hidden[i];
  }
  layers.emplace_back(in, n.pixels);
  return Floor(n.batch, layers, 1);
}

/// PyTorch's own threads and those of its BLAS are set apart; which is best differs by machine.
struct PeerThreads {
  std::size_t own, blas;
  std::string name() const { return fmt::format("pytorch {}/{}", own, blas); }
};
inline constexpr PeerThreads kPeerThreads[] = {{1, 1}, {1, 2}, {2, 1}, {2, 2}};

/// The request for training steps of the same network in PyTorch.
inline nlohmann::json request_for(const Network& n, const PeerThreads& threads, std::size_t steps) {
  std::vector<std::size_t> widths = {n.pixels};
  widths.insert(widths.end(), n.hidden.begin(), n.hidden.end());
  return {{"threads", threads.own}, {"blas_threads", threads.blas},
          {"batch", n.batch},       {"widths", widths},
          {"latent", n.latent},     {"activation", n.activation},
          {"dropout", n.dropout},   {"steps", steps}};
}

}  // namespace evident::benchmarks
