#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/samplers/counts.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kInfinity;
using parts::kNan;

}  // namespace

Bernoulli::Bernoulli(Var parameter, bool from_logits, Targets targets)
    : parameter_(std::move(parameter)), from_logits_(from_logits), targets_(targets) {
  check_parameters();
}

Bernoulli::Bernoulli(Var probs) : Bernoulli(std::move(probs), false, Targets::kBinary) {}

Bernoulli Bernoulli::from_logits(Var logits, Targets targets) {
  return Bernoulli(std::move(logits), true, targets);
}

std::vector<Parameter> Bernoulli::parameters() const {
  if (from_logits_) return {{"logits", parameter_, constraints::extended_real()}};
  return {{"probs", parameter_, constraints::unit_interval()}};
}

Constraint Bernoulli::support() const {
  if (targets_ == Targets::kUnitInterval) return constraints::unit_interval();
  return constraints::boolean().with_advice(
      "binarise grey values, or say that cross entropy with grey targets is meant "
      "(Targets::kUnitInterval)");
}

Var Bernoulli::probs() const { return from_logits_ ? sigmoid(parameter_) : parameter_; }

Var Bernoulli::logits() const {
  if (from_logits_) return parameter_;
  return elementwise([](auto p) { return log(p) - log1p(-p); }, parameter_, "Bernoulli::logits");
}

Var Bernoulli::log_prob_at(const Var& x) const {
  if (targets_ == Targets::kUnitInterval) {
    // x l - softplus(l), with the two large terms of a sure prediction cancelled beforehand.
    return elementwise(
        [](auto x, auto l) {
          const auto miss = where(l > 0.0, x - 1.0, x);
          const auto sure = miss == 0.0 && abs(l) == kInfinity;  // 0 * inf = 0
          const auto value = miss * where(sure, 0.0, l) - softplus(where(l > 0.0, -l, l));
          return where(x >= 0.0 && x <= 1.0, value, -kInfinity);
        },
        x, parameter_, "Bernoulli::log_prob");
  }
  if (from_logits_) {
    return elementwise(
        [](auto x, auto l) {
          // Of a sure outcome x has no slope: 0 times an infinite logit.
          const auto z = where(abs(l) == kInfinity, where(x == 1.0, -l, l), (1.0 - 2.0 * x) * l);
          return where(x == 0.0 || x == 1.0, -softplus(z), -kInfinity);
        },
        x, parameter_, "Bernoulli::log_prob");
  }
  return elementwise(
      [](auto x, auto p) {
        // The branch that is not taken has no part in the derivative.
        return where(x == 1.0, log(p), where(x == 0.0, log1p(-p), -kInfinity));
      },
      x, parameter_, "Bernoulli::log_prob");
}

Var Bernoulli::cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto q) { return where(x < 0.0, 0.0, where(x < 1.0, q, where(x == x, 1.0, x))); },
      x, from_logits_ ? sigmoid(-parameter_) : 1.0 - parameter_, "Bernoulli::cdf");
}

Var Bernoulli::log_cdf_at(const Var& x) const {
  return elementwise(
      [](auto x, auto log_q) {
        return where(x < 0.0, -kInfinity, where(x < 1.0, log_q, where(x == x, 0.0, x)));
      },
      x, from_logits_ ? log_sigmoid(-parameter_) : log1p(-parameter_), "Bernoulli::log_cdf");
}

Var Bernoulli::log_survival_at(const Var& x) const {
  return elementwise(
      [](auto x, auto log_p) {
        return where(x < 0.0, 0.0, where(x < 1.0, log_p, where(x == x, -kInfinity, x)));
      },
      x, from_logits_ ? log_sigmoid(parameter_) : log(parameter_), "Bernoulli::log_survival");
}

Var Bernoulli::icdf_at(const Var& p) const {
  if (from_logits_) {
    // The distribution function at 0 is sigmoid(-l), where 1 - p rounds.
    return elementwise(
        [](auto u, auto l) {
          const auto is_zero = u < 1.0 && u <= sigmoid(-l);
          return where(u >= 0.0 && u <= 1.0, where(is_zero, 0.0, 1.0), kNan);
        },
        p, parameter_, "Bernoulli::icdf");
  }
  return elementwise(
      [](auto u, auto p) {
        return where(u >= 0.0 && u <= 1.0, where(u < 1.0 && u <= 1.0 - p, 0.0, 1.0), kNan);
      },
      p, parameter_, "Bernoulli::icdf");
}

Var Bernoulli::median() const {
  return elementwise([](auto l) { return where(l > 0.0, 1.0, where(l == 0.0, 0.5, 0.0)); },
                     above_half(), "Bernoulli::median");
}

Var Bernoulli::mode() const {
  return elementwise([](auto l) { return where(l > 0.0, 1.0, 0.0); }, above_half(),
                     "Bernoulli::mode");
}

Array Bernoulli::all_modes() const {
  return above_half().item() == 0 ? vector({0, 1}) : vector({mode().item()});
}

Var Bernoulli::above_half() const { return from_logits_ ? parameter_ : parameter_ - 0.5; }

Array Bernoulli::draw(Rng& rng, const Shape& sample_shape) const {
  const Shape shape = joined(sample_shape, batch_shape());
  return from_logits_ ? bernoulli_of_logits(parameter_.value(), shape, rng)
                      : bernoulli(parameter_.value(), shape, rng);
}

Var Bernoulli::variance() const {
  if (from_logits_) {
    return elementwise([](auto l) { return sigmoid(l) * sigmoid(-l); }, parameter_,
                       "Bernoulli::variance");
  }
  return elementwise([](auto p) { return p * (1.0 - p); }, parameter_, "Bernoulli::variance");
}

Var Bernoulli::entropy() const {
  if (from_logits_) {
    return elementwise(
        [](auto l) {
          // p log(1/p) -> 0 at both ends, where the logit is infinite.
          const auto term = [](auto p, auto information) {
            return where(p == 0.0, 0.0, p * information);
          };
          return term(sigmoid(l), softplus(-l)) + term(sigmoid(-l), softplus(l));
        },
        parameter_, "Bernoulli::entropy");
  }
  return elementwise(
      [](auto p) {
        return where(p == 0.0, 0.0, -p * log(p)) + where(p == 1.0, 0.0, (p - 1.0) * log1p(-p));
      },
      parameter_, "Bernoulli::entropy");
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
