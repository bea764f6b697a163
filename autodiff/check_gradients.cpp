#include <evident/autodiff/check_gradients.hpp>

#ifdef EVIDENT_F64
#include <fmt/format.h>

#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

// A weighted sum of the output, so that no two elements' derivatives cancel by symmetry.
Var contracted(const Var& output) {
  Rng rng(20, "check_gradients");
  return sum(output * Var(uniform(output.shape(), rng)));
}

}  // namespace

GradientCheck check_gradients(const std::function<Var(const std::vector<Var>&)>& f,
                              const std::vector<Array>& inputs,
                              const std::vector<bool>& differentiate,
                              const GradientTolerance& tolerance) {
  std::vector<Var> leaves;
  std::vector<Var> arguments;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const bool leaf = differentiate.empty() || differentiate[i];
    arguments.push_back(leaf ? Var::parameter(inputs[i]) : Var(inputs[i]));
    if (leaf) leaves.push_back(arguments.back());
  }
  std::vector<Array> gradients;
  {
    Tape tape;
    const Var total = contracted(f(arguments));
    gradients = tape.gradients(total, leaves);
  }
  const NoTape pause;
  GradientCheck result{true, 0, ""};
  for (std::size_t k = 0; k < leaves.size(); ++k) {
    Array& x = leaves[k].mutable_value();
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double centre = x.data()[i];
      // The cube root of rounding, on the scale of x: the step that balances both errors.
      const double step = 6e-6 * std::max(std::abs(centre), 0.1);
      const auto at = [&](double value) {
        x.data()[i] = value;
        return contracted(f(arguments)).item();
      };
      const double above = at(centre + step);
      const double below = at(centre - step);
      x.data()[i] = centre;
      const double difference = (above - below) / (2 * step);
      const double derivative = gradients[k].data()[i];
      // What rounding of the values alone does to their difference.
      const double rounding = 4e-16 * (std::abs(above) + std::abs(below)) / step;
      const double allowed =
          tolerance.absolute + rounding + tolerance.relative * std::abs(difference);
      const double error = std::abs(derivative - difference) / allowed;
      if (!(error <= result.largest_error)) result.largest_error = error;
      if (!(error <= 1) && result.passed) {
        result.passed = false;
        result.message = fmt::format(
            "check_gradients: input {}, element {} at {}: the tape says {}, central differences "
            "say {}",
            k, i, centre, derivative, difference);
      }
    }
  }
  return result;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
#endif
