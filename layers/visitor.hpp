#pragma once

#include <evident/autodiff/var.hpp>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Walks the parameters of a layer or model by name. A layer offers itself with one line,
///
///     template <class V> void visit(V& v) { v("weight", weight); v("bias", bias); }
///
/// and members that are layers themselves are walked in turn: "encoder.0.weight".
class Visitor {
 public:
  using OnParameter = std::function<void(const std::string& name, Var& parameter)>;

  explicit Visitor(OnParameter on_parameter) : on_parameter_(std::move(on_parameter)) {}

  void operator()(const std::string& name, Var& parameter) {
    on_parameter_(prefix_ + name, parameter);
  }

  /// A member that is a layer; one without a `visit` has no parameters.
  template <class Member>
  void operator()(const std::string& name, Member& member) {
    const std::size_t length = prefix_.size();
    prefix_ += name + ".";
    members(member);
    prefix_.resize(length);
  }

  /// The members of a layer, at the present prefix.
  template <class Layer>
  void members(Layer& layer) {
    walk(layer, 0);
  }

 private:
  template <class Member>
  auto walk(Member& member, int) -> decltype(member.visit(*this)) {
    member.visit(*this);
  }
  template <class Member>
  void walk(Member&, long) {}

  OnParameter on_parameter_;
  std::string prefix_;
};

/// The parameters of a model, in the order in which it shows them. They are shared, not copied.
template <class Model>
std::vector<NamedParameter> parameters(const Model& model) {
  std::vector<NamedParameter> result;
  Visitor collect([&](const std::string& name, Var& parameter) {
    result.push_back({name, parameter});
  });
  Model shared = model;  // `visit` is for changing a model as well; a copy shares its parameters
  shared.visit(collect);
  return result;
}

/// A copy of a layer or model with parameters of its own; a plain copy shares them.
template <class Model>
Model clone(const Model& model) {
  Model copy = model;
  Visitor own(
      [](const std::string&, Var& parameter) { parameter = Var::parameter(parameter.value()); });
  copy.visit(own);
  return copy;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
