#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <limits>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

Bernoulli::Bernoulli(Var parameter, bool from_logits, Targets targets)
    : parameter_(std::move(parameter)), from_logits_(from_logits), targets_(targets) {
  if (from_logits_) {
    check_parameter("Bernoulli", "logits", parameter_.value(), "a number",
                    [](real l) { return !std::isnan(l); });
  } else {
    check_parameter("Bernoulli", "probs", parameter_.value(), "in [0, 1]",
                    [](real p) { return p >= 0 && p <= 1; });
  }
}

Bernoulli::Bernoulli(Var probs) : Bernoulli(std::move(probs), false, Targets::kBinary) {}

Bernoulli Bernoulli::from_logits(Var logits, Targets targets) {
  return Bernoulli(std::move(logits), true, targets);
}

Var Bernoulli::probs() const { return from_logits_ ? sigmoid(parameter_) : parameter_; }

Var Bernoulli::logits() const {
  if (from_logits_) return parameter_;
  return elementwise([](auto p) { return log(p) - log1p(-p); }, parameter_, "Bernoulli::logits");
}

Var Bernoulli::log_prob(const Var& x) const {
  if (from_logits_) {
    // x l - softplus(l), with the two large terms of a sure prediction cancelled beforehand.
    if (targets_ == Targets::kUnitInterval) {
      return elementwise(
          [](auto x, auto l) {
            const auto miss = where(l > 0.0, x - 1.0, x);
            const auto sure = miss == 0.0 && abs(l) == kInfinity;  // 0 * inf = 0
            return miss * where(sure, 0.0, l) - softplus(where(l > 0.0, -l, l));
          },
          x, parameter_, "Bernoulli::log_prob");
    }
    return elementwise([](auto x, auto l) { return -softplus((1.0 - 2.0 * x) * l); }, x, parameter_,
                       "Bernoulli::log_prob");
  }
  return elementwise(
      [](auto x, auto p) {
        // 0 log 0 = 0, also in the derivatives.
        return x * where(x == 0.0 && p == 0.0, 0.0, log(p)) +
               (1.0 - x) * where(x == 1.0 && p == 1.0, 0.0, log1p(-p));
      },
      x, parameter_, "Bernoulli::log_prob");
}

std::string Bernoulli::support() const {
  return targets_ == Targets::kBinary
             ? "0 or 1: binarise grey values, or say that cross entropy with grey targets is meant "
               "(Targets::kUnitInterval)"
             : "numbers in [0, 1]";
}

std::optional<std::size_t> Bernoulli::first_outside_support(const Array& x) const {
  if (targets_ == Targets::kBinary) {
    return first_failing(x, [](real value) { return (value == 0) | (value == 1); });
  }
  return first_failing(x, [](real value) { return (value >= 0) & (value <= 1); });
}

Array Bernoulli::sample(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  const Var u = uniform(joined(sample_shape, batch_shape()), rng);
  return elementwise([](auto u, auto p) { return where(u < p, 1.0, 0.0); }, u, probs(),
                     "Bernoulli::sample")
      .value();
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
