#pragma once

#include <evident/autodiff/var.hpp>
#include <evident/tests/autodiff/plain.hpp>
#include <functional>
#include <string>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace reference {

using Vars = std::vector<Var>;
using Plains = std::vector<Plain>;
using Long = long double;
/// A function of one element of each argument, where `long double` has the better of `double`.
using ScalarFunction = Long (*)(const Long*);

/// One operation, and how to know what it should compute.
struct OperationRow {
  std::string declared;                       ///< as its header declares it: "matmul(a, b)"
  std::string label;                          ///< what tells apart rows of the same operation
  std::function<Var(const Vars&)> apply;      ///< the operation
  std::vector<Domain> domains;                ///< one for each argument, away from kinks
  std::vector<bool> differentiable;           ///< whether gradients flow to each argument
  std::vector<std::vector<Shape>> shapes;     ///< shapes of the arguments to try
  std::function<Plain(const Plains&)> value;  ///< the reference
  bool elementwise;
  ScalarFunction scalar = nullptr;          ///< of an elementwise operation: a value,
  std::vector<ScalarFunction> slopes = {};  ///< and its partial derivatives, accurate everywhere

  std::size_t arity() const { return domains.size(); }
  std::string name() const { return label.empty() ? declared : declared + " " + label; }
  /// Arguments of one of the shapes.
  Plains draw_arguments(const std::vector<Shape>& of) const;
};

/// A row for every operation of the library.
const std::vector<OperationRow>& operation_table();

/// Constants of these values.
Vars constants(const Plains& arguments);
/// Arrays of these values.
std::vector<Array> arrays(const Plains& arguments);

}  // namespace reference
}  // namespace EVIDENT_PRECISION
}  // namespace evident
