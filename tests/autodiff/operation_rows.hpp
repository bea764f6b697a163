#pragma once

#include <evident/tests/autodiff/operation_table.hpp>
#include <functional>
#include <string>
#include <vector>

// The rows of the operation table, family by family.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace reference {

using Table = std::vector<OperationRow>;

void add_elementwise(Table& t);
void add_gamma_functions(Table& t);
void add_incomplete(Table& t);
void add_indexing(Table& t);
void add_linalg(Table& t);
void add_normal(Table& t);
void add_products(Table& t);
void add_reductions(Table& t);
void add_shapes(Table& t);

// A row of an elementwise operation: its value and its partial derivatives, null for those that it
// does not have.
void elementwise(Table& table, const char* declared, std::vector<Domain> domains,
                 Var (*apply)(const Vars&), ScalarFunction f, std::vector<ScalarFunction> slopes);

// A row of an operation that is not elementwise, differentiable in every argument.
void structural(Table& table, const std::string& declared, const std::string& label,
                std::size_t arity, std::function<Var(const Vars&)> apply,
                std::vector<std::vector<Shape>> shapes, std::function<Plain(const Plains&)> value);

}  // namespace reference
}  // namespace EVIDENT_PRECISION
}  // namespace evident
