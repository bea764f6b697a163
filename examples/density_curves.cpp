// Prints what the plots of the distributions are drawn from, as data that gnuplot loads: the
// density or probability, and the share of draws below, at several parameters.
//   density_curves             the names of the distributions, one a line
//   density_curves <name>      the curves of one

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <evident/autodiff/operations.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/normal.hpp>
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
      {"normal",
       reals(-6, 6),
       {curve("loc 0, scale 1", Normal(0, 1)), curve("loc 0, scale 2", Normal(0, 2)),
        curve("loc -2, scale 0.5", Normal(-2, 0.5))}},
  };
}

constexpr double kSteps = 600;  // along a curve over the reals
constexpr std::size_t kDraws = 100000;

double density(const Distribution& d, double x) {
  const Array at = scalar(x);
  return d.first_outside_support(at) ? 0 : std::exp(d.log_prob(at).item());
}

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
