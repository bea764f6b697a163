#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/discrete_uniform.hpp>
#include <evident/distributions/samplers/counts.hpp>
#include <evident/distributions/whole_numbers.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using counting::whole_part;

using parts::kInfinity;
using parts::kNan;

// log(part / (part + rest)), exact where either is small.
template <class L>
L log_share(L part, L rest) {
  const L count = part + rest;
  return where(rest < part, log1p(-rest / count), log(part / count));
}

// How many outcomes are at most x, and how many are above.
template <class L>
struct Sides {
  L below, above;
};
template <class L>
Sides<L> sides(L x, L low, L high) {
  const L count = high - low + 1.0, below = clamp(whole_part(x) - low + 1.0, 0.0, count);
  return {below, count - below};
}

}  // namespace

DiscreteUniform::DiscreteUniform(const Var& low, const Var& high)
    : low_(stop_gradient(low)), high_(stop_gradient(high)) {
  check_parameters();
}

std::vector<Parameter> DiscreteUniform::parameters() const {
  const Constraint whole = constraints::integers({-kInfinity, true}, {kInfinity, true});
  return {
      {"low", low_, whole},
      {"high", high_, constraints::integers(Constraint::Bound(low_.value()), {kInfinity, true})}};
}

Var DiscreteUniform::log_prob_at(const Var& x) const {
  return elementwise(
      [](auto at, auto low_end, auto high_end) {
        const auto x = counting::value_of(at), low = whole_part(low_end),
                   high = whole_part(high_end);
        const auto inside = whole_part(x) == x && x >= low && x <= high;
        return where(inside, -log(high - low + 1.0), where(x == x, -kInfinity, kNan));
      },
      x, low_, high_, "DiscreteUniform::log_prob");
}

Var DiscreteUniform::cdf_at(const Var& x) const {
  return elementwise(
      [](auto at, auto low, auto high) {
        const auto x = counting::value_of(at);
        const auto [below, above] = sides(x, whole_part(low), whole_part(high));
        return where(x == x, below / (below + above), kNan);
      },
      x, low_, high_, "DiscreteUniform::cdf");
}

Var DiscreteUniform::log_cdf_at(const Var& x) const {
  return elementwise(
      [](auto at, auto low, auto high) {
        const auto x = counting::value_of(at);
        const auto [below, above] = sides(x, whole_part(low), whole_part(high));
        return where(x == x, log_share(below, above), kNan);
      },
      x, low_, high_, "DiscreteUniform::log_cdf");
}

Var DiscreteUniform::log_survival_at(const Var& x) const {
  return elementwise(
      [](auto at, auto low, auto high) {
        const auto x = counting::value_of(at);
        const auto [below, above] = sides(x, whole_part(low), whole_part(high));
        return where(x == x, log_share(above, below), kNan);
      },
      x, low_, high_, "DiscreteUniform::log_survival");
}

Var DiscreteUniform::icdf_at(const Var& p) const {
  return elementwise(
      [](auto at, auto low_end, auto high_end) {
        const auto u = counting::value_of(at), low = whole_part(low_end),
                   high = whole_part(high_end);
        // The whole number above u n, or it: u may be a multiple of 1/n that has rounded up.
        const auto count = high - low + 1.0;
        const auto place = -whole_part(-(u * count));
        const auto before = place - 1.0;
        const auto k = where(before / count >= u, before, place);
        return where(u >= 0.0 && u <= 1.0, clamp(low + k - 1.0, low, high), kNan);
      },
      p, low_, high_, "DiscreteUniform::icdf");
}

Array DiscreteUniform::draw(Rng& rng, const Shape& sample_shape) const {
  return discrete_uniform(low_.value(), high_.value(), joined(sample_shape, batch_shape()), rng);
}

Var DiscreteUniform::mean() const { return 0.5 * (low_ + high_); }

Var DiscreteUniform::median() const { return mean(); }

Var DiscreteUniform::mode() const { return low_ + zeros(batch_shape()); }

Array DiscreteUniform::all_modes() const {
  const double low = low_.item(), high = high_.item();
  if (high - low >= 10000) refuse("list of modes", "all outcomes are, over 10000: use support()");
  Array all = uninitialised({static_cast<std::size_t>(high - low) + 1});
  for (std::size_t i = 0; i < all.size(); ++i) {
    all.data()[i] = static_cast<real>(low + static_cast<double>(i));
  }
  return all;
}

Var DiscreteUniform::variance() const {
  return elementwise(
      [](auto low, auto high) {
        const auto span = high - low;
        return span * (span + 2.0) / 12.0;  // (n^2 - 1) / 12
      },
      low_, high_, "DiscreteUniform::variance");
}

Var DiscreteUniform::entropy() const { return log(high_ - low_ + 1.0); }

}  // namespace EVIDENT_PRECISION
}  // namespace evident
