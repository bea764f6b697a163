#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/indexing.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/distributions/one_hot_categorical.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kInfinity;

}  // namespace

Var OneHotCategorical::log_prob_at(const Var& x) const {
  const Var terms = elementwise([](auto x, auto log_p) { return where(x == 1.0, log_p, 0.0); }, x,
                                log_probs(), "OneHotCategorical::log_prob");
  // 0 for unit vectors, -inf for others.
  const Var ones = sum(stop_gradient(x), {-1});
  const Var others = sum(
      elementwise([](auto x) { return where(x == 0.0 || x == 1.0, 0.0, where(x == x, 1.0, x)); },
                  stop_gradient(x), "OneHotCategorical::log_prob"),
      {-1});
  return elementwise(
      [](auto log_p, auto ones, auto others) {
        return where(ones == 1.0 && others == 0.0, log_p,
                     where(others == others, -kInfinity, others));
      },
      sum(terms, {-1}), ones, others, "OneHotCategorical::log_prob");
}

Array OneHotCategorical::draw(Rng& rng, const Shape& sample_shape) const {
  return one_hot(base_.sample(rng, sample_shape), base_.outcomes());
}

Var OneHotCategorical::mode() const { return one_hot(base_.mode().value(), base_.outcomes()); }

Array OneHotCategorical::all_modes() const { return one_hot(base_.modes(), base_.outcomes()); }

Var OneHotCategorical::variance() const {
  return elementwise([](auto p) { return p * (1.0 - p); }, probs(), "OneHotCategorical::variance");
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
