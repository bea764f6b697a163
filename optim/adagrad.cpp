#include <evident/optim/adagrad.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

Adagrad::Adagrad(std::vector<NamedParameter> parameters, const AdagradOptions& options)
    : Optimiser("Adagrad", std::move(parameters), options.learning_rate, options.max_norm),
      options_(options),
      sum_(add_state("sum", options.initial_sum)) {
  check_option(options.learning_rate_decay >= 0, "Adagrad", "learning_rate_decay",
               options.learning_rate_decay, "0 or more");
  check_option(options.initial_sum >= 0, "Adagrad", "initial_sum", options.initial_sum,
               "0 or more");
  check_option(options.epsilon > 0, "Adagrad", "epsilon", options.epsilon, "positive");
}

double Adagrad::rate_at(std::size_t step) const {
  return Optimiser::rate_at(step) / (1 + static_cast<double>(step) * options_.learning_rate_decay);
}

void Adagrad::update(double rate) {
  const double epsilon = options_.epsilon;
  sweep(
      [=](auto& x, auto g, auto& sum) {
        sum += g * g;
        x -= rate * g / (sqrt(sum) + epsilon);
      },
      sum_);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
