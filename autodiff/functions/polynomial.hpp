#pragma once

#include <cstddef>
#include <evident/autodiff/lanes.hpp>

namespace evident::parts {

// a b + c, rounded once where the processor can: whatever the compiler makes of products and sums.
template <class T, class A>
Lanes<T, A> fused(Lanes<T, A> a, Lanes<T, A> b, Lanes<T, A> c) {
  return xsimd::fma(a.v, b.v, c.v);
}

// c[0] + c[1] x + ...
template <class T, class A, std::size_t n>
Lanes<T, A> polynomial(const double (&c)[n], Lanes<T, A> x) {
  Lanes<T, A> sum = c[n - 1];
  for (std::size_t i = n - 1; i-- > 0;) sum = fused(sum, x, Lanes<T, A>(c[i]));
  return sum;
}

}  // namespace evident::parts
