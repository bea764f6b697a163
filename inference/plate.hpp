#pragma once

#include <cstddef>
#include <evident/autodiff/var.hpp>
#include <string>
#include <utility>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Which rows of the data a run has.
struct PlateRows {
  std::size_t size;               ///< of the whole
  std::size_t count;              ///< in this run
  std::vector<std::size_t> rows;  ///< these; empty where the program is given no others

  /// How many rows each of them stands for.
  double scale() const {
    return size == count ? 1 : static_cast<double>(size) / static_cast<double>(count);
  }
};

/// A part of a model that is repeated for every row of the data, made by `Trace::plate`. Sites
/// declared while it lives count as often as its scale says: keep it in a variable.
class [[nodiscard]] Plate {
 public:
  /// The plates that are open in a run, the outermost first.
  struct Open {
    double scale = 1;  ///< of all together
    std::vector<std::string> names;
  };

  Plate(std::string name, PlateRows rows, Open* open)
      : name_(std::move(name)), rows_(std::move(rows)), open_(open), outer_(open->scale) {
    open_->scale *= rows_.scale();
    open_->names.push_back(name_);
  }
  ~Plate() {
    open_->scale = outer_;
    open_->names.pop_back();
  }
  Plate(const Plate&) = delete;
  Plate& operator=(const Plate&) = delete;

  /// The rows of this run; empty if it is all that the program is given.
  const std::vector<std::size_t>& rows() const { return rows_.rows; }
  /// How many there are in this run.
  std::size_t count() const { return rows_.count; }
  /// How many rows each of them stands for.
  double scale() const { return rows_.scale(); }
  /// The rows of this run, of an array that has all: shape (rows, ...). Errors: another number of
  /// rows.
  Var take(const Var& data) const;

 private:
  std::string name_;
  PlateRows rows_;
  Open* open_;
  double outer_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
