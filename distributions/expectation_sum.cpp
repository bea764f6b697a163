#include <algorithm>
#include <array>
#include <cmath>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/distributions/summation_rule.hpp>
#include <evident/distributions/weighted_points.hpp>
#include <limits>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using counting::SummationRule;
using detail::kRounding;
using parts::kInfinity;
constexpr double kSumTolerance = sizeof(real) == 8 ? 1e-14 : 1e-8;  // of a stretch, relative to all
constexpr std::size_t kMostStretches = 65536;
constexpr double kFarthest = static_cast<double>(std::numeric_limits<real>::max()) / 4;

// How far apart the whole numbers are that `real` has there: 1 until they are no longer all.
double whole_spacing(double x) {
  const auto near = static_cast<real>(std::abs(x));
  const real next = std::nextafter(near, std::numeric_limits<real>::infinity());
  return std::fmax(1, static_cast<double>(next) - static_cast<double>(near));
}

// The length of the first stretch next to a mark, where numbers are so far apart.
double first_length(double spacing) {
  return spacing > 1 ? 2 * SummationRule::kFewest * spacing : 16;
}

double as_real(double x) { return static_cast<double>(static_cast<real>(x)); }

// The whole numbers from `from` up to `to`, without it.
struct Stretch {
  double from, to;
  double error_before = kInfinity, mass_error_before = kInfinity;  // of what it is a half of
  double value = 0, mass = 0, absolute = 0, rounding = 0;
  double error = 0, mass_error = 0;

  double count() const { return to - from; }
  double spacing() const { return whole_spacing(std::max(std::abs(from), std::abs(to))); }
  // Of few numbers each is asked about.
  bool is_short() const { return count() <= SummationRule::kFewest * spacing(); }
  double middle() const { return as_real(from + std::floor(0.5 * count())); }
};

// The points of stretches, each with its weights in three sums, and what f and the probabilities
// give.
class StretchPoints {
 public:
  void add(const Stretch& stretch) {
    if (!stretch.is_short()) {
      const SummationRule rule(stretch.from, stretch.to, std::numeric_limits<real>::digits);
      for (std::size_t i = 0; i < rule.kNodes; ++i) {
        add(rule.node[i], {rule.all[i], rule.two_thirds[i], rule.half[i]});
      }
    } else if (stretch.spacing() == 1) {
      for (double k = stretch.from; k < stretch.to; ++k) add(k, {1, 1, 1});
    } else {
      add_trapezia(stretch);
    }
    ends_.push_back(points_.size());
  }

  void sum_up(const Distribution& d, const Integrand& f, Stretch* stretches) const {
    Array x = uninitialised({points_.size()});
    std::copy(points_.begin(), points_.end(), x.data());
    const detail::WeightedPoints at(d, f, std::move(x));
    std::size_t i = 0;
    for (std::size_t k = 0; k < ends_.size(); ++k) {
      Stretch& stretch = stretches[k];
      Weights values{}, masses{};
      for (; i < ends_[k]; ++i) {
        const double p = at.probability(i), term = p * at.value(i);
        for (std::size_t j = 0; j < 3; ++j) {
          values[j] += weights_[i][j] * term;
          masses[j] += weights_[i][j] * p;
        }
        const double size = std::abs(weights_[i][0] * term);
        stretch.absolute += size;
        // A logarithm is off by roundings of its own size.
        if (p > 0) stretch.rounding += size * (1 - std::log(p));
      }
      stretch.value = values[0];
      stretch.mass = masses[0];
      stretch.error = spread(values);
      stretch.mass_error = spread(masses);
    }
  }

 private:
  using Weights = std::array<double, 3>;

  static double spread(const Weights& sums) {
    return std::max(std::abs(sums[0] - sums[1]), std::abs(sums[0] - sums[2]));
  }
  void add(double point, const Weights& weights) {
    points_.push_back(point);
    weights_.push_back(weights);
  }
  // Numbers that have no neighbours, and those between them on straight lines, which half as many
  // lines check.
  void add_trapezia(const Stretch& stretch) {
    const std::size_t first = points_.size();
    for (double k = stretch.from; k < stretch.to; k += stretch.spacing()) add(k, {});
    add(stretch.to, {});
    const std::size_t last = points_.size() - 1;
    for (const std::size_t stride : {1, 2}) {
      const auto weight = [&](std::size_t i) -> double& { return weights_[i][stride - 1]; };
      for (std::size_t i = first; i < last;) {
        const std::size_t next = std::min(i + stride, last);
        const double half = 0.5 * (points_[next] - points_[i]);
        weight(i) += half;
        weight(next) += half;
        i = next;
      }
      weight(first) += 0.5;
      weight(last) -= 0.5;
    }
    for (std::size_t i = first; i <= last; ++i) weights_[i][2] = weights_[i][1];
  }

  std::vector<double> points_;
  std::vector<Weights> weights_;
  std::vector<std::size_t> ends_;
};

// What follows the outermost mark, in blocks that double the distance to it.
class CountTail {
 public:
  CountTail(double mark, double end, double sign, bool endless)
      : mark_(mark), end_(end), sign_(sign), endless_(endless) {
    if (ended() && !endless) rest = mass_rest = 0;
  }

  bool ended() const { return sign_ * (end_ - place_) <= 0; }
  Stretch next() {
    distance_ = distance_ == 0 ? first_length(whole_spacing(mark_)) : 2 * distance_;
    const double to = as_real(mark_ + sign_ * distance_);
    const double inner = place_;
    place_ = sign_ * (end_ - to) > 0 ? to : end_;
    return sign_ > 0 ? Stretch{inner, place_} : Stretch{place_, inner};
  }
  // What is beyond if blocks go on falling as the last did; infinite if that is too slow.
  void note(const Stretch& block) {
    const bool whole = ended() && !endless_;
    rest = whole ? 0 : beyond(block.absolute, absolute_);
    mass_rest = whole ? 0 : beyond(block.mass, mass_);
    absolute_ = block.absolute;
    mass_ = block.mass;
  }
  bool settled(double absolute) const {
    return ended() || (rest <= 0.01 * kRounding * absolute && mass_rest <= 0.01 * kRounding);
  }
  void require_fall(const Distribution& d) const {
    if (std::isinf(mass_rest)) detail::refuse_spread(d, place_);
    if (std::isinf(rest)) detail::refuse_divergent(d, place_);
  }

  double rest = kInfinity, mass_rest = kInfinity;  // bounds of what was left out

 private:
  static double beyond(double last, double before) {
    if (last == 0) return 0;
    const double ratio = last / before;
    return ratio < 0.993 ? 2 * last * ratio / (1 - ratio) : kInfinity;
  }

  double mark_, end_, sign_;
  bool endless_;
  double place_ = mark_, distance_ = 0;
  double absolute_ = 0, mass_ = 0;
};

class Summation {
 public:
  Summation(const Distribution& d, const Integrand& f) : d_(d), f_(f) {
    const double low = d.support().lower().array()(), high = d.support().upper().array()();
    const std::vector<double> marks = marks_of(detail::landmarks(d));
    for (std::size_t i = 1; i < marks.size(); ++i) lay(marks[i - 1], marks[i]);
    evaluate(0);
    tails_ = {CountTail(marks.front(), std::max(low, -kFarthest), -1, low < -kFarthest),
              CountTail(marks.back(), std::min(high + 1, kFarthest), 1, high >= kFarthest)};
  }

  Expectation run() {
    while (extend_unless([&](const CountTail& tail) { return tail.settled(absolute()); })) continue;
    const auto inexact = [&] {
      const double all = absolute();
      return [this, all](const Stretch& stretch) { return !is_exact(stretch, all); };
    };
    while (split(inexact())) continue;
    // A gap in the middle of a mixture looks like an end, and a narrow hill may fall between nodes.
    const auto lacks = [&] {
      const double found = mass() + tails_[0].mass_rest + tails_[1].mass_rest;
      return found < 1 - std::sqrt(kRounding);
    };
    while (lacks()) {
      const bool farther = extend_unless([](const CountTail& tail) { return tail.ended(); });
      const bool closer = split([](const Stretch&) { return true; });
      if (!farther && !closer) break;
      while (split(inexact())) continue;
    }
    for (const CountTail& tail : tails_) tail.require_fall(d_);
    detail::check_total(d_, mass(), tails_[0].mass_rest + tails_[1].mass_rest);
    double value = 0, error = tails_[0].rest + tails_[1].rest;
    for (const Stretch& stretch : stretches_) {
      value += stretch.value;
      error += stretch.error + kRounding * stretch.rounding;
    }
    const double off = std::abs(mass() - 1) / mass() + kSumTolerance;
    // What rounding of the probabilities' logarithms all terms share is in the mass as well.
    return {value / mass(), error + off * absolute(), ExpectationMethod::kTruncatedSum};
  }

 private:
  // Numbers among the draws that stretches begin at: quantiles, and the edges of the widest gaps.
  static std::vector<double> marks_of(const std::vector<double>& draws) {
    constexpr std::size_t kQuantiles = 16, kGaps = 8;
    std::vector<std::size_t> gaps(draws.size() - 1);
    for (std::size_t i = 0; i < gaps.size(); ++i) gaps[i] = i;
    const std::size_t widest = std::min(kGaps, gaps.size());
    std::partial_sort(gaps.begin(), gaps.begin() + static_cast<std::ptrdiff_t>(widest), gaps.end(),
                      [&](std::size_t a, std::size_t b) {
                        return draws[a + 1] - draws[a] > draws[b + 1] - draws[b];
                      });
    std::vector<double> all = {draws.front(), draws.back()};
    for (std::size_t i = 0; i < widest; ++i) {
      all.push_back(draws[gaps[i]]);
      all.push_back(draws[gaps[i] + 1]);
    }
    for (std::size_t i = 1; i < kQuantiles; ++i) {
      all.push_back(draws[i * draws.size() / kQuantiles]);
    }
    std::sort(all.begin(), all.end());
    std::vector<double> marks;
    for (const double x : all) {
      const double spacing = whole_spacing(x);
      const double apart = spacing > 1 ? 4 * SummationRule::kFewest * spacing : 1;
      if (marks.empty() || x - marks.back() >= apart) marks.push_back(x);
    }
    return marks;
  }

  void add(double from, double to) {
    if (to > from) stretches_.push_back({from, to});
  }

  // Stretches that begin short at both ends, and double.
  void lay(double from, double to) {
    double length = first_length(Stretch{from, to}.spacing());
    for (; to - from > 4 * length; length *= 2) {
      const double left = as_real(from + length), right = as_real(to - length);
      add(from, left);
      add(right, to);
      from = left, to = right;
    }
    add(from, to);
  }

  // The stretches from the first on, as many at once as are handy.
  void evaluate(std::size_t first) {
    constexpr std::size_t kAtOnce = 512;
    for (; first < stretches_.size(); first += kAtOnce) {
      StretchPoints points;
      const std::size_t last = std::min(stretches_.size(), first + kAtOnce);
      for (std::size_t k = first; k < last; ++k) points.add(stretches_[k]);
      points.sum_up(d_, f_, &stretches_[first]);
    }
  }

  template <class Done>
  bool extend_unless(Done done) {
    bool any = false;
    for (CountTail& tail : tails_) {
      if (done(tail)) continue;
      stretches_.push_back(tail.next());
      evaluate(stretches_.size() - 1);
      tail.note(stretches_.back());
      any = true;
    }
    return any;
  }

  double mass() const {
    double sum = 0;
    for (const Stretch& stretch : stretches_) sum += stretch.mass;
    return sum;
  }
  double absolute() const {
    double sum = 0;
    for (const Stretch& stretch : stretches_) sum += stretch.absolute;
    return sum;
  }

  // Whether cutting it would change nothing, or nothing but rounding.
  static bool is_exact(const Stretch& stretch, double absolute) {
    const auto done = [](double error, double before, double own, double all) {
      const bool noise = error > 0.5 * before && error < std::sqrt(kRounding) * own;
      return noise || error <= std::max(kSumTolerance * all, 32 * kRounding * own);
    };
    return done(stretch.error, stretch.error_before, stretch.absolute, absolute) &&
           done(stretch.mass_error, stretch.mass_error_before, stretch.mass, 1);
  }

  // Halves the long stretches that are to be; whether there were any.
  template <class Needed>
  bool split(Needed needed) {
    std::vector<Stretch> kept, halves;
    for (const Stretch& stretch : stretches_) {
      const double middle = stretch.middle();
      const bool full = kept.size() + halves.size() > kMostStretches;
      const bool inner = middle > stretch.from && middle < stretch.to;
      if (full || stretch.is_short() || !inner || !needed(stretch)) {
        kept.push_back(stretch);
        continue;
      }
      halves.push_back({stretch.from, middle, stretch.error, stretch.mass_error});
      halves.push_back({middle, stretch.to, stretch.error, stretch.mass_error});
    }
    if (halves.empty()) return false;
    const std::size_t first = kept.size();
    kept.insert(kept.end(), halves.begin(), halves.end());
    stretches_ = std::move(kept);
    evaluate(first);
    return true;
  }

  const Distribution& d_;
  const Integrand& f_;
  std::vector<Stretch> stretches_;
  std::array<CountTail, 2> tails_{CountTail(0, 0, -1, false), CountTail(0, 0, 1, false)};
};

}  // namespace

Expectation detail::far_sum(const Distribution& d, const Integrand& f) {
  return Summation(d, f).run();
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
