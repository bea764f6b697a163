#include <doctest/doctest.h>

#include "linear_gaussian.hpp"

#ifdef EVIDENT_F64
#include <cmath>
#include <evident/autodiff/check_gradients.hpp>
#include <evident/autodiff/reductions.hpp>

using namespace evident;
using evident::testing::cubature_noise;
using evident::testing::exact_linear_gaussian;
using evident::testing::linear_gaussian;
using evident::testing::LinearGaussian;
using evident::testing::Vector;

namespace {

double total_evidence(const LinearGaussian& m, const Array& x) {
  double result = 0;
  for (std::size_t row = 0; row < rows(x); ++row) result += m.log_evidence(x, row);
  return result;
}

}  // namespace

TEST_CASE("identity: log p(x, z) - log q(z) + log q(z) / p(z | x) is the evidence at every draw") {
  for (const std::size_t latent : {2, 3}) {
    Rng rng(61, "identity");
    const LinearGaussian m = linear_gaussian(latent, rng);
    const Array x = standard_normal({3, 4}, rng);
    for (int draw = 0; draw < 20; ++draw) {
      const Array noise = standard_normal({3, latent}, rng);
      const Array z = (m.loc + m.scale * noise).value();
      ElboOptions options;
      options.analytic_kl = false;
      options.site_noise = {{"z", noise}};
      const Elbo e = elbo(options, rng, m, x);
      const Array log_q = to_event(Normal(m.loc, m.scale), 1).log_prob(z).value();
      double identity = e.value.item();
      for (std::size_t row = 0; row < 3; ++row) {
        const Vector at(z.data() + row * latent, z.data() + (row + 1) * latent);
        identity += log_q(row) - m.log_posterior(x, row, at);
      }
      CHECK(std::abs(identity - total_evidence(m, x)) < 1e-10);
    }
  }
}

TEST_CASE("identity: the ELBO over 2J cubature points and the gap make the evidence") {
  for (const std::size_t latent : {2, 3}) {
    Rng rng(62, "identity");
    const LinearGaussian m = linear_gaussian(latent, rng);
    const Array x = standard_normal({3, 4}, rng);
    double average = 0;
    for (std::size_t point = 0; point < 2 * latent; ++point) {
      ElboOptions options;
      options.site_noise = {{"z", cubature_noise(point, 3, latent)}};
      const Elbo e = elbo(options, rng, m, x);
      CHECK(e.sites[0].estimator == Estimator::kAnalyticKl);
      average += e.value.item() / static_cast<double>(2 * latent);
    }
    double gap = 0;
    for (std::size_t row = 0; row < 3; ++row) gap += m.kl_to_posterior(x, row);
    CHECK(gap > 0.1);
    CHECK(std::abs(average + gap - total_evidence(m, x)) < 1e-10);
  }
}

TEST_CASE("identity: KL(q || p(z|x)) = KL(q || p(z)) + log p(x) - E_q log p(x | z)") {
  Rng rng(63, "identity");
  const LinearGaussian m = linear_gaussian(2, rng);
  const Array x = standard_normal({3, 4}, rng);
  double right = total_evidence(m, x);
  for (std::size_t point = 0; point < 4; ++point) {
    ElboOptions options;
    options.site_noise = {{"z", cubature_noise(point, 3, 2)}};
    const Elbo e = elbo(options, rng, m, x);
    right += (e.kl.item() - e.log_likelihood.item()) / 4;
  }
  double left = 0;
  for (std::size_t row = 0; row < 3; ++row) left += m.kl_to_posterior(x, row);
  CHECK(std::abs(left - right) < 1e-10);
}

TEST_CASE("identity: analytic and sampled KL have the same mean, within 4 standard errors") {
  Rng rng(64, "identity");
  const LinearGaussian m = linear_gaussian(3, rng);
  const Array x = standard_normal({3, 4}, rng);
  constexpr int kDraws = 4000;
  const auto average = [&](bool analytic, double& variance) {
    double total = 0;
    double squares = 0;
    for (int i = 0; i < kDraws; ++i) {
      ElboOptions options;
      options.analytic_kl = analytic;
      const double value = elbo(options, rng, m, x).value.item();
      total += value;
      squares += value * value;
    }
    variance = (squares - total * total / kDraws) / kDraws / kDraws;
    return total / kDraws;
  };
  double of_analytic = 0;
  double of_sampled = 0;
  const double difference = average(true, of_analytic) - average(false, of_sampled);
  CHECK(std::abs(difference) < 4 * std::sqrt(of_analytic + of_sampled));
  CHECK(of_analytic > 0);
}

TEST_CASE("identity: with the exact posterior every draw is the evidence") {
  Rng rng(65, "identity");
  const Array x = standard_normal({5, 4}, rng);
  const LinearGaussian m = exact_linear_gaussian(x);
  ElboOptions sampled;
  sampled.analytic_kl = false;
  for (int i = 0; i < 5; ++i) {
    CHECK(std::abs(elbo(sampled, rng, m, x).value.item() - total_evidence(m, x)) < 1e-10);
  }
  for (const std::size_t particles : {1, 5, 8, 9, 30}) {
    for (const std::size_t at_once : {1, 5, 8}) {
      const Array evidence = log_evidence(rng, {particles, at_once}, m, x);
      REQUIRE(evidence.shape() == Shape{5});
      for (std::size_t row = 0; row < 5; ++row) {
        CHECK(std::abs(evidence(row) - m.log_evidence(x, row)) < 1e-10);
      }
    }
  }
}

TEST_CASE("identity: importance weighting tightens the bound, within 4 standard errors") {
  Rng rng(66, "identity");
  LinearGaussian m = linear_gaussian(2, rng);
  const Array x = standard_normal({3, 4}, rng);
  m.loc = stop_gradient(m.loc * 0.3);
  const double evidence = total_evidence(m, x);
  constexpr int kRepeats = 400;
  double previous = -1e300;
  double previous_variance = 0;
  for (const std::size_t particles : {1, 3, 20, 100}) {
    double total = 0;
    double squares = 0;
    for (int i = 0; i < kRepeats; ++i) {
      const double value = sum(Var(log_evidence(rng, particles, m, x))).item();
      total += value;
      squares += value * value;
    }
    const double average = total / kRepeats;
    const double variance = (squares / kRepeats - average * average) / kRepeats;
    CAPTURE(particles);
    CHECK(average < evidence + 4 * std::sqrt(variance));
    CHECK(average > previous + 4 * std::sqrt(variance + previous_variance));
    previous = average;
    previous_variance = variance;
  }
  CHECK(evidence - previous < 0.5);
}

TEST_CASE("identity: log_evidence with one particle is a sampled ELBO per datapoint, in the mean") {
  Rng rng(67, "identity");
  const LinearGaussian m = linear_gaussian(2, rng);
  const Array x = standard_normal({3, 4}, rng);
  constexpr int kRepeats = 2000;
  double difference = 0;
  double squares = 0;
  for (int i = 0; i < kRepeats; ++i) {
    const double d =
        sum(Var(log_evidence(rng, 1, m, x))).item() - evaluate_elbo(rng, m, x).value.item();
    difference += d / kRepeats;
    squares += d * d / kRepeats;
  }
  CHECK(std::abs(difference) < 4 * std::sqrt(squares / kRepeats));
}

TEST_CASE("gradients: pathwise ones are those derived by hand, on the same noise, to 1e-10") {
  Rng rng(69, "by hand");
  LinearGaussian m = linear_gaussian(2, rng);
  m.loc = Var::parameter(m.loc.value());
  m.scale = Var::parameter(m.scale.value());
  const Array x = standard_normal({3, 4}, rng), noise = standard_normal({3, 2}, rng);
  ElboOptions options;
  options.site_noise = {{"z", noise}};
  Tape tape;
  const std::vector<Array> got = tape.gradients(elbo(options, rng, m, x).value, {m.loc, m.scale});
  const double s2 = m.noise.item() * m.noise.item();
  for (std::size_t row = 0; row < 3; ++row) {
    const auto loc = [&](std::size_t j) { return m.loc.value()(row, j); };
    const auto scale = [&](std::size_t j) { return m.scale.value()(row, j); };
    for (std::size_t j = 0; j < 2; ++j) {
      double slope = 0;  // of log p(x | z) in z_j: W' (x - b - W z) / s^2
      for (std::size_t d = 0; d < 4; ++d) {
        double rest = m.residual(x, row, d);
        for (std::size_t k = 0; k < 2; ++k) rest -= m.w(d, k) * (loc(k) + scale(k) * noise(row, k));
        slope += m.w(d, j) * rest / s2;
      }
      CHECK(std::abs(got[0](row, j) - (slope - loc(j))) < 1e-10);
      CHECK(std::abs(got[1](row, j) - (noise(row, j) * slope - scale(j) + 1 / scale(j))) < 1e-10);
    }
  }
}

TEST_CASE("identity: gradients of the ELBO at fixed noise, in the model and in the guide") {
  Rng rng(68, "identity");
  const LinearGaussian m = linear_gaussian(2, rng);
  const Array x = standard_normal({3, 4}, rng);
  const Array noise = standard_normal({3, 2}, rng);
  for (const bool analytic : {true, false}) {
    const auto check = check_gradients(
        [&](const std::vector<Var>& in) {
          const LinearGaussian changed{in[0], in[1], in[2], in[3], in[4]};
          ElboOptions options;
          options.analytic_kl = analytic;
          options.site_noise = {{"z", noise}};
          Rng unused(1);
          return elbo(options, unused, changed, in[5]).value;
        },
        {m.weight.value(), m.bias.value(), m.noise.value(), m.loc.value(), m.scale.value(), x});
    CHECK_MESSAGE(check.passed, check.message);
  }
}
#endif
