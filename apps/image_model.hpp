#pragma once

#include <evident/autodiff/indexing.hpp>
#include <evident/models/conditional_vae.hpp>
#include <evident/models/vae.hpp>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// How the figures of a model are written.
struct Notation {
  const char* bound;       ///< "ELBO"
  const char* evidence;    ///< what is bounded, "log p(x)"
  const char* likelihood;  ///< "log p(x|z)"
  const char* posterior;   ///< "q(z|x)"
};

/// Any of the models that the program trains, all asked in the same way.
class ImageModel {
 public:
  /// "vae" and "conditional-vae".
  static std::vector<std::string> names();
  /// Whether the model of this name is told labels. Errors: another name.
  static bool takes_labels(const std::string& name);

  /// The model of this name with new weights. `classes` is how many labels there are, for a model
  /// that takes them. Errors: another name.
  ImageModel(Rng& rng, const std::string& name, VaeOptions options, std::size_t classes);

  /// One of `names()`.
  const char* name() const;
  /// How its figures are written.
  const Notation& notation() const;
  /// Its size and kind.
  const VaeOptions& options() const;
  VaeOptions& options();
  /// How many labels the model knows; 0 if it takes none.
  std::size_t classes() const;

  /// f(model, x), or f(model, x, y) with the labels as one-hot rows if the model takes them: what
  /// `elbo` and the models' own members ask for. `x` are pixels, or latents to be decoded.
  ///
  ///     model.call(x, labels, [&](const auto&... program) { return elbo(rng, program...); });
  ///
  /// Errors: those of f; a label that the model does not know.
  template <class F>
  auto call(const Var& x, const Array& labels, F f) const {
    if (const auto* vae = std::get_if<Vae>(&model_)) return f(*vae, x);
    const auto& conditional = std::get<ConditionalVae>(model_);
    return f(conditional, x, Var(one_hot(labels, conditional.classes)));
  }

  template <class V>
  void visit(V& v) {
    std::visit([&](auto& model) { model.visit(v); }, model_);
  }

 private:
  std::variant<Vae, ConditionalVae> model_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
