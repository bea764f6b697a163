#include <cmath>
#include <evident/optim/adam.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

// Algorithm 1 of Kingma and Ba (2015), with both corrections taken out of the loop, after the
// shrinking of Loshchilov and Hutter (2019).
struct AdamKernel {
  double beta1, beta2, rate, epsilon, shrink = 1;

  template <class Options>
  AdamKernel(const Options& options, double learning_rate, std::size_t step)
      : beta1(options.beta1), beta2(options.beta2) {
    const auto t = static_cast<double>(step);
    const double root = std::sqrt(1 - std::pow(beta2, t));
    rate = learning_rate * root / (1 - std::pow(beta1, t));
    epsilon = options.epsilon * root;
  }

  template <class L>
  void operator()(L& x, L g, L& mean, L& square) const {
    mean = beta1 * mean + (1 - beta1) * g;
    square = beta2 * square + (1 - beta2) * g * g;
    x = shrink * x - rate * mean / (sqrt(square) + epsilon);
  }
};

template <class Options>
void check(const char* kind, const Options& o) {
  check_option(o.beta1 >= 0 && o.beta1 < 1, kind, "beta1", o.beta1, "in [0, 1)");
  check_option(o.beta2 >= 0 && o.beta2 < 1, kind, "beta2", o.beta2, "in [0, 1)");
  check_option(o.epsilon > 0, kind, "epsilon", o.epsilon, "positive");
}

}  // namespace

Adam::Adam(std::vector<NamedParameter> parameters, const AdamOptions& options)
    : Optimiser("Adam", std::move(parameters), options.learning_rate, options.max_norm),
      options_(options) {
  check("Adam", options);
}

void Adam::update(double rate) { sweep(AdamKernel(options_, rate, steps()), mean_, square_); }

AdamW::AdamW(std::vector<NamedParameter> parameters, const AdamWOptions& options)
    : Optimiser("AdamW", std::move(parameters), options.learning_rate, options.max_norm),
      options_(options) {
  check("AdamW", options);
  check_option(options.weight_decay >= 0, "AdamW", "weight_decay", options.weight_decay,
               "0 or more");
  for (const NamedParameter& p : this->parameters()) {
    const bool decays = !options.decays || options.decays(p.name);
    weight_decay_.push_back(decays ? options.weight_decay : 0);
  }
}

void AdamW::update(double rate) {
  const AdamKernel plain(options_, rate, steps());
  const auto decaying = [&](std::size_t k) {
    AdamKernel kernel = plain;
    kernel.shrink = 1 - rate * weight_decay_[k];
    return kernel;
  };
  sweep_each(decaying, mean_, square_);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
