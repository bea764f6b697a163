#pragma once

#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/beta.hpp>
#include <evident/distributions/binomial.hpp>
#include <evident/distributions/categorical.hpp>
#include <evident/distributions/cauchy.hpp>
#include <evident/distributions/chi2.hpp>
#include <evident/distributions/continuous_bernoulli.hpp>
#include <evident/distributions/exponential.hpp>
#include <evident/distributions/gamma.hpp>
#include <evident/distributions/geometric.hpp>
#include <evident/distributions/gumbel.hpp>
#include <evident/distributions/half_cauchy.hpp>
#include <evident/distributions/half_normal.hpp>
#include <evident/distributions/inverse_gamma.hpp>
#include <evident/distributions/kumaraswamy.hpp>
#include <evident/distributions/laplace.hpp>
#include <evident/distributions/log_normal.hpp>
#include <evident/distributions/logistic.hpp>
#include <evident/distributions/negative_binomial.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/pareto.hpp>
#include <evident/distributions/poisson.hpp>
#include <evident/distributions/student_t.hpp>
#include <evident/distributions/truncated_normal.hpp>
#include <evident/distributions/uniform.hpp>
#include <evident/distributions/von_mises.hpp>
#include <evident/distributions/weibull.hpp>
#include <evident/distributions/zero_inflated_poisson.hpp>
#include <functional>
#include <type_traits>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Data as starts and closed forms see them, in double.
class Sample {
 public:
  explicit Sample(const Array& data);
  /// The same numbers after a function: their logarithms, their reciprocals.
  Sample map(const std::function<double(double)>& f) const;

  double count() const { return static_cast<double>(sorted_.size()); }
  double mean() const { return mean_; }
  /// The mean squared deviation from the mean.
  double variance() const { return deviation_ * deviation_; }
  /// Its root, which underflows only where the data do.
  double deviation() const { return deviation_; }
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
  void add_up();

  std::vector<double> sorted_;
  double mean_ = 0, deviation_ = 0;
};

/// A closed form's parameter with its standard error.
struct Fitted {
  double value, standard_error;
};

namespace detail {

// Throws that a scale would have to be 0.
void require_spread(const char* name, double scale, const Sample& x);

template <class D>
constexpr bool kNever = false;

}  // namespace detail

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
/// `closed_form`, which returns a `Fitted` for each parameter, stands in its place. Parameters that
/// are given and not fitted follow the arguments of `make`, `support` and `start`:
///
///     static Late make(const std::vector<Var>& p, double delay) { return Late(delay, p[0]); }
///     static Constraint support(double delay) { return constraints::at_least(delay); }
///     static std::vector<double> start(const Sample& x, double delay);
///
/// One whose `loc` and `scale` are just that, (x - loc) / scale having a distribution without them,
/// says `static constexpr bool kLocated = true;`: how far from 0 and in what units data are then
/// changes no digit of the fit.
template <class D>
struct Likelihood : LikelihoodOf<D> {
  static_assert(detail::kNever<D>,
                "maximum_likelihood<D> does not know this D: write a specialisation of "
                "evident::Likelihood<D>, with a name and a start, as the comment above it shows");
  static constexpr const char* kName = "";
  static std::vector<double> start(const Sample& x);
};

namespace detail {

template <class D, class = void>
struct HasClosedForm : std::false_type {};
template <class D>
struct HasClosedForm<D, std::void_t<decltype(&Likelihood<D>::closed_form)>> : std::true_type {};

template <class D, class = void>
struct IsLocated : std::false_type {};
template <class D>
struct IsLocated<D, std::void_t<decltype(Likelihood<D>::kLocated)>>
    : std::bool_constant<Likelihood<D>::kLocated> {};

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
#define EVIDENT_LOCATED static constexpr bool kLocated = true;

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
EVIDENT_LIKELIHOOD(ZeroInflatedPoisson, EVIDENT_CLOSED_FORM);
// By Newton's method.
EVIDENT_LIKELIHOOD(Beta, EVIDENT_START EVIDENT_SUPPORT);
EVIDENT_LIKELIHOOD(Cauchy, EVIDENT_START EVIDENT_LOCATED);
EVIDENT_LIKELIHOOD(Chi2, EVIDENT_START EVIDENT_SUPPORT);
EVIDENT_LIKELIHOOD(Gamma, EVIDENT_START EVIDENT_SUPPORT);
EVIDENT_LIKELIHOOD(Gumbel, EVIDENT_START EVIDENT_LOCATED);
EVIDENT_LIKELIHOOD(HalfCauchy, EVIDENT_START);
EVIDENT_LIKELIHOOD(InverseGamma, EVIDENT_START EVIDENT_SUPPORT);
EVIDENT_LIKELIHOOD(Kumaraswamy, EVIDENT_START EVIDENT_SUPPORT);
EVIDENT_LIKELIHOOD(Logistic, EVIDENT_START EVIDENT_LOCATED);
EVIDENT_LIKELIHOOD(NegativeBinomial, EVIDENT_START EVIDENT_SUPPORT);
EVIDENT_LIKELIHOOD(StudentT, EVIDENT_START EVIDENT_LOCATED);
EVIDENT_LIKELIHOOD(VonMises, EVIDENT_START);
EVIDENT_LIKELIHOOD(Weibull, EVIDENT_START EVIDENT_SUPPORT);

#undef EVIDENT_LIKELIHOOD
#undef EVIDENT_CLOSED_FORM
#undef EVIDENT_START
#undef EVIDENT_SUPPORT
#undef EVIDENT_LOCATED

/// In closed form but for the inverse of the mean, and by logits: probs of data near 1 round to 1.
template <>
struct Likelihood<ContinuousBernoulli> {
  static constexpr const char* kName = "ContinuousBernoulli";
  static ContinuousBernoulli make(const std::vector<Var>& p) {
    return ContinuousBernoulli::from_logits(p[0]);
  }
  static Constraint support() { return constraints::unit_interval(); }
  static std::vector<Fitted> closed_form(const Sample& x);
};

/// probs, of a given number of trials, which all data share.
template <>
struct Likelihood<Binomial> {
  static constexpr const char* kName = "Binomial";
  static Binomial make(const std::vector<Var>& p, double total_count) {
    return Binomial(total_count, p[0]);
  }
  static Constraint support(double total_count);
  static std::vector<Fitted> closed_form(const Sample& x, double total_count);
};

/// probs, which are as many estimates as there are outcomes: "probs[0]", "probs[1]", ...
template <>
struct Likelihood<Categorical> {
  static constexpr const char* kName = "Categorical";
  static Categorical make(const std::vector<Var>& p, std::size_t outcomes);
  static Constraint support(std::size_t outcomes);
  static std::vector<Fitted> closed_form(const Sample& x, std::size_t outcomes);
};

/// loc and scale, of given ends: by a Newton's method of its own, which sees the mean and the
/// variance alone.
template <>
struct Likelihood<TruncatedNormal> {
  static constexpr const char* kName = "TruncatedNormal";
  static TruncatedNormal make(const std::vector<Var>& p, double low, double high) {
    return TruncatedNormal(p[0], p[1], low, high);
  }
  static Constraint support(double low, double high) { return make({0, 1}, low, high).support(); }
  static std::vector<Fitted> closed_form(const Sample& x, double low, double high);
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
