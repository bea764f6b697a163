#include <doctest/doctest.h>

#include "linear_gaussian.hpp"

#ifdef EVIDENT_F64
#include <cmath>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/evident.hpp>

using namespace evident;
using evident::testing::cubature_noise;
using evident::testing::exact_linear_gaussian;
using evident::testing::linear_gaussian;
using evident::testing::LinearGaussian;

namespace {

constexpr std::size_t kSchools = 8;

// Effects around mu and tau, of which the guide draws a part from the other.
struct Hierarchy {
  Var y = vector({28, 8, -3, 7, -1, 1, 18, 12});
  Var mu_loc = Var::parameter(scalar(2)), mu_scale = Var::parameter(scalar(1.1));
  Var tau_loc = Var::parameter(scalar(0.3)), tau_scale = Var::parameter(scalar(0.7));
  Var slope = Var::parameter(scalar(0.4)), width = Var::parameter(full({kSchools}, 0.7));

  void model(Trace& t) const {
    const Var mu = t.sample("mu", Normal(0, 5)), tau = t.sample("tau", LogNormal(0, 1));
    const Var theta = t.sample("theta", Normal(broadcast(mu), tau));
    t.observe("y", Normal(theta, 10), y);
  }
  void guide(Trace& t) const {
    const Var mu = t.sample("mu", Normal(mu_loc, mu_scale));
    t.sample("tau", LogNormal(tau_loc, tau_scale));
    t.sample("theta", Normal(slope * broadcast(mu), width));
  }
  // With the schools as last axis, in front of which anything may stand.
  static Var broadcast(const Var& mu) { return mu + zeros({kSchools}); }

  std::vector<Var> parameters() const {
    return {mu_loc, mu_scale, tau_loc, tau_scale, slope, width};
  }
};

std::vector<double> gradient_of(const std::vector<Var>& parameters, Tape& tape,
                                const Var& objective) {
  std::vector<double> result;
  for (Var parameter : parameters) parameter.clear_gradient();
  tape.backward(objective);
  for (const Var& parameter : parameters) {
    for (const real g : parameter.gradient()) result.push_back(g);
  }
  return result;
}

template <class M, class... Args>
std::vector<double> elbo_gradient(const ElboOptions& options, Rng& rng,
                                  const std::vector<Var>& parameters, const M& m,
                                  const Args&... args) {
  Tape tape;
  const Elbo e = elbo(options, rng, m, args...);
  return gradient_of(parameters, tape, e.objective);
}

// Means and their standard errors, number by number.
struct Averages {
  std::vector<double> total, squares;
  double n = 0;

  void add(const std::vector<double>& x) {
    total.resize(x.size());
    squares.resize(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      total[i] += x[i];
      squares[i] += x[i] * x[i];
    }
    ++n;
  }
  double mean(std::size_t i) const { return total[i] / n; }
  double error(std::size_t i) const {
    return std::sqrt(std::max(squares[i] / n - mean(i) * mean(i), 0.0) / n);
  }
};

// A guide with parameters, away from the posterior.
LinearGaussian with_parameters(LinearGaussian m) {
  m.loc = Var::parameter(m.loc.value());
  m.scale = Var::parameter(m.scale.value());
  return m;
}

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

}  // namespace

TEST_CASE("particles: a run of many draws is the mean of runs of one, whatever their number") {
  const Hierarchy m;
  for (const std::size_t count : {2, 3, 8}) {  // as many as schools as well
    Rng rng(1, "particles");
    std::vector<std::map<std::string, Array>> noises;
    std::vector<double> log_weights;
    Averages gradients;
    for (std::size_t k = 0; k < count; ++k) {
      noises.push_back(noise_of(rng));
      ElboOptions one;
      one.analytic_kl = false;
      one.site_noise = noises.back();
      Tape tape;
      const Elbo e = elbo(one, rng, m);
      log_weights.push_back(e.value.item());
      gradients.add(gradient_of(m.parameters(), tape, e.objective));
    }
    ElboOptions many = at_once(noises);
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
                           doctest::Contains("latent    Normal"), ShapeError);
    }
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
  std::vector<std::map<std::string, Array>> noises;
  std::vector<std::vector<double>> gradients;
  std::vector<double> log_weights;
  for (std::size_t k = 0; k < kDraws; ++k) {
    noises.push_back(noise_of(rng));
    ElboOptions one;
    one.analytic_kl = false;
    one.site_noise = noises.back();
    Tape tape;
    const Elbo e = elbo(one, rng, m);
    log_weights.push_back(e.value.item());
    gradients.push_back(gradient_of(m.parameters(), tape, e.objective));
  }
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
                       doctest::Contains("site \"x\" is not like site \"mu\""), Error);
}

TEST_CASE("identity: at the posterior, sticking the landing leaves a gradient without variance") {
  Rng rng(4, "landing");
  const Array x = standard_normal({5, 4}, rng);
  const LinearGaussian m = with_parameters(exact_linear_gaussian(x));
  for (const bool sticking : {true, false}) {
    ElboOptions options;
    options.analytic_kl = false;
    options.sticking_the_landing = sticking;
    double largest = 0;
    for (int i = 0; i < 20; ++i) {
      for (const double g : elbo_gradient(options, rng, {m.loc, m.scale}, m, x)) {
        largest = std::max(largest, g * g);
      }
    }
    if (sticking) {
      CHECK(largest < 1e-20);
    } else {
      CHECK(largest > 0.1);
    }
  }
}

TEST_CASE("gradients: the mean of every estimator is the exact gradient, within 4 errors") {
  Rng rng(5, "unbiased");
  const LinearGaussian m = with_parameters(linear_gaussian(2, rng));
  const Array x = standard_normal({3, 4}, rng);
  const std::vector<Var> parameters = {m.loc, m.scale};
  // The integrand is quadratic in the noise: 2 J points have its mean, and its gradient's.
  Averages exact;
  for (std::size_t point = 0; point < 4; ++point) {
    ElboOptions options;
    options.site_noise = {{"z", cubature_noise(point, 3, 2)}};
    exact.add(elbo_gradient(options, rng, parameters, m, x));
  }
  std::vector<ElboOptions> estimators(5);
  estimators[1].analytic_kl = false;
  estimators[2].sticking_the_landing = true;
  estimators[3].particles = 4;
  estimators[4].particles = 4;
  estimators[4].sticking_the_landing = true;
  for (const ElboOptions& options : estimators) {
    Averages estimated;
    for (int i = 0; i < 3000; ++i) estimated.add(elbo_gradient(options, rng, parameters, m, x));
    for (std::size_t i = 0; i < exact.total.size(); ++i) {
      CHECK(std::abs(estimated.mean(i) - exact.mean(i)) <= 4 * estimated.error(i) + 1e-12);
    }
  }
}

TEST_CASE("gradients: a guide that draws one site from another keeps its mean, landing or not") {
  Rng rng(6, "hierarchy");
  const Hierarchy m;
  Averages plain, sticking;
  for (int i = 0; i < 4000; ++i) {
    ElboOptions options;
    options.analytic_kl = false;
    plain.add(elbo_gradient(options, rng, m.parameters(), m));
    options.sticking_the_landing = true;
    sticking.add(elbo_gradient(options, rng, m.parameters(), m));
  }
  for (std::size_t i = 0; i < plain.total.size(); ++i) {
    CHECK(std::abs(plain.mean(i) - sticking.mean(i)) <
          4 * std::hypot(plain.error(i), sticking.error(i)));
  }
}

TEST_CASE("objectives: beta weighs the KL, free bits hold it up, and the value stays the bound") {
  Rng rng(7);
  const Var loc = Var::parameter(vector({1, 0.1}));
  const auto model = [](Trace& t) {
    const Var z = t.sample("z", Normal(zeros({2}), 1));
    t.observe("x", Normal(z, 1), vector({0, 0}));
  };
  const auto guide = [&](Trace& t) { t.sample("z", Normal(loc, 1)); };
  const double kl = 0.5 * (1 + 0.01);
  ElboOptions options;
  options.beta = 4;
  Tape tape;
  const Elbo weighted = elbo(options, rng, model, guide);
  CHECK(weighted.kl.item() == doctest::Approx(kl));
  CHECK(weighted.value.item() == doctest::Approx(weighted.log_likelihood.item() - kl));
  CHECK(weighted.objective.item() == doctest::Approx(weighted.log_likelihood.item() - 4 * kl));

  options.beta = 1;
  options.site_noise = {{"z", zeros({2})}};  // the likelihood's gradient is -loc
  for (const double bits : {0.1, 0.5}) {
    options.free_bits = bits;
    const Elbo e = elbo(options, rng, model, guide);
    CHECK(e.objective.item() == doctest::Approx(e.log_likelihood.item() - std::max(kl, 2 * bits)));
    const std::vector<double> gradient = gradient_of({loc}, tape, e.objective);
    CHECK(gradient[0] == doctest::Approx(bits == 0.1 ? -2.0 : -1.0));
  }
}

TEST_CASE("objectives: choices that do not go together, with what to do") {
  Rng rng(8);
  const Hierarchy m;
  ElboOptions options;
  options.particles = 0;
  CHECK_THROWS_WITH_AS(elbo(options, rng, m), "elbo: got 0 particles, expected at least 1", Error);
  options.particles = 2;
  options.beta = -1;
  CHECK_THROWS_WITH_AS(elbo(options, rng, m), doctest::Contains("must not be negative"), Error);
  options.beta = 2;
  options.bound = EvidenceBound::kImportanceWeighted;
  CHECK_THROWS_WITH_AS(elbo(options, rng, m), doctest::Contains("go with EvidenceBound::kElbo"),
                       Error);
  options = {};
  options.sticking_the_landing = true;
  options.free_bits = 1;
  CHECK_THROWS_WITH_AS(elbo(options, rng, m), doctest::Contains("take one"), Error);
}

TEST_CASE("objectives: what cannot be told apart site by site is refused") {
  Rng rng(15);
  const auto model = [](Trace& t) {
    const Var s = t.sample("s", LogNormal(0, 1));
    t.observe("x", Normal(s, 1), 1);
  };
  const LatentSpace space(rng, model);
  const FullRankNormal guide(space);
  ElboOptions options;
  options.free_bits = 0.1;
  CHECK_THROWS_WITH_AS(elbo(options, rng, model, guide),
                       doctest::Contains("free_bits are of a site's KL"), Error);
  options = {};
  options.sticking_the_landing = true;
  CHECK_NOTHROW(elbo(options, rng, model, guide));
  const Var log_scale = Var::parameter(scalar(-1));
  const auto by_hand = [&](Trace& t) {
    const Var u = t.auxiliary("u", Normal(0, 1));
    t.place("s", exp(exp(log_scale) * u), -(exp(log_scale) * u + log_scale));
  };
  Tape tape;
  CHECK_THROWS_WITH_AS(elbo(options, rng, model, by_hand),
                       doctest::Contains("but the guide places it with a log density of its own"),
                       Error);
  // A point has no draws, and nothing to take away.
  PointGuide point(space, {vector({0.3}), 1}, PointGuide::Coordinates::kUnconstrained);
  const Var loc = parameters(point)[0].parameter;
  const double sticking = tape.gradients(elbo(options, rng, model, point).objective, {loc})[0](0);
  options.sticking_the_landing = false;
  const double plain = tape.gradients(elbo(options, rng, model, point).objective, {loc})[0](0);
  CHECK(sticking == plain);
}

TEST_CASE("objectives: a closed form that is infinite is refused with both distributions") {
  Rng rng(16);
  const auto model = [](Trace& t) {
    const Var tau = t.sample("tau", HalfCauchy(5));
    t.observe("x", Normal(0, tau), 1);
  };
  const auto guide = [](Trace& t) { t.sample("tau", Normal(1, 0.01)); };
  CHECK_THROWS_WITH_AS(elbo(rng, model, guide),
                       doctest::Contains("site \"tau\" is Normal in the guide and HalfCauchy in "
                                         "the model: the KL between the two is infinite"),
                       Error);
}

#endif
