#pragma once

#include <string>
#include <vector>

/// What one operation computed on one choice of shapes, as doubles.
struct Outcome {
  std::string name;
  std::vector<double> value;
  std::vector<std::vector<double>> gradients;  ///< of a weighted sum, for each argument
};

/// Runs every row of the operation table in float or in double: `outcomes.cpp` is compiled once
/// for each, and one program holds both.
std::vector<Outcome> outcomes(float);
std::vector<Outcome> outcomes(double);
