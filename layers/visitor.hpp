#pragma once

#include <evident/autodiff/var.hpp>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Walks what a layer or model holds by name. A layer offers its parameters with one line,
///
///     template <class V> void visit(V& v) { v("weight", weight); v("bias", bias); }
///
/// and its buffers, which are saved but not trained, with `v.buffer("running_mean", running_mean)`.
/// Members that are layers themselves are walked in turn: "encoder.0.weight".
class Visitor {
 public:
  using OnVar = std::function<void(const std::string& name, Var& var)>;

  /// Calls `on_parameter` for every parameter and `on_buffer`, if there is one, for every buffer.
  explicit Visitor(OnVar on_parameter, OnVar on_buffer = nullptr)
      : on_parameter_(std::move(on_parameter)), on_buffer_(std::move(on_buffer)) {}

  /// A parameter.
  void operator()(const std::string& name, Var& parameter) {
    on_parameter_(prefix_ + name, parameter);
  }

  /// A member that is a layer; one without a `visit` holds nothing.
  template <class Member>
  void operator()(const std::string& name, Member& member) {
    const std::size_t length = prefix_.size();
    prefix_ += name + ".";
    members(member);
    prefix_.resize(length);
  }

  /// A buffer.
  void buffer(const std::string& name, Var& buffer) {
    if (on_buffer_) on_buffer_(prefix_ + name, buffer);
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

  OnVar on_parameter_, on_buffer_;
  std::string prefix_;
};

namespace detail {

// A Var that a model holds, and whether it is a buffer.
struct Held {
  NamedParameter named;
  bool is_buffer;

  bool is_trained() const { return !is_buffer && named.parameter.needs_gradient(); }
};

// All that a model holds, in the order in which it shows it. A Var that is shown under two names is
// there once, under the first.
template <class Model>
std::vector<Held> held(const Model& model) {
  std::vector<Held> result;
  std::set<const Node*> seen;
  const auto collect = [&](bool is_buffer) {
    return [&, is_buffer](const std::string& name, Var& var) {
      if (seen.insert(&var.node()).second) result.push_back({{name, var}, is_buffer});
    };
  };
  Visitor visitor(collect(false), collect(true));
  Model shared = model;  // `visit` is for changing a model as well; a copy shares its Vars
  shared.visit(visitor);
  return result;
}

template <class Model>
void set_trained(const Model& model, bool trained) {
  for (Held& h : held(model)) {
    if (!h.is_buffer) h.named.parameter.set_needs_gradient(trained);
  }
}

}  // namespace detail

/// The parameters of a model that are trained, for an optimiser: those that are not frozen, in the
/// order in which the model shows them. They are shared, not copied; one that is shown under two
/// names is listed under the first.
template <class Model>
std::vector<NamedParameter> parameters(const Model& model) {
  std::vector<NamedParameter> result;
  for (detail::Held& h : detail::held(model)) {
    if (h.is_trained()) result.push_back(std::move(h.named));
  }
  return result;
}

/// All that a file must hold to bring a model back: trained and frozen parameters and buffers, in
/// the order in which the model shows them. They are shared, not copied.
template <class Model>
std::vector<NamedParameter> state(const Model& model) {
  std::vector<NamedParameter> result;
  for (detail::Held& h : detail::held(model)) result.push_back(std::move(h.named));
  return result;
}

/// Makes constants of the parameters of a model or of a part of one, `freeze(vae.encoder)`: they
/// are no longer among its `parameters`, nothing is recorded for them and no gradient reaches them.
/// Every copy sees it, for copies share their parameters. An optimiser that was made before stops
/// at the first frozen parameter, which has no gradient: make optimisers afterwards.
template <class Model>
void freeze(const Model& model) {
  detail::set_trained(model, false);
}
/// The same for one parameter.
inline void freeze(Var parameter) { parameter.set_needs_gradient(false); }

/// Makes the parameters of a model or of a part of one trained again; buffers stay what they are.
template <class Model>
void unfreeze(const Model& model) {
  detail::set_trained(model, true);
}
/// The same for one parameter.
inline void unfreeze(Var parameter) { parameter.set_needs_gradient(true); }

/// A copy of a layer or model that shares nothing with it, as a plain copy would. Frozen parameters
/// stay frozen, and what is shown under two names stays one.
template <class Model>
Model clone(const Model& model) {
  struct Pair {
    Var original, copy;  // both, for the address of an original tells it apart as long as it lives
  };
  std::map<const detail::Node*, Pair> pairs;
  const auto own = [&](const std::string&, Var& var) {
    const auto [place, is_new] = pairs.try_emplace(&var.node(), Pair{var, Var(var.value())});
    if (is_new) place->second.copy.set_needs_gradient(var.needs_gradient());
    var = place->second.copy;
  };
  Model copy = model;
  Visitor visitor(own, own);
  copy.visit(visitor);
  return copy;
}

/// The number of elements of the parameters that are trained.
template <class Model>
std::size_t count_parameters(const Model& model) {
  std::size_t count = 0;
  for (const NamedParameter& p : parameters(model)) count += p.parameter.size();
  return count;
}

/// The number of elements of all that a model holds: trained, frozen and in buffers.
template <class Model>
std::size_t count_state(const Model& model) {
  std::size_t count = 0;
  for (const NamedParameter& p : state(model)) count += p.parameter.size();
  return count;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
