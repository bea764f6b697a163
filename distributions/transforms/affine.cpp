#include <fmt/format.h>
#include <evident/autodiff/functions/constants.hpp>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/transforms.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

Constraint::Bound bound_of(const Array& values, bool open) {
  if (values.dimension() > 0) return {values, open};
  return {static_cast<double>(values()), open};
}

[[noreturn]] void refuse(const char* name, const char* expected, const Array& value,
                         std::size_t i) {
  throw ParameterError(fmt::format("Affine: {} must be {}, got {} at index {} of shape {}", name,
                                   expected, value.data()[i], i, to_string(value.shape())));
}

class Affine final : public Bijection {
 public:
  Affine(Var loc, Var scale) : loc_(std::move(loc)), scale_(std::move(scale)) {
    shape_ = broadcast_shape(loc_.shape(), scale_.shape(), "Affine");
    if (const auto i = constraints::real().first_outside(loc_.value())) {
      refuse("loc", "a finite number", loc_.value(), *i);
    }
    const Array& factors = scale_.value();
    for (std::size_t i = 0; i < factors.size(); ++i) {
      if (factors.data()[i] != 0 && std::isfinite(factors.data()[i])) continue;
      refuse("scale", "a finite number other than 0", factors, i);
    }
  }

  std::string name() const override { return "Affine"; }
  Constraint domain() const override { return constraints::real(); }
  Constraint codomain() const override { return constraints::real(); }
  Constraint image(const Constraint& of) const override {
    using parts::kInfinity;
    const Constraint::Bound &from = of.lower(), &to = of.upper();
    if (of.kind() != Constraint::Kind::kInterval) return codomain();
    if (from.is(-kInfinity) && to.is(kInfinity)) return of;
    const NoTape pause;
    const Array& factors = scale_.value();
    const Var one = forward(from.array()), other = forward(to.array());
    const bool rises = std::any_of(factors.begin(), factors.end(), [](real s) { return s > 0; });
    const bool falls = std::any_of(factors.begin(), factors.end(), [](real s) { return s < 0; });
    // Of both directions an end belongs to the set if it does for either.
    return constraints::interval(
        bound_of(minimum(one, other).value(), (!rises || from.open) && (!falls || to.open)),
        bound_of(maximum(one, other).value(), (!rises || to.open) && (!falls || from.open)));
  }
  Shape forward_shape(const Shape& in) const override {
    return broadcast_shape(in, shape_, "Affine");
  }
  Shape inverse_shape(const Shape& out) const override { return forward_shape(out); }
  std::vector<Parameter> parameters() const override {
    return {{"loc", loc_, constraints::real()}, {"scale", scale_, constraints::real()}};
  }
  Var forward(const Var& x) const override {
    return elementwise([](auto x, auto loc, auto scale) { return loc + scale * x; }, x, loc_,
                       scale_, "Affine::forward");
  }
  Var inverse(const Var& y) const override {
    return elementwise([](auto y, auto loc, auto scale) { return (y - loc) / scale; }, y, loc_,
                       scale_, "Affine::inverse");
  }
  Var log_abs_det(const Var& x) const override {
    return log(abs(scale_)) + zeros(forward_shape(x.shape()));
  }
  Var sign() const override { return evident::sign(scale_); }

 private:
  Var loc_, scale_;
  Shape shape_;
};

}  // namespace

Transform transforms::affine(Var loc, Var scale) {
  return Affine(std::move(loc), std::move(scale));
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
