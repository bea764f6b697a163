#pragma once

#include <evident/autodiff/rng.hpp>
#include <evident/layers/visitor.hpp>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

namespace detail {

// `layer(x, noise)`, or `layer(x)` if it takes no generator.
template <class L>
Var call_layer(const L& layer, const Var& x, Rng* noise) {
  if constexpr (std::is_invocable_v<const L&, const Var&, Rng*>) {
    return layer(x, noise);
  } else {
    return layer(x);
  }
}

}  // namespace detail

/// Layers applied one after the other. A layer is any copyable callable `Var(const Var&)` or
/// `Var(const Var&, Rng* noise)`; its parameters are named by its position: "0.weight".
class Sequential {
 public:
  Sequential() = default;
  template <class First, class... Rest,
            class = std::enable_if_t<!std::is_same_v<std::decay_t<First>, Sequential>>>
  explicit Sequential(First first, Rest... rest) {
    add(std::move(first));
    (add(std::move(rest)), ...);
  }
  Sequential(const Sequential& other) { *this = other; }
  Sequential(Sequential&&) = default;
  Sequential& operator=(const Sequential& other) {
    std::vector<std::unique_ptr<Layer>> copies;
    for (const auto& layer : other.layers_) copies.push_back(layer->copy());
    layers_ = std::move(copies);
    return *this;
  }
  Sequential& operator=(Sequential&&) = default;

  /// Appends a layer.
  template <class L>
  Sequential& add(L layer) {
    layers_.push_back(std::make_unique<Holder<L>>(std::move(layer)));
    return *this;
  }

  /// How many layers there are.
  std::size_t size() const { return layers_.size(); }

  /// The layers applied to `x` in turn; those that drop take their noise from `noise`.
  Var operator()(const Var& x, Rng* noise = nullptr) const {
    Var y = x;
    for (const auto& layer : layers_) y = layer->call(y, noise);
    return y;
  }

  template <class V>
  void visit(V& v) {
    for (std::size_t i = 0; i < layers_.size(); ++i) v(std::to_string(i), *layers_[i]);
  }

 private:
  struct Layer {
    virtual ~Layer() = default;
    virtual Var call(const Var& x, Rng* noise) const = 0;
    virtual std::unique_ptr<Layer> copy() const = 0;
    virtual void visit(Visitor& v) = 0;
  };

  template <class L>
  struct Holder final : Layer {
    L layer;
    explicit Holder(L l) : layer(std::move(l)) {}
    Var call(const Var& x, Rng* noise) const override {
      return detail::call_layer(layer, x, noise);
    }
    std::unique_ptr<Layer> copy() const override { return std::make_unique<Holder>(layer); }
    void visit(Visitor& v) override { v.members(layer); }
  };

  std::vector<std::unique_ptr<Layer>> layers_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
