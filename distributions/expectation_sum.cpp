#include <algorithm>
#include <array>
#include <cmath>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/distributions/weighted_points.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::kRounding;
using parts::kInfinity;
constexpr double kFarthest = 4194304;  // terms at each side without an end
constexpr double kWhole = 134217728;   // and of one with an end, which needs no bound of the rest

struct Total {
  double value = 0, absolute = 0, mass = 0;
};

// A bound of the terms beyond `distance`, by the largest in the third and the last quarter of it:
// as if they went on falling like the same power of the distance; infinite if that is too slow.
double rest_beyond(double third, double last, double distance) {
  if (last == 0) return 0;
  const double power = std::log(third / last) / std::log(7.0 / 5.0);  // of the quarters' middles
  return power > 1.01 ? 2 * last * distance / (power - 1) : kInfinity;
}

// The whole numbers from `start` in steps of `sign` as far as `end`.
class Side {
 public:
  Side(double start, double end, double sign)
      : start_(start), sign_(sign), terms_(std::max(0.0, sign * (end - start) + 1)) {
    if (terms_ == 0) rest = mass_rest = 0;
  }

  // Adds the terms that are next, so many that the distance doubles.
  void extend(const Distribution& d, const Integrand& f, Total& total) {
    const double to = std::min(to_, terms_);
    const auto count = static_cast<std::size_t>(to - from_);
    Array points = uninitialised({count});
    for (std::size_t i = 0; i < count; ++i) {
      points.data()[i] = static_cast<real>(start_ + sign_ * (from_ + static_cast<double>(i)));
    }
    const detail::WeightedPoints at(d, f, std::move(points));
    double third = 0, last = 0, third_mass = 0, last_mass = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const double p = at.probability(i), term = p * at.value(i);
      total.value += term;
      total.absolute += std::abs(term);
      total.mass += p;
      const double place = from_ + static_cast<double>(i);
      if (place < to_ / 2) continue;
      const bool third_quarter = place < 0.75 * to_;
      double& largest = third_quarter ? third : last;
      double& largest_mass = third_quarter ? third_mass : last_mass;
      largest = std::max(largest, std::abs(term));
      largest_mass = std::max(largest_mass, p);
    }
    rest = to < terms_ ? rest_beyond(third, last, to_) : 0;
    mass_rest = to < terms_ ? rest_beyond(third_mass, last_mass, to_) : 0;
    from_ = to;
    to_ *= 2;
  }
  // Whether there is nothing to add, or nothing that can be.
  bool ended() const { return from_ >= std::min(terms_, terms_ <= kWhole ? kWhole : kFarthest); }
  // Whether what is beyond would change nothing if it went on as it has been.
  bool settled(const Total& total) const {
    return ended() || (rest <= 0.01 * kRounding * total.absolute && mass_rest <= 0.01 * kRounding);
  }
  void require_fall(const Distribution& d) const {
    if (std::isinf(mass_rest)) detail::refuse_spread(d, start_ + sign_ * from_);
    if (std::isinf(rest)) detail::refuse_divergent(d, start_ + sign_ * from_);
  }

  double rest = kInfinity, mass_rest = kInfinity;  // bounds of what was left out

 private:
  double start_, sign_, terms_;
  double from_ = 0, to_ = 16;
};

}  // namespace

Expectation detail::far_sum(const Distribution& d, const Integrand& f) {
  const std::vector<double> draws = landmarks(d);
  const double middle = draws[draws.size() / 2];
  const Constraint support = d.support();
  std::array<Side, 2> sides = {Side(middle, support.upper().array()(), 1),
                               Side(middle - 1, support.lower().array()(), -1)};
  Total total;
  const auto extend_unless = [&](auto done) {
    bool any = false;
    for (Side& side : sides) {
      if (done(side)) continue;
      side.extend(d, f, total);
      any = true;
    }
    return any;
  };
  while (extend_unless([&](const Side& side) { return side.settled(total); })) continue;
  // A gap in the middle of a mixture looks like an end.
  const auto lacks = [&] {
    return total.mass + sides[0].mass_rest + sides[1].mass_rest < 1 - 1e-4;
  };
  while (lacks() && extend_unless([](const Side& side) { return side.ended(); })) continue;
  while (extend_unless([&](const Side& side) { return side.settled(total); })) continue;
  for (const Side& side : sides) side.require_fall(d);
  const double rest = sides[0].rest + sides[1].rest;
  const double mass_rest = sides[0].mass_rest + sides[1].mass_rest;
  check_total(d, total.mass, mass_rest);
  const double error = rest + 2 * kRounding * total.absolute +
                       (std::abs(total.mass - 1) + kRounding) * total.absolute / total.mass;
  return {total.value, error, ExpectationMethod::kTruncatedSum};
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
