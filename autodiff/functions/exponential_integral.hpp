#pragma once

#include <array>
#include <cmath>
#include <evident/autodiff/functions/lane_by_lane.hpp>
#include <evident/autodiff/special/exponential_integral.hpp>

namespace evident {

/// E_1(e^-z), with the derivative exp(-e^-z).
template <class X>
parts::PromotedOf<X> expint_of_exp(const X& z) {
  return on_each_lane(
      special::expint_of_exp,
      [](double z) {
        return std::array<double, 2>{special::expint_of_exp(z), std::exp(-std::exp(-z))};
      },
      z);
}

}  // namespace evident
