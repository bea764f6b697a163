#include <fmt/format.h>

#include <algorithm>
#include <evident/autodiff/array.hpp>
#include <utility>

namespace evident {
inline namespace EVIDENT_PRECISION {

std::string to_string(const Shape& shape) {
  return fmt::format("({})", fmt::join(shape.begin(), shape.end(), ", "));
}

std::string element_place(const Shape& shape, std::size_t element) {
  Shape place = shape;
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    place[axis] = element % shape[axis];
    element /= shape[axis];
  }
  return to_string(place);
}

std::size_t size_of(const Shape& shape) {
  std::size_t size = 1;
  for (const std::size_t length : shape) {
    if (__builtin_mul_overflow(size, length, &size)) {
      throw ShapeError(
          fmt::format("size_of: an array of shape {} has more elements than memory has "
                      "addresses: check its lengths",
                      to_string(shape)));
    }
  }
  return size;
}

Array uninitialised(const Shape& shape) {
  size_of(shape);  // xtensor's own product would wrap
  return Array(shape);
}

Array full(const Shape& shape, double value) {
  Array result = uninitialised(shape);
  std::fill_n(result.data(), result.size(), static_cast<real>(value));
  return result;
}

Array zeros(const Shape& shape) { return full(shape, 0); }

Array ones(const Shape& shape) { return full(shape, 1); }

Array vector(const std::vector<double>& values) {
  Array result = uninitialised({values.size()});
  std::transform(values.begin(), values.end(), result.data(),
                 [](double value) { return static_cast<real>(value); });
  return result;
}

Array matrix(std::initializer_list<std::initializer_list<double>> rows) {
  const std::size_t columns = rows.size() == 0 ? 0 : rows.begin()->size();
  Array result = uninitialised({rows.size(), columns});
  real* out = result.data();
  for (const auto& row : rows) {
    if (row.size() != columns) {
      throw ShapeError(
          fmt::format("matrix: a row has {} values, the first has {}: give every row "
                      "the same length",
                      row.size(), columns));
    }
    for (double value : row) *out++ = static_cast<real>(value);
  }
  return result;
}

Array scalar(double value) { return full({}, value); }

std::size_t rows(const Array& array) {
  if (array.dimension() == 0) {
    throw ShapeError("rows: got a scalar, expected an array with at least one axis");
  }
  return array.shape()[0];
}

Shape joined(const Shape& a, const Shape& b) {
  std::vector<std::size_t> lengths(a.begin(), a.end());
  lengths.insert(lengths.end(), b.begin(), b.end());
  return Shape(lengths.begin(), lengths.end());
}

Array reshaped(Array array, const Shape& shape) {
  if (size_of(shape) != array.size()) {
    throw ShapeError(fmt::format("reshape: {} has {} elements and cannot become {}, which has {}",
                                 to_string(array.shape()), array.size(), to_string(shape),
                                 size_of(shape)));
  }
  array.reshape(shape);
  return array;
}

Shape broadcast_shape(const Shape& a, const Shape& b, const char* operation) {
  const Shape& longer = a.size() >= b.size() ? a : b;
  const Shape& shorter = a.size() >= b.size() ? b : a;
  Shape result = longer;
  const std::size_t lead = longer.size() - shorter.size();
  for (std::size_t i = 0; i < shorter.size(); ++i) {
    const std::size_t x = longer[lead + i];
    const std::size_t y = shorter[i];
    if (x != y && x != 1 && y != 1) {
      throw ShapeError(fmt::format(
          "{}: shapes {} and {} do not broadcast: axis {} has lengths {} and {}, which must be "
          "equal or 1",
          operation, to_string(a), to_string(b), lead + i, a.size() >= b.size() ? x : y,
          a.size() >= b.size() ? y : x));
    }
    result[lead + i] = x == 1 ? y : x;
  }
  return result;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
