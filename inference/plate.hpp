#pragma once

#include <cstddef>
#include <evident/autodiff/var.hpp>
#include <string>
#include <utility>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// A part of a model that is repeated for every row of the data, made by `Trace::plate`. Sites
/// declared while it lives count as often as its scale says.
class Plate {
 public:
  /// The plates that are open in a run, the outermost first.
  struct Open {
    double scale = 1;  ///< of all together
    std::vector<std::string> names;
  };

  Plate(std::string name, std::vector<std::size_t> rows, double scale, Open* open)
      : rows_(std::move(rows)), scale_(scale), open_(open), outer_(open->scale) {
    open_->scale *= scale_;
    open_->names.push_back(std::move(name));
  }
  ~Plate() {
    open_->scale = outer_;
    open_->names.pop_back();
  }
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
  Open* open_;
  double outer_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
