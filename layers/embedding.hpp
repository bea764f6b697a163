#pragma once

#include <evident/autodiff/rng.hpp>
#include <evident/autodiff/var.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// A table of `count` vectors: whole numbers (...) become the rows they name, (..., size).
struct Embedding {
  Var weight;  ///< (count, size)

  /// Standard normal weights.
  Embedding(Rng& rng, std::size_t count, std::size_t size);

  /// The rows. Errors: an index that is not a whole number in [0, count); indices that need a
  /// gradient, for there is none.
  Var operator()(const Var& indices, Rng* = nullptr) const;

  template <class V>
  void visit(V& v) {
    v("weight", weight);
  }
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
