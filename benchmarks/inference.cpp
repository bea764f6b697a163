// Inference beside the least it could cost: a step of a mean-field guide of eight schools and one
// written by hand for that model; a step of a logistic regression and its two products; and what
// the No-U-Turn sampler gets out of a second. Fails where gradients by hand and by tape differ.

#include <evident/evident.hpp>

#include "benchmarks/eight_schools_by_hand.hpp"
#include "benchmarks/regression_floor.hpp"
#include "benchmarks/timing.hpp"

namespace {

using namespace evident;
using namespace evident::benchmarks;
using ByHand = EightSchoolsByHand;

constexpr double kRate = 1e-2, kTolerance = 1e-10;

template <std::size_t n>
Array array_of(const std::array<double, n>& values) {
  Array result = uninitialised({n});
  for (std::size_t i = 0; i < n; ++i) result.data()[i] = static_cast<real>(values[i]);
  return result;
}

// As in examples/eight_schools.cpp.
struct EightSchools {
  Var y = array_of(ByHand::kEffects);
  Var sigma = array_of(ByHand::kErrors);

  void operator()(Trace& t) const {
    Var mu = t.sample("mu", Normal(0, 5));
    Var tau = t.sample("tau", HalfCauchy(5));
    Var theta = t.sample("theta", Normal(zeros({ByHand::kSchools}), 1));
    t.observe("y", Normal(mu + tau * theta, sigma), y);
  }
};

struct Regression {
  Var x, y;

  void operator()(Trace& t) const {
    Var w = t.sample("w", Normal(zeros({x.shape()[1]}), 1));
    t.observe("y", Bernoulli::from_logits(matmul(x, w)), y);
  }
};

// The largest relative difference of numbers by tape from numbers by hand.
double difference(const Array& tape, const double* by_hand) {
  double largest = 0;
  for (std::size_t i = 0; i < tape.size(); ++i) {
    const double expected = by_hand[i], got = static_cast<double>(tape.data()[i]);
    if (got != expected) largest = std::max(largest, std::abs(got - expected) / std::abs(expected));
  }
  return largest;
}

bool agree(const char* what, double largest) {
  if (largest <= kTolerance) return true;
  fmt::print(stderr, "{}: gradients by tape and by hand differ by {:.1e}, more than {:.0e}\n", what,
             largest, kTolerance);
  return false;
}

template <class Model>
struct Training {
  Training(const Model& made, Rng rng_to_use)
      : model(made), rng(rng_to_use), guide(LatentSpace(rng, made)) {}

  void step() {
    Tape tape;
    tape.backward(-elbo(rng, model, guide).value);
    adam.step();
  }

  Model model;
  Rng rng;
  MeanFieldNormal guide;
  Adam adam{parameters(guide), {kRate}};
};

// Both on the same noise, for the steps of a small fit.
bool check_eight_schools() {
  Training<EightSchools> tape({}, Rng(1, "check"));
  ByHand by_hand(1, 0.1);
  Rng noise(1, "noise");
  double largest = 0;
  for (int step = 0; step < 100; ++step) {
    const Array drawn = standard_normal({ByHand::kSize}, noise);
    ByHand::Numbers numbers;
    std::copy_n(drawn.data(), ByHand::kSize, numbers.data());
    ElboOptions options;
    options.site_noise = {{"mu", scalar(numbers[0])}, {"tau", scalar(numbers[1])}};
    Array of_theta = uninitialised({ByHand::kSchools});
    std::copy_n(drawn.data() + 2, ByHand::kSchools, of_theta.data());
    options.site_noise.emplace("theta", of_theta);

    Tape recording;
    const Elbo e = elbo(options, tape.rng, tape.model, tape.guide);
    recording.backward(-e.value);
    const double value = by_hand.differentiate(numbers);
    largest = std::max(largest, difference(e.value.value(), &value));
    std::size_t begin = 0;  // loc and log_scale of mu, of tau, of theta
    const auto named = parameters(tape.guide);
    for (std::size_t k = 0; k < named.size(); k += 2) {
      const Var& loc = named[k].parameter;
      const Var& log_scale = named[k + 1].parameter;
      largest = std::max(largest, difference(loc.gradient(), &by_hand.loc_gradient()[begin]));
      largest =
          std::max(largest, difference(log_scale.gradient(), &by_hand.log_scale_gradient()[begin]));
      begin += loc.size();
    }
    tape.adam.step();
    by_hand.update(kRate);
  }
  return agree("eight schools", largest);
}

void run_eight_schools(nlohmann::ordered_json& json) {
  constexpr std::size_t kRounds = 20, kSamples = 20, kTogether = 100;
  set_threads(1);
  Training<EightSchools> ours({}, Rng(1, "eight schools"));
  ByHand by_hand(1, 0.1);
  std::vector<double> own, hands;
  for (std::size_t round = 0; round < kRounds; ++round) {
    time_steps(own, kSamples, [&] {
      for (std::size_t i = 0; i < kTogether; ++i) ours.step();
    });
    time_steps(hands, kSamples, [&] {
      for (std::size_t i = 0; i < kTogether; ++i) by_hand.step(kRate);
    });
  }
  const double a = 1e6 * median(own) / kTogether, b = 1e6 * median(hands) / kTogether;
  fmt::print(
      "Eight schools, mean field, one ELBO step with Adam, double, 1 thread: microseconds, "
      "medians\n\n"
      "| Evident | by hand | ratio |\n| --- | --- | --- |\n| {:.1f} | {:.2f} | {:.0f} |\n\n",
      a, b, a / b);
  json["eight_schools_step"] = {{"evident_us", a}, {"by_hand_us", b}, {"ratio", a / b}};
}

// Logits of about unit scale.
Regression logistic_data(std::size_t rows, std::size_t columns) {
  Rng rng(1, "regression");
  const Var x = standard_normal({rows, columns}, rng);
  const Var w = standard_normal({columns}, rng);
  const Var logits = matmul(x, w) / std::sqrt(static_cast<double>(columns));
  return {x, Bernoulli::from_logits(logits).sample(rng, {})};
}

bool check_regression(const Regression& model, RegressionFloor& floor) {
  Rng rng(1, "weights");
  Var w = Var::parameter(standard_normal({model.x.shape()[1]}, rng));
  Tape tape;
  const Var value = sum(Bernoulli::from_logits(matmul(model.x, w)).log_prob(model.y));
  tape.backward(value);
  const double expected = floor.step(w.value());
  return agree("logistic regression", std::max(difference(value.value(), &expected),
                                               difference(w.gradient(), floor.gradient().data())));
}

bool run_regression(nlohmann::ordered_json& json) {
  constexpr std::size_t kRounds = 20, kSteps = 20, kRows = 10000, kColumns = 50;
  const Regression model = logistic_data(kRows, kColumns);
  RegressionFloor floor(model.x.value(), model.y.value());
  if (!check_regression(model, floor)) return false;
  Training<Regression> ours(model, Rng(1, "training"));
  std::vector<double> own[2], floors[2];
  for (std::size_t round = 0; round < kRounds; ++round) {
    for (std::size_t threads : {1, 2}) {
      set_threads(threads);
      time_steps(own[threads - 1], kSteps, [&] { ours.step(); });
      const Array w = ours.guide.loc();
      time_steps(floors[threads - 1], kSteps, [&] { floor.step(w); });
    }
  }
  fmt::print(
      "Logistic regression, {} x {}, mean field, one ELBO step with Adam, double, beside the two "
      "products with the data and one pass over the logits: microseconds, medians\n\n"
      "| threads | Evident | floor | ratio |\n| --- | --- | --- | --- |\n",
      kRows, kColumns);
  for (std::size_t k : {0, 1}) {
    const double a = 1e6 * median(own[k]), b = 1e6 * median(floors[k]);
    fmt::print("| {} | {:.0f} | {:.0f} | {:.2f} |\n", k + 1, a, b, a / b);
    json["logistic_regression_step"].push_back(
        {{"threads", k + 1}, {"evident_us", a}, {"floor_us", b}, {"ratio", a / b}});
  }
  fmt::print("\n");
  return true;
}

// A density that counts its evaluations.
LogDensity counting(const LogDensity& density, std::size_t& count) {
  return [density, &count](const Array& at, Array& gradient) {
    ++count;
    return density(at, gradient);
  };
}

double by_hand_density(const Array& at, Array& gradient) {
  return ByHand::log_density(at.data(), gradient.data());
}

bool check_densities(const LogDensity& density) {
  Rng rng(1, "places");
  double largest = 0;
  for (int place = 0; place < 100; ++place) {
    const Array at = standard_normal({ByHand::kSize}, rng);
    Array tape = uninitialised({ByHand::kSize}), by_hand = tape;
    const double value = by_hand_density(at, by_hand);
    largest = std::max(largest, difference(scalar(density(at, tape)), &value));
    largest = std::max(largest, difference(tape, by_hand.data()));
  }
  return agree("density of the eight schools", largest);
}

struct Sampling {
  std::vector<double> ess, evaluations, gradient;  // a second, a second, seconds

  void run(const LatentSpace& space, const LogDensity& density, std::uint64_t seed) {
    Rng rng(seed, "nuts");
    std::size_t count = 0;
    const Clock::time_point start = Clock::now();
    const Draws draws = nuts(rng, counting(density, count), zeros({space.size()}));
    const double elapsed = seconds(start, Clock::now());
    const Array all = ess_bulk(space.values(draws.values));
    const double least = static_cast<double>(*std::min_element(all.begin(), all.end()));
    ess.push_back(least / elapsed);
    evaluations.push_back(static_cast<double>(count) / elapsed);

    constexpr std::size_t kTogether = 1000;
    const Array at = zeros({space.size()});
    Array slope = zeros({space.size()});
    std::vector<double> samples;
    time_steps(samples, 5, [&] {
      for (std::size_t i = 0; i < kTogether; ++i) density(at, slope);
    });
    gradient.push_back(median(samples) / kTogether);
  }
};

bool run_nuts(nlohmann::ordered_json& json) {
  constexpr std::uint64_t kRounds = 5;
  set_threads(1);
  Rng rng(1, "space");
  const LatentSpace space(rng, EightSchools());
  const LogDensity density = space.density();
  if (!check_densities(density)) return false;
  Sampling tape, by_hand;
  for (std::uint64_t seed = 1; seed <= kRounds; ++seed) {
    tape.run(space, density, seed);
    by_hand.run(space, by_hand_density, seed);
  }
  fmt::print(
      "Eight schools by the No-U-Turn sampler, 4 chains of 1000 draws after 1000 of warm-up, "
      "which is in the time; double, 1 thread; medians of {} runs; effective samples are the "
      "fewest, in bulk, of the ten numbers\n\n"
      "| density | effective samples a second | gradients a second | us a gradient |\n"
      "| --- | --- | --- | --- |\n",
      kRounds);
  for (const auto& [name, s] : {std::pair<const char*, const Sampling&>("Evident", tape),
                                std::pair<const char*, const Sampling&>("by hand", by_hand)}) {
    fmt::print("| {} | {:.0f} | {:.0f} | {:.2f} |\n", name, median(s.ess), median(s.evaluations),
               1e6 * median(s.gradient));
    json["nuts"].push_back({{"density", name},
                            {"effective_samples_a_second", median(s.ess)},
                            {"gradients_a_second", median(s.evaluations)},
                            {"us_a_gradient", 1e6 * median(s.gradient)}});
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  nlohmann::ordered_json json;
  if (!check_eight_schools()) return 1;
  run_eight_schools(json);
  if (!run_regression(json) || !run_nuts(json)) return 1;
  return finish(json, argc, argv);
}
