#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/functions/student_t_law.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/samplers/gamma.hpp>
#include <evident/distributions/standardised.hpp>
#include <evident/distributions/student_t.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kInfinity;
constexpr const char* kInstead = "its integral diverges: use median(), and icdf for the spread";

}  // namespace

StudentT::StudentT(Var df, Var loc, Var scale)
    : df_(std::move(df)), loc_(std::move(loc)), scale_(std::move(scale)) {
  check_parameters();
}

Var StudentT::log_prob_at(const Var& x) const {
  // Gamma functions are taken at the parameters' own shape, once for each.
  if (size_of(batch_shape()) < x.size()) {
    const Var norm =
        elementwise([](auto df, auto scale) { return student_t_norm(df) - log(scale); }, df_,
                    scale_, "StudentT::log_prob");
    return elementwise([](auto x, auto df, auto loc, auto scale,
                          auto norm) { return student_t_kernel(df, x, loc, scale) + norm; },
                       x, df_, loc_, scale_, norm, "StudentT::log_prob");
  }
  return elementwise(
      [](auto x, auto df, auto loc, auto scale) {
        return student_t_kernel(df, x, loc, scale) + student_t_norm(df) - log(scale);
      },
      x, df_, loc_, scale_, "StudentT::log_prob");
}

Var StudentT::cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto df, auto loc, auto scale) {
        return student_t_cdf(df, detail::standardised(x, loc, scale));
      },
      x, df_, loc_, scale_, "StudentT::cdf");
}

Var StudentT::log_cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto df, auto loc, auto scale) {
        return student_t_log_cdf(df, detail::standardised(x, loc, scale));
      },
      x, df_, loc_, scale_, "StudentT::log_cdf");
}

Var StudentT::log_survival_at(const Var& x) const {
  return elementwise(
      [](auto x, auto df, auto loc, auto scale) {
        return student_t_log_cdf(df, -detail::standardised(x, loc, scale));
      },
      x, df_, loc_, scale_, "StudentT::log_survival");
}

Var StudentT::icdf_at(const Var& p) const {
  return elementwise(
      [](auto p, auto df, auto loc, auto scale) { return loc + scale * student_t_quantile(df, p); },
      p, df_, loc_, scale_, "StudentT::icdf");
}

Array StudentT::noise(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  const Shape shape = joined(sample_shape, batch_shape());
  const Var normal(standard_normal(shape, rng));
  const Array half = (0.5 * df_).value();
  return elementwise([](auto normal, auto log_gamma,
                        auto half) { return normal * exp(0.5 * (log(half) - log_gamma)); },
                     normal, Var(log_standard_gamma(half, shape, rng)), Var(half),
                     "StudentT::noise")
      .value();
}

Var StudentT::from_noise(const Array& noise) const {
  return elementwise(
      [](auto df, auto loc, auto scale, auto t) { return loc + scale * student_t_draw(df, t); },
      df_, loc_, scale_, Var(noise), "StudentT::from_noise");
}

Array StudentT::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return from_noise(noise(rng, sample_shape)).value();
}

Var StudentT::mean() const {
  require_above("mean", "df", df_, 1, kInstead);
  return loc_ + zeros(batch_shape());
}

Var StudentT::median() const { return loc_ + zeros(batch_shape()); }

Var StudentT::variance() const {
  require_above("variance", "df", df_, 1, kInstead);
  return elementwise(
             [](auto df, auto scale) {
               const auto exists = df > 2.0;
               const auto n = where(exists, df, 3.0);
               return where(exists, square(scale) * (n / (n - 2.0)), kInfinity);
             },
             df_, scale_, "StudentT::variance") +
         zeros(batch_shape());
}

Var StudentT::entropy() const {
  return elementwise([](auto df, auto scale) { return student_t_entropy(df) + log(scale); }, df_,
                     scale_, "StudentT::entropy") +
         zeros(batch_shape());
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
