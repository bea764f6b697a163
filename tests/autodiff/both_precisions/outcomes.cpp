#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/tests/autodiff/both_precisions/outcomes.hpp>
#include <evident/tests/autodiff/operation_table.hpp>

using namespace evident;
using namespace evident::reference;

std::vector<Outcome> outcomes(real) {
  std::vector<Outcome> result;
  for (const OperationRow& row : operation_table()) {
    for (const std::vector<Shape>& shapes : row.shapes) {
      Outcome outcome{row.name(), {}, {}};
      Vars leaves;
      for (const Plain& argument : row.draw_arguments(shapes)) {
        outcome.name += " " + to_string(argument.shape);
        leaves.push_back(Var::parameter(array(argument)));
      }
      Tape tape;
      const Var y = row.apply(leaves);
      outcome.value = plain(y.value()).data;
      const Array weights = array(draw(y.shape(), {0.5, 1.5}, 40));
      for (const Array& gradient : tape.gradients(sum(y * weights), leaves)) {
        outcome.gradients.push_back(plain(gradient).data);
      }
      result.push_back(std::move(outcome));
    }
  }
  return result;
}
