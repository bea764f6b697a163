#include <evident/optim/rms_prop.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

RmsProp::RmsProp(std::vector<NamedParameter> parameters, const RmsPropOptions& options)
    : Optimiser("RmsProp", std::move(parameters), options.learning_rate, options.max_norm),
      options_(options) {
  check_option(options.alpha >= 0 && options.alpha < 1, "RmsProp", "alpha", options.alpha,
               "in [0, 1)");
  check_option(options.epsilon > 0, "RmsProp", "epsilon", options.epsilon, "positive");
  check_option(options.momentum >= 0 && options.momentum < 1, "RmsProp", "momentum",
               options.momentum, "in [0, 1)");
  if (options.centered) mean_ = add_state("mean");
  if (options.momentum > 0) velocity_ = add_state("velocity");
}

void RmsProp::update(double rate) {
  const double alpha = options_.alpha, epsilon = options_.epsilon, momentum = options_.momentum;
  const auto follow = [=](auto& running, auto next) {
    running = alpha * running + (1 - alpha) * next;
  };
  const auto divided = [=](auto g, auto& square) {
    follow(square, g * g);
    return g / (sqrt(square) + epsilon);
  };
  const auto centred = [=](auto g, auto& square, auto& mean) {
    follow(square, g * g);
    follow(mean, g);
    // The difference of two almost equal numbers may be rounded below 0.
    const auto variance = square - mean * mean;
    return g / (sqrt(where(variance < 0.0, 0.0, variance)) + epsilon);
  };
  const auto move = [=](auto& x, auto d, auto& velocity) {
    velocity = momentum * velocity + d;
    x -= rate * velocity;
  };
  if (options_.centered && momentum > 0) {
    sweep([=](auto& x, auto g, auto& s, auto& m, auto& v) { move(x, centred(g, s, m), v); },
          square_, mean_, velocity_);
  } else if (options_.centered) {
    sweep([=](auto& x, auto g, auto& s, auto& m) { x -= rate * centred(g, s, m); }, square_, mean_);
  } else if (momentum > 0) {
    sweep([=](auto& x, auto g, auto& s, auto& v) { move(x, divided(g, s), v); }, square_,
          velocity_);
  } else {
    sweep([=](auto& x, auto g, auto& s) { x -= rate * divided(g, s); }, square_);
  }
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
