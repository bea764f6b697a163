#include <algorithm>
#include <array>
#include <cmath>
#include <evident/distributions/weighted_points.hpp>
#include <limits>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using detail::kRounding;
constexpr bool kDouble = sizeof(real) == 8;
constexpr double kTolerance = kDouble ? 1e-12 : 1e-6;
constexpr std::size_t kMostPanels = 20000;
const double kLogLargest = std::log(static_cast<double>(std::numeric_limits<real>::max())) - 1;
const double kLogSmallest = std::log(static_cast<double>(std::numeric_limits<real>::min()));

// Nodes at or above 0 on [-1, 1], the weights of Kronrod's rule, and those of Gauss's at every
// other node (Piessens et al. 1983, "QUADPACK", table of qk15).
constexpr std::size_t kHalf = 8, kNodes = 15;
constexpr double kNode[kHalf] = {
    0.991455371120812639206854697526329, 0.949107912342758524526189684047851,
    0.864864423359769072789712788640926, 0.741531185599394439863864773280788,
    0.586087235467691130294144258183127, 0.405845151377397166906606412076961,
    0.207784955007898467600689403773245, 0.0};
constexpr double kKronrod[kHalf] = {
    0.022935322010529224963732008058970, 0.063092092629978553290700663189204,
    0.104790010322250183839876322541518, 0.140653259715525918745189590510238,
    0.169004726639267902826583426598550, 0.190350578064785409913256402421014,
    0.204432940075298892414161999234649, 0.209482141084727828012999174891714};
constexpr double kGauss[kHalf] = {
    0, 0.129484966168869693270611432679082, 0, 0.279705391489276667901467771423780,
    0, 0.381830050505118944950369775488975, 0, 0.417959183673469387755102040816327};

double node(std::size_t i) { return i < kHalf ? -kNode[i] : kNode[kNodes - 1 - i]; }
std::size_t weight_index(std::size_t i) { return i < kHalf ? i : kNodes - 1 - i; }

// What x is of the variable t that a panel is cut in.
struct Map {
  enum Kind {
    kPlain,     // t
    kDistance,  // origin + sign e^t
    kQuantile,  // the x with P(X <= x) = t
  } kind = kPlain;
  double origin = 0, sign = 1;
};

struct Panel {
  Map map;
  double from, to;
  double value = 0, mass = 0, absolute = 0;
  double error = 0, mass_error = 0;
};

// An end of the integral at which a power of the distance was cut short.
struct Cut {
  Map map;
  double t;        // where
  double inward;   // the sign of the way back
  bool overflows;  // because f is infinite beyond
};

// What lies beyond a cut, with what it may be off by.
struct Rest {
  double value, error;
};

// The rule's value on a panel and its distance from Gauss's, made an error as QUADPACK does.
std::array<double, 3> rule(const double* g, double half_length) {
  double kronrod = 0, gauss = 0, absolute = 0;
  for (std::size_t i = 0; i < kNodes; ++i) {
    const std::size_t k = weight_index(i);
    kronrod += kKronrod[k] * g[i];
    gauss += kGauss[k] * g[i];
    absolute += kKronrod[k] * std::abs(g[i]);
  }
  double spread = 0;
  for (std::size_t i = 0; i < kNodes; ++i) {
    spread += kKronrod[weight_index(i)] * std::abs(g[i] - kronrod / 2);
  }
  const double difference = std::abs(kronrod - gauss);
  double error = difference;
  if (spread > 0) error = spread * std::min(1.0, std::pow(200 * difference / spread, 1.5));
  return {kronrod * half_length, absolute * half_length, error * half_length};
}

class Integration {
 public:
  Integration(const Distribution& d, const Integrand& f) : d_(d), f_(f) {
    const Constraint support = d.support();
    low_ = support.lower().array()();
    high_ = support.upper().array()();
    // A density that repeats is one over the turn that its quantiles are from.
    if (std::isinf(low_)) low_ = std::fmax(low_, quantile(0));
    if (std::isinf(high_)) high_ = std::fmin(high_, quantile(1));
    lay_panels();
  }

  Expectation run() {
    evaluate(0, panels_.size());
    for (int round = 0; round < 60 && split(); ++round) continue;
    double value = 0, mass = 0, error = 0, absolute = 0, mass_error = 0;
    for (const Panel& panel : panels_) {
      value += panel.value;
      mass += panel.mass;
      absolute += panel.absolute;
      error += panel.error;
      mass_error += panel.mass_error;
    }
    for (const Cut& cut : cuts_) {
      const auto [rest, mass_rest] = beyond(cut);
      value += rest.value;
      absolute += std::abs(rest.value);
      mass += mass_rest.value;
      error += rest.error;
    }
    detail::check_total(d_, mass);
    error += (std::abs(mass - 1) + 8 * kRounding) * absolute;
    return {value, error, ExpectationMethod::kQuadrature};
  }

 private:
  // NaN of a distribution that knows none.
  double quantile(double p) const {
    try {
      return d_.icdf(Var(p)).item();
    } catch (const Error&) {
      return std::nan("");
    }
  }

  void add(Map map, double from, double to) {
    if (to > from) panels_.push_back({map, from, to});
  }

  // Between quantiles of draws, and from the outermost to the ends.
  void lay_panels() {
    const std::vector<double> draws = detail::landmarks(d_);
    std::vector<double> marks;
    for (const double p : {0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98}) {
      const double x = draws[static_cast<std::size_t>(p * static_cast<double>(draws.size()))];
      if (resolves(low_, x) && resolves(high_, x) && (marks.empty() || x > marks.back())) {
        marks.push_back(x);
      }
    }
    if (marks.empty()) marks.push_back(inside());
    for (std::size_t i = 1; i < marks.size(); ++i) {
      const double a = marks[i - 1], b = marks[i];
      if (b - low_ > 2 * (a - low_) && std::isfinite(low_)) {
        add({Map::kDistance, low_, 1}, std::log(a - low_), std::log(b - low_));
      } else if (high_ - a > 2 * (high_ - b) && std::isfinite(high_)) {
        add({Map::kDistance, high_, -1}, std::log(high_ - b), std::log(high_ - a));
      } else {
        add({}, a, b);
      }
    }
    const std::size_t last = marks.size() - 1;
    const double own = std::max(std::abs(marks[0]) * 0.01, 1e-30);
    lay_tail(marks[0], last == 0 ? own : marks[1] - marks[0], low_, -1);
    lay_tail(marks[last], last == 0 ? own : marks[last] - marks[last - 1], high_, 1);
  }

  // The logarithm of the distance at which numbers near an end are too coarse.
  static double resolution(double end) {
    return end == 0 ? kLogSmallest : std::log(4 * kRounding * std::abs(end));
  }
  // Whether x is farther from the end than that.
  static bool resolves(double end, double x) {
    return std::isinf(end) || std::log(std::abs(end - x)) > resolution(end) + 2;
  }

  // A number within the support, where all draws are at its ends.
  double inside() const {
    if (std::isfinite(low_) && std::isfinite(high_)) return low_ + 0.5 * (high_ - low_);
    return std::isfinite(low_) ? low_ + 1 : std::isfinite(high_) ? high_ - 1 : 0;
  }

  void lay_tail(double x, double scale, double end, double sign) {
    if (std::isinf(end)) {
      add({}, std::min(x, x + sign * scale), std::max(x, x + sign * scale));
      const Map map = {Map::kDistance, x, sign};
      lay_to_cut(map, std::log(scale), kLogLargest, 1);
      return;
    }
    while (scale < 0.25 * std::abs(end - x)) {
      add({}, std::min(x, x + sign * scale), std::max(x, x + sign * scale));
      x += sign * scale;
      scale *= 2;
    }
    const double distance = std::abs(end - x);
    if (end != 0 && infinite_at(end, sign, distance) && finite_at(end)) {
      try {
        const double u = d_.cdf(Var(x)).item();
        d_.icdf(Var(u));
        const double from = sign > 0 ? u : 0, to = sign > 0 ? 1 : u;
        add({Map::kQuantile}, from, to);
        return;
      } catch (const Error&) {
        // A distribution need not know its quantiles: then the error says how far x resolves.
      }
    }
    lay_to_cut({Map::kDistance, end, -sign}, std::log(distance), resolution(end), -1);
  }

  // As far as there are numbers and f has finite ones.
  void lay_to_cut(Map map, double from, double to, double sign) {
    if (!(sign * (to - from) > 0)) return;
    std::vector<double> t;
    for (double step = from; sign * (to - step) > 0; step += 0.5 * sign) t.push_back(step);
    t.push_back(to);
    const std::vector<bool> bad = infinite(map, t);
    const auto first = std::find(bad.begin(), bad.end(), true) - bad.begin();
    const bool overflows = first > 0 && static_cast<std::size_t>(first) < t.size();
    if (overflows) {
      const auto place = static_cast<std::size_t>(first);
      double good = t[place - 1], over = t[place];
      for (int i = 0; i < 40; ++i) {
        const double middle = 0.5 * (good + over);
        (infinite(map, {middle})[0] ? over : good) = middle;
      }
      to = good;
    }
    lay_steps(map, from, to, sign);
    cuts_.push_back({map, to, -sign, overflows});
  }

  // Where f is infinite, or no number, and not only because the density is 0.
  std::vector<bool> infinite(const Map& map, const std::vector<double>& t) const {
    Array x = uninitialised({t.size()});
    for (std::size_t i = 0; i < t.size(); ++i) {
      x.data()[i] = static_cast<real>(map.origin + map.sign * std::exp(t[i]));
    }
    return detail::infinite_at(d_, f_, x);
  }

  // Panels that begin short, for what lies near a mark, and grow to a length of 4.
  void lay_steps(Map map, double from, double to, double sign) {
    double length = 0.5;
    while (sign * (to - from) > 0) {
      const double next = sign * (to - from) < 1.5 * length ? to : from + sign * length;
      add(map, std::min(from, next), std::max(from, next));
      from = next;
      length = std::min(4.0, 2 * length);
    }
  }

  bool infinite_at(double end, double sign, double distance) const {
    const double coarse = 4 * kRounding * std::abs(end);
    const double near = std::max(1e-4 * distance, 2 * coarse);
    const double far = std::min(distance, std::max(1e-2 * distance, 16 * coarse));
    const double rise =
        d_.log_prob(Var(end - sign * near)).item() - d_.log_prob(Var(end - sign * far)).item();
    return rise > 0.01 * std::log(far / near);
  }

  // Whether f is a number there, to which quantiles round.
  bool finite_at(double end) const {
    return std::isfinite(detail::values_at(d_, f_, vector({end}))(0));
  }

  // The products of f, of 1, and of the measure, at points of t.
  void integrands(const Map& map, const std::vector<double>& t, std::vector<double>& g,
                  std::vector<double>& mass) const {
    Array x = uninitialised({t.size()});
    std::vector<double> log_measure(t.size(), 0.0);
    for (std::size_t i = 0; i < t.size(); ++i) {
      x.data()[i] = static_cast<real>(
          map.kind == Map::kDistance ? map.origin + map.sign * std::exp(t[i]) : t[i]);
      if (map.kind == Map::kDistance) log_measure[i] = t[i];
    }
    if (map.kind == Map::kQuantile) {
      const Array values = detail::values_at(d_, f_, d_.icdf(Var(std::move(x))).value());
      for (const real v : values) g.push_back(static_cast<double>(v));
      mass.insert(mass.end(), t.size(), 1.0);
      return;
    }
    const detail::WeightedPoints at(d_, f_, std::move(x), log_measure);
    for (std::size_t i = 0; i < t.size(); ++i) {
      g.push_back(at.probability(i) * at.value(i));
      mass.push_back(at.probability(i));
    }
  }

  // The panels of one map after the other, all their nodes in one call.
  void evaluate(std::size_t first, std::size_t last) {
    while (first < last) {
      const Map& map = panels_[first].map;
      std::size_t end = first;
      std::vector<double> t, g, mass;
      for (; end < last && same(panels_[end].map, map); ++end) {
        const Panel& panel = panels_[end];
        for (std::size_t i = 0; i < kNodes; ++i) {
          t.push_back(0.5 * (panel.from + panel.to) + 0.5 * (panel.to - panel.from) * node(i));
        }
      }
      integrands(map, t, g, mass);
      for (std::size_t k = first; k < end; ++k) {
        Panel& panel = panels_[k];
        const double half = 0.5 * (panel.to - panel.from);
        const std::array<double, 3> f = rule(&g[(k - first) * kNodes], half);
        const std::array<double, 3> one = rule(&mass[(k - first) * kNodes], half);
        panel.value = f[0], panel.absolute = f[1], panel.error = f[2];
        panel.mass = one[0], panel.mass_error = one[2];
      }
      first = end;
    }
  }

  static bool same(const Map& a, const Map& b) {
    return a.kind == b.kind && a.origin == b.origin && a.sign == b.sign;
  }

  // Halves the panels that are not exact enough; whether there were any.
  bool split() {
    double absolute = 0;
    for (const Panel& panel : panels_) absolute += panel.absolute;
    const double tolerance = kTolerance / 64;
    std::vector<Panel> kept, halves;
    for (const Panel& panel : panels_) {
      const double length = panel.to - panel.from;
      const double size = std::max(std::abs(panel.from), std::abs(panel.to));
      const bool exact = panel.error <= tolerance * absolute && panel.mass_error <= tolerance;
      if (exact || length < 64 * kRounding * size || kept.size() + halves.size() > kMostPanels) {
        kept.push_back(panel);
        continue;
      }
      const double middle = panel.from + 0.5 * length;
      halves.push_back({panel.map, panel.from, middle});
      halves.push_back({panel.map, middle, panel.to});
    }
    if (halves.empty()) return false;
    const std::size_t first = kept.size();
    kept.insert(kept.end(), halves.begin(), halves.end());
    panels_ = std::move(kept);
    evaluate(first, panels_.size());
    return true;
  }

  // What lies beyond a cut if the integrands go on as the power of the distance that they are. How
  // that power changes says how far off this is.
  std::array<Rest, 2> beyond(const Cut& cut) const {
    constexpr double kLag = 4;
    std::vector<double> g, mass;
    integrands(cut.map, {cut.t, cut.t + kLag * cut.inward, cut.t + 2 * kLag * cut.inward}, g, mass);
    const double from = cut.map.origin + cut.map.sign * std::exp(cut.t);
    const bool coarse = cut.inward > 0 && cut.map.origin != 0;
    const auto rest = [&](const std::vector<double>& at, bool is_mass) -> Rest {
      if (at[0] == 0) return {0, 0};
      const double power = std::log(std::abs(at[1] / at[0])) / kLag;
      if (!(power > (kDouble ? 1e-8 : 1e-4))) {
        if (is_mass) detail::refuse_unseen(d_, from);
        if (cut.overflows) detail::refuse_overflow(d_, from);
        detail::refuse_divergent(d_, from);
      }
      const double before = std::log(std::abs(at[2] / at[1])) / kLag;
      const double bend = std::abs(power - before) / (kLag * power * power);
      const double rounding = kRounding * (8 + std::abs(cut.t)) / power;
      const double value = at[0] / power;
      const double share = coarse ? 1 : std::min(1.0, 2 * bend + rounding);
      return {value, std::abs(value) * (std::isnan(share) ? 1 : share)};
    };
    return {rest(g, false), rest(mass, true)};
  }

  const Distribution& d_;
  const Integrand& f_;
  double low_, high_;
  std::vector<Panel> panels_;
  std::vector<Cut> cuts_;
};

}  // namespace

Expectation detail::integral(const Distribution& d, const Integrand& f) {
  return Integration(d, f).run();
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
