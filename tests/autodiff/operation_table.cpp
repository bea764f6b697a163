#include <evident/tests/autodiff/operation_rows.hpp>
#include <utility>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace reference {
namespace {

Table make_table() {
  Table table;
  add_elementwise(table);
  add_normal(table);
  add_gamma_functions(table);
  add_incomplete(table);
  add_products(table);
  add_linalg(table);
  add_shapes(table);
  add_indexing(table);
  add_reductions(table);
  return table;
}

}  // namespace

void structural(Table& table, const std::string& declared, const std::string& label,
                std::size_t arity, std::function<Var(const Vars&)> apply,
                std::vector<std::vector<Shape>> shapes, std::function<Plain(const Plains&)> value) {
  table.push_back({declared, label, std::move(apply), std::vector<Domain>(arity, Domain{-2, 2}),
                   std::vector<bool>(arity, true), std::move(shapes), std::move(value), false});
}

Plains OperationRow::draw_arguments(const std::vector<Shape>& of) const {
  Plains result;
  for (std::size_t k = 0; k < arity(); ++k) result.push_back(draw(of[k], domains[k], 11 + k));
  return result;
}

const std::vector<OperationRow>& operation_table() {
  static const Table table = make_table();
  return table;
}

Vars constants(const Plains& arguments) {
  Vars result;
  for (const Plain& argument : arguments) result.emplace_back(array(argument));
  return result;
}

std::vector<Array> arrays(const Plains& arguments) {
  std::vector<Array> result;
  for (const Plain& argument : arguments) result.push_back(array(argument));
  return result;
}

}  // namespace reference
}  // namespace EVIDENT_PRECISION
}  // namespace evident
