#pragma once

/// The logarithm and its slope at 3, as Evident computes them in float and in double:
/// `logarithm.cpp` is compiled once for each, and one program holds both.
struct Logarithm {
  double value;
  double slope;
};
Logarithm logarithm(float);
Logarithm logarithm(double);
