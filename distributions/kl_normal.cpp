#include <evident/autodiff/elementwise.hpp>
#include <evident/distributions/kl_rules.hpp>
#include <evident/distributions/normal.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

void detail::add_normal_kl() {
  // log(s_p / s_q) and the quadratic form (Kingma and Welling 2014, appendix B, for p = N(0, 1)).
  KlRule<Normal, Normal>([](const Normal& q, const Normal& p) {
    return elementwise(
        [](auto q_loc, auto q_scale, auto p_loc, auto p_scale) {
          const auto ratio = q_scale / p_scale;
          return 0.5 * (square(ratio) + square((q_loc - p_loc) / p_scale) - 1.0) - log(ratio);
        },
        q.loc(), q.scale(), p.loc(), p.scale(), "kl(Normal, Normal)");
  });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
