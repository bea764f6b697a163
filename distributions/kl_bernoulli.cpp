#include <evident/autodiff/elementwise.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/kl_rules.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

void detail::add_bernoulli_kl() {
  KlRule<Bernoulli, Bernoulli>([](const Bernoulli& q, const Bernoulli& p) {
    return elementwise(
        [](auto q, auto p) {
          // 0 log 0 = 0: an outcome that q never sees costs nothing.
          const auto term = [](auto q, auto p) {
            return where(sigmoid(q) == 0.0, 0.0, sigmoid(q) * (softplus(-p) - softplus(-q)));
          };
          return term(q, p) + term(-q, -p);
        },
        q.logits(), p.logits(), "kl(Bernoulli, Bernoulli)");
  });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
