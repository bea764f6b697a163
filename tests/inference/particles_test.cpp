#include <doctest/doctest.h>

#include "hierarchy.hpp"
#include "linear_gaussian.hpp"

#ifdef EVIDENT_F64
#include <cmath>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/evident.hpp>

using namespace evident;
using namespace evident::testing;

namespace {

// Noise for two draws at once from noise for each.
Array together(const std::vector<Array>& draws) {
  std::vector<Var> rows;
  for (const Array& draw : draws) rows.push_back(reshape(draw, joined({1}, draw.shape())));
  return concatenate(rows, 0).value();
}

std::map<std::string, Array> noise_of(Rng& rng) {
  return {{"mu", standard_normal({}, rng)},
          {"tau", standard_normal({}, rng)},
          {"theta", standard_normal({kSchools}, rng)}};
}

// Options for a run of the hierarchy on all of these.
ElboOptions at_once(const std::vector<std::map<std::string, Array>>& noises) {
  ElboOptions options;
  options.particles = noises.size();
  if (noises.size() == 1) {
    options.site_noise = noises[0];
    return options;
  }
  for (const char* site : {"mu", "tau", "theta"}) {
    std::vector<Array> draws;
    for (const auto& noise : noises) draws.push_back(noise.at(site));
    const Array all = together(draws);
    options.site_noise[site] =
        std::string(site) == "theta" ? all : reshaped(all, {noises.size(), 1});
  }
  return options;
}

// Runs of one draw, without closed forms.
struct Runs {
  std::vector<std::map<std::string, Array>> noises;
  std::vector<double> log_weights;
  std::vector<std::vector<double>> gradients;
};
Runs single_runs(Rng& rng, const Hierarchy& m, std::size_t count) {
  Runs runs;
  for (std::size_t k = 0; k < count; ++k) {
    runs.noises.push_back(noise_of(rng));
    ElboOptions one;
    one.analytic_kl = false;
    one.site_noise = runs.noises.back();
    Tape tape;
    const Elbo e = elbo(one, rng, m);
    runs.log_weights.push_back(e.value.item());
    runs.gradients.push_back(gradient_of(m.parameters(), tape, e.objective));
  }
  return runs;
}

}  // namespace

TEST_CASE("particles: a run of many draws is the mean of runs of one, whatever their number") {
  const Hierarchy m;
  for (const std::size_t count : {2, 3, 8}) {  // as many as schools as well
    Rng rng(1, "particles");
    const Runs runs = single_runs(rng, m, count);
    const std::vector<double>& log_weights = runs.log_weights;
    Averages gradients;
    for (const std::vector<double>& gradient : runs.gradients) gradients.add(gradient);
    ElboOptions many = at_once(runs.noises);
    many.analytic_kl = false;
    Tape tape;
    const Elbo e = elbo(many, rng, m);
    double mean = 0, largest = log_weights[0], squares = 0, weight = 0;
    for (const double w : log_weights) mean += w / static_cast<double>(count);
    for (const double w : log_weights) largest = std::max(largest, w);
    for (const double w : log_weights) squares += (w - mean) * (w - mean);
    for (const double w : log_weights) weight += std::exp(w - largest);
    const auto n = static_cast<double>(count);
    CHECK(e.value.item() == doctest::Approx(mean).epsilon(1e-12));
    CHECK(e.error == doctest::Approx(std::sqrt(squares / (n - 1) / n)).epsilon(1e-10));
    const std::vector<double> gradient = gradient_of(m.parameters(), tape, e.objective);
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      CHECK(std::abs(gradient[i] - gradients.mean(i)) < 1e-11);
    }
    double terms = 0;
    for (const SiteTerm& site : e.sites) {
      terms += (site.estimator == Estimator::kLogProb ? 1 : -1) * sum(site.term).item();
    }
    CHECK(terms == doctest::Approx(mean).epsilon(1e-12));

    many.bound = EvidenceBound::kImportanceWeighted;
    CHECK(elbo(many, rng, m).value.item() ==
          doctest::Approx(largest + std::log(weight / n)).epsilon(1e-12));
  }
}

TEST_CASE("particles: the importance-weighted bound is that of each datapoint where sites allow") {
  Rng rng(2, "particles");
  const LinearGaussian m = linear_gaussian(2, rng);
  const Array x = standard_normal({3, 4}, rng);
  const std::vector<Array> noises = {standard_normal({3, 2}, rng), standard_normal({3, 2}, rng)};
  ElboOptions options;
  options.particles = 2;
  options.bound = EvidenceBound::kImportanceWeighted;
  options.site_noise = {{"z", together(noises)}};
  const double bound = elbo(options, rng, m, x).value.item();
  std::vector<std::vector<double>> weights;
  for (const Array& noise : noises) {
    ElboOptions one;
    one.analytic_kl = false;
    one.site_noise = {{"z", noise}};
    const Elbo e = elbo(one, rng, m, x);
    weights.emplace_back();
    for (std::size_t row = 0; row < 3; ++row) {
      weights.back().push_back(e.sites[1].term.value()(row) - e.sites[0].term.value()(row));
    }
  }
  double expected = 0;
  for (std::size_t row = 0; row < 3; ++row) {
    expected += std::log((std::exp(weights[0][row]) + std::exp(weights[1][row])) / 2);
  }
  CHECK(bound == doctest::Approx(expected).epsilon(1e-12));
}

TEST_CASE("particles: a model that loses the draws is refused, with a table of its sites") {
  Rng rng(3);
  ElboOptions options;
  options.particles = 3;
  const auto model = [](Trace& t) {
    const Var z = t.sample("z", Normal(zeros({4}), 1));
    t.observe("x", Normal(matmul(matrix({{1, 2, 3, 4}}), z), 1), vector({1}));
  };
  const auto guide = [](Trace& t) { t.sample("z", Normal(zeros({4}), 1)); };
  CHECK_THROWS_AS(elbo(options, rng, model, guide), Error);
  const auto summed = [](Trace& t) {
    const Var z = t.sample("z", Normal(zeros({4}), 1));
    t.observe("x", Normal(sum(z), 1), 1);
  };
  const auto by_factor = [](Trace& t) {
    const Var z = t.sample("z", Normal(zeros({4}), 1));
    t.factor("x", -sum(square(z)));
  };
  for (const EvidenceBound bound : {EvidenceBound::kElbo, EvidenceBound::kImportanceWeighted}) {
    options.bound = bound;
    for (const bool analytic : {true, false}) {
      options.analytic_kl = analytic;
      CHECK_THROWS_WITH_AS(elbo(options, rng, summed, guide),
                           doctest::Contains("site \"x\" has batch shape () without the 3 draws"),
                           ShapeError);
      CHECK_THROWS_WITH_AS(elbo(options, rng, by_factor, guide),
                           doctest::Contains("latent  Normal"), ShapeError);
    }
  }
}

TEST_CASE("particles: data may be compared with what has fewer axes than it was drawn with") {
  const auto of_sums = [](const Shape& shape, Keep keep) {
    return [=](Trace& t) {
      const Plate rows = t.plate("rows", 3);
      const Var z = t.sample("z", Normal(zeros({3, 2}), 1));
      t.observe("x", Normal(sum(z, {-1}, keep), 1), reshaped(vector({1, -2, 0.5}), shape));
    };
  };
  const auto guide = [](Trace& t) {
    const Plate rows = t.plate("rows", 3);
    t.sample("z", Normal(full({3, 2}, 0.3), 0.8));
  };
  for (const EvidenceBound bound : {EvidenceBound::kElbo, EvidenceBound::kImportanceWeighted}) {
    ElboOptions options;
    options.particles = 4;
    options.bound = bound;
    Rng first(5), second(5);
    CHECK(elbo(options, first, of_sums({3}, Keep::kNo), guide).value.item() ==
          doctest::Approx(elbo(options, second, of_sums({3, 1}, Keep::kYes), guide).value.item())
              .epsilon(1e-12));
  }
}

TEST_CASE("particles: an operation that cannot carry the draws says so, and how") {
  Rng rng(3);
  ElboOptions options;
  options.particles = 3;
  const auto model = [](Trace& t) {
    const Var w = t.sample("w", Normal(zeros({2}), 1));
    t.observe("y", Normal(matmul(ones({5, 2}), w), 1), zeros({5}));
  };
  const auto guide = [](Trace& t) { t.sample("w", Normal(zeros({2}), 1)); };
  CHECK_THROWS_WITH_AS(elbo(options, rng, model, guide),
                       doctest::Contains("This was a run of 3 draws, whose axis is in front"),
                       ShapeError);
  const LatentSpace space(rng, model);
  CHECK_THROWS_WITH_AS(elbo(options, rng, model, PointGuide(space)),
                       doctest::Contains("in a run of 3 draws, expected 3 of (2)"), ShapeError);
}

TEST_CASE("particles: errors are those of means over draws, site by site and of the bound") {
  Rng rng(12);
  const auto model = [](Trace& t) {
    const Var z = t.sample("z", Normal(0, 1));
    t.observe("x", Normal(z, 1), 1);
  };
  const auto guide = [](Trace& t) { t.sample("z", Normal(0.2, 0.9)); };
  ElboOptions options;
  CHECK(std::isnan(elbo(options, rng, model, guide).sites[1].error));
  options.particles = 50;
  for (const EvidenceBound bound : {EvidenceBound::kElbo, EvidenceBound::kImportanceWeighted}) {
    options.bound = bound;
    double total = 0, squares = 0, errors = 0, site_total = 0, site_squares = 0, site_errors = 0;
    constexpr int kRepeats = 2000;
    for (int i = 0; i < kRepeats; ++i) {
      const Elbo e = elbo(options, rng, model, guide);
      const double value = e.value.item(), site = e.sites[1].term.item();
      total += value / kRepeats;
      squares += value * value / kRepeats;
      errors += e.error * e.error / kRepeats;
      site_total += site / kRepeats;
      site_squares += site * site / kRepeats;
      site_errors += e.sites[1].error * e.sites[1].error / kRepeats;
    }
    // The variance of 2000 estimates is itself known to 1 part in 30.
    CHECK(errors == doctest::Approx(squares - total * total).epsilon(0.15));
    CHECK(site_errors == doctest::Approx(site_squares - site_total * site_total).epsilon(0.15));
  }
}

TEST_CASE("particles: the gradient of the importance-weighted bound is that of runs, weighed") {
  Rng rng(13);
  const Hierarchy m;
  constexpr std::size_t kDraws = 4;
  const auto [noises, log_weights, gradients] = single_runs(rng, m, kDraws);
  ElboOptions many = at_once(noises);
  many.bound = EvidenceBound::kImportanceWeighted;
  double total = 0;
  for (const double w : log_weights) total += std::exp(w - log_weights[0]);
  const std::vector<double> gradient = elbo_gradient(many, rng, m.parameters(), m);
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    double expected = 0;
    for (std::size_t k = 0; k < kDraws; ++k) {
      expected += std::exp(log_weights[k] - log_weights[0]) / total * gradients[k][i];
    }
    CHECK(std::abs(gradient[i] - expected) < 1e-10 * std::max(1.0, std::abs(expected)));
  }
}

TEST_CASE("identity: of six fixed draws, the bound of all subsets of k never falls with k") {
  Rng rng(14);
  const Hierarchy m;
  constexpr std::size_t kDraws = 6;
  std::vector<std::map<std::string, Array>> noises;
  for (std::size_t k = 0; k < kDraws; ++k) noises.push_back(noise_of(rng));
  std::vector<double> total(kDraws + 1, 0), count(kDraws + 1, 0);
  for (unsigned subset = 1; subset < 1U << kDraws; ++subset) {
    std::vector<std::map<std::string, Array>> members;
    for (std::size_t k = 0; k < kDraws; ++k) {
      if (subset >> k & 1U) members.push_back(noises[k]);
    }
    ElboOptions options = at_once(members);
    options.bound = EvidenceBound::kImportanceWeighted;
    total[members.size()] += elbo(options, rng, m).value.item();
    ++count[members.size()];
  }
  for (std::size_t k = 2; k <= kDraws; ++k) {
    CHECK(total[k] / count[k] > total[k - 1] / count[k - 1]);
  }
}

TEST_CASE("particles: scalar sites have axes of length 1 where vectors have theirs") {
  Rng rng(3);
  std::vector<Shape> mu, theta;
  const auto program = [&](Trace& t) {
    mu.push_back(t.sample("mu", Normal(0, 1)).shape());
    theta.push_back(t.sample("theta", Normal(zeros({8}), 1)).shape());
  };
  ElboOptions options;
  options.particles = 8;
  elbo(options, rng, program, program);  // first alone, then many
  CHECK(mu == std::vector<Shape>{{}, {}, {8, 1}, {8, 1}});
  CHECK(theta == std::vector<Shape>{{8}, {8}, {8, 8}, {8, 8}});
}

TEST_CASE("particles: an importance-weighted minibatch has all its sites within the plate") {
  Rng rng(3);
  ElboOptions options;
  options.particles = 4;
  options.bound = EvidenceBound::kImportanceWeighted;
  const auto rows = [](Trace& t) {
    const Plate plate = t.minibatch("rows", 30, 3);
    const Var z = t.sample("z", Normal(zeros({3}), 1));
    t.observe("x", Normal(z, 1), vector({1, 2, 3}));
  };
  const auto guide = [](Trace& t) {
    const Plate plate = t.minibatch("rows", 30, 3);
    t.sample("z", Normal(zeros({3}), 1));
  };
  const Elbo e = elbo(options, rng, rows, guide);
  CHECK(std::isfinite(e.value.item()));
  const auto shared = [](Trace& t) {
    const Var mu = t.sample("mu", Normal(0, 1));
    const Plate plate = t.minibatch("rows", 30, 3);
    t.observe("x", Normal(mu + zeros({3}), 1), vector({1, 2, 3}));
  };
  const auto of_mu = [](Trace& t) { t.sample("mu", Normal(0, 1)); };
  CHECK_THROWS_WITH_AS(elbo(options, rng, shared, of_mu),
                       doctest::Contains("with the rows in front of its batch; site \"mu\" is not"),
                       Error);
}
#endif
