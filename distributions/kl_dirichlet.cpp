#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/distributions/dirichlet.hpp>
#include <evident/distributions/kl_pieces.hpp>
#include <evident/distributions/kl_rules.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

// KL between standard gamma laws of two shapes.
Var between_gammas(const Var& q, const Var& p) {
  return elementwise([](auto q, auto p) { return detail::shape_divergence(q, p) + deviance(p, q); },
                     q, p, "kl(Dirichlet, Dirichlet)");
}

// That of the gammas whose shares they are, less that of their sums.
Var between(const Dirichlet& q, const Dirichlet& p) {
  const Var &a = q.concentration(), &b = p.concentration();
  return sum(between_gammas(a, b), {-1}) - between_gammas(sum(a, {-1}), sum(b, {-1}));
}

}  // namespace

void detail::add_dirichlet_kl() { KlRule<Dirichlet, Dirichlet>{between}; }

}  // namespace EVIDENT_PRECISION
}  // namespace evident
