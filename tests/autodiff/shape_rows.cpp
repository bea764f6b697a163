#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/tests/autodiff/operation_rows.hpp>

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

}  // namespace

void add_shapes(Table& t) {
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
