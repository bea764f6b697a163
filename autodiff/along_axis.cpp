#include <fmt/format.h>

#include <algorithm>
#include <evident/autodiff/along_axis.hpp>
#include <evident/autodiff/record.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {
namespace {

constexpr std::size_t kMultiple = 64;  // of columns: threads do not share a line of the cache

std::size_t rounded_up(std::size_t count, std::size_t multiple) {
  return (count + multiple - 1) / multiple * multiple;
}

}  // namespace

Blocks::Blocks(std::size_t rows, std::size_t columns, std::size_t weight)
    : rows_(rows), columns_(columns), height_(rows), width_(columns) {
  if (rows == 0 || columns == 0) return;
  weight = std::max<std::size_t>(weight, 1);
  constexpr std::size_t kTask = 32768;  // elements that are worth another thread's attention
  const std::size_t enough = std::max<std::size_t>(kTask / weight, 1);
  if (columns >= 2 * enough) width_ = rounded_up(enough, kMultiple);
  height_ = std::max<std::size_t>(enough / width_, 1);
  down_ = (rows + height_ - 1) / height_;
  across_ = (columns + width_ - 1) / width_;
}

Block Blocks::operator[](std::size_t i) const {
  const std::size_t row = i / across_ * height_;
  const std::size_t column = i % across_ * width_;
  return {row, std::min(rows_, row + height_), column, std::min(columns_, column + width_)};
}

void copy_runs(const Runs& runs, const real* from, bool adds, real* to) {
  in_blocks(runs.count, runs.length, 1, [&](const Block& b) {
    const real* source = from + b.first_row * runs.from_step + b.first_column;
    real* target = to + b.first_row * runs.to_step + b.first_column;
    with_length(b.last_column - b.first_column, [&](auto length) {
      for (std::size_t i = b.first_row; i < b.last_row; ++i) {
        put(source, length, adds, target);
        source += runs.from_step;
        target += runs.to_step;
      }
    });
  });
}

Var cut(const char* name, const Var& x, std::size_t axis, std::size_t first, std::size_t last) {
  Shape shape = x.shape();
  shape[axis] = last - first;
  const Extents e = extents(x.shape(), axis, axis + 1);
  // Where the run that is cut out lies in a row of x.
  const std::size_t row = e.middle * e.inner;
  const std::size_t begin = first * e.inner;
  const std::size_t end = last * e.inner;
  Array value = uninitialised(shape);
  copy_runs({e.outer, end - begin, row, end - begin}, x.value().data() + begin, false,
            value.data());
  return record(
      name, std::move(value), edge(x, [=](const Array& gradient, const Array&, GradSink& sink) {
        const bool adds = sink.adds();
        real* out = sink.data();
        in_blocks(e.outer, row, 1, [&](const Block& b) {
          const std::size_t from = std::clamp(begin, b.first_column, b.last_column);
          const std::size_t to = std::clamp(end, b.first_column, b.last_column);
          for (std::size_t i = b.first_row; i < b.last_row; ++i) {
            real* line = out + i * row;
            if (!adds) {
              std::fill(line + b.first_column, line + from, real(0));
              std::fill(line + to, line + b.last_column, real(0));
            }
            if (from == to) continue;
            put(gradient.data() + i * (end - begin) + (from - begin), to - from, adds, line + from);
          }
        });
      }));
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
