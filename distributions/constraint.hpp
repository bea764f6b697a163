#pragma once

#include <evident/autodiff/array.hpp>
#include <memory>
#include <optional>
#include <string>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// A set of values, as a value: what a parameter may be, or the support of a distribution. Made by
/// the functions of `constraints`.
class Constraint {
 public:
  /// What the set is made of.
  enum class Kind {
    kInterval,          ///< the numbers between two bounds
    kIntegers,          ///< the whole numbers between two bounds, both of which belong to the set
    kPoint,             ///< a single number, which is both bounds
    kWeights,           ///< vectors of finite numbers >= 0 that are not all 0
    kLogits,            ///< vectors of numbers below inf that are not all -inf
    kOneHot,            ///< vectors of zeros and a single one
    kCounts,            ///< vectors of whole numbers >= 0 with a given sum, which is `upper`
    kSimplex,           ///< vectors of numbers >= 0 that add up to 1
    kOrdered,           ///< vectors of finite numbers, each greater than the one before
    kLowerCholesky,     ///< lower-triangular matrices with a positive diagonal
    kPositiveDefinite,  ///< symmetric matrices with positive eigenvalues
  };

  /// One end of the set: a number, or an array of them that broadcasts to the batch.
  struct Bound {
    double value = 0;                               ///< where `values` is null
    std::shared_ptr<const Array> values = nullptr;  ///< one for each distribution of a batch
    bool open = false;                              ///< whether the end itself lies outside

    Bound(double number, bool is_open = false) : value(number), open(is_open) {}
    Bound(Array numbers, bool is_open = false);
    /// The bound of every distribution: shape () or that of `values`.
    Array array() const;
    /// Whether it is this number throughout.
    bool is(double number) const { return values == nullptr && value == number; }
  };

  Constraint(Kind kind, Bound lower, Bound upper, std::string advice = "");

  Kind kind() const { return kind_; }
  const Bound& lower() const { return lower_; }
  const Bound& upper() const { return upper_; }
  /// Whether there are gaps between its values.
  bool discrete() const {
    return kind_ == Kind::kIntegers || kind_ == Kind::kPoint || kind_ == Kind::kOneHot ||
           kind_ == Kind::kCounts;
  }
  /// How many axes one value has: 0 for numbers, 1 for vectors, 2 for matrices.
  std::size_t axes() const {
    if (kind_ == Kind::kLowerCholesky || kind_ == Kind::kPositiveDefinite) return 2;
    return kind_ == Kind::kInterval || kind_ == Kind::kIntegers || kind_ == Kind::kPoint ? 0 : 1;
  }

  /// The set in words that complete "it must be ...": "a positive number".
  std::string description() const;
  /// The same set, with a sentence for whoever has a value outside: what to do about it.
  Constraint with_advice(std::string advice) const;
  /// That sentence; empty if there is none.
  const std::string& advice() const { return advice_; }

  /// The flat index of the first element of `x` outside the set, in the shape that `x` and the
  /// bounds broadcast to; of a vector or a matrix that is outside as a whole, its first element.
  /// Errors: shapes that do not broadcast.
  std::optional<std::size_t> first_outside(const Array& x) const;

 private:
  std::optional<std::size_t> first_event_outside(const Array& x) const;

  Kind kind_;
  Bound lower_, upper_;
  std::string advice_;
};

/// How far the sum of a vector of the simplex may be from 1.
inline constexpr double kSimplexTolerance = sizeof(real) == 8 ? 1e-6 : 1e-5;

/// The sets that parameters and supports are made of.
namespace constraints {

/// Finite numbers.
Constraint real();
/// Numbers, infinite ones too.
Constraint extended_real();
/// (0, inf).
Constraint positive();
/// [0, inf).
Constraint non_negative();
/// [0, 1].
Constraint unit_interval();
/// [lower, upper].
Constraint interval(Constraint::Bound lower, Constraint::Bound upper);
/// [lower, inf).
Constraint at_least(Constraint::Bound lower);
/// 0 or 1.
Constraint boolean();
/// The whole numbers from `lower` to `upper`.
Constraint integers(Constraint::Bound lower, Constraint::Bound upper);
/// 0, 1, 2, ...
Constraint non_negative_integer();
/// This number alone.
Constraint point(Constraint::Bound value);
/// Vectors of finite numbers >= 0 that are not all 0, along the last axis.
Constraint weights();
/// Vectors of logarithms of such weights: numbers below inf that are not all -inf.
Constraint logits();
/// Vectors of zeros and a single one.
Constraint one_hot();
/// Vectors of whole numbers >= 0 that add up to `total`.
Constraint counts(Constraint::Bound total);
/// Vectors of numbers >= 0 that add up to 1, to rounding: within 1e-6 in double, 1e-5 in float.
Constraint simplex();
/// Vectors of finite numbers, each greater than the one before.
Constraint ordered();
/// Lower-triangular matrices, zeros above the diagonal, that have a positive diagonal: the last two
/// axes.
Constraint lower_cholesky();
/// Symmetric matrices with positive eigenvalues, the last two axes. Elements that mirror each other
/// may differ by rounding: by the root of the machine's epsilon, next to the diagonal.
Constraint positive_definite();

}  // namespace constraints
}  // namespace EVIDENT_PRECISION
}  // namespace evident
