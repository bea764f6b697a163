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

struct NumberGuide {
  Var loc;

  void operator()(Trace& t) const { t.sample("z", Normal(loc, 1)); }
  template <class V>
  void visit(V& v) {
    v("loc", loc);
  }
};

struct CoinGuide {
  Var logit;

  void operator()(Trace& t) const { t.sample("z", Bernoulli::from_logits(logit)); }
  template <class V>
  void visit(V& v) {
    v("logit", logit);
  }
};

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
    ElboOptions many;
    many.analytic_kl = false;
    many.particles = count;
    for (const char* site : {"mu", "tau", "theta"}) {
      std::vector<Array> draws;
      for (auto& noise : noises) draws.push_back(noise.at(site));
      Array all = together(draws);
      if (std::string(site) != "theta") all = reshaped(all, {count, 1});
      many.site_noise[site] = all;
    }
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
  options.bound = EvidenceBound::kImportanceWeighted;
  CHECK_THROWS_WITH_AS(elbo(options, rng, summed, guide),
                       doctest::Contains("site \"x\" has batch shape () without the 3 draws"),
                       ShapeError);
  CHECK_THROWS_WITH_AS(elbo(options, rng, summed, guide), doctest::Contains("latent    Normal"),
                       ShapeError);
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

TEST_CASE("fit: draws that cannot be reparameterised are refused where they are to be learned") {
  Rng rng(10);
  const auto model = [](Trace& t) {
    const Var k = t.sample("z", Bernoulli(0.5));
    t.observe("x", Normal(k, 1), 1);
  };
  const CoinGuide guide{Var::parameter(scalar(0.3))};
  CHECK(elbo(rng, model, guide).without_gradient == "z");
  CHECK(elbo(rng, model, CoinGuide{0.3}).without_gradient.empty());
  CHECK_THROWS_WITH_AS(fit(rng, {}, model, guide),
                       doctest::Contains("site \"z\" has parameters to be learned, but its draws"),
                       Error);
}

TEST_CASE("fit: a NaN is an error that names its site and the step") {
  Rng rng(11);
  const Var loc = Var::parameter(scalar(0));
  const auto model = [](Trace& t) {
    const Var z = t.sample("z", Normal(0, 1));
    t.factor("broken", log(-1 - square(z)));
  };
  CHECK_THROWS_WITH_AS(fit(rng, {}, model, NumberGuide{loc}),
                       doctest::Contains("NaN at step 0, by site \"broken\" (log p)"), Error);
}

TEST_CASE("objectives: fit warms the KL up and lands where sticking the landing has no noise") {
  Rng rng(9);
  const auto model = [](Trace& t) {
    const Var z = t.sample("z", Normal(0, 1));
    t.observe("x", Normal(z, 1), 2);
  };
  const LatentSpace space(rng, model);
  const MeanFieldNormal guide(space);
  FitOptions options;
  options.steps = 4000;
  options.tolerance = 0;
  options.beta = warm_up(1000, 1);
  options.elbo.sticking_the_landing = true;
  fit(rng, options, model, guide);
  CHECK(std::abs(guide.loc()(0) - 1) < 1e-6);
  CHECK(std::abs(guide.scale()(0) - std::sqrt(0.5)) < 1e-6);
}
#endif
