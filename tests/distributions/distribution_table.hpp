#pragma once

#include <evident/distributions/distribution.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "../numbers.hpp"
#include "reference_file.hpp"

namespace evident::testing {

using DistributionPointer = std::shared_ptr<const Distribution>;
using Parameters = std::vector<double>;

using evident::testing::kInf;

/// One way to make a distribution: what the tests that all distributions share need to know.
struct DistributionRow {
  std::string type;       // the class
  std::string reference;  // what its file of reference numbers is called
  std::function<DistributionPointer(const std::vector<Var>&)> make;
  /// Parameters where every derivative exists, for comparison with differences; none where they are
  /// vectors.
  std::vector<Parameters> ordinary;
  /// Whether the fourth moment exists and a sample shows it: else a sample's variance has no
  /// standard error.
  bool (*fourth_moment)(const std::vector<Array>& at) = [](const std::vector<Array>&) {
    return true;
  };
  /// log P(X <= e^y), where draws may underflow; null elsewhere.
  double (*log_cdf_of_log)(const std::vector<Array>& at, double y) = nullptr;

  /// With these parameters as constants.
  DistributionPointer at(const std::vector<Array>& parameters) const {
    return make({parameters.begin(), parameters.end()});
  }
  /// With some parameters.
  DistributionPointer any() const { return at(reference_sets(reference)[0].at); }
  DistributionPointer at(const Parameters& parameters) const {
    return make({parameters.begin(), parameters.end()});
  }
};

using DistributionRows = std::vector<DistributionRow>;

/// Every distribution of the library but Independent, whose tests are its own.
const DistributionRows& distribution_table();

/// The row of this reference. Errors: there is none.
const DistributionRow& distribution_row(const std::string& reference);

/// Makes a D of one, two, ... parameters.
template <class D>
DistributionPointer made_of(const std::vector<Var>& p) {
  if constexpr (std::is_constructible_v<D, Var, Var, Var, Var>) {
    return std::make_shared<D>(p[0], p[1], p[2], p[3]);
  } else if constexpr (std::is_constructible_v<D, Var, Var, Var>) {
    return std::make_shared<D>(p[0], p[1], p[2]);
  } else if constexpr (std::is_constructible_v<D, Var, Var>) {
    return std::make_shared<D>(p[0], p[1]);
  } else {
    return std::make_shared<D>(p[0]);
  }
}

// The rows, by the files that hold them.
void add_bernoulli_rows(DistributionRows& rows);
void add_beta_rows(DistributionRows& rows);
void add_count_rows(DistributionRows& rows);
void add_gamma_rows(DistributionRows& rows);
void add_label_rows(DistributionRows& rows);
void add_located_rows(DistributionRows& rows);
void add_normal_rows(DistributionRows& rows);
void add_shaped_rows(DistributionRows& rows);
void add_weibull_rows(DistributionRows& rows);

}  // namespace evident::testing
