#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/check_gradients.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <optional>
#include <set>

#include "kl_table.hpp"
#include "quadrature.hpp"

// Every rule, against the integral that defines it.

using namespace evident;
using evident::testing::DistributionPointer;
using evident::testing::kInf;
using evident::testing::kl_table;
using evident::testing::KlRow;
using evident::testing::reference_sets;
using evident::testing::ReferenceSet;

namespace {

#ifdef EVIDENT_F64
// Whether q puts mass where p has none, be it too little to be drawn.
bool leaves_support(const Distribution& q, const Distribution& p) {
  const Constraint of_q = q.support(), of_p = p.support();
  return of_q.lower().array()() < of_p.lower().array()() ||
         of_q.upper().array()() > of_p.upper().array()();
}

// Every vector of k counts with this sum.
void add_counts(std::vector<Var>& all, std::vector<double> first, std::size_t k, double sum) {
  if (first.size() + 1 == k) {
    first.push_back(sum);
    all.emplace_back(vector(first));
    return;
  }
  first.push_back(0);
  for (; first.back() <= sum; ++first.back()) add_counts(all, first, k, sum - first.back());
}

// The outcomes of a discrete distribution, all of them or all that matter.
std::vector<Var> outcomes(const Distribution& d) {
  std::vector<Var> all;
  const Constraint support = d.support();
  const auto upper = static_cast<double>(support.upper().array()());
  if (support.axes() != 0) {
    add_counts(all, {}, d.event_shape()[0], upper);
    return all;
  }
  const auto from = static_cast<double>(support.lower().array()());
  double to = upper;
  if (std::isinf(to)) to = 1.25 * d.icdf(1 - 1e-16).item() + 20;
  for (double step = 0; step <= to - from; ++step) all.emplace_back(from + step);
  return all;
}

// The sum, or the integral, of q(x) (log q(x) - log p(x)).
double by_sum_or_quadrature(const Distribution& q, const Distribution& p) {
  const auto term = [&](const Var& x) {
    const double log_q = q.log_prob(x).item();
    return std::exp(log_q) == 0 ? 0 : std::exp(log_q) * (log_q - p.log_prob(x).item());
  };
  if (q.support().discrete()) {
    double total = 0;
    for (const Var& x : outcomes(q)) total += term(x);
    return total;
  }
  if (leaves_support(q, p)) return kInf;
  // Where a Laplace's log density has a kink.
  const auto kink = p.name() == "Laplace" ? std::optional(p.median().item()) : std::nullopt;
  return evident::testing::integral_over_support(term, q, kink);
}
#endif

std::string text(const evident::testing::Parameters& parameters) {
  std::string result;
  for (const double value : parameters) result += " " + std::to_string(value);
  return result;
}

}  // namespace

#ifdef EVIDENT_F64
TEST_CASE("kl pairs: each is the sum, or the integral, that defines it") {
  for (const KlRow& row : kl_table()) {
    SUBCASE(row.name().c_str()) {
      CHECK_MESSAGE(row.parameters().size() >= 16, row.name());
      if (!row.converges) continue;
      for (const auto& [q, p] : row.parameters()) {
        const DistributionPointer dq = row.q_at(q), dp = row.p_at(p);
        const double expected = by_sum_or_quadrature(*dq, *dp), got = kl(*dq, *dp).item();
        const bool agrees =
            got == expected || std::abs(got - expected) <= 1e-9 * std::max(1.0, got);
        CHECK_MESSAGE(agrees, row.name() << " at" << text(q) << " and" << text(p) << ": " << got
                                         << " in place of " << expected);
      }
    }
  }
}

TEST_CASE("kl pairs: each is the mean of log q - log p over draws, within 5 standard errors") {
  for (const KlRow& row : kl_table()) {
    SUBCASE(row.name().c_str()) {
      if (!row.has_variance) continue;
      for (const auto& [q, p] : row.parameters()) {
        const DistributionPointer dq = row.q_at(q), dp = row.p_at(p);
        Rng rng(51, row.name());
        const MonteCarlo estimate = kl_monte_carlo(*dq, *dp, 20000, rng);
        const double value = estimate.value(), error = estimate.standard_error();
        const double expected = kl(*dq, *dp).item();
        const bool agrees =
            value == expected || std::abs(value - expected) <= 5 * error + 1e-10 * expected + 1e-14;
        CHECK_MESSAGE(agrees, row.name() << " at" << text(q) << " and" << text(p) << ": " << value
                                         << " +- " << error << " in place of " << expected);
      }
    }
  }
}

TEST_CASE("kl pairs: gradients in the parameters of both, whichever are wanted") {
  for (const KlRow& row : kl_table()) {
    SUBCASE(row.name().c_str()) {
      if (row.method == KlMethod::kInfinite || !row.differentiable) continue;
      for (const auto& [q, p] : row.parameters()) {
        const DistributionPointer dq = row.q_at(q), dp = row.p_at(p);
        if (!std::isfinite(kl(*dq, *dp).item())) continue;
        std::vector<Array> inputs;
        for (const double value : q) inputs.push_back(scalar(value));
        for (const double value : p) inputs.push_back(scalar(value));
        const auto split = static_cast<std::ptrdiff_t>(q.size());
        // Counts that must be equal are not differentiated either; the last may be a vector.
        const auto varies = [](const Distribution& d, std::size_t k) {
          const std::vector<Parameter> parameters = d.parameters();
          const Parameter& parameter = parameters[std::min(k, parameters.size() - 1)];
          return !parameter.constraint.discrete() && std::string(parameter.name) != "total_count";
        };
        for (unsigned choice = 1; choice < (1U << inputs.size()); ++choice) {
          std::vector<bool> differentiate;
          for (std::size_t k = 0; k < inputs.size(); ++k) {
            differentiate.push_back(((choice >> k) & 1U) != 0 && std::isfinite(inputs[k]()) &&
                                    (k < q.size() ? varies(*dq, k) : varies(*dp, k - q.size())));
          }
          if (std::count(differentiate.begin(), differentiate.end(), true) == 0) continue;
          const auto check = check_gradients(
              [&](const std::vector<Var>& in) {
                return kl(*row.q_at(std::vector<Var>(in.begin(), in.begin() + split)),
                          *row.p_at(std::vector<Var>(in.begin() + split, in.end())));
              },
              inputs, differentiate);
          CHECK_MESSAGE(check.passed, row.name() << " at" << text(q) << " and" << text(p) << ": "
                                                 << check.message);
        }
      }
    }
  }
}
#endif

TEST_CASE("kl pairs: 0 between equals, extremes and boundaries included") {
  constexpr double kTolerance = sizeof(real) == 8 ? 1e-10 : 1e-5;
  for (const KlRow& row : kl_table()) {
    SUBCASE(row.name().c_str()) {
      if (row.make_p != row.make_q || row.p != row.q) continue;
      for (const ReferenceSet& set : reference_sets(row.row_q().reference)) {
        const DistributionPointer d = row.row_q().at(set.at);
        const double got = kl(*d, *d).item();
        CHECK_MESSAGE(std::abs(got) <= kTolerance, row.name() << set.text() << ": " << got);
      }
    }
  }
}

#ifdef EVIDENT_F64
TEST_CASE("kl pairs: 0 to 1e-10 between all but equals, extremes included") {
  for (const KlRow& row : kl_table()) {
    SUBCASE(row.name().c_str()) {
      if (row.make_p != row.make_q || row.p != row.q) continue;
      if (row.q == "Uniform") continue;  // none is in the other's support
      for (const ReferenceSet& set : reference_sets(row.row_q().reference)) {
        // Positive parameters of p differ in the twelfth digit, of vectors the first element; not
        // the scale of laws on powers, which are narrower than that.
        std::vector<Array> at = set.at;
        const DistributionPointer q = row.row_q().at(set.at);
        for (std::size_t k = 0; k < at.size(); ++k) {
          const Constraint constraint = q->parameters()[k].constraint;
          const bool positive = static_cast<double>(constraint.lower().array()()) >= 0;
          const bool is_count = std::string(q->parameters()[k].name) == "total_count";
          const bool of_powers = (row.q == "Pareto" || row.q == "Weibull") && k == 0;
          if (positive && !constraint.discrete() && !is_count && !of_powers) {
            at[k].data()[0] *= 1 - 1e-12;
          }
        }
        const double got = kl(*q, *row.row_q().at(at)).item();
        CHECK_MESSAGE(std::abs(got) <= 1e-10, row.name() << set.text() << ": " << got);
      }
    }
  }
}
#endif

TEST_CASE("kl pairs: the method is the one that the table says, and none is negative") {
  for (const KlRow& row : kl_table()) {
    SUBCASE(row.name().c_str()) {
      for (const auto& [q, p] : row.parameters()) {
        const DistributionPointer dq = row.q_at(q), dp = row.p_at(p);
        CHECK(kl_method(*dq, *dp) == row.method);
        const double value = kl(*dq, *dp).item();
        CHECK_MESSAGE(value >= (sizeof(real) == 8 ? -1e-12 : -1e-5), row.name() << ": " << value);
        if (row.method == KlMethod::kInfinite) CHECK(value == kInf);
      }
    }
  }
}

TEST_CASE("kl pairs: every rule of the library has a row") {
  // Those of vectors have tests of their own.
  std::set<std::pair<std::string, std::string>> rows = {
      {"Dirichlet", "Dirichlet"},
      {"Independent", "Independent"},
      {"Independent", "MultivariateNormal"},
      {"LowRankMultivariateNormal", "LowRankMultivariateNormal"},
      {"LowRankMultivariateNormal", "MultivariateNormal"},
      {"Masked", "Masked"},
      {"MultivariateNormal", "Independent"},
      {"MultivariateNormal", "LowRankMultivariateNormal"},
      {"MultivariateNormal", "MultivariateNormal"},
      {"Transformed", "Transformed"}};
  std::set<std::string> types;
  for (const auto& [q, p] : rows) types.insert({q, p});
  for (const KlRow& row : kl_table()) {
    rows.insert({row.q, row.p});
    types.insert({row.q, row.p});
  }
  std::set<std::pair<std::string, std::string>> registered;
  for (const KlPair& pair : kl_pairs()) {
    if (types.count(pair.q) == 0 || types.count(pair.p) == 0) continue;  // of a test's own
    CHECK_MESSAGE(rows.count({pair.q, pair.p}) == 1, pair.q << " against " << pair.p << ": no row");
    registered.insert({pair.q, pair.p});
  }
  for (const auto& [q, p] : rows) {
    CHECK_MESSAGE(registered.count({q, p}) == 1, q << " against " << p << ": no rule");
  }
}
