#include <fmt/format.h>
#include <evident/autodiff/functions/constants.hpp>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/inference/maximum_likelihood.hpp>
#include <utility>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using Vector = std::vector<double>;

using parts::kInfinity;
using parts::kNan;
constexpr bool kDouble = sizeof(real) == 8;
constexpr double kStepTolerance = kDouble ? 1e-9 : 1e-3;
const double kDifference = std::cbrt(detail::kRounding);

// One parameter as a function of a coordinate without constraints.
struct Coordinate {
  enum Kind { kReal, kAbove, kBelow, kBetween } kind;
  std::string name;
  double low, high, origin, unit;

  Var parameter(const Var& u) const {
    switch (kind) {
      case kReal:
        return origin + unit * u;
      case kAbove:
        return low + exp(u);
      case kBelow:
        return high - exp(u);
      default:
        return low + (high - low) * sigmoid(u);
    }
  }
  double start() const {
    switch (kind) {
      case kReal:
        return 0;
      case kAbove:
        return std::log(origin - low);
      case kBelow:
        return std::log(high - origin);
      default:
        return std::log((origin - low) / (high - origin));
    }
  }
  double slope(double u) const {
    const double s = 1 / (1 + std::exp(-u));
    return kind == kReal ? unit : kind == kBetween ? (high - low) * s * (1 - s) : std::exp(u);
  }
};

// What the i-th of the numbers that are fitted is: the parameter that has it as its value or, where
// `make` computes with them, the i-th; of one that joins them all, an element.
const Parameter& fitted_parameter(const std::vector<Parameter>& all, const std::vector<Var>& fitted,
                                  std::size_t i) {
  for (const Parameter& p : all) {
    if (&p.value.node() == &fitted[i].node()) return p;
  }
  return all[std::min(i, all.size() - 1)];
}

Coordinate coordinate(const Parameter& parameter, double start, double unit) {
  const double low = static_cast<double>(parameter.constraint.lower().array()());
  const double high = static_cast<double>(parameter.constraint.upper().array()());
  if (parameter.constraint.discrete() || parameter.value.size() != 1) {
    throw Error(
        fmt::format("maximum_likelihood: {} must be {}, expected a single real number: fix "
                    "it in Likelihood<D>::make, and fit the others",
                    parameter.name, parameter.constraint.description()));
  }
  const bool below = std::isfinite(high), above = std::isfinite(low);
  const auto kind = above && below ? Coordinate::kBetween
                    : above        ? Coordinate::kAbove
                    : below        ? Coordinate::kBelow
                                   : Coordinate::kReal;
  return {kind, parameter.name, low, high, start, unit};
}

// The solution of the positive-definite H x = b, or nothing; H by rows.
bool solve(Vector h, Vector b, Vector& x) {
  const std::size_t n = b.size();
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = j; i < n; ++i) {
      for (std::size_t k = 0; k < j; ++k) h[i * n + j] -= h[i * n + k] * h[j * n + k];
      if (i == j) {
        if (!(h[j * n + j] > 0)) return false;
        h[j * n + j] = std::sqrt(h[j * n + j]);
      } else {
        h[i * n + j] /= h[j * n + j];
      }
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= h[i * n + k] * b[k];
    b[i] /= h[i * n + i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) b[i] -= h[k * n + i] * b[k];
    b[i] /= h[i * n + i];
  }
  x = std::move(b);
  return true;
}

// Minus the mean log likelihood in the coordinates.
class Objective {
 public:
  Objective(const detail::MakeDistribution& make, const Array& data, Vector start, bool located)
      : make_(make), data_(data) {
    const NoTape pause;
    const std::vector<Var> fitted(start.begin(), start.end());
    const auto d = make(fitted);
    name_ = d->name();
    std::vector<Parameter> parameters;
    for (std::size_t i = 0; i < start.size(); ++i) {
      parameters.push_back(fitted_parameter(d->parameters(), fitted, i));
      if (!located) continue;
      const std::string parameter = parameters[i].name;
      if (parameter == "loc") loc_ = std::exchange(start[i], 0);
      if (parameter == "scale") scale_ = std::exchange(start[i], 1);
    }
    if (located) data_ = in_units(data);
    // Gross outliers leave the distance of the quartiles alone.
    const Sample sample(data);
    const double middle = 0.5 * (sample.quantile(0.75) - sample.quantile(0.25));
    const double spread = middle > 0 ? middle : sample.deviation();
    const double unit = located || !(spread > 0) ? 1 : spread;
    for (std::size_t i = 0; i < start.size(); ++i) {
      coordinates_.push_back(coordinate(parameters[i], start[i], unit));
    }
  }

  const std::string& name() const { return name_; }
  const std::vector<Coordinate>& coordinates() const { return coordinates_; }
  double parameter(const Vector& u, std::size_t i) const {
    const NoTape pause;
    const double value = coordinates_[i].parameter(u[i]).item();
    return (coordinates_[i].name == "loc" ? loc_ : 0) + unit(i) * value;
  }
  // How a parameter changes with its coordinate.
  double slope(const Vector& u, std::size_t i) const {
    return unit(i) * std::abs(coordinates_[i].slope(u[i]));
  }
  // The sum over the data of which `value` is minus the mean.
  double log_likelihood(double value) const {
    return -(value + std::log(scale_)) * static_cast<double>(data_.size());
  }
  // A step of a coordinate that moves nothing, a parameter being rounded.
  double tolerance(const Vector& u, std::size_t i) const {
    return std::max(kStepTolerance, 8 * rounding(u, i));
  }

  double operator()(const Vector& u, Vector* gradient = nullptr) const {
    std::vector<Var> leaves, parameters;
    Tape tape;
    for (std::size_t i = 0; i < u.size(); ++i) {
      leaves.push_back(Var::parameter(scalar(u[i])));
      parameters.push_back(coordinates_[i].parameter(leaves[i]));
      if (!std::isfinite(parameters[i].item())) return kInfinity;
    }
    Var loss = 0;
    try {
      loss = -mean(make_(parameters)->log_prob(data_));
    } catch (const Error&) {
      return kInfinity;  // the step went where rounding puts a parameter on its border
    }
    if (gradient != nullptr) {
      gradient->clear();
      for (const Array& g : tape.gradients(loss, leaves)) {
        gradient->push_back(static_cast<double>(g()));
      }
    }
    return std::isnan(loss.item()) ? kInfinity : loss.item();
  }

  // Second derivatives, as central differences of the gradient.
  Vector hessian(const Vector& u) const {
    const std::size_t n = u.size();
    Vector h(n * n), up, down;
    for (std::size_t j = 0; j < n; ++j) {
      Vector right = u, left = u;
      const double step =
          std::max(kDifference * std::max(1.0, 0.1 * std::abs(u[j])), 32 * rounding(u, j));
      right[j] = static_cast<real>(u[j] + step), left[j] = static_cast<real>(u[j] - step);
      (*this)(right, &up);
      (*this)(left, &down);
      if (up.size() != n || down.size() != n) return Vector(n * n, kNan);
      for (std::size_t i = 0; i < n; ++i) h[i * n + j] = (up[i] - down[i]) / (right[j] - left[j]);
    }
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        h[i * n + j] = h[j * n + i] = 0.5 * (h[i * n + j] + h[j * n + i]);
      }
    }
    return h;
  }

 private:
  double unit(std::size_t i) const {
    return coordinates_[i].name == "loc" || coordinates_[i].name == "scale" ? scale_ : 1;
  }
  // How far apart a parameter's numbers are, in its coordinate.
  double rounding(const Vector& u, std::size_t i) const {
    const Coordinate& c = coordinates_[i];
    if (c.kind != Coordinate::kReal) return 0;
    return detail::kRounding * std::abs(c.origin / c.unit + u[i]);
  }
  Array in_units(Array data) const {
    for (real& x : data) x = static_cast<real>((static_cast<double>(x) - loc_) / scale_);
    return data;
  }

  const detail::MakeDistribution& make_;
  Var data_;
  double loc_ = 0, scale_ = 1;
  std::string name_;
  std::vector<Coordinate> coordinates_;
};

[[noreturn]] void refuse(const Objective& f, const Vector& u, int iterations) {
  std::string where;
  for (std::size_t i = 0; i < u.size(); ++i) {
    where += fmt::format("{}{} = {:.4g}", i == 0 ? "" : ", ", f.coordinates()[i].name,
                         f.parameter(u, i));
  }
  throw Error(fmt::format(
      "maximum_likelihood: {}: no maximum of the likelihood was found in {} iterations, which "
      "ended at {}: it may grow without bound, or towards an end of what a parameter may be; data "
      "that are all equal, or do not have the shape of this distribution, do that; fit a "
      "distribution with fewer parameters, or start elsewhere (Likelihood<D>::start)",
      f.name(), iterations, where));
}

// Newton's step downhill; where the curvature is not positive, with as much added as makes it so.
Vector direction(const Vector& h, const Vector& gradient) {
  const std::size_t n = gradient.size();
  Vector minus = gradient, step;
  for (double& g : minus) g = -g;
  double largest = 1e-12;
  for (std::size_t i = 0; i < n; ++i) largest = std::max(largest, std::abs(h[i * n + i]));
  for (double added = 0; added < 1e6 * largest; added = added == 0 ? 1e-3 * largest : 4 * added) {
    Vector damped = h;
    for (std::size_t i = 0; i < n; ++i) damped[i * n + i] += added;
    if (solve(damped, minus, step)) return step;
  }
  return minus;
}

}  // namespace

namespace detail {

void check_data(const std::string& name, const Array& data, const Constraint& support) {
  if (data.dimension() != 1) {
    throw ShapeError(
        fmt::format("maximum_likelihood: {}: the data have shape {}, expected a vector (n) of "
                    "independent numbers: reshape them",
                    name, to_string(data.shape())));
  }
  if (data.size() == 0) {
    throw Error(
        fmt::format("maximum_likelihood: {}: there are no data, expected at least one", name));
  }
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (!std::isnan(data(i))) continue;
    throw Error(fmt::format(
        "maximum_likelihood: {}: element {} of {} is NaN: drop what is missing before the fit",
        name, i, data.size()));
  }
  if (const auto i = support.first_outside(data)) {
    throw Error(fmt::format("maximum_likelihood: {}: element {} of {} is {}, it must be {}: {}",
                            name, *i, data.size(), data(*i), support.description(),
                            support.advice().empty()
                                ? "drop it, or fit a distribution with it in its support"
                                : support.advice()));
  }
}

Maximum closed_form(const MakeDistribution& make, const Array& data,
                    const std::vector<Fitted>& fitted) {
  const NoTape pause;
  std::vector<Var> parameters;
  for (const Fitted& f : fitted) parameters.emplace_back(f.value);
  const auto d = make(parameters);
  Maximum result{{}, sum(d->log_prob(data)).item(), 0};
  const std::vector<Parameter> all = d->parameters();
  for (std::size_t i = 0; i < fitted.size(); ++i) {
    const Parameter& p = fitted_parameter(all, parameters, i);
    result.estimates.push_back({p.event_axes == 0 ? p.name : fmt::format("{}[{}]", p.name, i),
                                fitted[i].value, fitted[i].standard_error});
  }
  return result;
}

Maximum newton(const MakeDistribution& make, const Array& data, const Vector& start, bool located) {
  const Objective f(make, data, start, located);
  const std::size_t n = start.size();
  Vector u, gradient;
  for (const Coordinate& c : f.coordinates()) u.push_back(c.start());
  const Vector first = u;
  double value = f(u, &gradient);
  if (!std::isfinite(value)) refuse(f, u, 0);
  for (int iteration = 1; iteration <= 100; ++iteration) {
    const Vector h = f.hessian(u);
    Vector step = direction(h, gradient), information;
    double longest = 0, slope = 0, tolerances = 0;
    for (std::size_t i = 0; i < n; ++i) {
      longest = std::max(longest, std::abs(step[i]));
      tolerances = std::max(tolerances, std::abs(step[i]) / f.tolerance(u, i));
      slope += step[i] * gradient[i];
    }
    Vector next(n);
    double t = std::min(1.0, 2 / std::max(longest, 1e-300)), at = kInfinity;
    for (; t > 1e-10; t *= 0.5) {
      for (std::size_t i = 0; i < n; ++i) next[i] = u[i] + t * step[i];
      at = f(next);
      // Near the maximum the values differ by rounding only, and the step is right.
      if (at <= value + 1e-4 * t * slope || tolerances < 1e3) break;
    }
    if (!(t > 1e-10) || !std::isfinite(at)) refuse(f, u, iteration);
    u = next;
    value = f(u, &gradient);
    for (std::size_t i = 0; i < n; ++i) {
      const bool ends = f.coordinates()[i].kind != Coordinate::kReal;
      if (ends && std::abs(u[i] - first[i]) > (kDouble ? 25 : 12)) refuse(f, u, iteration);
    }
    if (tolerances > 1) continue;
    const Vector curvature = f.hessian(u);
    Maximum result{{}, f.log_likelihood(value), iteration};
    for (std::size_t i = 0; i < n; ++i) {
      Vector unit(n, 0.0), column;
      unit[i] = 1;
      if (!solve(curvature, unit, column)) refuse(f, u, iteration);
      const double error = std::sqrt(column[i] / static_cast<double>(data.size()));
      result.estimates.push_back(
          {f.coordinates()[i].name, f.parameter(u, i), error * f.slope(u, i)});
    }
    return result;
  }
  refuse(f, u, 100);
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
