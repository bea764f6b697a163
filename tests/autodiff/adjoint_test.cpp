#ifdef EVIDENT_F64
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/tests/autodiff/operation_table.hpp>
#include <sstream>

using namespace evident;
using namespace evident::reference;

namespace {

constexpr double kStep = 0x1p-9;
constexpr int kReach = 4;  // points of the stencil on either side

// J v along a direction by the central difference of order 8 (Fornberg 1988), which leaves rounding
// alone: `steps[k]` is the result k - 4 steps along the direction.
double difference_at(const std::vector<Plain>& steps, std::size_t i) {
  const double weights[] = {4.0 / 5, -1.0 / 5, 4.0 / 105, -1.0 / 280};
  double total = 0;
  for (std::size_t k = 1; k <= kReach; ++k) {
    total += weights[k - 1] * (steps[kReach + k].data[i] - steps[kReach - k].data[i]);
  }
  return total / kStep;
}

// Whether element i has a kink within the stencil: there the differences of order 8, which are
// those of a polynomial of degree 7 but for 1e-12 where the function is smooth, are not.
bool kinked(const std::vector<Plain>& steps, std::size_t i) {
  const double binomials[] = {70, -56, 28, -8, 1};
  double total = binomials[0] * steps[kReach].data[i];
  double largest = 1;
  for (std::size_t k = 1; k <= kReach; ++k) {
    const double above = steps[kReach + k].data[i];
    const double below = steps[kReach - k].data[i];
    total += binomials[k] * (above + below);
    largest = std::max({largest, std::abs(above), std::abs(below)});
  }
  return std::abs(total) > 1e-9 * largest;
}

// A direction of multiples of 1/4096: every point of the stencil is then a number exactly.
Plain direction_of(const Shape& shape, std::uint64_t seed) {
  Plain result = draw(shape, {-1, 1}, seed);
  for (double& x : result.data) x = std::round(4096 * x) / 4096;
  return result;
}

struct Counts {
  std::size_t outputs = 0;
  std::size_t kinked = 0;
};

void check_adjoint(const OperationRow& row, const std::vector<Shape>& shapes, Counts& counts) {
  const Plains centre = row.draw_arguments(shapes);
  Plains direction;
  Vars leaves;
  for (std::size_t k = 0; k < row.arity(); ++k) {
    direction.push_back(direction_of(shapes[k], 70 + k));
    if (!row.differentiable[k]) direction[k].data.assign(direction[k].data.size(), 0);
    leaves.push_back(Var::parameter(array(centre[k])));
  }
  std::vector<Plain> steps;
  for (int j = -kReach; j <= kReach; ++j) {
    Plains x = centre;
    for (std::size_t k = 0; k < x.size(); ++k) {
      for (std::size_t i = 0; i < x[k].data.size(); ++i) {
        x[k].data[i] += j * kStep * direction[k].data[i];
      }
    }
    steps.push_back(plain(row.apply(constants(x)).value()));
  }
  Plain u = draw(steps[0].shape, {0.5, 1.5}, 99);
  double tangent = 0;
  double scale = 0;
  for (std::size_t i = 0; i < u.data.size(); ++i) {
    ++counts.outputs;
    if (kinked(steps, i)) {
      ++counts.kinked;
      u.data[i] = 0;
      continue;
    }
    const double term = u.data[i] * difference_at(steps, i);
    tangent += term;
    scale += std::abs(term);
  }
  double adjoint = 0;
  double back_scale = 0;
  Tape tape;
  const std::vector<Array> back = tape.gradients(sum(row.apply(leaves) * Var(array(u))), leaves);
  for (std::size_t k = 0; k < row.arity(); ++k) {
    for (std::size_t i = 0; i < back[k].size(); ++i) {
      const double term = back[k].data()[i] * direction[k].data[i];
      adjoint += term;
      back_scale += std::abs(term);
    }
  }
  CHECK_LE(std::abs(tangent - adjoint), 1e-12 * std::max(scale, back_scale));
}

std::string words(const std::vector<Shape>& shapes) {
  std::string result;
  for (const Shape& shape : shapes) result += " " + to_string(shape);
  return result;
}

}  // namespace

// <u, J v> = <J' u, v>: one random direction of a large array says as much as all of a small one.
// u is 0 where a kink is near.
TEST_CASE("operations: the backward pass is the adjoint of the derivative, to 1e-12") {
  Counts all;
  for (const OperationRow& row : operation_table()) {
    std::vector<std::vector<Shape>> choices = row.shapes;
    if (row.elementwise && row.arity() == 1) choices = {{{131, 67}}};
    if (row.elementwise && row.arity() == 2) choices = {{{131, 67}, {67}}, {{131, 1}, {131, 67}}};
    if (row.elementwise && row.arity() == 3) choices = {{{67}, {131, 67}, {131, 1}}};
    Counts counts;
    for (const std::vector<Shape>& shapes : choices) {
      INFO(row.name(), " on", words(shapes));
      const bool empty = std::any_of(shapes.begin(), shapes.end(),
                                     [](const Shape& shape) { return size_of(shape) == 0; });
      if (!empty) check_adjoint(row, shapes, counts);
    }
    INFO(row.name());
    CHECK((counts.outputs == 0 || counts.kinked < counts.outputs));
    all.outputs += counts.outputs;
    all.kinked += counts.kinked;
  }
  CHECK_LE(100 * all.kinked, all.outputs);
}
#endif
