#include <boost/math/quadrature/gauss.hpp>
#include <evident/autodiff/special/quadrature.hpp>

namespace evident {
namespace special {

const GaussRule& gauss_rule() {
  static const GaussRule rule = [] {
    constexpr std::size_t kHalf = 15;
    using Rule = boost::math::quadrature::gauss<double, 2 * kHalf>;
    GaussRule r{};
    for (std::size_t i = 0; i < kHalf; ++i) {
      const double x = Rule::abscissa()[i], w = Rule::weights()[i];
      r.node[kHalf + i] = 0.5 + 0.5 * x;
      r.node[kHalf - 1 - i] = 0.5 - 0.5 * x;
      r.weight[kHalf + i] = r.weight[kHalf - 1 - i] = 0.5 * w;
    }
    return r;
  }();
  return rule;
}

}  // namespace special
}  // namespace evident
