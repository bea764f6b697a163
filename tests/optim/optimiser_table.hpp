#pragma once

#include <algorithm>
#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/optim/adagrad.hpp>
#include <evident/optim/adam.hpp>
#include <evident/optim/rms_prop.hpp>
#include <evident/optim/sgd.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace evident::testing {

/// What a test sets on any optimiser.
struct Shared {
  std::optional<Schedule> learning_rate;  // none: the row's own
  double max_norm = kUnclipped;
};

using Parameters = std::vector<NamedParameter>;
using OptimiserPointer = std::unique_ptr<Optimiser>;

/// One step of one number, as the formulas are written: its next value. It remembers its states.
using ByHand = std::function<double(double x, double g, double rate)>;

/// One way to make an optimiser: what the tests that all optimisers share need to know.
struct OptimiserRow {
  std::string type;  // the class
  std::string name;  // what `reference.hpp` calls it
  std::function<OptimiserPointer(Parameters, const Shared&)> make;
  ByHand by_hand;
};

/// A user's own optimiser, as the documentation of `Optimiser` shows it.
class Momentum final : public Optimiser {
 public:
  explicit Momentum(Parameters parameters, Schedule learning_rate = 0.1,
                    double max_norm = kUnclipped)
      : Optimiser("Momentum", std::move(parameters), std::move(learning_rate), max_norm) {}

 private:
  void update(double rate) override {
    sweep([=](auto& x, auto g, auto& v) { x -= rate * (v = 0.9 * v + g); }, velocity_);
  }
  State velocity_ = add_state("velocity");
};

template <class Type, class Options>
std::function<OptimiserPointer(Parameters, const Shared&)> with(const Options& options) {
  return [=](Parameters parameters, const Shared& shared) {
    Options own = options;
    if (shared.learning_rate) own.learning_rate = *shared.learning_rate;
    own.max_norm = shared.max_norm;
    return std::make_unique<Type>(std::move(parameters), own);
  };
}

inline OptimiserRow sgd_row(const std::string& name, const SgdOptions& o) {
  return {"Sgd", name, with<Sgd>(o), [o, v = 0.0](double x, double g, double rate) mutable {
            g += o.weight_decay * x;
            v = o.momentum * v + g;
            return x - rate * (o.nesterov ? g + o.momentum * v : v);
          }};
}

// Algorithm 1 of Kingma and Ba (2015).
struct AdamByHand {
  double beta1, beta2, epsilon;
  double m = 0, v = 0;
  int t = 0;

  double operator()(double x, double g, double rate) {
    ++t;
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    const double m_hat = m / (1 - std::pow(beta1, t));
    const double v_hat = v / (1 - std::pow(beta2, t));
    return x - rate * m_hat / (std::sqrt(v_hat) + epsilon);
  }
};

inline OptimiserRow adam_row(const std::string& name, const AdamOptions& o) {
  return {"Adam", name, with<Adam>(o), AdamByHand{o.beta1, o.beta2, o.epsilon}};
}

// Algorithm 2 of Loshchilov and Hutter (2019), with PyTorch's factor: the rate is in the decay.
inline OptimiserRow adam_w_row(const std::string& name, const AdamWOptions& o) {
  return {
      "AdamW", name, with<AdamW>(o),
      [adam = AdamByHand{o.beta1, o.beta2, o.epsilon}, o](double x, double g, double rate) mutable {
        return adam(x, g, rate) - rate * o.weight_decay * x;
      }};
}

inline OptimiserRow rms_prop_row(const std::string& name, const RmsPropOptions& o) {
  return {"RmsProp", name, with<RmsProp>(o),
          [o, square = 0.0, mean = 0.0, v = 0.0](double x, double g, double rate) mutable {
            square = o.alpha * square + (1 - o.alpha) * g * g;
            mean = o.alpha * mean + (1 - o.alpha) * g;
            const double variance = o.centered ? square - mean * mean : square;
            v = o.momentum * v + g / (std::sqrt(variance) + o.epsilon);
            return x - rate * v;
          }};
}

inline OptimiserRow adagrad_row(const std::string& name, const AdagradOptions& o) {
  return {"Adagrad", name, with<Adagrad>(o),
          [o, sum = o.initial_sum, step = 0.0](double x, double g, double rate) mutable {
            sum += g * g;
            rate /= 1 + step++ * o.learning_rate_decay;
            return x - rate * g / (std::sqrt(sum) + o.epsilon);
          }};
}

/// Every optimiser of the library with the settings of `reference.py`, and a user's.
inline const std::vector<OptimiserRow>& optimiser_table() {
  static const std::vector<OptimiserRow> table = [] {
    AdamWOptions strong{0.1, 0.8, 0.99, 1e-6, 0.5};
    return std::vector<OptimiserRow>{
        sgd_row("Sgd", {0.1}),
        sgd_row("Sgd, momentum", {0.1, 0.9}),
        sgd_row("Sgd, nesterov", {0.1, 0.8, true}),
        sgd_row("Sgd, weight decay", {0.1, 0, false, 0.3}),
        sgd_row("Sgd, everything", {0.05, 0.9, true, 0.01}),
        adam_row("Adam", {}),
        adam_row("Adam, slow", {0.05, 0.99, 0.999, 1e-4}),
        adam_row("Adam, fast", {0.01, 0.5, 0.9, 1e-2}),
        adam_row("Adam, no memory", {0.1, 0, 0}),
        adam_w_row("AdamW", {}),
        adam_w_row("AdamW, strong", strong),
        rms_prop_row("RmsProp", {}),
        rms_prop_row("RmsProp, momentum", {0.02, 0.9, 1e-8, 0.9}),
        rms_prop_row("RmsProp, centered", {0.01, 0.99, 1e-3, 0, true}),
        rms_prop_row("RmsProp, everything", {0.01, 0.9, 1e-2, 0.5, true}),
        adagrad_row("Adagrad", {}),
        adagrad_row("Adagrad, everything", {0.5, 0.2, 0.1, 1e-3}),
        {"Momentum", "",
         [](Parameters parameters, const Shared& shared) {
           return std::make_unique<Momentum>(std::move(parameters),
                                             shared.learning_rate.value_or(0.1), shared.max_norm);
         },
         [v = 0.0](double x, double g, double rate) mutable {
           v = 0.9 * v + g;
           return x - rate * v;
         }}};
  }();
  return table;
}

/// Leaves these gradients in the parameters, on top of those that are there.
inline void give_gradients(const Parameters& parameters, const std::vector<Array>& gradients) {
  Tape tape;
  Var loss = 0;
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    loss = loss + sum(parameters[k].parameter * Var(gradients[k]));
  }
  tape.backward(loss);
}

/// Two weights of several slices and odd ends, and a scalar.
inline Parameters three_parameters() {
  Rng rng(1, "parameters");
  return {{"encoder.weight", Var::parameter(standard_normal({300, 133}, rng))},
          {"encoder.bias", Var::parameter(standard_normal({133}, rng))},
          {"scale", Var::parameter(standard_normal({}, rng))}};
}

/// Gradients for them that differ from step to step.
inline std::vector<Array> three_gradients(std::size_t step) {
  Rng rng(step, "gradients");
  return {standard_normal({300, 133}, rng), standard_normal({133}, rng), standard_normal({}, rng)};
}

inline std::vector<Array> values_of(const Parameters& parameters) {
  std::vector<Array> result;
  for (const NamedParameter& p : parameters) result.push_back(p.parameter.value());
  return result;
}

}  // namespace evident::testing
