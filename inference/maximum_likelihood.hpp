#pragma once

#include <evident/inference/likelihoods.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// One parameter at the maximum of the likelihood.
struct Estimate {
  std::string name;  ///< "scale"; of a vector's elements "probs[0]", "probs[1]", ...
  double value;
  /// How far the estimate is off, as a standard deviation; NaN where the likelihood has no
  /// curvature that says: an end of the support (Uniform, a Pareto's scale), or of what a parameter
  /// may be (a Bernoulli of zeros only).
  double standard_error;
};

/// What `maximum_likelihood` found.
template <class D>
struct MaximumLikelihood {
  D distribution;                   ///< with the estimates as its parameters
  std::vector<Estimate> estimates;  ///< of what is fitted, in the constructor's order
  double log_likelihood;            ///< sum log p(x_i) there, in nats
  int iterations;                   ///< of Newton's method; 0 for a closed form
};

namespace detail {

struct Maximum {
  std::vector<Estimate> estimates;
  double log_likelihood;
  int iterations;
};

using MakeDistribution =
    std::function<std::shared_ptr<const Distribution>(const std::vector<Var>& parameters)>;

// Whether Likelihood<D>::make takes the parameters with what is given.
template <class, class D, class... Given>
struct Makes : std::false_type {};
template <class D, class... Given>
struct Makes<std::void_t<decltype(Likelihood<D>::make(std::declval<const std::vector<Var>&>(),
                                                      std::declval<const Given&>()...))>,
             D, Given...> : std::true_type {};

// Throws unless data are a non-empty vector within the support.
void check_data(const std::string& name, const Array& data, const Constraint& support);
Maximum closed_form(const MakeDistribution& make, const Array& data,
                    const std::vector<Fitted>& fitted);
// Of a located one in units of the loc and the scale that it starts from.
Maximum newton(const MakeDistribution& make, const Array& data, const std::vector<double>& start,
               bool located);

}  // namespace detail

/// The parameters of a D under which independent data, shape (n), are most probable: those that
/// maximise the likelihood L(theta) = p(data; theta) (Fisher 1922), with standard errors.
///
///     const auto fit = maximum_likelihood<Gamma>(data);
///
/// What of a D is known and not fitted is given after the data:
///
///     maximum_likelihood<Binomial>(successes, total_count)
///     maximum_likelihood<Categorical>(labels, outcomes)
///     maximum_likelihood<TruncatedNormal>(data, low, high)
///
/// `Likelihood<D>` has either a closed form or a place to start from. From there safeguarded
/// Newton's method climbs in coordinates without constraints, with gradients from the tape and
/// second derivatives as their central differences; standard errors are the roots of the diagonal
/// of the inverse observed information, minus the second derivatives of log L. In double the score
/// at the estimate is 0 to rounding and standard errors are good to 6 digits; in float estimates
/// have about 4 digits and standard errors 2: prefer evident::f64.
/// Errors: no data; data of another shape, NaN, or outside the support, which names the element; a
/// likelihood without a maximum, such as that of equal data under a Gamma, or with its maximum
/// where another distribution is to be fitted: no more zeros than a Poisson has under a
/// ZeroInflatedPoisson. A D without a `Likelihood<D>` does not compile, and says what to write.
template <class D, class... Given>
MaximumLikelihood<D> maximum_likelihood(const Array& data, const Given&... given) {
  static_assert(detail::Makes<void, D, Given...>::value,
                "maximum_likelihood<D>(data, given...): what is given is not what Likelihood<D>::"
                "make takes after the parameters: a Binomial's total_count, a Categorical's number "
                "of outcomes, a TruncatedNormal's low and high, and nothing for most");
  using L = Likelihood<D>;
  const auto make = [&](const std::vector<Var>& parameters) -> std::shared_ptr<const Distribution> {
    return std::make_shared<const D>(L::make(parameters, given...));
  };
  detail::check_data(L::kName, data, L::support(given...));
  detail::Maximum maximum = [&] {
    if constexpr (detail::HasClosedForm<D>::value) {
      return detail::closed_form(make, data, L::closed_form(Sample(data), given...));
    } else {
      return detail::newton(make, data, L::start(Sample(data), given...),
                            detail::IsLocated<D>::value);
    }
  }();
  std::vector<Var> parameters;
  for (const Estimate& estimate : maximum.estimates) parameters.emplace_back(estimate.value);
  return {L::make(parameters, given...), std::move(maximum.estimates), maximum.log_likelihood,
          maximum.iterations};
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
