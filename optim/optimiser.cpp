#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/optim/optimiser.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

constexpr std::size_t kSlice = 16384;

// One that a model holds under two names is one parameter.
std::vector<NamedParameter> without_twins(std::vector<NamedParameter> parameters) {
  std::vector<NamedParameter> result;
  for (NamedParameter& candidate : parameters) {
    const auto same = [&](const NamedParameter& known) {
      return &known.parameter.node() == &candidate.parameter.node();
    };
    if (std::none_of(result.begin(), result.end(), same)) result.push_back(std::move(candidate));
  }
  return result;
}

void check_gradient(const std::string& function, const NamedParameter& p) {
  if (p.parameter.has_gradient()) return;
  throw Error(fmt::format(
      "{}: \"{}\" has no gradient: the loss does not depend on it, or backward was not called",
      function, p.name));
}

// In double, where the square of a float is exact and does not overflow.
double sum_of_squares(const real* x, std::size_t count) {
  constexpr std::size_t kSums = 16;
  double sums[kSums] = {};
  std::size_t i = 0;
  for (; i + kSums <= count; i += kSums) {
    for (std::size_t k = 0; k < kSums; ++k) {
      const auto value = static_cast<double>(x[i + k]);
      sums[k] += value * value;
    }
  }
  for (; i < count; ++i) sums[0] += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  double total = 0;
  for (const double sum : sums) total += sum;
  return total;
}

double norm_of_gradients(const std::vector<NamedParameter>& parameters) {
  struct Part {
    const real* first;
    std::size_t count;
  };
  std::vector<Part> parts;
  for (const NamedParameter& p : parameters) {
    const Array& gradient = p.parameter.gradient();
    for (std::size_t first = 0; first < gradient.size(); first += kSlice) {
      parts.push_back({gradient.data() + first, std::min(kSlice, gradient.size() - first)});
    }
  }
  std::vector<double> sums(parts.size());
  parallel(parts.size(),
           [&](std::size_t k) { sums[k] = sum_of_squares(parts[k].first, parts[k].count); });
  double total = 0;
  for (const double sum : sums) total += sum;
  return std::sqrt(total);
}

}  // namespace

Optimiser::Optimiser(std::string kind, std::vector<NamedParameter> parameters,
                     Schedule learning_rate, double max_norm)
    : kind_(std::move(kind)),
      parameters_(without_twins(std::move(parameters))),
      schedule_(std::move(learning_rate)),
      max_norm_(max_norm) {
  for (const NamedParameter& p : parameters_) {
    if (!p.parameter.needs_gradient() || p.parameter.node().tape != 0) {
      throw Error(fmt::format(
          "{}: \"{}\" is not a parameter but {}: make it with Var::parameter", kind_, p.name,
          p.parameter.needs_gradient() ? "the result of an operation" : "a constant"));
    }
  }
  if (parameters_.empty()) {
    throw Error(fmt::format("{}: got no parameters: pass parameters(model)", kind_));
  }
  if (const std::optional<double>& rate = schedule_.constant()) {
    check_option(*rate > 0, kind_, "learning_rate", *rate, "positive");
    check_option(std::isfinite(*rate), kind_, "learning_rate", *rate, "finite");
  }
  check_option(max_norm > 0, kind_, "max_norm", max_norm, "positive");
  for (std::size_t k = 0; k < parameters_.size(); ++k) {
    const std::size_t size = parameters_[k].parameter.size();
    for (std::size_t first = 0; first < size; first += kSlice) {
      slices_.push_back({k, first, std::min(size, first + kSlice)});
    }
  }
  std::size_t elements = 0;
  for (std::size_t i = 0; i < slices_.size(); ++i) {
    elements += slices_[i].last - slices_[i].first;
    if (elements < kSlice && i + 1 < slices_.size()) continue;
    task_ends_.push_back(i + 1);
    elements = 0;
  }
  values_.resize(parameters_.size());
  gradients_.resize(parameters_.size());
}

Optimiser::State Optimiser::add_state(const char* name, double initial) {
  StateArrays added;
  added.name = name;
  for (const NamedParameter& p : parameters_) {
    added.arrays.emplace_back(full(p.parameter.shape(), initial));
  }
  added.data.resize(added.arrays.size());
  states_.push_back(std::move(added));
  return {states_.size() - 1};
}

std::vector<std::string> Optimiser::state_names() const {
  std::vector<std::string> result;
  for (const StateArrays& kept : states_) result.push_back(kept.name);
  return result;
}

std::vector<NamedParameter> Optimiser::state() const {
  std::vector<NamedParameter> result;
  for (const StateArrays& kept : states_) {
    for (std::size_t k = 0; k < parameters_.size(); ++k) {
      result.push_back({parameters_[k].name + "." + kept.name, kept.arrays[k]});
    }
  }
  return result;
}

double Optimiser::checked_rate() const {
  const double rate = learning_rate();
  if (rate >= 0 && std::isfinite(rate)) return rate;
  throw Error(
      fmt::format("{}::step: the learning rate of step {} is {}: a schedule must return rates that "
                  "are finite and not negative",
                  kind_, steps_, rate));
}

double Optimiser::clipping_scale() const {
  if (max_norm_ == kUnclipped) return 1;
  const double norm = norm_of_gradients(parameters_);
  if (std::isfinite(norm)) return norm > max_norm_ ? max_norm_ / norm : 1;
  for (const NamedParameter& p : parameters_) {
    const Array& gradient = p.parameter.gradient();
    const real* end = gradient.data() + gradient.size();
    const real* found =
        std::find_if_not(gradient.data(), end, [](real g) { return std::isfinite(g); });
    if (found == end) continue;
    throw Error(fmt::format(
        "{}::step: the gradient of \"{}\" is {} at index {} of shape {} and cannot be clipped: "
        "look for what makes the loss infinite or undefined",
        kind_, p.name, *found, found - gradient.data(), to_string(gradient.shape())));
  }
  throw Error(fmt::format("{}::step: the norm of the gradients is too large for a double", kind_));
}

void Optimiser::step() {
  const std::string function = kind_ + "::step";
  for (const NamedParameter& p : parameters_) check_gradient(function, p);
  const double rate = checked_rate();
  gradient_scale_ = clipping_scale();
  ++steps_;
  for (std::size_t k = 0; k < parameters_.size(); ++k) {
    values_[k] = parameters_[k].parameter.mutable_value().data();
    gradients_[k] = parameters_[k].parameter.gradient().data();
    for (StateArrays& kept : states_) kept.data[k] = kept.arrays[k].mutable_value().data();
  }
  update(rate);
  for (NamedParameter& p : parameters_) p.parameter.clear_gradient();
}

void check_option(bool holds, const std::string& kind, const char* option, double value,
                  const char* expected) {
  if (holds) return;
  throw Error(fmt::format("{}: {} must be {}, got {}", kind, option, expected, value));
}

double gradient_norm(const std::vector<NamedParameter>& parameters) {
  for (const NamedParameter& p : parameters) check_gradient("gradient_norm", p);
  return norm_of_gradients(without_twins(parameters));
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
