#pragma once

#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <type_traits>

// The tails of counts of trials: P(X <= k) = I_q(rest, k + 1) and P(X > k) = I_p(k + 1, rest), with
// the incomplete beta function, p the probability of a success and q = 1 - p. `rest` is n - k for a
// Binomial, the number of failures for a NegativeBinomial. The parameter is p, or its logit.

namespace evident {
namespace counting {

/// Whether e^-|l| is no number of the type, or one without all of its digits, and l a number.
template <class T, class A>
auto is_far_logit(Lanes<T, A> l) {
  return abs(l) > (std::is_same_v<T, float> ? 80.0 : 700.0) && abs(l) < parts::kInfinity;
}
/// k log p + m log q + log C of such a logit, by log p = -log(1 + e^-l) or its mirror image.
template <class L>
L log_product_of_logit(const L& k, const L& m, const L& l, const L& log_coefficient) {
  const L successes = where(l < 0.0, where(k == 0.0, L(0.0), k * l), -exp(log(k) - l));
  const L failures = where(l > 0.0, where(m == 0.0, L(0.0), -(m * l)), -exp(log(m) + l));
  return log_coefficient + successes + failures;
}

/// P(X <= k), with its values below and above all counts.
struct LowerTail {
  static constexpr double kBelow = 0, kAbove = 1;
  template <bool kLogits, class N, class K, class P>
  static auto at(const N& rest, const K& k, const P& parameter) {
    if constexpr (kLogits) {
      return betainc_of_logit(rest, k + 1.0, -parameter);
    } else {
      return betainc(rest, k + 1.0, 1.0 - parameter, parameter);
    }
  }
};
/// log P(X <= k).
struct LogLowerTail {
  static constexpr double kBelow = -parts::kInfinity, kAbove = 0;
  template <bool kLogits, class N, class K, class P>
  static auto at(const N& rest, const K& k, const P& parameter) {
    if constexpr (kLogits) {
      return log_betainc_of_logit(rest, k + 1.0, -parameter);
    } else {
      return log_betainc(rest, k + 1.0, 1.0 - parameter, parameter);
    }
  }
};
/// log P(X > k).
struct LogUpperTail {
  static constexpr double kBelow = 0, kAbove = -parts::kInfinity;
  template <bool kLogits, class N, class K, class P>
  static auto at(const N& rest, const K& k, const P& parameter) {
    if constexpr (kLogits) {
      return log_betainc_of_logit(k + 1.0, rest, parameter);
    } else {
      return log_betainc(k + 1.0, rest, parameter, 1.0 - parameter);
    }
  }
};

/// Trials in double: p, q and p / q of the parameter, and both tails.
template <bool kLogits>
struct Trials {
  explicit Trials(double given) : parameter(given) {
    if (!kLogits) return;
    const double e = std::exp(-std::abs(given));
    p = (given > 0 ? 1 : e) / (1 + e);
    q = (given > 0 ? e : 1) / (1 + e);
    odds = std::exp(given);
  }

  double lower(double rest, double k) const {
    return kLogits ? special::betainc_of_logit(rest, k + 1, -parameter)
                   : special::betainc(rest, k + 1, q, p);
  }
  double upper(double rest, double k) const {
    return kLogits ? special::betainc_of_logit(k + 1, rest, parameter)
                   : special::betainc(k + 1, rest, p, q);
  }

  double parameter;
  double p = parameter, q = 1 - parameter;
  double odds = p / q;
};

}  // namespace counting

inline namespace EVIDENT_PRECISION {
namespace detail {

/// `kOfLogits` or `kOfProbs` on every element, as the parameter was given: functions of doubles
/// that are constant between jumps.
template <auto kOfProbs, auto kOfLogits, class... X>
Var in_jumps(bool from_logits, const char* name, const X&... x) {
  if (from_logits) {
    return elementwise([](auto... lanes) { return in_jumps_on_each_lane(kOfLogits, lanes...); },
                       x..., name);
  }
  return elementwise([](auto... lanes) { return in_jumps_on_each_lane(kOfProbs, lanes...); }, x...,
                     name);
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
