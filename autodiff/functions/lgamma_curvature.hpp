#pragma once

#include <evident/autodiff/functions/beta.hpp>

namespace evident {

namespace parts {

// The integral of (1 - |s - 1|) f(s) over [0, 2], by Gauss' rule of six points for this weight.
template <class R, class F>
R integral_under_triangle(F f) {
  constexpr double kNodes[] = {0.134261705021180904, 0.423385191751512665, 0.805736323224961108};
  constexpr double kWeights[] = {0.0294965616553093465, 0.147481233705272848, 0.323022204639417805};
  R sum = kWeights[0] * (f(kNodes[0]) + f(2 - kNodes[0]));
  for (int i = 1; i < 3; ++i) sum += kWeights[i] * (f(kNodes[i]) + f(2 - kNodes[i]));
  return sum;
}

// Below this step the second difference is an integral of trigamma.
inline constexpr double kSmallStep = 0.1;

}  // namespace parts

/// log Gamma(c + 2t) - 2 log Gamma(c + t) + log Gamma(c) for c >= 1 and t > 0, with its relative
/// accuracy for small t too: there it is t^2 times the integral of (1 - |s - 1|) trigamma(c + s t)
/// over [0, 2].
template <class C, class X, class R = Promoted<C, X>>
R lgamma_curvature(const C& c, const X& t) {
  const auto small = t < parts::kSmallStep;
  const X step = where(small, t, X(parts::kSmallStep));
  const R inner = step * step * parts::integral_under_triangle<R>([&](double s) -> R {
                    return trigamma(R(c + s * step));
                  });
  return where(small, inner, R(lgamma(R(c + 2.0 * t)) - 2.0 * lgamma(R(c + t)) + lgamma(R(c))));
}

/// The excess of `lgamma_curvature(1, t)` over that of (1 + b, t), for t, b > 0: the same of the
/// logarithms of the moments of a Beta(1, b). Relatively exact for small t.
template <class B, class X, class R = Promoted<B, X>>
R beta_curvature(const B& b, const X& t) {
  const auto small = t < parts::kSmallStep;
  const X step = where(small, t, X(parts::kSmallStep));
  const R inner = step * step * parts::integral_under_triangle<R>([&](double s) -> R {
                    const X at = 1.0 + s * step;
                    return trigamma(at) - trigamma(R(at + b));
                  });
  const R outer = lbeta(R(1.0 + 2.0 * t), b) - 2.0 * lbeta(R(1.0 + t), b) - log(b);
  return where(small, inner, outer);
}

}  // namespace evident
