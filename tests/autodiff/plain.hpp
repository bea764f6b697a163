#pragma once

#include <cmath>
#include <cstdint>
#include <evident/autodiff/array.hpp>
#include <string>
#include <vector>

// The tests compute what to expect with plain loops over doubles that know nothing of the library's
// own loops.

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace reference {

/// A row-major array of doubles.
struct Plain {
  Shape shape;
  std::vector<double> data;
};

/// The array's elements as doubles.
Plain plain(const Array& array);
/// An Array of these elements.
Array array(const Plain& values);

/// Where an argument's elements are drawn: uniform in (low, high), pushed away from 0 by `gap`; or
/// a coin, 0 or 1.
struct Domain {
  double low;
  double high;
  double gap = 0;
  bool coin = false;
};

/// Elements drawn from a domain. All are floats, so that both precisions see the same.
Plain draw(const Shape& shape, const Domain& domain, std::uint64_t seed);

/// The position in an array of shape `from` that broadcasting reads for position `index` of `to`.
std::size_t broadcast_index(const Shape& to, std::size_t index, const Shape& from);

/// The coordinates of a position in an array of this shape.
std::vector<std::size_t> coordinates(const Shape& shape, std::size_t index);
/// The position of these coordinates.
std::size_t position(const Shape& shape, const std::vector<std::size_t>& coordinates);

/// Nothing if shapes agree and every |got - want| <= relative |want| + absolute (NaN wants NaN),
/// otherwise the worst disagreement in words.
std::string difference(const Plain& got, const Plain& want, double relative, double absolute = 0);

/// Whether two arrays are the same bits.
bool same_bits(const Array& a, const Array& b);

/// `in_double` in a program of doubles, `in_float` in one of floats.
inline double tolerance([[maybe_unused]] double in_double, [[maybe_unused]] double in_float) {
#ifdef EVIDENT_F64
  return in_double;
#else
  return in_float;
#endif
}

}  // namespace reference
}  // namespace EVIDENT_PRECISION
}  // namespace evident
