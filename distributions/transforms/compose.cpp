#include <algorithm>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/distributions/transforms.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

class Compose final : public Bijection {
 public:
  explicit Compose(std::vector<Transform> parts) : parts_(std::move(parts)) {
    if (parts_.empty()) throw Error("Compose: there are no parts: use transforms::identity()");
    // Each part must find the axes that it takes as one value, and the parts behind it theirs.
    for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) {
      in_ = std::max(in_, part->axes_out()) - part->axes_out() + part->axes_in();
    }
  }

  std::string name() const override {
    std::string names;
    for (const Transform& part : parts_) names += (names.empty() ? "" : ", ") + part.name();
    return "Compose(" + names + ")";
  }
  Constraint domain() const override { return parts_.front().domain(); }
  Constraint codomain() const override { return image(domain()); }
  Constraint image(const Constraint& of) const override {
    Constraint set = of;
    for (const Transform& part : parts_) set = part.image(set);
    return set;
  }
  std::size_t axes_in() const override { return in_; }
  std::size_t axes_out() const override {
    std::size_t axes = in_;
    for (const Transform& part : parts_) axes = axes - part.axes_in() + part.axes_out();
    return axes;
  }
  Shape forward_shape(const Shape& in) const override {
    Shape shape = in;
    for (const Transform& part : parts_) shape = part.forward_shape(shape);
    return shape;
  }
  Shape inverse_shape(const Shape& out) const override {
    Shape shape = out;
    for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) {
      shape = part->inverse_shape(shape);
    }
    return shape;
  }
  std::vector<Parameter> parameters() const override {
    std::vector<Parameter> all;
    for (const Transform& part : parts_) {
      for (Parameter& parameter : part.parameters()) all.push_back(std::move(parameter));
    }
    return all;
  }
  Var forward(const Var& x) const override {
    Var y = x;
    for (const Transform& part : parts_) y = part.forward(y);
    return y;
  }
  Var inverse(const Var& y) const override {
    Var x = y;
    for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) x = part->inverse(x);
    return x;
  }
  Var log_abs_det(const Var& x) const override {
    Var at = x, total = 0;
    std::size_t axes = in_;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const Transform& part = parts_[i];
      total = total + sum(part.log_abs_det(at), last_axes(axes - part.axes_in()));
      axes = axes - part.axes_in() + part.axes_out();
      if (i + 1 < parts_.size()) at = part.forward(at);
    }
    return total;
  }
  Var sign() const override {
    Var product = 1;
    for (const Transform& part : parts_) product = product * part.sign();
    return product;
  }

 private:
  std::vector<Transform> parts_;
  std::size_t in_ = 0;
};

}  // namespace

Transform transforms::compose(std::vector<Transform> parts) { return Compose(std::move(parts)); }

}  // namespace EVIDENT_PRECISION
}  // namespace evident
