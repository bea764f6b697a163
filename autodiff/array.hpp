#pragma once

#include <evident/autodiff/error.hpp>
#include <evident/autodiff/memory.hpp>
#include <evident/autodiff/real.hpp>
#include <initializer_list>
#include <string>
#include <vector>

// xtensor 0.26 moved its headers.
#if __has_include(<xtensor/containers/xarray.hpp>)
#include <xtensor/containers/xarray.hpp>
#else
#include <xtensor/xarray.hpp>
#endif

namespace evident {
inline namespace EVIDENT_PRECISION {

/// A dense row-major array of `real`; its memory is pooled and aligned to 64 bytes.
using Array = xt::xarray<real, xt::layout_type::row_major, PoolAllocator<real>>;

/// The length of every axis of an array; () is a scalar.
using Shape = Array::shape_type;

/// A shape as people write it: "(128, 784)".
std::string to_string(const Shape& shape);

/// The place of an element, counted row by row, in an array of this shape: "(1, 2)".
std::string element_place(const Shape& shape, std::size_t element);

/// How many elements an array of this shape holds.
std::size_t size_of(const Shape& shape);

/// An array of this shape whose elements are not set.
Array uninitialised(const Shape& shape);

/// An array of this shape, every element `value`.
Array full(const Shape& shape, double value);

/// An array of zeros.
Array zeros(const Shape& shape);

/// An array of ones.
Array ones(const Shape& shape);

/// A vector, shape (n), of the given values.
Array vector(const std::vector<double>& values);

/// A matrix, shape (rows, columns), of the given rows. Errors: rows of different lengths.
Array matrix(std::initializer_list<std::initializer_list<double>> rows);

/// A scalar array, shape ().
Array scalar(double value);

/// The length of the first axis: the number of datapoints in a minibatch. Errors: a scalar.
std::size_t rows(const Array& array);

/// The shape (a, b): the axes of `a`, then those of `b`.
Shape joined(const Shape& a, const Shape& b);

/// The same elements in another shape of the same size. Errors: another size.
Array reshaped(Array array, const Shape& shape);

/// The shape that two shapes broadcast to: aligned at the last axis, lengths equal or 1.
/// Throws ShapeError naming `operation` when they do not fit.
Shape broadcast_shape(const Shape& a, const Shape& b, const char* operation);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
