#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/tests/autodiff/declared_operations.hpp>
#include <evident/tests/autodiff/operation_table.hpp>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

using namespace evident;
using namespace evident::reference;

// pytorch_reference.json holds what PyTorch computes in double for rows of the operation table;
// pytorch_reference.py writes it.

namespace {

using Json = nlohmann::json;

// Operations without a reference, and why.
const std::map<std::string, std::string> kWithout = {
    {"betainc(a, b, x)", "PyTorch has no incomplete beta function"},
    {"log_betainc(a, b, x)", "PyTorch has no incomplete beta function"},
};

// Relative to max(1, |reference|).
const double kAllowed = tolerance(1e-12, 2e-6);

// JSON has no infinities and no NaN: they are words.
std::vector<double> numbers(const Json& data) {
  std::vector<double> result;
  for (const Json& x : data) {
    const std::string word = x.is_string() ? x.get<std::string>() : "";
    result.push_back(word.empty()    ? x.get<double>()
                     : word == "inf" ? INFINITY
                     : word == "nan" ? NAN
                                     : -INFINITY);
  }
  return result;
}

Plain plain_of(const Json& json) {
  const auto lengths = json.at("shape").get<std::vector<std::size_t>>();
  return {Shape(lengths.begin(), lengths.end()), numbers(json.at("data"))};
}

struct Errors {
  std::size_t cases = 0;
  double value = 0;
  double gradient = 0;
};

// The largest |got - want| relative to max(1, |want|), where numbers out of range are infinite.
double largest_error(const Array& got, const std::vector<double>& want) {
  REQUIRE_EQ(got.size(), want.size());
  double worst = 0;
  for (std::size_t i = 0; i < want.size(); ++i) {
    const double x = got.data()[i];
    const double y = std::isinf(static_cast<real>(want[i])) ? static_cast<real>(want[i]) : want[i];
    if (x == y || (std::isnan(x) && std::isnan(y))) continue;
    const double error = std::abs(x - y) / std::max(1.0, std::abs(y));
    worst = std::isnan(error) ? INFINITY : std::max(worst, error);
  }
  return worst;
}

void check(const OperationRow& row, const Json& reference, Errors& errors) {
  Vars arguments;
  Vars leaves;
  for (std::size_t k = 0; k < row.arity(); ++k) {
    const Array x = array(plain_of(reference.at("inputs").at(k)));
    const bool leaf = !reference.at("gradients").at(k).is_null();
    arguments.push_back(leaf ? Var::parameter(x) : Var(x));
    if (leaf) leaves.push_back(arguments.back());
  }
  const Plain value = plain_of(reference.at("value"));
  Tape tape;
  const Var y = row.apply(arguments);
  REQUIRE_EQ(y.shape(), value.shape);
  const Array incoming = array({value.shape, numbers(reference.at("gradient"))});
  const std::vector<Array> gradients = tape.gradients(sum(y * incoming), leaves);
  ++errors.cases;
  errors.value = std::max(errors.value, largest_error(y.value(), value.data));
  std::size_t next = 0;
  for (const Json& want : reference.at("gradients")) {
    if (want.is_null()) continue;
    errors.gradient = std::max(errors.gradient, largest_error(gradients[next++], numbers(want)));
  }
}

Json references() {
  std::ifstream file(std::string(EVIDENT_SOURCE_DIR) + "/tests/autodiff/pytorch_reference.json");
  REQUIRE(file.is_open());
  return Json::parse(file).at("cases");
}

}  // namespace

TEST_CASE("pytorch: values and gradients of every operation are PyTorch's") {
  std::map<std::string, const OperationRow*> rows;
  for (const OperationRow& row : operation_table()) rows[row.name()] = &row;
  std::map<std::string, Errors> errors;
  for (const Json& reference : references()) {
    const std::string name = reference.at("row");
    INFO(name);
    WARN_MESSAGE(rows.count(name) == 1, "no row of the operation table is called ", name);
    if (rows.count(name) == 0) continue;
    Errors worst;
    check(*rows[name], reference, worst);
    CHECK_LE(worst.value, kAllowed);
    CHECK_LE(worst.gradient, kAllowed);
    Errors& all = errors[rows[name]->declared];
    all.cases += worst.cases;
    all.value = std::max(all.value, worst.value);
    all.gradient = std::max(all.gradient, worst.gradient);
  }
  for (const auto& [operation, worst] : errors) {
    std::printf("PyTorch's %s: values to %.1e, gradients to %.1e, in %zu cases\n",
                operation.c_str(), worst.value, worst.gradient, worst.cases);
  }
  for (const std::string& operation : declared_operations()) {
    CHECK_MESSAGE(errors.count(operation) + kWithout.count(operation) == 1, operation,
                  " has no case in pytorch_reference.json, or is named in kWithout too");
  }
}
