#pragma once

#include <algorithm>
#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/log_normal.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/inference/elbo.hpp>
#include <vector>

// A model whose guide draws one site from another, and gradients of ELBOs to compare.

namespace evident::testing {

inline constexpr std::size_t kSchools = 8;

/// Effects around mu and tau, of which the guide draws a part from the other.
struct Hierarchy {
  Var y = vector({28, 8, -3, 7, -1, 1, 18, 12});
  Var mu_loc = Var::parameter(scalar(2)), mu_scale = Var::parameter(scalar(1.1));
  Var tau_loc = Var::parameter(scalar(0.3)), tau_scale = Var::parameter(scalar(0.7));
  Var slope = Var::parameter(scalar(0.4)), width = Var::parameter(full({kSchools}, 0.7));

  void model(Trace& t) const {
    const Var mu = t.sample("mu", Normal(0, 5)), tau = t.sample("tau", LogNormal(0, 1));
    const Var theta = t.sample("theta", Normal(broadcast(mu), tau));
    t.observe("y", Normal(theta, 10), y);
  }
  void guide(Trace& t) const {
    const Var mu = t.sample("mu", Normal(mu_loc, mu_scale));
    t.sample("tau", LogNormal(tau_loc, tau_scale));
    t.sample("theta", Normal(slope * broadcast(mu), width));
  }
  // With the schools as last axis, in front of which anything may stand.
  static Var broadcast(const Var& mu) { return mu + zeros({kSchools}); }

  std::vector<Var> parameters() const {
    return {mu_loc, mu_scale, tau_loc, tau_scale, slope, width};
  }
};

/// The gradient in all numbers of all parameters, in their order.
inline std::vector<double> gradient_of(const std::vector<Var>& parameters, Tape& tape,
                                       const Var& objective) {
  std::vector<double> result;
  for (Var parameter : parameters) parameter.clear_gradient();
  tape.backward(objective);
  for (const Var& parameter : parameters) {
    for (const real g : parameter.gradient()) result.push_back(g);
  }
  return result;
}

/// The same of an ELBO's objective.
template <class M, class... Args>
std::vector<double> elbo_gradient(const ElboOptions& options, Rng& rng,
                                  const std::vector<Var>& parameters, const M& m,
                                  const Args&... args) {
  Tape tape;
  const Elbo e = elbo(options, rng, m, args...);
  return gradient_of(parameters, tape, e.objective);
}

/// Means and their standard errors, number by number.
struct Averages {
  std::vector<double> total, squares;
  double n = 0;

  void add(const std::vector<double>& x) {
    total.resize(x.size());
    squares.resize(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      total[i] += x[i];
      squares[i] += x[i] * x[i];
    }
    ++n;
  }
  double mean(std::size_t i) const { return total[i] / n; }
  double error(std::size_t i) const {
    return std::sqrt(std::max(squares[i] / n - mean(i) * mean(i), 0.0) / n);
  }
};

}  // namespace evident::testing
