// Elementwise operations and reductions beside loops written by hand for the same work, on one
// thread; and reductions of an array beyond the caches beside reading it.

#include <evident/autodiff/functions.hpp>
#include <evident/evident.hpp>
#include <functional>

#include "benchmarks/timing.hpp"

namespace {

using namespace evident;
using namespace evident::benchmarks;
using L = Lanes<real>;

constexpr double kHalfLogTwoPi = 0.91893853320467274178;

// Arrays that a loop by hand reads and writes.
struct Buffers {
  Array x, loc, scale, out, gradient, to_x, to_loc, to_scale;

  explicit Buffers(std::size_t n)
      : out(zeros({n})),
        gradient(ones({n})),
        to_x(zeros({n})),
        to_loc(zeros({n})),
        to_scale(zeros({n})) {
    Rng rng(1, "operations");
    x = standard_normal({n}, rng);
    loc = standard_normal({n}, rng);
    scale = uniform({n}, rng);
  }
};

L at(const Array& a, std::size_t i) { return L::load(a.data() + i); }

template <class F>
void each(const Array& like, F f) {
  for (std::size_t i = 0; i < like.size(); i += L::kWidth) f(i);
}

struct Case {
  std::string name;
  std::function<Var(const std::vector<Var>&)> ours;
  std::size_t arity;  // of x, loc and scale, those that get gradients
  std::function<void(Buffers&)> forward, backward;
};

// By hand: the derivative from what is at hand, the input or the output, at the same accuracy.
std::vector<Case> cases() {
  return {{"exp", [](const std::vector<Var>& v) { return exp(v[0]); }, 1,
           [](Buffers& b) {
             each(b.x, [&](std::size_t i) { exp(at(b.x, i)).store(b.out.data() + i); });
           },
           [](Buffers& b) {
             each(b.x, [&](std::size_t i) {
               (at(b.gradient, i) * at(b.out, i)).store(b.to_x.data() + i);
             });
           }},
          {"tanh", [](const std::vector<Var>& v) { return tanh(v[0]); }, 1,
           [](Buffers& b) {
             each(b.x, [&](std::size_t i) { tanh(at(b.x, i)).store(b.out.data() + i); });
           },
           [](Buffers& b) {
             each(b.x, [&](std::size_t i) {
               const L e = exp(-2.0 * abs(at(b.x, i)));
               (at(b.gradient, i) * (4.0 * e / ((1.0 + e) * (1.0 + e)))).store(b.to_x.data() + i);
             });
           }},
          {"elu", [](const std::vector<Var>& v) { return elu(v[0]); }, 1,
           [](Buffers& b) {
             each(b.x, [&](std::size_t i) {
               const L x = at(b.x, i);
               where(x > 0.0, x, expm1(x)).store(b.out.data() + i);
             });
           },
           [](Buffers& b) {
             each(b.x, [&](std::size_t i) {
               const L x = at(b.x, i), g = at(b.gradient, i);
               where(x > 0.0, g, g * exp(x)).store(b.to_x.data() + i);
             });
           }},
          {"Normal log_prob",
           [](const std::vector<Var>& v) { return Normal(v[1], v[2]).log_prob(v[0]); }, 3,
           [](Buffers& b) {
             each(b.x, [&](std::size_t i) {
               const L s = at(b.scale, i);
               const L z = (at(b.x, i) - at(b.loc, i)) / s;
               (-0.5 * z * z - log(s) - kHalfLogTwoPi).store(b.out.data() + i);
             });
           },
           [](Buffers& b) {
             each(b.x, [&](std::size_t i) {
               const L r = 1.0 / at(b.scale, i), g = at(b.gradient, i);
               const L z = (at(b.x, i) - at(b.loc, i)) * r;
               const L d = g * z * r;
               (-d).store(b.to_x.data() + i);
               d.store(b.to_loc.data() + i);
               (g * (z * z - 1.0) * r).store(b.to_scale.data() + i);
             });
           }}};
}

// The backward step of one operation, from a gradient in memory to those of its arguments.
double backward_seconds(const Case& c, std::vector<Var>& leaves, const Var& gradient) {
  TapeOptions options;
  options.profile = true;
  Tape tape(options);
  const Var y = c.ours(leaves);
  const std::string name = y.node().operation;
  tape.backward(sum(y * gradient));
  for (Var& leaf : leaves) leaf.clear_gradient();
  for (const OperationProfile& row : tape.profile()) {
    if (row.operation == name) return row.backward_seconds;
  }
  return 0;
}

void run_elementwise(std::size_t n, nlohmann::ordered_json& json) {
  constexpr std::size_t kRounds = 10, kSteps = 20;
  set_threads(1);
  fmt::print(
      "{} elements, float, 1 thread: nanoseconds an element, medians\n\n"
      "| operation | forward | by hand | ratio | backward | by hand | ratio |\n"
      "| --- | --- | --- | --- | --- | --- | --- |\n",
      n);
  const auto ns = [n](const std::vector<double>& samples) {
    return 1e9 * median(samples) / static_cast<double>(n);
  };
  for (const Case& c : cases()) {
    // Results by hand go to fresh memory as well, as far as the caches are concerned.
    std::vector<Buffers> sets(4, Buffers(n));
    std::size_t turn = 0;
    const auto next = [&]() -> Buffers& { return sets[turn++ % sets.size()]; };
    const Buffers& b = sets[0];
    std::vector<Var> constants = {b.x, b.loc, b.scale};
    std::vector<Var> leaves;
    for (std::size_t k = 0; k < 3; ++k) {
      leaves.push_back(k < c.arity ? Var::parameter(constants[k].value()) : constants[k]);
    }
    std::vector<double> forward, forward_by_hand, backward, backward_by_hand;
    for (std::size_t round = 0; round < kRounds; ++round) {
      time_steps(forward, kSteps, [&] { c.ours(constants); });
      time_steps(forward_by_hand, kSteps, [&] { c.forward(next()); });
      for (std::size_t step = 0; step < kSteps; ++step) {
        backward.push_back(backward_seconds(c, leaves, b.gradient));
      }
      time_steps(backward_by_hand, kSteps, [&] { c.backward(next()); });
    }
    fmt::print("| {} | {:.2f} | {:.2f} | {:.2f} | {:.2f} | {:.2f} | {:.2f} |\n", c.name,
               ns(forward), ns(forward_by_hand), ns(forward) / ns(forward_by_hand), ns(backward),
               ns(backward_by_hand), ns(backward) / ns(backward_by_hand));
    json["elementwise"].push_back({{"operation", c.name},
                                   {"elements", n},
                                   {"forward", ns(forward)},
                                   {"forward_by_hand", ns(forward_by_hand)},
                                   {"backward", ns(backward)},
                                   {"backward_by_hand", ns(backward_by_hand)}});
  }
  fmt::print("\n");
}

// Reads everything once, in four sums.
real read(const Array& x) {
  L sums[4] = {0.0, 0.0, 0.0, 0.0};
  for (std::size_t i = 0; i < x.size(); i += 4 * L::kWidth) {
    for (std::size_t k = 0; k < 4; ++k) sums[k] += at(x, i + k * L::kWidth);
  }
  return xsimd::hadd(((sums[0] + sums[1]) + (sums[2] + sums[3])).v);
}

void run_reductions(nlohmann::ordered_json& json) {
  constexpr std::size_t kRounds = 8, kSteps = 3;
  constexpr std::size_t kRows = 32768, kColumns = 512;
  Rng rng(1, "reductions");
  const Var x = standard_normal({kRows, kColumns}, rng);
  struct Reduction {
    std::string name;
    std::function<Var()> run;
  };
  const std::vector<Reduction> reductions = {
      {"sum of all", [&] { return sum(x); }},
      {"sum over rows, axis 0", [&] { return sum(x, {0}); }},
      {"sum of each row, axis 1", [&] { return sum(x, {1}); }},
      {"max of all", [&] { return max(x); }},
      {"max over rows, axis 0", [&] { return max(x, {0}); }},
      {"max of each row, axis 1", [&] { return max(x, {1}); }},
  };
  fmt::print(
      "{} x {} floats, 64 MB, 1 thread: milliseconds, medians\n\n"
      "| reduction | ms | reading the array | ratio |\n| --- | --- | --- | --- |\n",
      kRows, kColumns);
  set_threads(1);
  volatile real kept = 0;
  for (const Reduction& r : reductions) {
    std::vector<double> ours, reading;
    for (std::size_t round = 0; round < kRounds; ++round) {
      time_steps(ours, kSteps, [&] { r.run(); });
      time_steps(reading, kSteps, [&] { kept = read(x.value()); });
    }
    const double a = 1e3 * median(ours), b = 1e3 * median(reading);
    fmt::print("| {} | {:.2f} | {:.2f} | {:.2f} |\n", r.name, a, b, a / b);
    json["reductions"].push_back({{"reduction", r.name}, {"milliseconds", a}, {"reading", b}});
  }
}

}  // namespace

int main(int argc, char** argv) {
  nlohmann::ordered_json json;
  for (const std::size_t n : {16384, 131072, 1048576}) run_elementwise(n, json);
  run_reductions(json);
  return finish(json, argc, argv);
}
