#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/functions/gamma_law.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/softmax.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/dirichlet.hpp>
#include <evident/distributions/samplers/gamma.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kInfinity;

// The logarithm of a standard gamma draw, whose derivative in the shape is that with its
// probability held fixed (Figurnov, Mohamed and Mnih 2018).
template <class S, class N, class R = Promoted<S, N>>
R log_gamma_draw(const S& shape, const N& log_draw) {
  return parts::lane_by_lane<R>([](double, double log_draw) { return log_draw; },
                                [](double a, double log_draw) -> std::array<double, 3> {
                                  return {log_draw, special::gamma_draw_gradient(a, log_draw), 0};
                                },
                                shape, log_draw);
}

}  // namespace

Dirichlet::Dirichlet(Var concentration) : concentration_(std::move(concentration)) {
  check_parameters();
}

Var Dirichlet::total() const { return sum(concentration_, {-1}, Keep::kYes); }

Var Dirichlet::log_prob_at(const Var& x) const {
  // Of independent gamma numbers s x_i with a sum s, at any s: near their means at s = a0.
  const Var a0 = total();
  const Var norm =
      elementwise([](auto a) { return gamma_norm(a); }, concentration_, "Dirichlet::log_prob");
  const Var of_sum = elementwise(
      [](auto a0, auto s, auto k) {
        return (k - 1.0) * log(s) - gamma_density(s, a0, 1.0 + 0.0 * s) - gamma_norm(a0);
      },
      a0, stop_gradient(a0), static_cast<double>(event_shape().back()), "Dirichlet::log_prob");
  // What s x_i - a_i adds is 0 in the sum, and makes the slope in x_i that of the formula.
  const Var terms = elementwise(
      [](auto x, auto a, auto norm, auto s, auto fixed) {
        const auto share = where(x < 0.0, 0.5, x);
        return (gamma_density(share, a, s) + norm) + (s * share - fixed);
      },
      x, concentration_, norm, stop_gradient(a0), stop_gradient(concentration_),
      "Dirichlet::log_prob");
  return elementwise(
      [](auto terms, auto of_sum, auto sum, auto smallest) {
        const auto outside = smallest < 0.0 || abs(sum - 1.0) > kSimplexTolerance;
        const auto both = terms != terms && sum == sum;
        return where(outside || both, -kInfinity, terms + of_sum);
      },
      sum(terms, {-1}), sum(of_sum, {-1}), sum(stop_gradient(x), {-1}), min(stop_gradient(x), {-1}),
      "Dirichlet::log_prob");
}

Array Dirichlet::noise(Rng& rng, const Shape& sample_shape) const {
  return log_standard_gamma(concentration_.value(), joined(sample_shape, concentration_.shape()),
                            rng);
}

Var Dirichlet::from_noise(const Array& noise) const {
  return softmax(elementwise([](auto a, auto log_draw) { return log_gamma_draw(a, log_draw); },
                             concentration_, Var(noise), "Dirichlet::from_noise"));
}

Array Dirichlet::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return softmax(Var(noise(rng, sample_shape))).value();
}

Array Dirichlet::draw_log(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return log_softmax(Var(noise(rng, sample_shape))).value();
}

Var Dirichlet::mean() const { return concentration_ / total(); }

Var Dirichlet::mode() const {
  require_above("mode", "concentration", concentration_, 1,
                "elsewhere the density is largest on an edge: use mean()");
  const Var excess = concentration_ - 1.0;
  return excess / sum(excess, {-1}, Keep::kYes);
}

Var Dirichlet::variance() const {
  return elementwise([](auto a, auto a0) { return (a / a0) * ((a0 - a) / a0) / (a0 + 1.0); },
                     concentration_, total(), "Dirichlet::variance");
}

// A vector of gamma numbers is its sum and, independent of it, its shares: their entropies add up,
// but for the logarithm of the sum that each share but one is divided by.
Var Dirichlet::entropy() const {
  const Var of_gammas = sum(
      elementwise([](auto a) { return gamma_entropy(a); }, concentration_, "Dirichlet::entropy"),
      {-1});
  return elementwise([](auto of_gammas, auto a0,
                        auto k) { return of_gammas - gamma_entropy(a0) - (k - 1.0) * digamma(a0); },
                     of_gammas, sum(concentration_, {-1}),
                     static_cast<double>(event_shape().back()), "Dirichlet::entropy");
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
