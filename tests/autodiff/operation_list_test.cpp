#include <doctest/doctest.h>

#include <evident/tests/autodiff/declared_operations.hpp>
#include <evident/tests/autodiff/operation_table.hpp>
#include <set>

using namespace evident;
using namespace evident::reference;

TEST_CASE("operation table: every declared operation has a row") {
  std::set<std::string> rows;
  for (const OperationRow& row : operation_table()) rows.insert(row.declared);
  const std::set<std::string> declared = declared_operations();
  CHECK_GT(declared.size(), 50);  // the headers were read
  for (const std::string& operation : declared) {
    CHECK_MESSAGE(rows.count(operation) == 1, operation, " has no row in operation_table.cpp");
  }
  for (const std::string& row : rows) {
    CHECK_MESSAGE(declared.count(row) == 1, "the row ", row, " names no declared operation");
  }
}

TEST_CASE("operation table: rows have names of their own") {
  std::set<std::string> names;
  for (const OperationRow& row : operation_table()) {
    CHECK_MESSAGE(names.insert(row.name()).second, "there are two rows ", row.name());
  }
}
