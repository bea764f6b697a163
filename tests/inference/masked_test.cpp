#include <doctest/doctest.h>

#ifdef EVIDENT_F64
#include <cmath>
#include <evident/autodiff/random.hpp>
#include <evident/evident.hpp>

using namespace evident;

namespace {

// Six measurements of one number, of which the fourth and the last are missing.
const double kMissing = std::nan("");
const Array kMeasured = vector({0.3, 1.2, -0.5, kMissing, 0.9, kMissing});
const Array kThere = vector({1, 1, 1, 0, 1, 0});

// All rows, or those that are there.
auto masked(std::size_t subsample) {
  return [=](Trace& t) {
    const Var mu = t.sample("mu", Normal(0, 1));
    const Plate rows = t.plate("rows", 6, subsample);
    const Array there = rows.take(kThere).value();
    t.observe("y", Masked(Normal(mu + zeros({rows.count()}), 0.5), there), rows.take(kMeasured));
  };
}
void compact(Trace& t) {
  const Var mu = t.sample("mu", Normal(0, 1));
  t.observe("y", Normal(mu + zeros({4}), 0.5), vector({0.3, 1.2, -0.5, 0.9}));
}

struct MaskedGuide {
  Var loc = Var::parameter(scalar(0.2)), log_scale = Var::parameter(scalar(-0.7));

  void operator()(Trace& t) const { t.sample("mu", Normal(loc, exp(log_scale))); }
};

}  // namespace

TEST_CASE("masked: what is missing counts for nothing in an ELBO, for one draw and for many") {
  const MaskedGuide guide;
  for (const std::size_t draws : {1, 3}) {
    ElboOptions options;
    options.particles = draws;
    const auto value_and_slopes = [&](const auto& model) {
      Rng rng(51);
      Tape tape;
      const Elbo e = elbo(options, rng, model, guide);
      const auto slopes = tape.gradients(e.objective, {guide.loc, guide.log_scale});
      return std::vector<double>{e.value.item(), slopes[0](), slopes[1]()};
    };
    const auto of_all = value_and_slopes(masked(0)), of_some = value_and_slopes(compact);
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(of_all[i] == doctest::Approx(of_some[i]).epsilon(1e-12));
    }
  }
}

TEST_CASE("masked: minibatches of rows of which some are missing average to the whole") {
  const MaskedGuide guide;
  Rng rng(52);
  const auto slope = [&](std::size_t subsample) {
    ElboOptions options;
    options.site_noise["mu"] = scalar(0.3);
    Tape tape;
    return tape.gradients(elbo(options, rng, masked(subsample), guide).value, {guide.loc})[0]();
  };
  const double whole = slope(0);
  double total = 0, squares = 0;
  constexpr int kRuns = 3000;
  for (int i = 0; i < kRuns; ++i) {
    const double g = slope(2);
    total += g / kRuns;
    squares += g * g / kRuns;
  }
  const double error = std::sqrt((squares - total * total) / kRuns);
  CHECK(error > 0);
  CHECK(std::abs(total - whole) <= 4 * error);
}

TEST_CASE("masked: the posterior is that of what is there, and NaN without a mask is refused") {
  Rng rng(53);
  const LatentSpace space(rng, masked(0)), compact_space(rng, compact);
  for (const double at : {-1.0, 0.0, 0.7}) {
    const Array u = vector({at});
    CHECK(space.log_density(u).item() ==
          doctest::Approx(compact_space.log_density(u).item()).epsilon(1e-12));
  }
  const auto bare = [](Trace& t) { t.observe("y", Normal(zeros({6}), 1), kMeasured); };
  CHECK_THROWS_WITH_AS(elbo(rng, bare, [](Trace&) {}),
                       doctest::Contains("site \"y\" observes nan at index 3"), DomainError);
}
#endif
