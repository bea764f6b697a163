#pragma once

#include <evident/distributions/distribution.hpp>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// A differentiable one-to-one map between two sets, of numbers, vectors or matrices: what a
/// `Transform` shares. One of one's own says what it is called, between which sets it maps, how and
/// back, and the logarithm of its Jacobian's determinant.
class Bijection {
 public:
  virtual ~Bijection() = default;

  /// The name of the type: "Exp".
  virtual std::string name() const = 0;
  /// The values that it takes.
  virtual Constraint domain() const = 0;
  /// The values that it makes of these.
  virtual Constraint codomain() const = 0;
  /// The values that it makes of a part of its domain, as far as it can say: by default all.
  virtual Constraint image(const Constraint&) const { return codomain(); }
  /// How many of the last axes of an argument one value takes: 0 for numbers, 1 for vectors.
  virtual std::size_t axes_in() const { return 0; }
  /// The same of a result.
  virtual std::size_t axes_out() const { return 0; }
  /// The shape that it makes of a shape (..., in), and back. By default the same.
  virtual Shape forward_shape(const Shape& in) const { return in; }
  virtual Shape inverse_shape(const Shape& out) const { return out; }
  /// What the map depends on.
  virtual std::vector<Parameter> parameters() const { return {}; }

  /// y of x.
  virtual Var forward(const Var& x) const = 0;
  /// x of y; at the ends of the codomain what the limit is.
  virtual Var inverse(const Var& y) const = 0;
  /// log |det dy/dx| at x, without the axes of one value. Of a map to more numbers than it takes,
  /// such as to a simplex, y is what determines the rest: all but the last element of a vector, the
  /// lower triangle of a matrix.
  virtual Var log_abs_det(const Var& x) const = 0;
  /// Of a map of numbers: 1 where it increases, -1 where it decreases. Errors: by default, that it
  /// is not said.
  virtual Var sign() const;

 protected:
  Bijection() = default;
  Bijection(const Bijection&) = default;
  Bijection& operator=(const Bijection&) = default;
};

/// A bijection, as a value: made by the functions of `transforms`, by `transform_to`, or of a
/// `Bijection` of one's own. Its functions check shapes and then are those of the bijection.
class Transform {
 public:
  template <class B, class = std::enable_if_t<std::is_base_of_v<Bijection, B>>>
  Transform(B bijection) : bijection_(std::make_shared<const B>(std::move(bijection))) {}

  std::string name() const { return bijection_->name(); }
  Constraint domain() const { return bijection_->domain(); }
  Constraint codomain() const { return bijection_->codomain(); }
  Constraint image(const Constraint& of) const { return bijection_->image(of); }
  std::size_t axes_in() const { return bijection_->axes_in(); }
  std::size_t axes_out() const { return bijection_->axes_out(); }
  std::vector<Parameter> parameters() const { return bijection_->parameters(); }
  /// Errors: fewer axes than one value has, or a length that it cannot have; so do the next four.
  Shape forward_shape(const Shape& in) const;
  Shape inverse_shape(const Shape& out) const;
  Var forward(const Var& x) const;
  Var inverse(const Var& y) const;
  Var log_abs_det(const Var& x) const;
  Var sign() const { return bijection_->sign(); }
  /// Whether it is the same map as another and stays so: a copy of it, or of the same type, name
  /// and parameters, which are the same Vars or equal constants.
  bool is_same(const Transform& other) const;
  /// The same as `forward`.
  Var operator()(const Var& x) const { return forward(x); }

 private:
  std::shared_ptr<const Bijection> bijection_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
