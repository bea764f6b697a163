#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "kl_table.hpp"

// Every rule in both precisions beside stored values. They are what the rules give in double, where
// kl_pairs_test.cpp holds them against integrals, at parameters that a float holds. To write them
// anew, run this test of the program in double with EVIDENT_WRITE_KL_VALUES set to the file's path.

using namespace evident;
using evident::testing::kl_table;
using evident::testing::KlRow;
using evident::testing::Parameters;
using Json = nlohmann::json;

namespace {

constexpr double kAgreement = sizeof(real) == 8 ? 1e-10 : 1e-5;

Parameters held_by_float(Parameters parameters) {
  for (double& value : parameters) value = static_cast<double>(static_cast<float>(value));
  return parameters;
}

// By the names of pairs, of which some have two rows.
std::map<std::string, std::vector<double>> values_of_all() {
  std::map<std::string, std::vector<double>> all;
  for (const KlRow& row : kl_table()) {
    for (const auto& [q, p] : row.parameters()) {
      const Var value = kl(*row.q_at(held_by_float(q)), *row.p_at(held_by_float(p)));
      all[row.name()].push_back(value.item());
    }
  }
  return all;
}

// JSON has no infinity.
Json written(double value) { return std::isinf(value) ? Json("inf") : Json(value); }
double read(const Json& value) { return value.is_string() ? INFINITY : value.get<double>(); }

bool agrees_with_stored(double got, double expected) {
  return got == expected ||
         std::abs(got - expected) <= kAgreement * std::max(1.0, std::abs(expected));
}

}  // namespace

TEST_CASE("kl values: each rule gives its own in both precisions") {
  const auto all = values_of_all();
  if (const char* path = std::getenv("EVIDENT_WRITE_KL_VALUES")) {
    Json json;
    for (const auto& [name, values] : all) {
      for (const double value : values) json[name].push_back(written(value));
    }
    std::ofstream(path) << json.dump(0) << '\n';
  }
  std::ifstream file(std::filesystem::path(EVIDENT_SOURCE_DIR) /
                     "tests/distributions/reference/kl.json");
  const Json stored = Json::parse(file);
  for (const auto& [name, values] : all) {
    REQUIRE_MESSAGE(stored.contains(name), name);
    const Json& expected = stored[name];
    REQUIRE_MESSAGE(values.size() == expected.size(), name);
    for (std::size_t i = 0; i < values.size(); ++i) {
      CHECK_MESSAGE(
          agrees_with_stored(values[i], read(expected[i])),
          name << ", pair " << i << ": " << values[i] << " in place of " << expected[i].dump());
    }
  }
}
