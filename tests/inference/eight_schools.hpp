#pragma once

#include <evident/autodiff/operations.hpp>
#include <evident/distributions/half_cauchy.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/inference/trace.hpp>

namespace evident::testing {

/// Effects of coaching in eight schools (Rubin 1981), with standard normals theta of their own.
struct EightSchools {
  Var y = vector({28, 8, -3, 7, -1, 1, 18, 12});
  Var sigma = vector({15, 10, 16, 11, 9, 11, 10, 18});

  void model(Trace& t) const {
    const Var mu = t.sample("mu", Normal(0, 5)), tau = t.sample("tau", HalfCauchy(5));
    const Var theta = t.sample("theta", Normal(zeros({8}), 1));
    t.observe("y", Normal(mu + tau * theta, sigma), y);
  }
};

}  // namespace evident::testing
