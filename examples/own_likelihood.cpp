#include <cstdio>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/pareto.hpp>
#include <evident/inference/maximum_likelihood.hpp>

using namespace evident;

// Waiting times with a heavy tail: how far a Pareto is above where it begins.
class Lomax final : public Distribution {
 public:
  Lomax(Var scale, Var alpha) : scale_(std::move(scale)), alpha_(std::move(alpha)) {
    check_parameters();
  }
  std::string name() const override { return "Lomax"; }
  std::vector<Parameter> parameters() const override {
    return {{"scale", scale_, constraints::positive()}, {"alpha", alpha_, constraints::positive()}};
  }
  Constraint support() const override { return constraints::non_negative(); }

 protected:
  Var log_prob_at(const Var& x) const override {
    return log(alpha_ / scale_) - (alpha_ + 1) * log1p(x / scale_);
  }
  Array draw(Rng& rng, const Shape& sample_shape) const override {
    return Pareto(scale_, alpha_).sample(rng, sample_shape) - scale_.value();
  }
  Var scale_, alpha_;
};

// [likelihood]
template <>
struct evident::Likelihood<Lomax> : LikelihoodOf<Lomax> {
  static constexpr const char* kName = "Lomax";
  // From here Newton's method climbs: the scale is the median where alpha is 1.
  static std::vector<double> start(const Sample& x) { return {x.median(), 1}; }
};
// [/likelihood]

int main() {
  // [fit]
  Rng rng(1);
  const auto fit = maximum_likelihood<Lomax>(Lomax(2, 1.5).sample(rng, {1000}));
  for (const Estimate& e : fit.estimates) {
    std::printf("%s: %.2f +- %.2f\n", e.name.c_str(), e.value, e.standard_error);
  }
  // [/fit]
}
