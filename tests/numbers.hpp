#pragma once

#include <cstddef>
#include <evident/autodiff/functions/constants.hpp>
#include <initializer_list>
#include <vector>

// The numbers that tests name.

namespace evident::testing {

inline constexpr double kInf = parts::kInfinity;
inline constexpr double kNan = parts::kNan;
inline constexpr double kLn2 = parts::kLn2;

/// Up to eight numbers of a row of a table. They are constants where the row is: a table of a
/// thousand rows is data then, and no code that makes it.
class FewNumbers {
 public:
  constexpr FewNumbers(std::initializer_list<double> numbers) : size_(numbers.size()) {
    std::size_t k = 0;
    for (const double x : numbers) numbers_[k++] = x;
  }

  constexpr const double* begin() const { return numbers_; }
  constexpr const double* end() const { return numbers_ + size_; }
  constexpr std::size_t size() const { return size_; }
  constexpr double operator[](std::size_t k) const { return numbers_[k]; }
  operator std::vector<double>() const { return {begin(), end()}; }

 private:
  double numbers_[8] = {};
  std::size_t size_;
};

}  // namespace evident::testing
