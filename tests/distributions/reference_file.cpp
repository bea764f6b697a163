#include "reference_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace evident::testing {
namespace {

using Json = nlohmann::json;

double number_of(const Json& json) {
  if (!json.is_string()) return json.get<double>();
  const std::string text = json.get<std::string>();
  if (text == "inf") return INFINITY;
  if (text == "-inf") return -INFINITY;
  throw Error("reference: neither a number nor an infinity: " + text);
}

Array array_of(const Json& json) {
  if (!json.is_array()) return scalar(number_of(json));
  if (!json.empty() && json[0].is_array()) {
    Array rows = uninitialised({json.size(), json[0].size()});
    real* out = rows.data();
    for (const Json& row : json) {
      for (const Json& value : row) *out++ = static_cast<real>(number_of(value));
    }
    return rows;
  }
  std::vector<double> values;
  for (const Json& value : json) values.push_back(number_of(value));
  return vector(values);
}

// Whether `real` holds every number in it.
bool is_held(const Json& json) {
  if (json.is_array()) return std::all_of(json.begin(), json.end(), is_held);
  const double value = number_of(json);
  return static_cast<double>(static_cast<real>(value)) == value;
}

std::optional<double> optional_number(const Json& json) {
  if (json.is_null() || json.is_array()) return std::nullopt;
  return number_of(json);
}

// NaN where there is none.
Array derivatives_of(const Json& json) {
  if (!json.is_array()) return scalar(optional_number(json).value_or(NAN));
  std::vector<double> values;
  for (const Json& value : json) values.push_back(optional_number(value).value_or(NAN));
  return vector(values);
}

ReferenceSet set_of(const Json& json) {
  ReferenceSet set;
  for (const Json& parameter : json["at"]) set.at.push_back(array_of(parameter));
  for (const char* answer : {"mean", "median", "mode", "modes", "variance", "entropy"}) {
    const Json value = json.value(answer, Json());
    set.answers[answer] = value.is_null() ? std::nullopt : std::optional<Array>(array_of(value));
  }
  // Two modes may round to one number.
  if (std::optional<Array>& modes = set.answers["modes"]; modes && modes->dimension() == 1) {
    std::vector<double> apart(modes->begin(), modes->end());
    apart.erase(std::unique(apart.begin(), apart.end()), apart.end());
    modes = vector(apart);
  }
  for (const Json& point : json["points"]) {
    if (!is_held(point["x"])) continue;
    ReferencePoint to{array_of(point["x"]), {}};
    for (const char* answer : {"log_prob", "cdf", "log_cdf", "log_survival"}) {
      const Json value = point.value(answer, Json());
      if (!value.is_null()) to.answers[answer] = number_of(value);
    }
    set.points.push_back(std::move(to));
  }
  for (const Json& quantile : json.value("quantiles", Json::array())) {
    if (!is_held(quantile["p"])) continue;
    set.quantiles.emplace_back(number_of(quantile["p"]), number_of(quantile["x"]));
  }
  const Json gradients = json.value("gradients", Json::object());
  for (const Json& gradient : gradients.value("log_prob", Json::array())) {
    if (!is_held(gradient["x"])) continue;
    ReferenceGradient to{array_of(gradient["x"]), optional_number(gradient["d"][0]), {}};
    for (std::size_t k = 1; k < gradient["d"].size(); ++k) {
      to.in_parameters.push_back(derivatives_of(gradient["d"][k]));
    }
    set.gradients.push_back(std::move(to));
  }
  return set;
}

}  // namespace

std::string ReferenceSet::text() const {
  std::string result;
  for (const Array& parameter : at) {
    for (const real value : parameter) result += fmt::format(" {}", value);
  }
  return "(" + result + " )";
}

double ReferenceSet::number(const std::string& answer) const {
  const std::optional<Array>& value = answers.at(answer);
  if (!value) throw Error("reference: there is no " + answer);
  return static_cast<double>(value->data()[0]);
}

const std::vector<ReferenceSet>& reference_sets(const std::string& name) {
  static std::map<std::string, std::vector<ReferenceSet>> files;
  const auto found = files.find(name);
  if (found != files.end()) return found->second;
  std::string file = name;
  if (const std::size_t at = file.find("::"); at != std::string::npos) file.replace(at, 2, "_");
  const std::filesystem::path folder =
      std::filesystem::path(EVIDENT_SOURCE_DIR) / "tests/distributions/reference";
  std::ifstream stream(folder / (file + ".json"));
  if (!stream) throw Error("reference: there is no file for " + name);
  const Json json = Json::parse(stream);
  std::vector<ReferenceSet> sets;
  for (const Json& set : json["sets"]) {
    if (is_held(set["at"])) sets.push_back(set_of(set));
  }
  return files[name] = std::move(sets);
}

}  // namespace evident::testing
