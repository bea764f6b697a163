#pragma once

#include <evident/autodiff/array.hpp>
#include <vector>

namespace evident::benchmarks {

/// The least that the log likelihood of a logistic regression and its gradient can cost: the
/// products X w and X' g by BLAS, as rows split among the threads, and between them one pass that
/// makes of logits the log likelihood and its slopes g.
class RegressionFloor {
 public:
  /// `x` has shape (rows, columns), `y` (rows) of 0 and 1.
  RegressionFloor(Array x, Array y);

  /// The log likelihood at w, shape (columns); leaves its gradient there.
  double step(const Array& w);
  const Array& gradient() const { return gradient_; }

 private:
  double pass(std::size_t first, std::size_t last);

  Array x_, y_, logits_, slopes_, gradient_;
  std::vector<Array> parts_;  // of the gradient, no cache line of which two threads write
};

}  // namespace evident::benchmarks
