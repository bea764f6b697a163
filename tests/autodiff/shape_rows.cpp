#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/tests/autodiff/operation_rows.hpp>
#include <utility>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace reference {
namespace {

Plain columns(const Plain& x, std::size_t first, std::size_t count) {
  Plain y{x.shape, {}};
  const std::size_t length = y.shape.back();
  y.shape.back() = count;
  for (std::size_t i = 0; i < x.data.size(); ++i) {
    if (i % length >= first && i % length < first + count) y.data.push_back(x.data[i]);
  }
  return y;
}

std::size_t number(int axis, std::size_t rank) {
  return static_cast<std::size_t>(axis < 0 ? axis + static_cast<int>(rank) : axis);
}

std::string words(const Axes& axes) {
  std::string result;
  for (const int axis : axes) result += (result.empty() ? "" : " ") + std::to_string(axis);
  return result;
}

Plain permuted(const Plain& x, const Axes& order) {
  Plain y{x.shape, {}};
  for (std::size_t i = 0; i < order.size(); ++i) {
    y.shape[i] = x.shape[number(order[i], order.size())];
  }
  for (std::size_t i = 0; i < x.data.size(); ++i) {
    const std::vector<std::size_t> to = coordinates(y.shape, i);
    std::vector<std::size_t> from(to.size());
    for (std::size_t k = 0; k < to.size(); ++k) from[number(order[k], order.size())] = to[k];
    y.data.push_back(x.data[position(x.shape, from)]);
  }
  return y;
}

// Walks the result, and looks for the part that each of its elements lies in.
Plain concatenated(const Plains& parts, std::size_t axis) {
  Plain y{parts[0].shape, {}};
  y.shape[axis] = 0;
  for (const Plain& part : parts) y.shape[axis] += part.shape[axis];
  for (std::size_t i = 0; i < size_of(y.shape); ++i) {
    std::vector<std::size_t> at = coordinates(y.shape, i);
    std::size_t k = 0;
    while (at[axis] >= parts[k].shape[axis]) at[axis] -= parts[k++].shape[axis];
    y.data.push_back(parts[k].data[position(parts[k].shape, at)]);
  }
  return y;
}

Plain stacked(Plains parts, std::size_t axis) {
  for (Plain& part : parts) {
    std::vector<std::size_t> shape(part.shape.begin(), part.shape.end());
    shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), 1);
    part.shape = Shape(shape.begin(), shape.end());
  }
  return concatenated(parts, axis);
}

void add_permutations(Table& t) {
  structural(
      t, "transpose(x)", "", 1, [](const Vars& v) { return transpose(v[0]); },
      {{{3, 4}},
       {{17, 37}},
       {{1, 5}},
       {{1, 1}},
       {{2, 3, 4}},
       {{2, 3, 5, 4}},
       {{0, 3}},
       {{3, 0}},
       {{2, 0, 3}},
       {{0, 2, 3}}},
      [](const Plains& x) {
        const int rank = static_cast<int>(x[0].shape.size());
        Axes order;
        for (int axis = 0; axis < rank; ++axis) order.push_back(axis);
        std::swap(order[order.size() - 2], order[order.size() - 1]);
        return permuted(x[0], order);
      });
  const std::vector<std::pair<Axes, std::vector<std::vector<Shape>>>> orders = {
      {{}, {{{}}}},
      {{0}, {{{7}}, {{0}}}},
      {{-1}, {{{7}}}},
      {{1, 0}, {{{3, 4}}, {{17, 37}}, {{1, 5}}, {{0, 3}}}},
      {{0, 1, 2}, {{{2, 3, 4}}}},
      {{0, 2, 1}, {{{3, 17, 9}}, {{2, 3, 0}}}},
      {{1, 0, 2}, {{{3, 4, 5}}, {{3, 4, 1}}, {{6, 2, 3}}, {{5, 6, 9}}}},
      {{2, 0, 1}, {{{3, 4, 5}}, {{1, 4, 5}}}},
      {{-1, 0, -2}, {{{3, 4, 5}}}},
      {{2, 1, 0}, {{{9, 2, 10}}, {{9, 0, 10}}}},
      {{0, 2, 1, 3}, {{{2, 3, 4, 5}}, {{2, 3, 1, 5}}}},
      {{3, 2, 1, 0}, {{{2, 3, 4, 5}}, {{2, 1, 4, 1}}}},
      {{2, 3, 0, 1}, {{{2, 3, 4, 5}}}},
      {{3, 0, -3, 1, 4}, {{{2, 3, 2, 3, 2}}}}};
  for (const auto& [order, shapes] : orders) {
    structural(
        t, "permute(x, order)", words(order), 1,
        [order = order](const Vars& v) { return permute(v[0], order); }, shapes,
        [order = order](const Plains& x) { return permuted(x[0], order); });
  }
}

void add_broadcasts(Table& t) {
  const auto broadcast = [&t](const Shape& from, const Shape& to) {
    structural(
        t, "broadcast_to(x, shape)", to_string(from) + " to " + to_string(to), 1,
        [to](const Vars& v) { return broadcast_to(v[0], to); }, {{from}},
        [from, to](const Plains& x) {
          Plain y{to, {}};
          for (std::size_t i = 0; i < size_of(to); ++i) {
            y.data.push_back(x[0].data[broadcast_index(to, i, from)]);
          }
          return y;
        });
  };
  broadcast({}, {});
  broadcast({}, {3});
  broadcast({}, {2, 1});
  broadcast({}, {0});
  broadcast({3}, {3});
  broadcast({3}, {2, 3});
  broadcast({1}, {5});
  broadcast({1}, {0});
  broadcast({0}, {2, 0});
  broadcast({3, 1}, {3, 37});
  broadcast({3, 1}, {3, 0});
  broadcast({1, 3}, {0, 3});
  broadcast({4, 1}, {2, 4, 3});
  broadcast({2, 1, 4}, {2, 3, 4});
  broadcast({1, 3, 1}, {2, 3, 4});
  broadcast({2, 1, 3, 1}, {2, 3, 3, 2});
}

void add_joins(Table& t) {
  const auto concatenation = [&t](int axis, std::vector<std::vector<Shape>> shapes) {
    const std::size_t count = shapes[0].size();
    structural(
        t, "concatenate(parts, axis)", std::to_string(count) + " along " + std::to_string(axis),
        count, [axis](const Vars& v) { return concatenate(v, axis); }, std::move(shapes),
        [axis](const Plains& x) { return concatenated(x, number(axis, x[0].shape.size())); });
  };
  concatenation(0, {{{5}}, {{2, 3}}, {{0, 3}}});
  concatenation(0, {{{2, 3}, {4, 3}},
                    {{3}, {5}},
                    {{2, 3, 2}, {1, 3, 2}},
                    {{0, 3}, {2, 3}},
                    {{0, 3}, {0, 3}},
                    {{2, 0}, {3, 0}}});
  concatenation(-1, {{{2, 3}, {2, 1}},
                     {{3}, {4}},
                     {{2, 3, 4}, {2, 3, 17}},
                     {{2, 0}, {2, 3}},
                     {{0, 2}, {0, 3}},
                     {{1, 1}, {1, 1}}});
  concatenation(1, {{{2, 3, 4}, {2, 1, 4}, {2, 2, 4}}, {{2, 3, 0}, {2, 1, 0}, {2, 2, 0}}});
  concatenation(-2, {{{2, 3, 4}, {2, 0, 4}, {2, 2, 4}}, {{3, 2}, {1, 2}, {1, 2}}});

  const auto stacking = [&t](int axis, std::vector<std::vector<Shape>> shapes) {
    const std::size_t count = shapes[0].size();
    structural(
        t, "stack(parts, axis)", std::to_string(count) + " along " + std::to_string(axis), count,
        [axis](const Vars& v) { return stack(v, axis); }, std::move(shapes),
        [axis](const Plains& x) { return stacked(x, number(axis, x[0].shape.size() + 1)); });
  };
  stacking(0, {{{}}, {{5}}, {{0, 3}}});
  stacking(0, {{{}, {}}, {{3}, {3}}, {{2, 3}, {2, 3}}, {{0}, {0}}});
  stacking(-1, {{{}, {}}, {{3}, {3}}, {{2, 3}, {2, 3}}, {{2, 0}, {2, 0}}});
  stacking(1, {{{4}, {4}}, {{2, 3}, {2, 3}}, {{2, 3, 2}, {2, 3, 2}}});
  stacking(-2, {{{2, 3}, {2, 3}, {2, 3}}, {{5}, {5}, {5}}});
}

}  // namespace

void add_shapes(Table& t) {
  add_permutations(t);
  add_broadcasts(t);
  add_joins(t);

  const auto reshape_to = [&t](const Shape& from, const Shape& to) {
    structural(
        t, "reshape(x, shape)", to_string(from) + " to " + to_string(to), 1,
        [to](const Vars& v) { return reshape(v[0], to); }, {{from}},
        [to](const Plains& x) {
          return Plain{to, x[0].data};
        });
  };
  reshape_to({2, 6}, {3, 4});
  reshape_to({}, {1, 1});
  reshape_to({5, 7}, {35});
  reshape_to({0, 3}, {0});

  const std::vector<std::vector<Shape>> shapes = {{{5}}, {{3, 7}}, {{2, 3, 6}}, {{0, 6}}};
  for (const std::size_t first : {0, 2, 5}) {
    const std::string label = "after " + std::to_string(first);
    structural(
        t, "split(x, first)", "before " + std::to_string(first), 1,
        [first](const Vars& v) { return split(v[0], first)[0]; }, shapes,
        [first](const Plains& x) { return columns(x[0], 0, first); });
    structural(
        t, "split(x, first)", label, 1, [first](const Vars& v) { return split(v[0], first)[1]; },
        shapes,
        [first](const Plains& x) { return columns(x[0], first, x[0].shape.back() - first); });
  }
  structural(
      t, "split(x, first)", "both halves", 1,
      [](const Vars& v) {
        const auto [left, right] = split(v[0], 3);
        return left * right;
      },
      {{{6}}, {{4, 6}}},
      [](const Plains& x) {
        Plain left = columns(x[0], 0, 3);
        const Plain right = columns(x[0], 3, 3);
        for (std::size_t i = 0; i < left.data.size(); ++i) left.data[i] *= right.data[i];
        return left;
      });
}

}  // namespace reference
}  // namespace EVIDENT_PRECISION
}  // namespace evident
