#pragma once

#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/beta.hpp>
#include <evident/distributions/cauchy.hpp>
#include <evident/distributions/chi2.hpp>
#include <evident/distributions/exponential.hpp>
#include <evident/distributions/gamma.hpp>
#include <evident/distributions/geometric.hpp>
#include <evident/distributions/gumbel.hpp>
#include <evident/distributions/half_normal.hpp>
#include <evident/distributions/inverse_gamma.hpp>
#include <evident/distributions/laplace.hpp>
#include <evident/distributions/log_normal.hpp>
#include <evident/distributions/logistic.hpp>
#include <evident/distributions/negative_binomial.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/pareto.hpp>
#include <evident/distributions/poisson.hpp>
#include <evident/distributions/student_t.hpp>
#include <evident/distributions/uniform.hpp>
#include <evident/distributions/von_mises.hpp>
#include <evident/distributions/weibull.hpp>
#include <type_traits>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Data as starts and closed forms see them, in double.
class Sample {
 public:
  explicit Sample(const Array& data);
  /// The same numbers after a function: their logarithms, their reciprocals.
  Sample map(double (*f)(double)) const;

  double count() const { return static_cast<double>(sorted_.size()); }
  double mean() const { return mean_; }
  /// The mean squared deviation from the mean.
  double variance() const { return variance_; }
  double deviation() const;
  /// The mean fourth power of the deviation from the mean over the square of the variance: 3 of a
  /// Normal. NaN for equal data.
  double kurtosis() const;
  double min() const { return sorted_.front(); }
  double max() const { return sorted_.back(); }
  /// All of them, the smallest first.
  const std::vector<double>& sorted() const { return sorted_; }
  /// The quantile, between neighbours in proportion.
  double quantile(double p) const;
  double median() const { return quantile(0.5); }
  /// The mean of |x - centre|.
  double mean_distance(double centre) const;

 private:
  std::vector<double> sorted_;
  double mean_ = 0, variance_ = 0;
};

/// A closed form's parameter with its standard error.
struct Fitted {
  double value, standard_error;
};

/// What most distributions share: a D is made of its parameters in order, its support is that of
/// the D whose parameters are 1. What is otherwise, a likelihood says itself.
template <class D>
struct LikelihoodOf {
  static D make(const std::vector<Var>& p) {
    if constexpr (std::is_constructible_v<D, Var, Var, Var>) {
      return D(p[0], p[1], p[2]);
    } else if constexpr (std::is_constructible_v<D, Var, Var>) {
      return D(p[0], p[1]);
    } else {
      return D(p[0]);
    }
  }
  static Constraint support() { return make({1.0, 1.0, 1.0}).support(); }
};

/// How `maximum_likelihood` fits a D. For a distribution of one's own:
///
///     template <>
///     struct evident::Likelihood<Waiting> : LikelihoodOf<Waiting> {
///       static constexpr const char* kName = "Waiting";
///       static std::vector<double> start(const Sample& x) { return {1 / x.mean()}; }
///     };
///
/// `start` is where Newton's method begins: estimates from moments or quantiles will do. A
/// `closed_form`, which returns a `Fitted` for each parameter, stands in its place.
template <class D>
struct Likelihood;

namespace detail {

template <class D, class = void>
struct HasClosedForm : std::false_type {};
template <class D>
struct HasClosedForm<D, std::void_t<decltype(&Likelihood<D>::closed_form)>> : std::true_type {};

}  // namespace detail

#define EVIDENT_LIKELIHOOD(D, ...)           \
  template <>                                \
  struct Likelihood<D> : LikelihoodOf<D> {   \
    static constexpr const char* kName = #D; \
    __VA_ARGS__                              \
  }
#define EVIDENT_CLOSED_FORM static std::vector<Fitted> closed_form(const Sample& x);
#define EVIDENT_START static std::vector<double> start(const Sample& x);
#define EVIDENT_SUPPORT static Constraint support();

// In closed form; Laplace by the median, with standard errors from the expected information, and
// Pareto with the standard error of alpha alone.
EVIDENT_LIKELIHOOD(Bernoulli, EVIDENT_CLOSED_FORM);
EVIDENT_LIKELIHOOD(Exponential, EVIDENT_CLOSED_FORM);
EVIDENT_LIKELIHOOD(Geometric, EVIDENT_CLOSED_FORM);
EVIDENT_LIKELIHOOD(HalfNormal, EVIDENT_CLOSED_FORM);
EVIDENT_LIKELIHOOD(Laplace, EVIDENT_CLOSED_FORM);
EVIDENT_LIKELIHOOD(LogNormal, EVIDENT_CLOSED_FORM EVIDENT_SUPPORT);
EVIDENT_LIKELIHOOD(Normal, EVIDENT_CLOSED_FORM);
EVIDENT_LIKELIHOOD(Pareto, EVIDENT_CLOSED_FORM EVIDENT_SUPPORT);
EVIDENT_LIKELIHOOD(Poisson, EVIDENT_CLOSED_FORM);
EVIDENT_LIKELIHOOD(Uniform, EVIDENT_CLOSED_FORM EVIDENT_SUPPORT);
// By Newton's method.
EVIDENT_LIKELIHOOD(Beta, EVIDENT_START EVIDENT_SUPPORT);
EVIDENT_LIKELIHOOD(Cauchy, EVIDENT_START);
EVIDENT_LIKELIHOOD(Chi2, EVIDENT_START EVIDENT_SUPPORT);
EVIDENT_LIKELIHOOD(Gamma, EVIDENT_START EVIDENT_SUPPORT);
EVIDENT_LIKELIHOOD(Gumbel, EVIDENT_START);
EVIDENT_LIKELIHOOD(InverseGamma, EVIDENT_START EVIDENT_SUPPORT);
EVIDENT_LIKELIHOOD(Logistic, EVIDENT_START);
EVIDENT_LIKELIHOOD(NegativeBinomial, EVIDENT_START EVIDENT_SUPPORT);
EVIDENT_LIKELIHOOD(StudentT, EVIDENT_START);
EVIDENT_LIKELIHOOD(VonMises, EVIDENT_START);
EVIDENT_LIKELIHOOD(Weibull, EVIDENT_START EVIDENT_SUPPORT);

#undef EVIDENT_LIKELIHOOD
#undef EVIDENT_CLOSED_FORM
#undef EVIDENT_START
#undef EVIDENT_SUPPORT

}  // namespace EVIDENT_PRECISION
}  // namespace evident
