#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/functions.hpp>
#include <evident/autodiff/threads.hpp>
#include <evident/optim/adam.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using L = Lanes<real>;
constexpr std::size_t kSlice = 16384;

void check(bool holds, const char* setting, double value, const char* expected) {
  if (!holds) throw Error(fmt::format("Adam: {} must be {}, got {}", setting, expected, value));
}

}  // namespace

Adam::Adam(std::vector<NamedParameter> parameters, const AdamOptions& options) : options_(options) {
  for (NamedParameter& candidate : parameters) {
    // One that a model holds under two names takes one step, not two.
    const auto same = [&](const NamedParameter& known) {
      return &known.parameter.node() == &candidate.parameter.node();
    };
    if (std::none_of(parameters_.begin(), parameters_.end(), same)) {
      parameters_.push_back(std::move(candidate));
    }
  }
  for (const NamedParameter& p : parameters_) {
    if (!p.parameter.needs_gradient() || p.parameter.node().tape != 0) {
      throw Error(
          fmt::format("Adam: \"{}\" is not a parameter but {}: make it with Var::parameter", p.name,
                      p.parameter.needs_gradient() ? "the result of an operation" : "a constant"));
    }
  }
  if (parameters_.empty()) throw Error("Adam: got no parameters: pass parameters(model)");
  check(options.learning_rate > 0, "learning_rate", options.learning_rate, "positive");
  check(options.beta1 >= 0 && options.beta1 < 1, "beta1", options.beta1, "in [0, 1)");
  check(options.beta2 >= 0 && options.beta2 < 1, "beta2", options.beta2, "in [0, 1)");
  check(options.epsilon > 0, "epsilon", options.epsilon, "positive");
  for (std::size_t k = 0; k < parameters_.size(); ++k) {
    const Var& p = parameters_[k].parameter;
    mean_.push_back(zeros(p.shape()));
    square_.push_back(zeros(p.shape()));
    for (std::size_t first = 0; first < p.size(); first += kSlice) {
      slices_.push_back({k, first, std::min(p.size(), first + kSlice)});
    }
  }
}

void Adam::step() {
  for (const NamedParameter& p : parameters_) {
    if (!p.parameter.has_gradient()) {
      throw Error(fmt::format(
          "Adam::step: \"{}\" has no gradient: the loss does not depend on it, or backward was not "
          "called",
          p.name));
    }
  }
  ++steps_;
  const auto t = static_cast<double>(steps_);
  const double rate = options_.learning_rate / (1 - std::pow(options_.beta1, t));
  const double root_correction = 1 / std::sqrt(1 - std::pow(options_.beta2, t));
  std::vector<real*> values;
  std::vector<const real*> gradients;
  for (NamedParameter& p : parameters_) {
    values.push_back(p.parameter.mutable_value().data());
    gradients.push_back(p.parameter.gradient().data());
  }
  parallel(slices_.size(), [&](std::size_t index) {
    const Slice& slice = slices_[index];
    real* x = values[slice.parameter];
    real* mean = mean_[slice.parameter].data();
    real* square = square_[slice.parameter].data();
    const real* gradient = gradients[slice.parameter];
    // Whole registers: the last may reach into the padding behind an array.
    for (std::size_t i = slice.first; i < slice.last; i += L::kWidth) {
      const L g = L::load(gradient + i);
      const L m = options_.beta1 * L::load(mean + i) + (1 - options_.beta1) * g;
      const L v = options_.beta2 * L::load(square + i) + (1 - options_.beta2) * g * g;
      m.store(mean + i);
      v.store(square + i);
      (L::load(x + i) - rate * m / (sqrt(v) * root_correction + options_.epsilon)).store(x + i);
    }
  });
  for (NamedParameter& p : parameters_) p.parameter.clear_gradient();
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
