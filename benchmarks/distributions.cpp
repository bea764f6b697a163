// Log densities with gradients, and draws, of a million elements, beside torch.distributions in the
// same run, which is given the better of its settings: with and without its checks of arguments.

#include <evident/evident.hpp>
#include <functional>

#include "benchmarks/peer.hpp"
#include "benchmarks/timing.hpp"

namespace {

using namespace evident;
using namespace evident::benchmarks;

constexpr std::size_t kSize = 1000000;

using Parameters = std::vector<Var>;

// A distribution of these parameters; those of distributions_pytorch.py.
struct Work {
  const char* distribution;
  std::vector<Array> parameters;
  std::function<Var(const Parameters&, const Var& x)> log_prob;
  std::function<Array(const Parameters&, Rng&, const Shape&)> sample;
};

template <class D>
D made(const Parameters& p) {
  if constexpr (std::is_constructible_v<D, Var, Var, Var>) {
    return D(p[0], p[1], p[2]);
  } else {
    return D(p[0], p[1]);
  }
}

template <class Make>
Work work(const char* name, std::vector<Array> parameters, Make make) {
  return {name, std::move(parameters),
          [make](const Parameters& p, const Var& x) { return make(p).log_prob(x); },
          [make](const Parameters& p, Rng& rng, const Shape& shape) {
            return make(p).sample(rng, shape);
          }};
}

std::vector<Work> works() {
  Array logits = uninitialised({10});
  for (std::size_t i = 0; i < 10; ++i) logits.data()[i] = static_cast<real>(0.1 * double(i));
  const auto gamma = made<Gamma>;
  return {
      work("Normal", {scalar(0.3), scalar(1.7)}, made<Normal>),
      work("Bernoulli", {scalar(0.4)},
           [](const Parameters& p) { return Bernoulli::from_logits(p[0]); }),
      work("Gamma", {scalar(2.5), scalar(1.3)}, gamma),
      work("Gamma(0.7)", {scalar(0.7), scalar(1)}, gamma),
      work("StudentT", {scalar(4.5), scalar(0.2), scalar(1.4)}, made<StudentT>),
      work("Categorical", {logits},
           [](const Parameters& p) { return Categorical::from_logits(p[0]); }),
  };
}

// One of each parameter for every value.
Parameters repeated(const Work& w, bool each) {
  Parameters leaves;
  for (const Array& p : w.parameters) {
    leaves.push_back(
        Var::parameter(each ? broadcast_to(p, joined({kSize}, p.shape())).value() : p));
  }
  return leaves;
}

struct Times {
  double ours[2], theirs[2];
};

void print_row(const Work& w, const char* what, const Times& t, nlohmann::ordered_json& json) {
  const double best = std::min(t.theirs[0], t.theirs[1]);
  const auto ratio = [](double a, double b) { return a == 0 ? "-" : fmt::format("{:.1f}", a / b); };
  fmt::print("| {} | {} | {:.2f} | {:.2f} | {:.2f} | {:.2f} | {} | {} |\n", w.distribution, what,
             1e3 * t.ours[0], 1e3 * t.ours[1], 1e3 * t.theirs[0], 1e3 * t.theirs[1],
             ratio(t.theirs[0], t.ours[0]), ratio(best, t.ours[1]));
  json.push_back({{"distribution", w.distribution},
                  {"work", what},
                  {"evident", t.ours},
                  {"pytorch", t.theirs}});
}

// Medians of both, in turns, with one thread and with two.
template <class Step>
Times measure(Peer& peer, nlohmann::json request, Step step) {
  Times result{};
  for (int threads : {1, 2}) {
    set_threads(static_cast<std::size_t>(threads));
    std::vector<double> ours, checked, unchecked;
    for (int round = 0; round < 3; ++round) {
      time_steps(ours, 7, step);
      if (!peer.available()) continue;
      request["threads"] = threads;
      request["steps"] = 5;
      for (auto* samples : {&checked, &unchecked}) {
        request["validate"] = samples == &checked;
        for (const double second : peer.seconds(request)) samples->push_back(second);
      }
    }
    result.ours[threads - 1] = median(ours);
    result.theirs[threads - 1] = std::min(median(checked), median(unchecked));
  }
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  Peer peer(std::string(EVIDENT_SOURCE_DIR) + "/benchmarks/distributions_pytorch.py");
  nlohmann::ordered_json json;
  fmt::print(
      "A million elements, float; milliseconds, medians; torch.distributions {}\n\n"
      "| distribution | work | ours, 1 thread | 2 threads | torch, 1 thread | 2 threads | "
      "torch to ours, 1 | its best to ours, 2 |\n"
      "| --- | --- | --- | --- | --- | --- | --- | --- |\n",
      peer.version());
  for (const Work& w : works()) {
    const bool sampled_only = std::string(w.distribution) == "Gamma(0.7)";
    for (const bool each : {false, true}) {
      if (sampled_only) break;
      const Parameters leaves = repeated(w, each);
      Rng rng(1, "values");
      const Var x(w.sample(leaves, rng, each ? Shape{} : Shape{kSize}));
      const Times times = measure(peer,
                                  {{"work", "log_prob"},
                                   {"distribution", w.distribution},
                                   {"shape", each ? "each" : "scalar"},
                                   {"size", kSize}},
                                  [&] {
                                    Tape tape;
                                    tape.backward(sum(w.log_prob(leaves, x)));
                                    for (Var leaf : leaves) leaf.clear_gradient();
                                  });
      print_row(w, each ? "log_prob, a parameter each" : "log_prob", times, json);
    }
    const Parameters constants(w.parameters.begin(), w.parameters.end());
    Rng rng(2, "draws");
    print_row(w, "sample",
              measure(peer, {{"work", "sample"}, {"distribution", w.distribution}, {"size", kSize}},
                      [&] { w.sample(constants, rng, {kSize}); }),
              json);
  }
  return finish(json, argc, argv);
}
