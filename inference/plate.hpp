#pragma once

#include <cstddef>
#include <evident/autodiff/var.hpp>
#include <utility>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// A part of a model that is repeated for every row of the data, made by `Trace::plate`. Sites
/// declared while it lives count as often as its scale says.
class Plate {
 public:
  Plate(std::vector<std::size_t> rows, double scale, double* total)
      : rows_(std::move(rows)), scale_(scale), total_(total), outer_(*total) {
    *total_ *= scale_;
  }
  ~Plate() { *total_ = outer_; }
  Plate(const Plate&) = delete;
  Plate& operator=(const Plate&) = delete;

  /// The rows of this run; empty if it is all of them.
  const std::vector<std::size_t>& rows() const { return rows_; }
  /// How many rows each of them stands for.
  double scale() const { return scale_; }
  /// The rows of this run, of an array that has all: shape (rows, ...).
  Var take(const Var& data) const;

 private:
  std::vector<std::size_t> rows_;
  double scale_;
  double* total_;
  double outer_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
