#include <algorithm>
#include <evident/autodiff/along_axis.hpp>
#include <evident/autodiff/permute.hpp>
#include <evident/autodiff/threads.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {
namespace {

constexpr std::size_t kTile = 256;  // the side of a tile, which stays in the cache
constexpr std::size_t kSide = kAlignment / sizeof(real);  // of a square of whole cache lines

// An axis of the result, and the distances between neighbours along it.
struct Axis {
  std::size_t length, from, to;
};

// The axes of the result from the outermost; those of length 1 left out, those that lie together
// on both sides joined.
std::vector<Axis> joined_axes(const Shape& shape, const std::vector<std::size_t>& order) {
  std::vector<std::size_t> strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  std::vector<Axis> axes;
  for (const std::size_t axis : order) {
    const std::size_t length = shape[axis];
    if (length == 1) continue;
    if (!axes.empty() && axes.back().from == length * strides[axis]) {
      axes.back().length *= length;
      axes.back().from = strides[axis];
    } else {
      axes.push_back({length, strides[axis], 0});
    }
  }
  std::size_t stride = 1;
  for (std::size_t i = axes.size(); i-- > 0;) {
    axes[i].to = stride;
    stride *= axes[i].length;
  }
  return axes;
}

// One square of whole cache lines. It passes through two local squares: the compiler turns what
// happens between them into shuffles of registers.
template <bool Adds>
void transpose_square(const real* from, std::size_t from_stride, real* to, std::size_t to_stride) {
  real rows[kSide][kSide];
  real columns[kSide][kSide];
  for (std::size_t i = 0; i < kSide; ++i) std::copy_n(from + i * from_stride, kSide, rows[i]);
  for (std::size_t i = 0; i < kSide; ++i) {
    for (std::size_t j = 0; j < kSide; ++j) columns[j][i] = rows[i][j];
  }
  for (std::size_t j = 0; j < kSide; ++j) {
    if constexpr (Adds) {
      for (std::size_t i = 0; i < kSide; ++i) to[j * to_stride + i] += columns[j][i];
    } else {
      std::copy_n(columns[j], kSide, to + j * to_stride);
    }
  }
}

// The exchange of two axes: rows of x, which become columns, of cells that are runs of `run`
// elements and stay as they are.
struct Plane {
  std::size_t rows, columns, run;
  std::size_t from_stride, to_stride;  // between rows of x, and between rows of the result
};

// Exchanges the axes of one block of cells.
template <bool Adds>
void transpose_tile(const Plane& p, const Block& b, const real* from, real* to) {
  if (p.run > 1) {
    with_length(p.run, [&](auto run) {
      for (std::size_t j = b.first_column; j < b.last_column; ++j) {
        const real* source = from + b.first_row * p.from_stride + j * run;
        real* target = to + j * p.to_stride + b.first_row * run;
        for (std::size_t i = b.first_row; i < b.last_row; ++i) {
          put(source, run, Adds, target);
          source += p.from_stride;
          target += run;
        }
      }
    });
    return;
  }
  for (std::size_t column = b.first_column; column < b.last_column; column += kSide) {
    for (std::size_t row = b.first_row; row < b.last_row; row += kSide) {
      const real* source = from + row * p.from_stride + column;
      real* target = to + column * p.to_stride + row;
      const std::size_t height = std::min(kSide, b.last_row - row);
      const std::size_t width = std::min(kSide, b.last_column - column);
      if (height == kSide && width == kSide) {
        transpose_square<Adds>(source, p.from_stride, target, p.to_stride);
        continue;
      }
      for (std::size_t j = 0; j < width; ++j) {
        for (std::size_t i = 0; i < height; ++i) {
          const real element = source[i * p.from_stride + j];
          if constexpr (Adds) {
            target[j * p.to_stride + i] += element;
          } else {
            target[j * p.to_stride + i] = element;
          }
        }
      }
    }
  }
}

template <bool Adds>
void permute_axes(std::vector<Axis> axes, const real* x, real* to) {
  std::size_t run = 1;
  if (axes.back().from == 1) {
    run = axes.back().length;
    axes.pop_back();
  }
  // The innermost axes of the two sides, which are exchanged; they differ, or they would be joined.
  const Axis down = axes.back();
  axes.pop_back();
  const auto innermost = std::min_element(
      axes.begin(), axes.end(), [](const Axis& a, const Axis& b) { return a.from < b.from; });
  const Axis across = *innermost;
  axes.erase(innermost);
  const Plane plane = {down.length, across.length, run, down.from, across.to};

  std::size_t side = kTile;
  while (side > 1 && side * side * run > kTile * kTile) side /= 2;
  const std::size_t tiles_down = (plane.rows + side - 1) / side;
  const std::size_t tiles_across = (plane.columns + side - 1) / side;
  std::size_t tiles = tiles_down * tiles_across;
  for (const Axis& axis : axes) tiles *= axis.length;
  const std::size_t in_tile = std::min(side, plane.rows) * std::min(side, plane.columns) * run;
  constexpr std::size_t kTask = 32768;  // elements that are worth another thread's attention
  const std::size_t each = std::max<std::size_t>(kTask / in_tile, 1);
  parallel((tiles + each - 1) / each, [&](std::size_t task) {
    for (std::size_t tile = task * each; tile < std::min(tiles, (task + 1) * each); ++tile) {
      // Next to each other are the tiles across a plane, then those down it, then the planes.
      std::size_t rest = tile;
      const std::size_t column = rest % tiles_across * side;
      rest /= tiles_across;
      const std::size_t row = rest % tiles_down * side;
      rest /= tiles_down;
      std::size_t from = 0;
      std::size_t at = 0;
      for (std::size_t i = axes.size(); i-- > 0;) {
        from += rest % axes[i].length * axes[i].from;
        at += rest % axes[i].length * axes[i].to;
        rest /= axes[i].length;
      }
      transpose_tile<Adds>(
          plane,
          {row, std::min(plane.rows, row + side), column, std::min(plane.columns, column + side)},
          x + from, to + at);
    }
  });
}

}  // namespace

void permute_into(const Array& x, const std::vector<std::size_t>& order, bool adds, real* to) {
  if (x.size() == 0) return;
  std::vector<Axis> axes = joined_axes(x.shape(), order);
  if (axes.size() < 2) {  // nothing moves
    copy_runs({1, x.size(), 0, 0}, x.data(), adds, to);
  } else if (adds) {
    permute_axes<true>(std::move(axes), x.data(), to);
  } else {
    permute_axes<false>(std::move(axes), x.data(), to);
  }
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
