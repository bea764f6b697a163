#include <fmt/format.h>
#include <evident/autodiff/functions/constants.hpp>

#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/transforms.hpp>

// Transforms of numbers, one by one.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kInfinity;
constexpr double kLog2 = 0.693147180559945309417232121458;

// An increasing map by three formulas: of x, of y, and the logarithm of the slope at x.
template <class Forward, class Inverse, class LogSlope>
class ByFormula final : public Bijection {
 public:
  ByFormula(const char* name, Constraint domain, Constraint codomain, Forward forward,
            Inverse inverse, LogSlope log_slope)
      : name_(name),
        domain_(std::move(domain)),
        codomain_(std::move(codomain)),
        forward_(forward),
        inverse_(inverse),
        log_slope_(log_slope) {}

  std::string name() const override { return name_; }
  Constraint domain() const override { return domain_; }
  Constraint codomain() const override { return codomain_; }
  Var forward(const Var& x) const override { return elementwise(forward_, x, name_); }
  Var inverse(const Var& y) const override { return elementwise(inverse_, y, name_); }
  Var log_abs_det(const Var& x) const override { return elementwise(log_slope_, x, name_); }
  Var sign() const override { return 1; }

 private:
  const char* name_;
  Constraint domain_, codomain_;
  Forward forward_;
  Inverse inverse_;
  LogSlope log_slope_;
};

class Identity final : public Bijection {
 public:
  std::string name() const override { return "Identity"; }
  Constraint domain() const override { return constraints::real(); }
  Constraint codomain() const override { return constraints::real(); }
  Constraint image(const Constraint& of) const override { return of; }
  Var forward(const Var& x) const override { return x; }
  Var inverse(const Var& y) const override { return y; }
  Var log_abs_det(const Var& x) const override { return zeros(x.shape()); }
  Var sign() const override { return 1; }
};

// log of sigmoid(x) sigmoid(-x), which is even.
template <class X>
X log_sigmoid_slope(const X& x) {
  const X far = abs(x);
  return -far - 2.0 * softplus(-far);
}

// bound + direction e^x.
class ExpFrom final : public Bijection {
 public:
  ExpFrom(Var bound, double direction) : bound_(std::move(bound)), direction_(direction) {
    if (const auto index = constraints::real().first_outside(bound_.value())) {
      throw ParameterError(
          fmt::format("{}: the bound must be a finite number, got {} at index {} of shape {}",
                      name(), bound_.value().data()[*index], *index, to_string(bound_.shape())));
    }
  }

  std::string name() const override { return direction_ > 0 ? "ExpAbove" : "ExpBelow"; }
  Constraint domain() const override { return constraints::real(); }
  Constraint codomain() const override {
    const Constraint::Bound end = bound_.dimension() == 0 ? Constraint::Bound(bound_.item())
                                                          : Constraint::Bound(bound_.value());
    if (direction_ > 0) return constraints::at_least(end);
    return constraints::interval({-kInfinity, true}, end);
  }
  Shape forward_shape(const Shape& in) const override {
    return broadcast_shape(in, bound_.shape(), name().c_str());
  }
  Shape inverse_shape(const Shape& out) const override { return forward_shape(out); }
  std::vector<Parameter> parameters() const override {
    return {{"bound", bound_, constraints::real()}};
  }
  Var forward(const Var& x) const override {
    return elementwise(
        [](auto x, auto bound, auto direction) { return bound + direction * evident::exp(x); }, x,
        bound_, direction_, "ExpFrom::forward");
  }
  Var inverse(const Var& y) const override {
    return elementwise(
        [](auto y, auto bound, auto direction) { return log(direction * (y - bound)); }, y, bound_,
        direction_, "ExpFrom::inverse");
  }
  Var log_abs_det(const Var& x) const override { return x + zeros(bound_.shape()); }
  Var sign() const override { return direction_; }

 private:
  Var bound_;
  double direction_;
};

class SigmoidBetween final : public Bijection {
 public:
  SigmoidBetween(Var low, Var high) : low_(std::move(low)), high_(std::move(high)) {
    const Array width = (high_ - low_).value();
    for (std::size_t i = 0; i < width.size(); ++i) {
      if (width.data()[i] > 0 && width.data()[i] < kInfinity) continue;
      throw ParameterError(fmt::format(
          "SigmoidBetween: low must be less than high, by a finite number, got a width of {} at "
          "index {} of shape {}",
          width.data()[i], i, to_string(width.shape())));
    }
  }

  std::string name() const override { return "SigmoidBetween"; }
  Constraint domain() const override { return constraints::real(); }
  Constraint codomain() const override {
    const auto bound = [](const Var& x) {
      return x.dimension() == 0 ? Constraint::Bound(x.item()) : Constraint::Bound(x.value());
    };
    return constraints::interval(bound(low_), bound(high_));
  }
  Shape forward_shape(const Shape& in) const override {
    return broadcast_shape(broadcast_shape(in, low_.shape(), "SigmoidBetween"), high_.shape(),
                           "SigmoidBetween");
  }
  Shape inverse_shape(const Shape& out) const override { return forward_shape(out); }
  std::vector<Parameter> parameters() const override {
    return {{"low", low_, constraints::real()}, {"high", high_, constraints::real()}};
  }
  Var forward(const Var& x) const override {
    return elementwise(
        [](auto x, auto low, auto high) {
          const auto width = high - low;
          const auto lower = minimum(low + width * evident::sigmoid(x), high);
          const auto upper = maximum(high - width * evident::sigmoid(-x), low);
          return where(x < 0.0, lower, upper);
        },
        x, low_, high_, "SigmoidBetween::forward");
  }
  Var inverse(const Var& y) const override {
    return elementwise([](auto y, auto low, auto high) { return log(y - low) - log(high - y); }, y,
                       low_, high_, "SigmoidBetween::inverse");
  }
  Var log_abs_det(const Var& x) const override {
    return elementwise(
        [](auto x, auto low, auto high) { return log(high - low) + log_sigmoid_slope(x); }, x, low_,
        high_, "SigmoidBetween::log_abs_det");
  }
  Var sign() const override { return 1; }

 private:
  Var low_, high_;
};

}  // namespace

namespace transforms {

Transform identity() { return Identity(); }

Transform exp() {
  return ByFormula(
      "Exp", constraints::real(), constraints::positive(), [](auto x) { return evident::exp(x); },
      [](auto y) { return log(y); }, [](auto x) { return x; });
}

Transform exp_above(Var lower) { return ExpFrom(std::move(lower), 1); }

Transform exp_below(Var upper) { return ExpFrom(std::move(upper), -1); }

Transform sigmoid() {
  return ByFormula(
      "Sigmoid", constraints::real(), constraints::unit_interval(),
      [](auto x) { return evident::sigmoid(x); }, [](auto y) { return log(y) - log1p(-y); },
      [](auto x) { return log_sigmoid_slope(x); });
}

Transform sigmoid_between(Var low, Var high) {
  return SigmoidBetween(std::move(low), std::move(high));
}

Transform softplus() {
  return ByFormula(
      "Softplus", constraints::real(), constraints::positive(),
      [](auto x) { return evident::softplus(x); },
      // log(e^y - 1); infinity less 0 at the far end.
      [](auto y) { return y + log1mexp(-y); }, [](auto x) { return -evident::softplus(-x); });
}

Transform tanh() {
  return ByFormula(
      "Tanh", constraints::real(), constraints::interval(-1, 1),
      [](auto x) { return evident::tanh(x); }, [](auto y) { return 0.5 * (log1p(y) - log1p(-y)); },
      [](auto x) {
        const auto far = abs(x);
        return 2.0 * (kLog2 - far - evident::softplus(-2.0 * far));
      });
}

}  // namespace transforms
}  // namespace EVIDENT_PRECISION
}  // namespace evident
