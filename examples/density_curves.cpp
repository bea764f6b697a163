// Prints what the plots of the distributions are drawn from, as data that gnuplot loads: the
// density or probability, and the share of draws below, at several parameters.
//   density_curves             the names of the distributions, one a line
//   density_curves <name>      the curves of one

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/beta.hpp>
#include <evident/distributions/binomial.hpp>
#include <evident/distributions/categorical.hpp>
#include <evident/distributions/cauchy.hpp>
#include <evident/distributions/chi2.hpp>
#include <evident/distributions/continuous_bernoulli.hpp>
#include <evident/distributions/delta.hpp>
#include <evident/distributions/discrete_uniform.hpp>
#include <evident/distributions/exponential.hpp>
#include <evident/distributions/gamma.hpp>
#include <evident/distributions/geometric.hpp>
#include <evident/distributions/gumbel.hpp>
#include <evident/distributions/half_cauchy.hpp>
#include <evident/distributions/half_normal.hpp>
#include <evident/distributions/inverse_gamma.hpp>
#include <evident/distributions/kumaraswamy.hpp>
#include <evident/distributions/laplace.hpp>
#include <evident/distributions/log_normal.hpp>
#include <evident/distributions/logistic.hpp>
#include <evident/distributions/masked.hpp>
#include <evident/distributions/mixture.hpp>
#include <evident/distributions/negative_binomial.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/pareto.hpp>
#include <evident/distributions/poisson.hpp>
#include <evident/distributions/student_t.hpp>
#include <evident/distributions/truncated_normal.hpp>
#include <evident/distributions/transformed.hpp>
#include <evident/distributions/transforms.hpp>
#include <evident/distributions/uniform.hpp>
#include <evident/distributions/von_mises.hpp>
#include <evident/distributions/weibull.hpp>
#include <evident/distributions/zero_inflated_poisson.hpp>
#include <memory>
#include <string>
#include <vector>

using namespace evident;

namespace {

struct Curve {
  const char* legend;
  std::shared_ptr<const Distribution> distribution;
};

template <class D>
Curve curve(const char* legend, D distribution) {
  return {legend, std::make_shared<const D>(std::move(distribution))};
}

// Where the curves are looked at: along the reals, or at whole numbers.
struct Axis {
  double from, to;
  bool whole;
};
Axis reals(double from, double to) { return {from, to, false}; }
Axis whole(double from, double to) { return {from, to, true}; }

struct Plot {
  const char* name;  // of the page
  Axis axis;
  std::vector<Curve> curves;
};

// One row for each distribution, in the order of their names.
std::vector<Plot> plots() {
  return {
      {"bernoulli",
       whole(-1, 2),
       {curve("p = 0.2", Bernoulli(0.2)), curve("p = 0.5", Bernoulli(0.5)),
        curve("p = 0.9", Bernoulli(0.9))}},
      {"beta",
       reals(0, 1),
       {curve("a 2, b 5", Beta(2, 5)), curve("a 5, b 2", Beta(5, 2)),
        curve("a 1, b 1", Beta(1, 1))}},
      {"binomial",
       whole(-1, 21),
       {curve("n 20, p 0.2", Binomial(20, 0.2)), curve("n 20, p 0.5", Binomial(20, 0.5)),
        curve("n 10, p 0.9", Binomial(10, 0.9))}},
      {"categorical",
       whole(-1, 4),
       {curve("w = 1, 2, 3, 4", Categorical(vector({1, 2, 3, 4}))),
        curve("w = 1, 1, 1, 1", Categorical(vector({1, 1, 1, 1}))),
        curve("w = 6, 3, 0, 1", Categorical(vector({6, 3, 0, 1})))}},
      {"cauchy",
       reals(-6, 6),
       {curve("loc 0, scale 1", Cauchy(0, 1)), curve("loc 0, scale 2", Cauchy(0, 2)),
        curve("loc -2, scale 0.5", Cauchy(-2, 0.5))}},
      {"chi2",
       reals(0, 15),
       {curve("df 2", Chi2(2)), curve("df 4", Chi2(4)), curve("df 8", Chi2(8))}},
      {"continuous_bernoulli",
       reals(0, 1),
       {curve("p = 0.1", ContinuousBernoulli(0.1)), curve("p = 0.5", ContinuousBernoulli(0.5)),
        curve("p = 0.99", ContinuousBernoulli(0.99))}},
      {"delta",
       whole(-3, 6),
       {curve("v -2", Delta(-2)), curve("v 0", Delta(0)), curve("v 5", Delta(5))}},
      {"dirichlet",
       reals(0, 1),
       {curve("share of 1, 1, 1", Beta(1, 2)), curve("share of 2, 5, 3", Beta(2, 8)),
        curve("share of 6, 2, 2", Beta(6, 4))}},
      {"discrete_uniform",
       whole(-1, 11),
       {curve("low 1, high 6", DiscreteUniform(1, 6)),
        curve("low 0, high 9", DiscreteUniform(0, 9)),
        curve("low 4, high 5", DiscreteUniform(4, 5))}},
      {"exponential",
       reals(0, 6),
       {curve("rate 0.5", Exponential(0.5)), curve("rate 1", Exponential(1)),
        curve("rate 2", Exponential(2))}},
      {"gamma",
       reals(0, 10),
       {curve("concentration 1, rate 1", Gamma(1, 1)),
        curve("concentration 3, rate 1", Gamma(3, 1)),
        curve("concentration 9, rate 2", Gamma(9, 2))}},
      {"geometric",
       whole(-1, 15),
       {curve("p = 0.2", Geometric(0.2)), curve("p = 0.5", Geometric(0.5)),
        curve("p = 0.8", Geometric(0.8))}},
      {"gumbel",
       reals(-5, 10),
       {curve("loc 0, scale 1", Gumbel(0, 1)), curve("loc 0, scale 2", Gumbel(0, 2)),
        curve("loc 3, scale 1", Gumbel(3, 1))}},
      {"half_cauchy",
       reals(0, 8),
       {curve("scale 0.5", HalfCauchy(0.5)), curve("scale 1", HalfCauchy(1)),
        curve("scale 2", HalfCauchy(2))}},
      {"half_normal",
       reals(0, 6),
       {curve("scale 0.5", HalfNormal(0.5)), curve("scale 1", HalfNormal(1)),
        curve("scale 2", HalfNormal(2))}},
      {"inverse_gamma",
       reals(0, 4),
       {curve("concentration 1, rate 1", InverseGamma(1, 1)),
        curve("concentration 3, rate 1", InverseGamma(3, 1)),
        curve("concentration 3, rate 4", InverseGamma(3, 4))}},
      {"kumaraswamy",
       reals(0, 1),
       {curve("a 2, b 5", Kumaraswamy(2, 5)), curve("a 5, b 2", Kumaraswamy(5, 2)),
        curve("a 1, b 1", Kumaraswamy(1, 1))}},
      {"laplace",
       reals(-6, 6),
       {curve("loc 0, scale 1", Laplace(0, 1)), curve("loc 0, scale 2", Laplace(0, 2)),
        curve("loc -2, scale 0.5", Laplace(-2, 0.5))}},
      {"log_normal",
       reals(0, 6),
       {curve("loc 0, scale 1", LogNormal(0, 1)), curve("loc 0, scale 0.5", LogNormal(0, 0.5)),
        curve("loc 1, scale 0.5", LogNormal(1, 0.5))}},
      {"logistic",
       reals(-10, 10),
       {curve("loc 0, scale 1", Logistic(0, 1)), curve("loc 0, scale 2", Logistic(0, 2)),
        curve("loc -3, scale 0.5", Logistic(-3, 0.5))}},
      {"low_rank_multivariate_normal",
       reals(-6, 6),
       {curve("factor 0.8, d 0.36", Normal(0, 1)), curve("factor 1.6, d 1.44", Normal(0, 2)),
        curve("factor 0.3, d 0.16", Normal(0, 0.5))}},
      {"masked",
       reals(-4, 4),
       {curve("mask 1", Masked(Normal(0, 1), scalar(1))),
        curve("mask 0", Masked(Normal(0, 1), scalar(0)))}},
      {"mixture",
       reals(-6, 8),
       {curve("3:1 at -1, 4",
              Mixture(Categorical(vector({3, 1})), Normal(vector({-1, 4}), vector({1, 0.5})))),
        curve("1:1 at -2, 2", Mixture(Categorical(vector({1, 1})), Normal(vector({-2, 2}), 1))),
        curve("19:1, scales 1, 5",
              Mixture(Categorical(vector({19, 1})), Normal(0, vector({1, 5}))))}},
      {"multinomial",
       whole(-1, 21),
       {curve("n 20, share 0.2", Binomial(20, 0.2)), curve("n 20, share 0.5", Binomial(20, 0.5)),
        curve("n 10, share 0.3", Binomial(10, 0.3))}},
      {"multivariate_normal",
       reals(-6, 6),
       {curve("variance 1", Normal(0, 1)), curve("variance 4", Normal(0, 2)),
        curve("variance 0.25", Normal(0, 0.5))}},
      {"negative_binomial",
       whole(-1, 25),
       {curve("r 1, p 0.8", NegativeBinomial(1, 0.8)),
        curve("r 5, p 0.5", NegativeBinomial(5, 0.5)),
        curve("r 20, p 0.3", NegativeBinomial(20, 0.3))}},
      {"normal",
       reals(-6, 6),
       {curve("loc 0, scale 1", Normal(0, 1)), curve("loc 0, scale 2", Normal(0, 2)),
        curve("loc -2, scale 0.5", Normal(-2, 0.5))}},
      {"one_hot_categorical",
       whole(-1, 4),
       {curve("w = 1, 2, 3, 4", Categorical(vector({1, 2, 3, 4}))),
        curve("w = 1, 1, 1, 1", Categorical(vector({1, 1, 1, 1}))),
        curve("w = 6, 3, 0, 1", Categorical(vector({6, 3, 0, 1})))}},
      {"pareto",
       reals(0, 6),
       {curve("scale 1, alpha 1", Pareto(1, 1)), curve("scale 1, alpha 3", Pareto(1, 3)),
        curve("scale 2, alpha 3", Pareto(2, 3))}},
      {"poisson",
       whole(-1, 20),
       {curve("rate 1", Poisson(1)), curve("rate 4", Poisson(4)), curve("rate 10", Poisson(10))}},
      {"student_t",
       reals(-6, 6),
       {curve("df 1", StudentT(1, 0, 1)), curve("df 4", StudentT(4, 0, 1)),
        curve("df 30, loc 2, scale 0.5", StudentT(30, 2, 0.5))}},
      {"truncated_normal",
       reals(-3, 4),
       {curve("loc 0, scale 1, -1 to 2", TruncatedNormal(0, 1, -1, 2)),
        curve("loc 0, scale 3, -2 to 2", TruncatedNormal(0, 3, -2, 2)),
        curve("loc -1, scale 1, 0 to 4", TruncatedNormal(-1, 1, 0, 4))}},
      {"transformed",
       reals(-1, 4),
       {curve("exp", Transformed(Normal(0, 0.5), transforms::exp())),
        curve("tanh", Transformed(Normal(0, 0.8), transforms::tanh())),
        curve("2 + sigmoid", Transformed(Normal(0, 1), transforms::sigmoid_between(2, 3)))}},
      {"uniform",
       reals(-1, 5),
       {curve("low 0, high 1", Uniform(0, 1)), curve("low 0, high 4", Uniform(0, 4)),
        curve("low 2, high 4", Uniform(2, 4))}},
      {"von_mises",
       reals(-3.14159, 3.14159),
       {curve("loc 0, concentration 0.5", VonMises(0, 0.5)),
        curve("loc 0, concentration 2", VonMises(0, 2)),
        curve("loc 0, concentration 8", VonMises(0, 8))}},
      {"weibull",
       reals(0, 4),
       {curve("scale 1, concentration 1", Weibull(1, 1)),
        curve("scale 1, concentration 2", Weibull(1, 2)),
        curve("scale 2, concentration 4", Weibull(2, 4))}},
      {"zero_inflated_poisson",
       whole(-1, 15),
       {curve("gate 0.2, rate 4", ZeroInflatedPoisson(0.2, 4)),
        curve("gate 0.5, rate 4", ZeroInflatedPoisson(0.5, 4)),
        curve("gate 0.3, rate 8", ZeroInflatedPoisson(0.3, 8))}},
  };
}

constexpr double kSteps = 600;  // along a curve over the reals
constexpr std::size_t kDraws = 100000;

double density(const Distribution& d, double x) { return std::exp(d.log_prob(scalar(x)).item()); }

// The share of `draws`, which are in order, that are not above x.
double share(const std::vector<real>& draws, double x) {
  const auto above = std::upper_bound(draws.begin(), draws.end(), x);
  return static_cast<double>(above - draws.begin()) / static_cast<double>(draws.size());
}

void print(const Plot& plot) {
  const auto [from, to, whole] = plot.axis;
  std::printf("whole = %d\ncurves = %zu\n$data << END\nx", whole, plot.curves.size());
  for (const Curve& c : plot.curves) std::printf(" \"%s\"", c.legend);
  for (const Curve& c : plot.curves) std::printf(" \"share, %s\"", c.legend);
  std::printf("\n");

  std::vector<std::vector<real>> draws;
  for (std::size_t i = 0; i < plot.curves.size(); ++i) {
    Rng rng(i);
    const Array sample = plot.curves[i].distribution->sample(rng, {kDraws});
    draws.emplace_back(sample.begin(), sample.end());
    std::sort(draws.back().begin(), draws.back().end());
  }
  const double step = whole ? 1 : (to - from) / kSteps;
  const int steps = static_cast<int>(std::lround((to - from) / step));
  for (int i = 0; i <= steps; ++i) {
    const double x = from + i * step;
    std::printf("%.6g", x);
    for (const Curve& c : plot.curves) std::printf(" %.6g", density(*c.distribution, x));
    for (const auto& values : draws) std::printf(" %.6g", share(values, x));
    std::printf("\n");
  }
  std::printf("END\n");
}

}  // namespace

int main(int argc, char** argv) {
  for (const Plot& plot : plots()) {
    if (argc < 2) {
      std::printf("%s\n", plot.name);
    } else if (std::string(argv[1]) == plot.name) {
      print(plot);
      return 0;
    }
  }
  if (argc < 2) return 0;
  std::fprintf(stderr, "density_curves: no distribution \"%s\"; without it, prints their names\n",
               argv[1]);
  return 2;
}
