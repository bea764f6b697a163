#include <cstdio>
#include <evident/evident.hpp>

using namespace evident;

// The length of a vector whose two components are normal with mean 0 and standard deviation scale.
class Rayleigh final : public Distribution {
 public:
  explicit Rayleigh(Var scale) : scale_(scale) { check_parameters(); }
  const Var& scale() const { return scale_; }
  std::string name() const override { return "Rayleigh"; }
  std::vector<Parameter> parameters() const override {
    return {{"scale", scale_, constraints::positive()}};
  }
  Constraint support() const override { return constraints::non_negative(); }

 protected:
  Var log_prob_at(const Var& x) const override {
    auto density = [](auto x, auto s) {
      return log(where(x < 0.0, 0.0, x) / s / s) - 0.5 * square(x / s);
    };
    return elementwise(density, x, scale_);
  }
  Array draw(Rng& rng, const Shape& sample_shape) const override {
    return sqrt(Exponential(0.5).sample(rng, joined(sample_shape, batch_shape()))) * scale_.value();
  }
  Var scale_;
};

const KlRule<Rayleigh, Rayleigh> rule([](const Rayleigh& q, const Rayleigh& p) {
  return elementwise([](auto r) { return square(r) - 1.0 - 2.0 * log(r); }, q.scale() / p.scale());
});

int main() {
  Rng rng(1);
  const Rayleigh q(1), p(2);
  const MonteCarlo drawn = kl_monte_carlo(q, p, 100000, rng);
  std::printf("KL %.4f nats, in a hundred thousand draws %.4f +- %.4f\n", kl(q, p).item(),
              Var(drawn.value).item(), Var(drawn.standard_error).item());
}
