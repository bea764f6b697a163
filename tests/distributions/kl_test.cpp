#include <doctest/doctest.h>

#include <cmath>
#include <evident/autodiff/check_gradients.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <regex>
#include <set>

#include "../sources.hpp"
#include "kl_table.hpp"

using namespace evident;
using evident::testing::DistributionPointer;
using evident::testing::kInf;
using evident::testing::kl_table;
using evident::testing::KlRow;
using evident::testing::lines_of;

namespace {

constexpr double kRounding = sizeof(real) == 8 ? 1e-12 : 1e-5;

double kl_of_probs(double q, double p) { return kl(Bernoulli(q), Bernoulli(p)).item(); }

double kl_of_logits(double q, double p) {
  return kl(Bernoulli::from_logits(q), Bernoulli::from_logits(p)).item();
}

#ifdef EVIDENT_F64
// The sum, or Simpson's integral, of q(x) (log q(x) - log p(x)) for one element of the event.
double by_summation(const Distribution& q, const Distribution& p, bool discrete) {
  const double centre = q.mean().item();
  const double reach = 14 * std::sqrt(q.variance().item());
  constexpr std::size_t kPoints = 4001;
  const std::size_t count = discrete ? 2 : kPoints;
  const double step = 2 * reach / (kPoints - 1);
  double total = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto k = static_cast<double>(i);
    const double x = discrete ? k : centre - reach + k * step;
    const double weight = discrete ? 1
                                   : step / 3 *
                                         (i == 0 || i + 1 == count ? 1
                                          : i % 2 == 1             ? 4
                                                                   : 2);
    const double log_q = q.log_prob(x).item();
    if (log_q == -kInf) continue;
    total += weight * std::exp(log_q) * (log_q - p.log_prob(x).item());
  }
  return total;
}
#endif

}  // namespace

TEST_CASE("kl: never negative, and 0 between equals") {
  for (const KlRow& row : kl_table()) {
    CAPTURE(row.make_q.name());
    CAPTURE(row.make_p.name());
    for (const auto& [q, p] : row.at) {
      CHECK(kl(*row.make_q.at(q), *row.make_p.at(p)).item() > 0);
      CHECK(has_kl(*row.make_q.at(q), *row.make_p.at(p)));
    }
    for (const auto& [q, p] : row.equal) {
      const double first = q[0];
      CAPTURE(first);
      CHECK(std::abs(kl(*row.make_q.at(q), *row.make_p.at(p)).item()) <= kRounding / 10);
    }
  }
}

#ifdef EVIDENT_F64
TEST_CASE("kl: is the sum, or the integral, that defines it") {
  for (const KlRow& row : kl_table()) {
    // An event's is the sum over its elements: those of the plain row of the same parameters.
    auto plain_q = row.make_q;
    auto plain_p = row.make_p;
    for (const auto& d : evident::testing::distribution_table()) {
      if (d.event.empty() && d.reference == row.make_q.reference) plain_q = d;
      if (d.event.empty() && d.reference == row.make_p.reference) plain_p = d;
    }
    for (const auto& [q, p] : row.at) {
      CAPTURE(row.make_q.name());
      const double first = q[0];
      CAPTURE(first);
      const double expected =
          row.make_q.copies() * by_summation(*plain_q.at(q), *plain_p.at(p), row.make_q.discrete);
      const double got = kl(*row.make_q.at(q), *row.make_p.at(p)).item();
      CHECK(std::abs(got - expected) <= 1e-10 * expected + 1e-14);
    }
  }
}

TEST_CASE("kl: is the mean of log q - log p over draws of q, within 5 standard errors") {
  for (const KlRow& row : kl_table()) {
    for (const auto& [q, p] : row.at) {
      CAPTURE(row.make_q.name());
      const double first = q[0];
      CAPTURE(first);
      if (row.make_q.discrete && std::abs(q[0]) > 20) continue;  // no draw sees the other outcome
      const DistributionPointer dq = row.make_q.at(q);
      const DistributionPointer dp = row.make_p.at(p);
      Rng rng(51, "kl");
      const Var x(dq->sample(rng, {100000}));
      const Var ratio = dq->log_prob(x) - dp->log_prob(x);
      const double average = mean(ratio).item();
      const double error = std::sqrt(mean(square(ratio - average)).item() / 100000);
      CHECK(std::abs(average - kl(*dq, *dp).item()) <= 5 * error);
    }
  }
}

TEST_CASE("kl: gradients in the parameters of both, whichever are wanted") {
  for (const KlRow& row : kl_table()) {
    for (const auto& [q, p] : row.at) {
      const double first = q[0];
      std::vector<Array> inputs;
      for (const double value : q) inputs.push_back(full(row.make_q.event, value));
      for (const double value : p) inputs.push_back(full(row.make_p.event, value));
      const auto split = static_cast<std::ptrdiff_t>(q.size());
      for (unsigned choice = 1; choice < (1U << inputs.size()); ++choice) {
        std::vector<bool> differentiate;
        for (std::size_t k = 0; k < inputs.size(); ++k) {
          differentiate.push_back(((choice >> k) & 1U) != 0);
        }
        const auto check = check_gradients(
            [&](const std::vector<Var>& in) {
              return kl(*row.make_q.make({in.begin(), in.begin() + split}),
                        *row.make_p.make({in.begin() + split, in.end()}));
            },
            inputs, differentiate);
        CHECK_MESSAGE(check.passed, row.make_q.name() << " " << first << ": " << check.message);
      }
    }
  }
}

TEST_CASE("kl: the pair N(0, 1) against N(1, 0.6)") {
  const Normal unit(0, 1);
  const auto against = [&](double scale, double forward, double reverse) {
    const Normal other(1, scale);
    CHECK(std::abs(kl(unit, other).item() - forward) < 5e-6);
    CHECK(std::abs(kl(other, unit).item() - reverse) < 5e-6);
    CHECK(std::abs(by_summation(unit, other, false) - forward) < 5e-6);
    CHECK(std::abs(by_summation(other, unit, false) - reverse) < 5e-6);
    for (const auto& [q, p, expected] :
         {std::tuple<const Normal&, const Normal&, double>{unit, other, forward},
          {other, unit, reverse}}) {
      Rng rng(52, "worked pair");
      const Var x(q.sample(rng, {200000}));
      const Var ratio = q.log_prob(x) - p.log_prob(x);
      const double average = mean(ratio).item();
      const double error = std::sqrt(mean(square(ratio - average)).item() / 200000);
      CHECK(std::abs(average - expected) < 5 * error);
    }
  };
  against(0.6, 1.76695, 0.69083);             // a standard deviation
  against(std::sqrt(0.6), 0.91125, 0.55541);  // a variance
}
#endif

TEST_CASE("kl: of a VAE's latent, sum of (mu^2 + s^2 - log s^2 - 1) / 2") {
  const Array mu = matrix({{0.3, -1, 2}, {0, 0, 0}});
  const Array s = matrix({{0.5, 1, 3}, {1, 1, 1}});
  const Independent q = to_event(Normal(mu, s), 1);
  const Independent p = to_event(Normal(zeros({2, 3}), 1), 1);
  double expected = 0;
  for (std::size_t j = 0; j < 3; ++j) {
    const auto m = static_cast<double>(mu.data()[j]);
    const double variance = std::pow(static_cast<double>(s.data()[j]), 2);
    expected += (m * m + variance - std::log(variance) - 1) / 2;
  }
  const Array got = kl(q, p).value();
  REQUIRE(got.shape() == Shape{2});
  CHECK(std::abs(static_cast<double>(got(0)) - expected) <= kRounding * expected);
  CHECK(got(1) == 0);  // not off by one for every dimension
}

TEST_CASE("kl: of a Bernoulli at the boundary, from probs and from logits") {
  const auto check = [](double q, double p, double expected) {
    const auto logit = [](double x) { return std::log(x) - std::log1p(-x); };
    CAPTURE(q);
    CAPTURE(p);
    for (const double got : {kl_of_probs(q, p), kl_of_logits(logit(q), logit(p))}) {
      CHECK((got == expected || std::abs(got - expected) <= kRounding));
    }
  };
  check(0, 0, 0);
  check(1, 1, 0);
  check(0, 0.5, std::log(2));
  check(1, 0.5, std::log(2));
  check(0, 0.25, -std::log(0.75));
  check(1, 0.25, -std::log(0.25));
  check(0.5, 0, kInf);
  check(0.5, 1, kInf);
  check(0, 1, kInf);
  check(1, 0, kInf);
}

TEST_CASE("kl: no gradient is NaN where the divergence is finite") {
  for (const auto& pair : {std::pair{0.0, 0.0}, {1.0, 1.0}, {0.0, 0.5}, {1.0, 0.5}}) {
    const double q = pair.first, p = pair.second;
    const auto logit = [](double x) { return std::log(x) - std::log1p(-x); };
    for (const bool logits : {false, true}) {
      const Var a = Var::parameter(scalar(logits ? logit(q) : q));
      const Var b = Var::parameter(scalar(logits ? logit(p) : p));
      CAPTURE(q);
      CAPTURE(logits);
      Tape tape;
      const auto gradients =
          tape.gradients(logits ? kl(Bernoulli::from_logits(a), Bernoulli::from_logits(b))
                                : kl(Bernoulli(a), Bernoulli(b)),
                         {a, b});
      CHECK_FALSE(std::isnan(gradients[0]()));
      CHECK_FALSE(std::isnan(gradients[1]()));
    }
  }
}

TEST_CASE("kl: batches broadcast, empty ones too") {
  CHECK(kl(Normal(zeros({3, 1}), 1), Normal(zeros({4}), 2)).shape() == Shape{3, 4});
  CHECK(kl(Normal(zeros({0}), 1), Normal(0, 2)).shape() == Shape{0});
  CHECK(kl(to_event(Normal(zeros({5, 4}), 1), 1), to_event(Normal(zeros({4}), 1), 1)).shape() ==
        Shape{5});
}

TEST_CASE("kl: every rule of the library has a row") {
  std::set<std::pair<std::string, std::string>> rows;
  for (const KlRow& row : kl_table()) rows.insert({row.q, row.p});
  const std::regex rule("KlRule<(\\w+), (\\w+)>");
  std::set<std::pair<std::string, std::string>> declared;
  const std::filesystem::path root = EVIDENT_SOURCE_DIR;
  for (const std::string& line : lines_of(root / "distributions" / "kl.cpp")) {
    std::smatch match;
    if (std::regex_search(line, match, rule)) declared.insert({match[1], match[2]});
  }
  CHECK(declared == rows);
}
