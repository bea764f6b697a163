#include <evident/optim/sgd.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

Sgd::Sgd(std::vector<NamedParameter> parameters, const SgdOptions& options)
    : Optimiser("Sgd", std::move(parameters), options.learning_rate, options.max_norm),
      options_(options) {
  check_option(options.momentum >= 0 && options.momentum < 1, "Sgd", "momentum", options.momentum,
               "in [0, 1)");
  check_option(options.weight_decay >= 0, "Sgd", "weight_decay", options.weight_decay, "0 or more");
  if (options.nesterov && options.momentum == 0) {
    throw Error("Sgd: nesterov needs momentum, got 0: set momentum, such as 0.9");
  }
  if (options.momentum > 0) velocity_ = add_state("velocity");
}

void Sgd::update(double rate) {
  const double decay = options_.weight_decay, momentum = options_.momentum;
  const bool nesterov = options_.nesterov;
  // Without decay nothing is added: 0 times an infinite value would be NaN.
  const auto decayed = [=](auto g, auto x) { return decay == 0 ? g : g + decay * x; };
  if (momentum == 0) {
    sweep([=](auto& x, auto g) { x -= rate * decayed(g, x); });
  } else {
    sweep(
        [=](auto& x, auto g, auto& velocity) {
          const auto d = decayed(g, x);
          velocity = momentum * velocity + d;
          x -= rate * (nesterov ? d + momentum * velocity : velocity);
        },
        velocity_);
  }
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
