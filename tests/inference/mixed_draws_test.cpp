#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/evident.hpp>

using namespace evident;

namespace {

const double kClose = 1e4 * detail::kRounding;

// One of several draws of noise, shape (draws, ...).
Array noise_of_draw(const Array& noise, std::size_t k) {
  Array result = uninitialised(Shape(noise.shape().begin() + 1, noise.shape().end()));
  std::copy_n(noise.data() + k * result.size(), result.size(), result.data());
  return result;
}

// The mean of single draws of the noise at `site` of `options`.
template <class Model, class Guide>
double mean_of_single(ElboOptions options, const char* site, Rng& rng, const Model& model,
                      const Guide& guide) {
  const Array all = options.site_noise.at(site);
  const std::size_t draws = options.particles;
  options.particles = 1;
  double total = 0;
  for (std::size_t k = 0; k < draws; ++k) {
    options.site_noise[site] = noise_of_draw(all, k);
    total += elbo(options, rng, model, guide).value.item() / static_cast<double>(draws);
  }
  return total;
}

}  // namespace

TEST_CASE(
    "particles: a program that mixes the draws is refused, one that keeps them apart is not") {
  Rng rng(21);
  const Array square_matrix = standard_normal({4, 4}, rng);
  const Array table = standard_normal({4}, rng);
  using Step = Var (*)(const Var&, const Array&);
  struct Row {
    const char* name;
    Step mixes, apart;
  };
  const Row rows[] = {
      {"mean over all", [](const Var& z, const Array&) { return z - mean(z); },
       [](const Var& z, const Array&) { return z - mean(z, {-1}, Keep::kYes); }},
      {"mean over the first axis",
       [](const Var& z, const Array&) { return z - mean(z, {0}, Keep::kYes); },
       [](const Var& z, const Array&) { return z - mean(z, {-1}, Keep::kYes); }},
      {"cumsum", [](const Var& z, const Array&) { return cumsum(z, 0); },
       [](const Var& z, const Array&) { return cumsum(z, -1); }},
      {"softmax", [](const Var& z, const Array&) { return softmax(z, {0}); },
       [](const Var& z, const Array&) { return softmax(z, {-1}); }},
      {"matmul", [](const Var& z, const Array& a) { return matmul(a, z); },
       [](const Var& z, const Array& a) { return matvec(a, z); }},
      {"index_select",
       [](const Var& z, const Array&) {
         return index_select(z, 0, vector({3, 1, 2, 0}));
       },
       [](const Var& z, const Array&) {
         return index_select(z, -1, vector({3, 1, 2, 0}));
       }},
  };
  const auto guide = [](Trace& t) { t.sample("z", Normal(zeros({4}), 1)); };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const auto model = [&](Step step) {
      return [&, step](Trace& t) {
        const Var z = t.sample("z", Normal(zeros({4}), 1));
        t.observe("x", Normal(step(z, square_matrix), 1), table);
      };
    };
    ElboOptions options;
    options.particles = 4;  // as many as numbers, so that no shape tells
    for (const EvidenceBound bound : {EvidenceBound::kElbo, EvidenceBound::kImportanceWeighted}) {
      options.bound = bound;
      CHECK_THROWS_WITH_AS(elbo(options, rng, model(row.mixes), guide),
                           doctest::Contains("elbo: site \"x\" is not the same for one of 4"),
                           Error);
      CHECK(std::isfinite(elbo(options, rng, model(row.apart), guide).value.item()));
    }
    CHECK_THROWS_AS(log_evidence(rng, {8, 4}, model(row.mixes), guide), Error);
    ElboOptions fed;  // of equal noise, the mean of single draws
    fed.particles = 4;
    fed.site_noise["z"] = standard_normal({4, 4}, rng);
    CHECK(elbo(fed, rng, model(row.apart), guide).value.item() ==
          doctest::Approx(mean_of_single(fed, "z", rng, model(row.apart), guide)).epsilon(kClose));
  }
}

TEST_CASE("particles: what one draw of many is taken from is found on axes of length 1 as well") {
  Rng rng(24);
  using Step = Var (*)(const Var&);
  const Step mixing[] = {[](const Var& w) { return slice(w, 0, 0, 1); },
                         [](const Var& w) { return cumsum(w, 0); },
                         [](const Var& w) { return index_select(w, 0, vector({0})); }};
  const auto guide = [](Trace& t) { t.sample("w", Normal(zeros({1, 3}), 1)); };
  for (const Step step : mixing) {
    const auto model = [&](Trace& t) {
      const Var w = t.sample("w", Normal(zeros({1, 3}), 1));
      t.observe("x", Normal(step(w), 1), ones({1, 3}));
    };
    ElboOptions options;
    options.particles = 50;
    CHECK_THROWS_AS(elbo(options, rng, model, guide), Error);
    CHECK_THROWS_AS(log_evidence(rng, {100, 50}, model, guide), Error);
  }
}

TEST_CASE("particles: a drawn matrix beside as many rows as draws is not taken row by row") {
  Rng rng(25);
  const Array x = standard_normal({4, 2}, rng);
  const auto model = [&](Trace& t) {
    const Var l = t.sample(
        "l", Transformed(to_event(Normal(zeros({3}), 0.5), 1), transforms::lower_cholesky()));
    const Var m = t.sample("m", to_event(Normal(zeros({2}), 1), 1));
    const Plate rows = t.plate("rows", 4);
    t.observe("x", MultivariateNormal::from_scale_tril(m + zeros({4, 2}), l), x);
  };
  const FullRankNormal guide(LatentSpace(rng, model), {zeros({5}), 0.3});
  ElboOptions options;
  for (const std::size_t draws : {4, 9}) {
    options.particles = draws;
    CHECK_THROWS_WITH_AS(elbo(options, rng, model, guide), doctest::Contains("site  "), Error);
  }
  options.particles = 1;
  CHECK(std::isfinite(elbo(options, rng, model, guide).value.item()));
}

TEST_CASE("particles: groups and regressions with many draws are the mean of single ones") {
  // Three groups in five rows, with a slope each: what people write with an index of groups.
  Rng rng(22);
  const Array x = standard_normal({5, 2}, rng), y = standard_normal({5}, rng);
  const Array group = vector({0, 2, 1, 1, 0});
  const auto model = [&](Trace& t) {
    const Var mu = t.sample("mu", Normal(0, 1));
    const Var tau = t.sample("tau", LogNormal(0, 1));
    const Var a = t.sample("a", Normal(mu + zeros({3}), tau));
    const Var beta = t.sample("beta", Normal(zeros({2}), 1));
    t.observe("y", Normal(index_select(a, -1, group) + matvec(x, beta), 0.5), y);
  };
  const LatentSpace space(rng, model);
  const FullRankNormal guide(space, {zeros({7}), 0.3});
  ElboOptions options;
  options.analytic_kl = false;
  options.particles = 3;
  options.site_noise["unconstrained"] = standard_normal({3, 7}, rng);
  const double many = elbo(options, rng, model, guide).value.item();
  CHECK(
      many ==
      doctest::Approx(mean_of_single(options, "unconstrained", rng, model, guide)).epsilon(kClose));
  // And where as many are drawn as there are rows or groups.
  for (const std::size_t count : {2, 3, 5}) {
    ElboOptions drawn;
    drawn.particles = count;
    CHECK(std::isfinite(elbo(drawn, rng, model, guide).value.item()));
  }
}

TEST_CASE(
    "particles: networks with dropout, and draws without a gradient, are not taken for mixing") {
  Rng rng(23);
  VaeOptions o;
  o.pixels = 40;
  o.latent = 3;
  o.hidden = {32, 32};
  o.dropout = 0.3;
  const Vae vae(rng, o);
  const Var x = bernoulli_mask({20, 40}, 0.4, 1, rng);
  const auto counts = [](Trace& t) {
    const Var rate = t.sample("rate", Gamma(full({30}, 2), 1));
    return t.sample("k", Poisson(10 * rate));
  };
  const auto observed = [&](Trace& t) { t.observe("y", Normal(counts(t), 1), full({30}, 20)); };
  ElboOptions options;
  options.particles = 5;
  for (int step = 0; step < 50; ++step) {
    CHECK_NOTHROW(elbo(options, rng, vae, x));
    CHECK_NOTHROW(elbo(options, rng, observed, counts));
  }
}
