#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <evident/autodiff/check_gradients.hpp>
#include <evident/autodiff/indexing.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/autodiff/threads.hpp>
#include <evident/inference/elbo.hpp>
#include <evident/layers/weights.hpp>
#include <evident/models/conditional_vae.hpp>
#include <evident/optim/adam.hpp>

#include "../temporary_directory.hpp"
#include "../thread_count.hpp"

using namespace evident;

namespace {

// Images of five stripes of four pixels: the label's is on, those of other labels are off, and the
// last is on in half of the images, which only z can tell. A few pixels are flipped.
constexpr std::size_t kLabels = 4;
constexpr std::size_t kStripe = 4;
constexpr std::size_t kPixels = (kLabels + 1) * kStripe;
constexpr double kFlip = 0.03;

struct Labelled {
  Array x, labels;
  Var y() const { return one_hot(labels, kLabels); }
};

Labelled stripes(std::size_t count, Rng& rng) {
  const Array last_on = bernoulli_mask({count}, 0.5, 1, rng);
  Array x = uniform({count, kPixels}, rng);
  Array labels = zeros({count});
  for (std::size_t i = 0; i < count; ++i) {
    labels.data()[i] = static_cast<real>(i % kLabels);
    for (std::size_t k = 0; k < kPixels; ++k) {
      const std::size_t stripe = k / kStripe;
      const bool on = stripe == kLabels ? last_on.data()[i] != 0 : stripe == i % kLabels;
      real& pixel = x.data()[i * kPixels + k];
      pixel = static_cast<real>(on != (static_cast<double>(pixel) < kFlip) ? 1 : 0);
    }
  }
  return {x, labels};
}

// log p(x | y) of image `i` under what has made it.
double true_log_p(const Labelled& data, std::size_t i) {
  const auto label = static_cast<std::size_t>(data.labels.data()[i]);
  const auto log_p = [&](std::size_t stripe, bool on) {
    double total = 0;
    for (std::size_t k = 0; k < kStripe; ++k) {
      const bool lit = data.x.data()[i * kPixels + stripe * kStripe + k] != 0;
      total += std::log(lit == on ? 1 - kFlip : kFlip);
    }
    return total;
  };
  double result = std::log((std::exp(log_p(kLabels, true)) + std::exp(log_p(kLabels, false))) / 2);
  for (std::size_t stripe = 0; stripe < kLabels; ++stripe) result += log_p(stripe, stripe == label);
  return result;
}

VaeOptions small_options() {
  VaeOptions options;
  options.pixels = kPixels;
  options.hidden = {32};
  options.latent = 2;
  options.dropout = 0;
  return options;
}

void train_step(Rng& rng, const ConditionalVae& cvae, Adam& adam, const Var& x, const Var& y) {
  Tape tape;
  const Elbo e = elbo(rng, cvae, x, y);
  tape.backward(-e.value / static_cast<double>(rows(x)));
  adam.step();
}

// Trains on stripes that are drawn anew for every step.
template <class AfterStep>
void learn(Rng& rng, const ConditionalVae& cvae, AfterStep after_step) {
  Adam adam(parameters(cvae), {0.01});
  for (int step = 0; step < 600; ++step) {
    const Labelled batch = stripes(64, rng);
    train_step(rng, cvae, adam, batch.x, batch.y());
    after_step();
  }
}

// The mean of some numbers and its standard error.
struct Mean {
  double value, error;
};

Mean mean_of(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (const double v : values) sum += v;
  for (const double v : values) squares += (v - sum / n) * (v - sum / n);
  return {sum / n, std::sqrt(squares / (n - 1) / n)};
}

// The values of the parameter of this name, to be changed.
Array& weights_of(const ConditionalVae& cvae, const std::string& name) {
  const auto all = parameters(cvae);
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const NamedParameter& p) { return p.name == name; });
  REQUIRE(found != all.end());
  Var shared = found->parameter;
  return shared.mutable_value();
}

using evident::testing::Threads;

}  // namespace

TEST_CASE("conditional vae: names and shapes, batches of 1 and 0 included") {
  Rng rng(201, "cvae");
  const ConditionalVae cvae(rng, kLabels, small_options());
  const std::vector<std::pair<std::string, Shape>> expected = {
      {"encoder.0.weight", {kPixels + kLabels, 32}},
      {"encoder.0.bias", {32}},
      {"encoder.2.weight", {32, 4}},
      {"encoder.2.bias", {4}},
      {"decoder.0.weight", {2 + kLabels, 32}},
      {"decoder.0.bias", {32}},
      {"decoder.2.weight", {32, kPixels}},
      {"decoder.2.bias", {kPixels}}};
  const auto got = parameters(cvae);
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    CHECK(got[i].name == expected[i].first);
    CHECK(got[i].parameter.shape() == expected[i].second);
  }
  for (const std::size_t n : {5, 1, 0}) {
    const Labelled data = stripes(n, rng);
    CHECK(cvae.encode(data.x, data.y()).shape() == Shape{n, 2});
    CHECK(cvae.decode(zeros({n, 2}), data.y()).shape() == Shape{n, kPixels});
    CHECK(cvae.reconstruct(data.x, data.y()).shape() == Shape{n, kPixels});
    const Elbo e = elbo(rng, cvae, data.x, data.y());
    REQUIRE(e.sites.size() == 2);
    CHECK(e.sites[0].estimator == Estimator::kAnalyticKl);
    for (const SiteTerm& site : e.sites) CHECK(site.term.shape() == Shape{n});
    CHECK(log_evidence(rng, {6, 3}, cvae, data.x, data.y()).shape() == Shape{n});
  }
}

TEST_CASE("conditional vae: a condition is one row of the right length for each image") {
  Rng rng(202, "cvae");
  const ConditionalVae cvae(rng, kLabels, small_options());
  const Array x = stripes(5, rng).x;
  // One row for all images, or one number for all classes, would broadcast.
  for (const Shape& shape : {Shape{1, 4}, Shape{4}, Shape{5, 1}, Shape{5, 3}, Shape{6, 4}}) {
    CHECK_THROWS_WITH_AS(elbo(rng, cvae, x, zeros(shape)),
                         doctest::Contains("ConditionalVae: a condition of shape ("), ShapeError);
    CHECK_THROWS_AS(cvae.decode(zeros({5, 2}), zeros(shape)), ShapeError);
    CHECK_THROWS_AS(cvae.encode(x, zeros(shape)), ShapeError);
  }
  CHECK_THROWS_WITH_AS(cvae.encode(zeros({kPixels}), zeros({4})),
                       doctest::Contains("does not fit an input of shape (20)"), ShapeError);
}

TEST_CASE("conditional vae: both networks see the condition and drop in training") {
  Rng rng(203, "cvae");
  VaeOptions options = small_options();
  options.dropout = 0.5;
  const ConditionalVae cvae(rng, kLabels, options);
  const Labelled data = stripes(4, rng);
  const Array other = one_hot(vector({1, 2, 3, 0}), kLabels);
  const Array z = zeros({4, 2});
  CHECK(cvae.encode(data.x, data.y()).value() != cvae.encode(data.x, other).value());
  CHECK(cvae.decode(z, data.y()).value() != cvae.decode(z, other).value());
  CHECK(cvae.decode(z, data.y()).value() == cvae.decode(z, data.y()).value());
  Trace t({});
  cvae.guide(t, data.x, data.y());
  CHECK(t.find("z")->distribution->mean().value() == cvae.encode(data.x, data.y()).value());

  ElboOptions fixed;
  fixed.site_noise = {{"z", ones({4, 2})}};
  const auto bound = [&] { return elbo(fixed, rng, cvae, data.x, data.y()); };
  CHECK(bound().kl.item() != bound().kl.item());
  weights_of(cvae, "encoder.0.weight").fill(0);
  CHECK(bound().kl.item() == bound().kl.item());
  CHECK(bound().log_likelihood.item() != bound().log_likelihood.item());
  fixed.layer_noise = false;
  CHECK(bound().log_likelihood.item() == bound().log_likelihood.item());
}

TEST_CASE("conditional vae: learns what the label tells, and leaves the rest to z") {
  Rng rng(204, "cvae");
  const ConditionalVae cvae(rng, kLabels, small_options());
  const Labelled fresh = stripes(1000, rng);
  CHECK(evaluate_elbo(rng, cvae, fresh.x, fresh.y()).value.item() / 1000 < -13);
  learn(rng, cvae, [] {});
  // What the bound lacks to the truth is at least 0 on average, whatever the model; of a model that
  // is not told the label it would be at least log 4.
  const Elbo e = evaluate_elbo(rng, cvae, fresh.x, fresh.y());
  std::vector<double> gaps;
  for (std::size_t i = 0; i < 1000; ++i) {
    gaps.push_back(true_log_p(fresh, i) + static_cast<double>(e.sites[0].term.value().data()[i]) -
                   static_cast<double>(e.sites[1].term.value().data()[i]));
  }
  const Mean gap = mean_of(gaps);
  CHECK(gap.value > -4 * gap.error);
  CHECK(gap.value + 4 * gap.error < std::log(4.0) / 2);
  // z tells whether the last stripe is on, and hardly more: one bit.
  CHECK(e.kl.item() / 1000 > 0.9 * std::log(2.0));
  CHECK(e.kl.item() / 1000 < 2 * std::log(2.0));

  constexpr std::size_t kDraws = 200;
  const Var z = standard_normal({kDraws, 2}, rng);
  for (std::size_t label = 0; label < kLabels; ++label) {
    const Array y = one_hot(full({kDraws}, static_cast<double>(label)), kLabels);
    const Array p = cvae.decode(z, y).value();
    for (std::size_t k = 0; k < kPixels; ++k) {
      const std::size_t stripe = k / kStripe;
      std::size_t lit = 0, dark = 0;
      for (std::size_t i = 0; i < kDraws; ++i) {
        lit += p.data()[i * kPixels + k] > real(0.8) ? 1 : 0;
        dark += p.data()[i * kPixels + k] < real(0.2) ? 1 : 0;
      }
      CAPTURE(label);
      CAPTURE(k);
      if (stripe == kLabels) {
        CHECK(lit > kDraws / 4);
        CHECK(dark > kDraws / 4);
      } else {
        CHECK((stripe == label ? lit : dark) > kDraws * 95 / 100);
      }
    }
  }
}

TEST_CASE("conditional vae: a guide whose decoder ignores z falls back to the prior") {
  Rng rng(205, "cvae");
  const ConditionalVae cvae(rng, kLabels, small_options());
  weights_of(cvae, "encoder.2.bias").fill(2);
  const auto ignore_z = [&] {
    std::fill_n(weights_of(cvae, "decoder.0.weight").data(), 2 * 32, real(0));
  };
  const Labelled fresh = stripes(200, rng);
  const auto kl = [&] { return evaluate_elbo(rng, cvae, fresh.x, fresh.y()).kl.item() / 200; };
  ignore_z();
  const double before = kl();
  learn(rng, cvae, ignore_z);
  CHECK(before > 3);
  CHECK(kl() < 0.02);
  // The label still decides: z is another, the images are the same.
  const Var y = fresh.y();
  const Array here = cvae.decode(zeros({200, 2}), y).value();
  CHECK(here == cvae.decode(ones({200, 2}), y).value());
  CHECK(here.data()[0] > real(0.8));
  CHECK(here.data()[kPixels] < real(0.2));
}

TEST_CASE("conditional vae: the analytic and the sampled ELBO agree within 4 standard errors") {
  Rng rng(206, "cvae");
  const ConditionalVae cvae(rng, kLabels, small_options());
  weights_of(cvae, "encoder.2.bias").fill(1);
  const Labelled data = stripes(16, rng);
  const auto bound = [&](bool analytic, std::uint64_t seed) {
    Rng same(seed, "draw");
    return elbo({analytic, false, {}}, same, cvae, data.x, data.y());
  };
  std::vector<double> differences;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    differences.push_back(bound(true, seed).value.item() - bound(false, seed).value.item());
  }
  REQUIRE(bound(false, 0).sites[0].estimator == Estimator::kSampledKl);
  const Mean difference = mean_of(differences);
  CHECK(std::abs(difference.value) < 4 * difference.error);
  CHECK(4 * difference.error < 0.1 * bound(true, 0).kl.item());
}

TEST_CASE("conditional vae: several draws at once are as good as one at a time") {
  Rng rng(207, "cvae");
  const ConditionalVae cvae(rng, kLabels, small_options());
  learn(rng, cvae, [] {});
  const Labelled data = stripes(5, rng);
  const Var y = data.y();
  const Array z = standard_normal({3, 5, 2}, rng);
  const Array together = cvae.decode(z, y).value();
  REQUIRE(together.shape() == Shape{3, 5, kPixels});
  for (std::size_t draw = 0; draw < 3; ++draw) {
    Array one = zeros({5, 2});
    std::copy_n(z.data() + draw * one.size(), one.size(), one.data());
    const Array alone = cvae.decode(one, y).value();
    for (std::size_t i = 0; i < alone.size(); ++i) {
      CHECK(together.data()[draw * alone.size() + i] ==
            doctest::Approx(alone.data()[i]).epsilon(1e-5));
    }
  }
  std::vector<double> differences;
  for (int repeat = 0; repeat < 40; ++repeat) {
    const Array at_once = log_evidence(rng, {32, 8}, cvae, data.x, y);
    const Array singly = log_evidence(rng, 32, cvae, data.x, y);
    for (std::size_t i = 0; i < 5; ++i) {
      differences.push_back(static_cast<double>(at_once.data()[i] - singly.data()[i]));
    }
  }
  const Mean difference = mean_of(differences);
  CHECK(std::abs(difference.value) < 4 * difference.error);
  CHECK(difference.error < 0.05);
  // With a wrong label two stripes are wrong.
  const Array wrong = one_hot(vector({1, 2, 3, 0, 1}), kLabels);
  const Array asked = log_evidence(rng, {64, 8}, cvae, data.x, y);
  const Array other = log_evidence(rng, {64, 8}, cvae, data.x, wrong);
  for (std::size_t i = 0; i < 5; ++i) CHECK(asked.data()[i] - other.data()[i] > 8);
}

TEST_CASE("conditional vae: saved and loaded, it gives the same bits") {
  const testing::TemporaryDirectory place;
  const std::filesystem::path path = place.path() / "cvae.safetensors";
  Rng rng(208, "cvae");
  const ConditionalVae saved(rng, kLabels, small_options());
  const ConditionalVae loaded(rng, kLabels, small_options());
  const Labelled data = stripes(8, rng);
  const auto bound = [&](const ConditionalVae& cvae) {
    Rng same(209, "bound");
    return evaluate_elbo(same, cvae, data.x, data.y()).value.item();
  };
  REQUIRE(bound(saved) != bound(loaded));
  save_weights(path, parameters(saved));
  load_weights(path, parameters(loaded));
  CHECK(bound(saved) == bound(loaded));
  const ConditionalVae fewer(rng, kLabels - 1, small_options());
  CHECK_THROWS_WITH_AS(load_weights(path, parameters(fewer)),
                       doctest::Contains("has shape (24, 32) in the file and (23, 32)"),
                       WeightsError);
}

TEST_CASE("conditional vae: the same bits for 1 and 2 threads, and memory from the pool alone") {
  const auto weights = [](std::size_t thread_count) {
    const Threads scope(thread_count);
    Rng rng(210, "threads");
    VaeOptions options;
    options.hidden = {400};
    const ConditionalVae cvae(rng, 10, options);
    Adam adam(parameters(cvae));
    const Var x = bernoulli_mask({64, 784}, 0.5, 1, rng);
    Array labels = zeros({64});
    for (std::size_t i = 0; i < 64; ++i) labels.data()[i] = static_cast<real>(i % 10);
    const auto step = [&] { train_step(rng, cvae, adam, x, one_hot(labels, 10)); };
    step();
    [[maybe_unused]] const auto before = memory_statistics().system_allocations;
    for (int i = 0; i < 3; ++i) step();
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    CHECK(memory_statistics().system_allocations == before);
#endif
    std::vector<Array> values;
    for (const NamedParameter& p : parameters(cvae)) values.push_back(p.parameter.value());
    return values;
  };
  const std::vector<Array> one = weights(1);
  const std::vector<Array> two = weights(2);
  REQUIRE(one.size() == 8);
  for (std::size_t i = 0; i < one.size(); ++i) {
    CHECK(std::memcmp(one[i].data(), two[i].data(), one[i].size() * sizeof(real)) == 0);
  }
}

#ifdef EVIDENT_F64
TEST_CASE("conditional vae: the gradient of minus the ELBO in every parameter and the condition") {
  Rng rng(211, "cvae");
  VaeOptions options = small_options();
  options.hidden = {8};
  const ConditionalVae cvae(rng, kLabels, options);
  const Labelled data = stripes(6, rng);
  const ElboOptions fixed{true, true, {{"z", standard_normal({6, 2}, rng)}}};
  std::vector<Array> values;
  for (const NamedParameter& p : parameters(cvae)) values.push_back(p.parameter.value());
  values.push_back(data.y().value());
  const auto check = check_gradients(
      [&](const std::vector<Var>& in) {
        ConditionalVae changed = cvae;
        std::size_t i = 0;
        Visitor replace([&](const std::string&, Var& parameter) { parameter = in[i++]; });
        changed.visit(replace);
        Rng same(212, "elbo");
        return -elbo(fixed, same, changed, data.x, in.back()).value;
      },
      values);
  CHECK_MESSAGE(check.passed, check.message);
}
#endif
