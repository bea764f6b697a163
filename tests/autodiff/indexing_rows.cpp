#include <evident/autodiff/indexing.hpp>
#include <evident/tests/autodiff/operation_rows.hpp>
#include <utility>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace reference {
namespace {

std::size_t number(int axis, const Plain& x) {
  return static_cast<std::size_t>(axis < 0 ? axis + static_cast<int>(x.shape.size()) : axis);
}

// The array of this shape whose element at `c` is the element of x that `source(c)` names along
// the axis.
template <class Source>
Plain picked(const Plain& x, Shape shape, std::size_t axis, Source source) {
  Plain y{std::move(shape), {}};
  for (std::size_t i = 0; i < size_of(y.shape); ++i) {
    std::vector<std::size_t> at = coordinates(y.shape, i);
    at[axis] = source(i, at[axis]);
    y.data.push_back(x.data[position(x.shape, at)]);
  }
  return y;
}

Shape with_length(Shape shape, std::size_t axis, std::size_t length) {
  shape[axis] = length;
  return shape;
}

// Indices of every kind, repeated ones too, for `gather` of k elements along an axis.
Array gathered_indices(const Shape& shape, std::size_t axis, std::size_t k) {
  Array indices = uninitialised(with_length(shape, axis, k));
  for (std::size_t i = 0; i < indices.size(); ++i) {
    indices.data()[i] = static_cast<real>((i * i + i / 3 + 2) % shape[axis]);
  }
  return indices;
}

}  // namespace

void add_indexing(Table& t) {
  const auto slicing = [&t](int axis, std::size_t first, std::size_t last,
                            std::vector<std::vector<Shape>> shapes) {
    structural(
        t, "slice(x, axis, first, last)",
        std::to_string(axis) + ": " + std::to_string(first) + " to " + std::to_string(last), 1,
        [=](const Vars& v) { return slice(v[0], axis, first, last); }, std::move(shapes),
        [=](const Plains& x) {
          const std::size_t index = number(axis, x[0]);
          return picked(x[0], with_length(x[0].shape, index, last - first), index,
                        [first](std::size_t, std::size_t place) { return first + place; });
        });
  };
  slicing(0, 1, 4, {{{5}}, {{4, 3}}, {{6, 2, 3}}, {{4, 0}}});
  slicing(0, 0, 5, {{{5}}, {{5, 3}}});
  slicing(0, 2, 2, {{{5}}, {{2, 3}}});
  slicing(0, 0, 0, {{{0}}, {{0, 3}}});
  slicing(1, 0, 2, {{{2, 3}}, {{2, 3, 4}}, {{0, 3}}, {{2, 3, 0}}});
  slicing(-1, 1, 3, {{{5}}, {{3, 4, 5}}, {{17, 3}}});
  slicing(-2, 2, 3, {{{3, 4}}, {{2, 3, 4}}});

  const auto selection = [&t](int axis, const std::vector<double>& indices,
                              std::vector<std::vector<Shape>> shapes) {
    std::string label = std::to_string(axis) + ":";
    for (const double index : indices) label += " " + std::to_string(static_cast<int>(index));
    structural(
        t, "index_select(x, axis, indices)", label, 1,
        [=](const Vars& v) { return index_select(v[0], axis, vector(indices)); }, std::move(shapes),
        [=](const Plains& x) {
          const std::size_t index = number(axis, x[0]);
          return picked(x[0], with_length(x[0].shape, index, indices.size()), index,
                        [&](std::size_t, std::size_t place) {
                          return static_cast<std::size_t>(indices[place]);
                        });
        });
  };
  selection(0, {2, 0, 2, 1}, {{{3}}, {{4, 3}}, {{3, 2, 4}}, {{3, 0}}});
  selection(0, {1, 1, 1, 1, 1}, {{{2}}, {{2, 17}}});
  selection(0, {0}, {{{1}}, {{5, 2}}});
  selection(0, {}, {{{4}}, {{4, 3}}, {{0, 3}}, {{0}}});
  selection(1, {3, 0, 3}, {{{2, 4}}, {{2, 4, 3}}, {{0, 4}}});
  selection(-1, {4, 3, 2, 1, 0, 4}, {{{5}}, {{3, 5}}, {{2, 3, 5}}});
  selection(-2, {1, 2}, {{{3, 4}}, {{2, 3, 4}}});

  const auto gathering = [&t](int axis, std::size_t k, std::vector<std::vector<Shape>> shapes) {
    structural(
        t, "gather(x, axis, indices)", std::to_string(k) + " along " + std::to_string(axis), 1,
        [=](const Vars& v) {
          const Plain x{v[0].shape(), {}};
          return gather(v[0], axis, gathered_indices(x.shape, number(axis, x), k));
        },
        std::move(shapes),
        [=](const Plains& x) {
          const std::size_t index = number(axis, x[0]);
          const Array indices = gathered_indices(x[0].shape, index, k);
          return picked(x[0], indices.shape(), index, [&](std::size_t i, std::size_t) {
            return static_cast<std::size_t>(indices.data()[i]);
          });
        });
  };
  gathering(0, 1, {{{5}}, {{4, 3}}, {{3, 2, 4}}});
  gathering(0, 6, {{{5}}, {{4, 3}}, {{3, 2, 4}}, {{2, 0}}});
  gathering(0, 0, {{{4}}, {{4, 3}}, {{0, 3}}});
  gathering(1, 1, {{{4, 3}}, {{2, 3, 4}}, {{0, 3}}});
  gathering(1, 5, {{{4, 3}}, {{2, 3, 4}}, {{2, 1, 17}}});
  gathering(-1, 3, {{{5}}, {{3, 5}}, {{2, 3, 5}}});
  gathering(-2, 2, {{{3, 4}}, {{2, 3, 4}}});
}

}  // namespace reference
}  // namespace EVIDENT_PRECISION
}  // namespace evident
