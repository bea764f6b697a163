#include <fmt/format.h>

#include <evident/apps/image_model.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using AnyModel = std::variant<Vae, ConditionalVae>;

struct Kind {
  const char* name;
  Notation notation;
};

// In the order of AnyModel.
constexpr Kind kKinds[] = {
    {"vae", {"ELBO", "log p(x)", "log p(x|z)", "q(z|x)"}},
    {"conditional-vae", {"ELBO of log p(x|y)", "log p(x|y)", "log p(x|z,y)", "q(z|x,y)"}},
};

AnyModel make(Rng& rng, const std::string& name, VaeOptions options, std::size_t classes) {
  if (ImageModel::takes_labels(name)) return ConditionalVae(rng, classes, std::move(options));
  return Vae(rng, std::move(options));
}

}  // namespace

std::vector<std::string> ImageModel::names() {
  std::vector<std::string> names;
  for (const Kind& kind : kKinds) names.emplace_back(kind.name);
  return names;
}

bool ImageModel::takes_labels(const std::string& name) {
  if (name == "vae") return false;
  if (name == "conditional-vae") return true;
  throw Error(fmt::format("ImageModel: there is no model \"{}\": expected {}", name,
                          fmt::join(names(), " or ")));
}

ImageModel::ImageModel(Rng& rng, const std::string& name, VaeOptions options, std::size_t classes)
    : model_(make(rng, name, std::move(options), classes)) {}

const char* ImageModel::name() const { return kKinds[model_.index()].name; }

const Notation& ImageModel::notation() const { return kKinds[model_.index()].notation; }

const VaeOptions& ImageModel::options() const {
  return std::visit([](const auto& model) -> const VaeOptions& { return model.options; }, model_);
}

VaeOptions& ImageModel::options() {
  return std::visit([](auto& model) -> VaeOptions& { return model.options; }, model_);
}

std::size_t ImageModel::classes() const {
  const auto* conditional = std::get_if<ConditionalVae>(&model_);
  return conditional == nullptr ? 0 : conditional->classes;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
