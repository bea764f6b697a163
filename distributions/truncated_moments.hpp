#pragma once

#include <evident/autodiff/functions.hpp>
#include <evident/distributions/standardised.hpp>
#include <type_traits>

// Moments of a normal distribution between two ends, by quadrature from its peak: sums of positive
// terms, wherever the ends lie.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

/// Gauss and Legendre's rule of 32 points on [0, 1]: half of the nodes, the others are 1 less
/// these.
struct Legendre {
  static constexpr int kHalf = 16;
  static constexpr double kNodes[kHalf] = {
      0.00136806907525921823, 0.0071942442273658323, 0.0176188722062467846, 0.0325469620311301554,
      0.051839422116973938,   0.0753161931337150149, 0.102758102016028797,  0.13390894062985516,
      0.1684778665348924,     0.206142121379618835,  0.246550045533885305,  0.289324361934682327,
      0.334065698858936175,   0.380356318873931463,  0.427764019208601753,  0.475846167156130842};
  static constexpr double kWeights[kHalf] = {
      0.0035093050047350483, 0.0081371973654528353, 0.0126960326546310297, 0.0171369314565107166,
      0.0214179490111133403, 0.0254990296311880881, 0.0293420467392677736, 0.0329111113881809234,
      0.0361728970544242531, 0.0390969478935351532, 0.0416559621134733776, 0.0438260465022019056,
      0.0455869393478819424, 0.0469221995404022828, 0.0478193600396374297, 0.0482700442573639003};
};

/// The density exp(-rate t - t^2/2) on one side of its peak at t = 0, by the nodes of a rule on it.
template <class L>
struct OneSide {
  static constexpr int kPoints = 2 * Legendre::kHalf;
  L at[kPoints], weight[kPoints];
  L mass = 0.0, first = 0.0;  // the integrals of the density and of t times it

  /// On [0, length], for a rate >= 0; where it has fallen below e^-40 nothing is left.
  OneSide(L rate, L length) {
    const L root =
        where(rate > 1.0, rate * sqrt(1.0 + 80.0 / rate / rate), sqrt(rate * rate + 80.0));
    const L end = minimum(length, 80.0 / (rate + root));
    for (int i = 0; i < kPoints; ++i) {
      const int k = i < Legendre::kHalf ? i : kPoints - 1 - i;
      const double node = i < Legendre::kHalf ? Legendre::kNodes[k] : 1 - Legendre::kNodes[k];
      at[i] = node * end;
      weight[i] = Legendre::kWeights[k] * end * exp(-(at[i] * (rate + 0.5 * at[i])));
      mass += weight[i];
      first += weight[i] * at[i];
    }
  }
};

/// log of the integral of exp(-rate t - t^2/2) over [0, length], for rate >= 0. The derivative in
/// the rate is minus the mean of t.
template <class X, class Y, class R = Promoted<X, Y>>
R log_tail_mass(const X& rate, const Y& length) {
  return of_two<R>(rate, length, [](auto rate, auto length) {
    using L = decltype(rate);
    const OneSide<L> side(rate, length);
    const L log_mass = log(side.mass);
    const L at_end = exp(-(length * (rate + 0.5 * length)) - log_mass);
    return Partials<L>{log_mass, -(side.first / side.mass), at_end};
  });
}

/// The mean of t in [0, length] under exp(-rate t - t^2/2).
template <class L>
L tail_mean(L rate, L length) {
  const OneSide<L> side(rate, length);
  return side.first / side.mass;
}

/// The moments of t under exp(-rate t - t^2/2) on [-left, right]: the integral, the mean, and the
/// central moments of order 2 to 4.
template <class L>
struct PeakMoments {
  L mass, mean, variance = 0.0, third = 0.0, fourth = 0.0;

  /// Unless `left` is 0, the rate is.
  PeakMoments(L rate, L left, L right) {
    const OneSide<L> below(L(0.0), left), above(rate, right);
    mass = below.mass + above.mass;
    mean = (above.first - below.first) / mass;
    for (int i = 0; i < OneSide<L>::kPoints; ++i) {
      add(above.at[i] - mean, above.weight[i]);
      add(-below.at[i] - mean, below.weight[i]);
    }
    variance /= mass;
    third /= mass;
    fourth /= mass;
  }

 private:
  void add(L t, L weight) {
    const L squared = weight * t * t;
    variance += squared;
    third += squared * t;
    fourth += squared * t * t;
  }
};

/// Where [low, high] lies, in units of the scale. In a tail the density falls like
/// exp(-rate t - t^2/2) with the distance t from the end next to loc.
template <class Loc, class Scale, class Low, class High>
struct TruncatedInterval {
  using R = Promoted<Promoted<Loc, Scale>, Promoted<Low, High>>;
  using Mask = typename R::MaskType;
  Mask above, below, tail;  // whether all of it is from loc on, or up to loc, or either
  R a, b, width, rate;      // the rate is 1 where there is no tail

  TruncatedInterval(const Loc& loc, const Scale& scale, const Low& low, const High& high)
      : above(low >= loc),
        below(high <= loc),
        tail(above || below),
        a(standardised(low, loc, scale)),
        b(standardised(high, loc, scale)),
        width(standardised(high, low, scale)),
        rate(where(above, a, where(below, R(-b), R(1.0)))) {}
};

/// A number without its derivative.
template <class L>
L plain(const L& x) {
  return x;
}
template <class L>
L plain(const Dual<L>& x) {
  return x.value;
}

/// Adds what an input contributes to the derivative of y; nothing if it is a constant.
template <class R, class X, class L>
void add_slope(R& y, const X& x, const L& slope) {
  if constexpr (!std::is_same_v<X, L>) y.slope += slope * x.slope;
}

/// The moments of a normal distribution on [low, high], with their derivatives. By the family's
/// identities those are moments, too, and densities at the ends; where the two ends' and that in
/// loc add up to 0, the one of the end next to loc is what the others leave.
template <class L>
class TruncatedMoments {
 public:
  template <class Loc, class Scale, class Low, class High>
  TruncatedMoments(const Loc& loc, const Scale& scale, const Low& low, const High& high)
      : TruncatedMoments(
            TruncatedInterval<L, L, L, L>(plain(loc), plain(scale), plain(low), plain(high))) {}

  template <class Loc, class Scale, class Low, class High>
  auto mean(const Loc& loc, const Scale& scale, const Low& low, const High& high) const {
    const L from = where(above_, plain(low), where(below_, plain(high), plain(loc)));
    const L middle = 0.5 * plain(low) + 0.5 * plain(high);
    return with_slopes(where(flat_, middle, from + plain(scale) * (side_ * t_.mean)), loc,
                       t_.variance, scale, third_ + 2.0 * mean_ * t_.variance, low,
                       where(flat_, L(0.5), at_low(to_low_)), high,
                       where(flat_, L(0.5), at_high(to_high_)));
  }

  /// The mean less the mode, which is loc or the end next to it.
  template <class Loc, class Scale, class Low, class High>
  auto mean_above_mode(const Loc& loc, const Scale& scale, const Low& low, const High& high) const {
    const L v = t_.variance;
    const L direct_low = at_low(to_low_), direct_high = at_high(to_high_);
    const L in_loc = where(above_ || below_, v, v - 1.0);
    const L to_low = plain(low) - plain(loc), to_high = plain(high) - plain(loc);
    const L from_end = 0.5 * (to_high - to_low);
    const L middle =
        where(above_, from_end, where(below_, -from_end, 0.5 * to_low + 0.5 * to_high));
    return with_slopes(
        where(flat_, middle, plain(scale) * (side_ * t_.mean)), loc, in_loc, scale,
        third_ + 2.0 * mean_ * v, low,
        where(flat_, where(above_, L(-0.5), L(0.5)), where(above_, -v - direct_high, direct_low)),
        high,
        where(flat_, where(below_, L(-0.5), L(0.5)), where(below_, -v - direct_low, direct_high)));
  }

  template <class Loc, class Scale, class Low, class High>
  auto variance(const Loc& loc, const Scale& scale, const Low& low, const High& high) const {
    const L unit = plain(scale), v = t_.variance;
    const L direct_low = at_low(v - to_low_ * to_low_),
            direct_high = at_high(to_high_ * to_high_ - v);
    const L in_low = where(above_, -third_ - direct_high, direct_low);
    const L in_high = where(below_, -third_ - direct_low, direct_high);
    const L span = plain(high) - plain(low), sixth = span / 6.0;
    return with_slopes(where(flat_, 0.5 * span * sixth, unit * (unit * v)), loc, unit * third_,
                       scale, unit * (t_.fourth - v * v + 2.0 * mean_ * third_), low,
                       where(flat_, -sixth, unit * in_low), high,
                       where(flat_, sixth, unit * in_high));
  }

  template <class Loc, class Scale, class Low, class High>
  auto entropy(const Loc& loc, const Scale& scale, const Low& low, const High& high) const {
    const L unit = plain(scale), v = t_.variance;
    const L spent = rate_ * t_.mean + 0.5 * (v + t_.mean * t_.mean);  // E (rate t + t^2/2)
    const L in_loc = 0.5 * third_ + mean_ * v;
    const L direct_low = at_low(spent - 1.0 - to_peak_low_);
    const L direct_high = -at_high(spent - 1.0 - to_peak_high_);
    const L in_low = where(above_, -in_loc - direct_high, direct_low);
    const L in_high = where(below_, -in_loc - direct_low, direct_high);
    const L in_scale = 0.5 * (t_.fourth - v * v) + 2.0 * mean_ * (third_ + mean_ * v);
    return with_slopes(log(unit) + log(t_.mass) + spent, loc, in_loc / unit, scale, in_scale / unit,
                       low, in_low / unit, high, in_high / unit);
  }

 private:
  using Mask = typename L::MaskType;

  explicit TruncatedMoments(const TruncatedInterval<L, L, L, L>& at)
      : above_(at.above),
        below_(at.below),
        flat_(at.width < kFlat && at.width * rate_of(at) < kFlat),
        side_(where(below_, -1.0, 1.0)),
        rate_(rate_of(at)),
        t_(rate_, where(at.tail, L(0.0), -at.a), where(at.tail, at.width, at.b)),
        mean_(side_ * (rate_ + t_.mean)),
        third_(side_ * t_.third),
        to_low_(where(above_, t_.mean, where(below_, at.width - t_.mean, t_.mean - at.a))),
        to_high_(where(above_, at.width - t_.mean, where(below_, t_.mean, at.b - t_.mean))) {
    const L across = at.width * (rate_ + 0.5 * at.width);
    to_peak_low_ = where(above_, L(0.0), where(below_, across, 0.5 * at.a * at.a));
    to_peak_high_ = where(above_, across, where(below_, L(0.0), 0.5 * at.b * at.b));
  }

  // x times the density of u at an end, which is 0 where there is none.
  static L at_end(L exponent, L mass, L x) {
    const L density = exp(-exponent) / mass;
    return where(density == 0.0, L(0.0), density * x);
  }
  L at_low(L x) const { return at_end(to_peak_low_, t_.mass, x); }
  L at_high(L x) const { return at_end(to_peak_high_, t_.mass, x); }

  template <class Loc, class Scale, class Low, class High>
  static auto with_slopes(L y, const Loc& loc, L in_loc, const Scale& scale, L in_scale,
                          const Low& low, L in_low, const High& high, L in_high) {
    typename TruncatedInterval<Loc, Scale, Low, High>::R result = y;
    add_slope(result, loc, in_loc);
    add_slope(result, scale, in_scale);
    add_slope(result, low, in_low);
    add_slope(result, high, in_high);
    return result;
  }

  // So narrow an interval that in units of the scale its moments underflow: the law is uniform.
  static constexpr double kFlat = std::is_same_v<typename L::Scalar, float> ? 1e-8 : 1e-60;
  static L rate_of(const TruncatedInterval<L, L, L, L>& at) {
    return where(at.tail, at.rate, L(0.0));
  }

  Mask above_, below_, flat_;
  L side_, rate_;
  PeakMoments<L> t_;                   // of the distance from the peak
  L mean_, third_, to_low_, to_high_;  // of u, and from its mean to the ends
  L to_peak_low_, to_peak_high_;       // what the log density has fallen by at the ends
};
template <class Loc, class Scale, class Low, class High>
TruncatedMoments(const Loc& loc, const Scale& scale, const Low& low, const High& high)
    -> TruncatedMoments<std::decay_t<decltype(plain(loc))>>;

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
