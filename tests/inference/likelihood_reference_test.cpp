#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <evident/inference/maximum_likelihood.hpp>

#include "likelihood_reference.hpp"

using namespace evident;
using evident::testing::kInf;
using evident::testing::likelihood_references;
using evident::testing::LikelihoodReference;

namespace {

// Estimates, standard errors and the likelihood are those of the reference of this D with this
// given. Returns how many rows there are of it.
template <class D, class... Given>
std::size_t agrees(const Given&... given) {
  std::size_t rows = 0;
  for (const LikelihoodReference& row : likelihood_references()) {
    if (row.name != Likelihood<D>::kName) continue;
    if (row.given != std::vector<double>{static_cast<double>(given)...}) continue;
    ++rows;
    Array data = zeros({row.data.size()});
    std::copy(row.data.begin(), row.data.end(), data.begin());
    const auto fit = maximum_likelihood<D>(data, given...);
    CAPTURE(row.name);
    REQUIRE(fit.estimates.size() == row.estimates.size());
    for (std::size_t i = 0; i < row.estimates.size(); ++i) {
      CAPTURE(fit.estimates[i].name);
      CHECK(std::abs(fit.estimates[i].value - row.estimates[i]) <= 1e-9 * row.errors[i]);
      CHECK(std::abs(fit.estimates[i].standard_error / row.errors[i] - 1) <= 1e-6);
    }
    CHECK(std::abs(fit.log_likelihood - row.log_likelihood) <=
          1e-12 * std::abs(row.log_likelihood));
  }
  return rows;
}

}  // namespace

TEST_CASE("maximum_likelihood: estimates, standard errors and likelihoods are the references'") {
  std::size_t rows = 0;
  rows += agrees<Beta>() + agrees<Binomial>(6) + agrees<Categorical>(3) + agrees<Cauchy>();
  rows += agrees<Chi2>() + agrees<ContinuousBernoulli>() + agrees<Gamma>() + agrees<Gumbel>();
  rows += agrees<HalfCauchy>() + agrees<InverseGamma>() + agrees<Kumaraswamy>();
  rows += agrees<Logistic>() + agrees<NegativeBinomial>() + agrees<StudentT>();
  rows += agrees<TruncatedNormal>(0, 1) + agrees<TruncatedNormal>(0, kInf);
  rows += agrees<TruncatedNormal>(-kInf, 0.5) + agrees<VonMises>() + agrees<Weibull>();
  rows += agrees<ZeroInflatedPoisson>();
  CHECK(rows == likelihood_references().size());
}
