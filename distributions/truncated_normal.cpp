#include <fmt/format.h>
#include <evident/autodiff/functions/constants.hpp>

#include <algorithm>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/distributions/standardised.hpp>
#include <evident/distributions/truncated_moments.hpp>
#include <evident/distributions/truncated_normal.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::add_slope;
using detail::log_tail_mass;
using detail::plain;
using detail::standardised;
using detail::TruncatedInterval;
using detail::TruncatedMoments;

using parts::kHalfLogTwoPi;
using parts::kInfinity;
using parts::kLn2;
using parts::kNan;

// The logarithm of a probability, exact where that is small, from that of the other outcome where
// it is not.
template <class R>
R of_smaller(const R& wanted, const R& other) {
  const auto large = wanted > -kLn2;
  return where(large, log1mexp(where(large && other < 0.0, other, R(-1.0))), wanted);
}

// log P(a < Z < b) of a standard normal Z. Of a short interval only the width, b - a, has digits;
// the density's mean over it is that in the middle and a term of its curvature.
template <class R>
R log_ndtr_between(const R& a, const R& b, const R& width) {
  constexpr double kShort = sizeof(real) == 8 ? 0.01 : 0.1;
  const auto is_short = width * (1.0 + abs(a)) < kShort;
  const R middle = 0.5 * (a + b), w = where(is_short, width, R(1.0));
  const R curvature = (square(middle) - 1.0) * square(w) / 24.0;
  const R log_mean = log1p(where(is_short, curvature, R(0.0))) - 0.5 * square(middle);
  return where(is_short, log(w) + log_mean - kHalfLogTwoPi, log_ndtr_difference(a, b));
}

// log P(X <= x) and log P(X > x) for low < x < high, each exact where it is small.
template <class R>
struct Sides {
  R below, above;
};
template <class X, class Loc, class Scale, class Low, class High, class M>
auto sides(const X& x, const Loc& loc, const Scale& scale, const Low& low, const High& high,
           const M& log_mass) {
  const TruncatedInterval<Loc, Scale, Low, High> at(loc, scale, low, high);
  using R = Promoted<Promoted<X, M>, typename TruncatedInterval<Loc, Scale, Low, High>::R>;
  const R u = standardised(x, loc, scale);
  const R to_low = -standardised(low, x, scale), to_high = standardised(high, x, scale);
  const Sides<R> inside{log_ndtr_between(R(at.a), u, to_low) - log_mass,
                        log_ndtr_between(u, R(at.b), to_high) - log_mass};
  if (!xsimd::any(at.tail.bits)) return inside;
  // From the end next to loc to x, and from x to the other end.
  const R near = where(at.above, to_low, to_high), rest = where(at.above, to_high, to_low);
  const R inner = log_tail_mass(at.rate, near) - log_mass;
  const R outer = log_tail_mass(R(at.rate + near), rest) - near * (at.rate + 0.5 * near) - log_mass;
  return Sides<R>{where(at.tail, where(at.above, inner, outer), inside.below),
                  where(at.tail, where(at.above, outer, inner), inside.above)};
}

// The distance of a quantile from the end next to loc in a tail, for p and q = 1 - p on this side
// and on the other.
template <class L>
L tail_quantile(L p, L q, L rate, L width, L log_mass) {
  // At a distance, that of the density (rate + t) exp(-rate t - t^2/2); near loc, the normal's.
  const L fall = exp(-(width * (rate + 0.5 * width)));
  const L y = -where(p < 0.5, log1p(-(p * (1.0 - fall))), log(q + p * fall));
  constexpr double kClose = sizeof(real) == 8 ? 30 : 10;  // before ndtr(-rate) underflows
  const L close = minimum(rate, kClose);
  const L normal = -ndtri(q * ndtr(-close) + p * ndtr(-(close + width))) - close;
  L t = where(rate < kClose, normal, 2.0 * y / (rate + sqrt(rate * rate + 2.0 * y)));
  const L linear = p * exp(log_mass);
  t = where(linear * (1.0 + rate) < 1e-4, linear * (1.0 + 0.5 * rate * linear), t);
  t = minimum(maximum(t, 0.0), width);
  // Newton's steps in the probability, or in the logarithm of the smaller other one.
  for (int step = 0; step < 3; ++step) {
    const L spent = t * (rate + 0.5 * t);
    const L excess = p - exp(log_tail_mass(rate, t) - log_mass);
    const L log_rest = log_tail_mass(L(rate + t), L(width - t)) - spent - log_mass;
    const L log_excess = (log_rest - log(q)) * exp(log_rest);
    const L move = where(p < 0.5, where(t > 0.0, excess, p), log_excess) * exp(spent + log_mass);
    t = where(abs(move) < kInfinity, minimum(maximum(t + move, 0.0), width), t);
  }
  return t;
}

// u for P(U <= u) = p, inside an interval around 0.
template <class L>
L inner_quantile(L p, L q, L a, L b, L log_mass) {
  const L mass = exp(log_mass);
  const L lower = ndtr(a) + p * mass, upper = ndtr(-b) + q * mass;
  L u = where(lower < upper, ndtri(minimum(lower, 0.5)), -ndtri(minimum(upper, 0.5)));
  u = minimum(maximum(u, a), b);
  const auto narrow = b - a < 1.0;
  if (!xsimd::any(narrow.bits)) return u;
  // Measured from the nearer end, not from -inf.
  const L excess = where(p < 0.5, p - exp(log_ndtr_difference(a, u) - log_mass),
                         exp(log_ndtr_difference(u, b) - log_mass) - q);
  const L moved = u + excess * exp(0.5 * u * u + kHalfLogTwoPi + log_mass);
  return where(narrow, minimum(maximum(moved, a), b), u);
}

// The quantile of p in (0, 1), with its derivatives: of P(X <= x) = p, implicitly.
template <class P, class Loc, class Scale, class Low, class High, class M>
auto quantile(const P& p_in, const Loc& loc_in, const Scale& scale_in, const Low& low_in,
              const High& high_in, const M& log_mass_in) {
  using R = Promoted<P, typename TruncatedInterval<Loc, Scale, Low, High>::R>;
  const auto p = plain(p_in), loc = plain(loc_in), scale = plain(scale_in), low = plain(low_in),
             high = plain(high_in), log_mass = plain(log_mass_in);
  using L = std::decay_t<decltype(p)>;
  const L q = 1.0 - p;
  const TruncatedInterval<L, L, L, L> at(loc, scale, low, high);
  const L a = where(at.tail, L(-1.0), at.a), b = where(at.tail, L(1.0), at.b);
  const L u = inner_quantile(p, q, a, b, where(at.tail, L(-0.4), log_mass));
  L x = loc + scale * u;
  L slope = exp(0.5 * u * u + kHalfLogTwoPi + log_mass);  // one over the density of u
  L in_low = q * exp(0.5 * (u - a) * (u + a)), in_high = p * exp(0.5 * (u - b) * (u + b));
  L in_loc = 1.0 - in_low - in_high;
  L in_scale =
      u - where(in_low == 0.0, L(0.0), a * in_low) - where(in_high == 0.0, L(0.0), b * in_high);
  if (xsimd::any(at.tail.bits)) {
    const L near = where(at.above, p, q), far = where(at.above, q, p);
    const L t = tail_quantile(near, far, at.rate, at.width, log_mass);
    const L spent = t * (at.rate + 0.5 * t);
    const L over_density = exp(spent + log_mass);
    const L of_near = exp(log(far) + spent);
    const L of_far = exp(log(near) + spent - at.width * (at.rate + 0.5 * at.width));
    // What loc moves is the difference of the means on one side of x and on both.
    const L both = detail::tail_mean(at.rate, at.width);
    const L inner = near * (both - detail::tail_mean(at.rate, t));
    const L outer = far * (t + detail::tail_mean(L(at.rate + t), L(at.width - t)) - both);
    // At either end, to which a quantile may round, nothing moves.
    const auto between = t > 0.0 && t < at.width;
    const L of_loc = where(between, where(near < 0.5, inner, outer) * over_density, L(0.0));
    const L of_scale = t + at.rate * of_loc - where(of_far == 0.0, L(0.0), at.width * of_far);
    x = where(at.tail, where(at.above, low + scale * t, high - scale * t), x);
    slope = where(at.tail, over_density, slope);
    in_low = where(at.tail, where(at.above, of_near, of_far), in_low);
    in_high = where(at.tail, where(at.above, of_far, of_near), in_high);
    in_loc = where(at.tail, of_loc, in_loc);
    in_scale = where(at.tail, where(at.above, of_scale, -of_scale), in_scale);
  }
  R result = minimum(maximum(x, low), high);
  add_slope(result, p_in, L(scale * slope));
  add_slope(result, loc_in, in_loc);
  add_slope(result, scale_in, in_scale);
  add_slope(result, low_in, in_low);
  add_slope(result, high_in, in_high);
  return result;
}

}  // namespace

TruncatedNormal::TruncatedNormal(Var loc, Var scale, Var low, Var high)
    : loc_(std::move(loc)), scale_(std::move(scale)), low_(std::move(low)), high_(std::move(high)) {
  check_parameters();
  const NoTape pause;
  const Array from = broadcast_to(low_, batch_shape()).value();
  const Array to = broadcast_to(high_, batch_shape()).value();
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (from.data()[i] < to.data()[i]) continue;
    const std::string place =
        from.dimension() == 0
            ? ""
            : fmt::format(" at index {} of the batch shape {}", i, to_string(batch_shape()));
    throw ParameterError(
        fmt::format("TruncatedNormal: low must be less than high, got low {} and high {}{}",
                    from.data()[i], to.data()[i], place));
  }
}

Constraint TruncatedNormal::support() const {
  const auto bound = [](const Array& ends, double infinity) {
    const bool all = std::all_of(ends.begin(), ends.end(),
                                 [&](real v) { return static_cast<double>(v) == infinity; });
    return all ? Constraint::Bound(infinity, true) : Constraint::Bound(ends);
  };
  return constraints::interval(bound(low_.value(), -kInfinity), bound(high_.value(), kInfinity));
}

Var TruncatedNormal::log_mass() const {
  return elementwise(
      [](const auto& loc, const auto& scale, const auto& low, const auto& high) {
        const TruncatedInterval at(loc, scale, low, high);
        const auto inside = log_ndtr_difference(at.a, at.b);
        if (!xsimd::any(at.tail.bits)) return inside;
        return where(at.tail, log_tail_mass(at.rate, at.width), inside);
      },
      loc_, scale_, low_, high_, "TruncatedNormal::log_mass");
}

Var TruncatedNormal::log_prob_at(const Var& x) const {
  return elementwise(
      [](const auto& x, const auto& loc, const auto& scale, const auto& low, const auto& high,
         const auto& log_norm) {
        const TruncatedInterval at(loc, scale, low, high);
        const auto near = where(at.above, x - low, high - x) / scale;
        const auto value = where(at.tail, -near * (at.rate + 0.5 * near),
                                 -0.5 * square((x - loc) / scale) - kHalfLogTwoPi);
        const auto within = x >= low && x <= high && abs(x) < kInfinity;
        return where(within, value - log_norm, where(x == x, -kInfinity, x));
      },
      x, loc_, scale_, low_, high_, log_mass() + log(scale_), "TruncatedNormal::log_prob");
}

Var TruncatedNormal::cdf_at(const Var& x) const {
  return elementwise(
      [](const auto& x, const auto& loc, const auto& scale, const auto& low, const auto& high,
         const auto& log_mass) {
        const auto s = sides(x, loc, scale, low, high, log_mass);
        return where(x > low, where(x < high, exp(of_smaller(s.below, s.above)), 1.0),
                     where(x == x, 0.0, x));
      },
      x, loc_, scale_, low_, high_, log_mass(), "TruncatedNormal::cdf");
}

Var TruncatedNormal::log_cdf_at(const Var& x) const {
  return elementwise(
      [](const auto& x, const auto& loc, const auto& scale, const auto& low, const auto& high,
         const auto& log_mass) {
        const auto s = sides(x, loc, scale, low, high, log_mass);
        return where(x > low, where(x < high, of_smaller(s.below, s.above), 0.0),
                     where(x == x, -kInfinity, x));
      },
      x, loc_, scale_, low_, high_, log_mass(), "TruncatedNormal::log_cdf");
}

Var TruncatedNormal::log_survival_at(const Var& x) const {
  return elementwise(
      [](const auto& x, const auto& loc, const auto& scale, const auto& low, const auto& high,
         const auto& log_mass) {
        const auto s = sides(x, loc, scale, low, high, log_mass);
        return where(x > low, where(x < high, of_smaller(s.above, s.below), -kInfinity),
                     where(x == x, 0.0, x));
      },
      x, loc_, scale_, low_, high_, log_mass(), "TruncatedNormal::log_survival");
}

Var TruncatedNormal::icdf_at(const Var& p) const {
  return elementwise(
      [](const auto& p, const auto& loc, const auto& scale, const auto& low, const auto& high,
         const auto& log_mass) {
        const auto inner = where(p > 0.0 && p < 1.0, p, 0.5);
        const auto inside = quantile(inner, loc, scale, low, high, log_mass);
        return where(p > 0.0, where(p < 1.0, inside, where(p == 1.0, high, kNan)),
                     where(p == 0.0, low, kNan));
      },
      p, loc_, scale_, low_, high_, Var(log_mass().value()), "TruncatedNormal::icdf");
}

Array TruncatedNormal::noise(Rng& rng, const Shape& sample_shape) const {
  return uniform(joined(sample_shape, batch_shape()), rng);
}

Var TruncatedNormal::from_noise(const Array& noise) const { return icdf_at(noise); }

Array TruncatedNormal::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return from_noise(noise(rng, sample_shape)).value();
}

Var TruncatedNormal::mean() const {
  return elementwise(
      [](const auto& loc, const auto& scale, const auto& low, const auto& high) {
        return TruncatedMoments(loc, scale, low, high).mean(loc, scale, low, high);
      },
      loc_, scale_, low_, high_, "TruncatedNormal::mean");
}

Var TruncatedNormal::mean_above_mode() const {
  return elementwise(
      [](const auto& loc, const auto& scale, const auto& low, const auto& high) {
        return TruncatedMoments(loc, scale, low, high).mean_above_mode(loc, scale, low, high);
      },
      loc_, scale_, low_, high_, "TruncatedNormal::mean_above_mode");
}

Var TruncatedNormal::median() const { return icdf_at(full(batch_shape(), 0.5)); }

Var TruncatedNormal::mode() const {
  return elementwise(
      [](const auto& loc, const auto& low, const auto& high) {
        return where(loc < low, low, where(loc > high, high, loc));
      },
      loc_ + zeros(batch_shape()), low_, high_, "TruncatedNormal::mode");
}

Var TruncatedNormal::variance() const {
  return elementwise(
      [](const auto& loc, const auto& scale, const auto& low, const auto& high) {
        return TruncatedMoments(loc, scale, low, high).variance(loc, scale, low, high);
      },
      loc_, scale_, low_, high_, "TruncatedNormal::variance");
}

Var TruncatedNormal::entropy() const {
  return elementwise(
      [](const auto& loc, const auto& scale, const auto& low, const auto& high) {
        return TruncatedMoments(loc, scale, low, high).entropy(loc, scale, low, high);
      },
      loc_, scale_, low_, high_, "TruncatedNormal::entropy");
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
