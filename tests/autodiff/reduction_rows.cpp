#include <algorithm>
#include <cmath>
#include <evident/autodiff/reductions.hpp>
#include <evident/tests/autodiff/operation_rows.hpp>
#include <utility>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace reference {
namespace {

enum class Kind { kSum, kMean, kLogSumExp };

Plain reduce(Kind kind, const Plain& x, const Axes& axes, Keep keep) {
  Shape kept = x.shape;
  for (const int axis : axes) {
    kept[static_cast<std::size_t>(axis < 0 ? axis + static_cast<int>(kept.size()) : axis)] = 1;
  }
  std::vector<Long> totals(size_of(kept), 0);
  std::vector<double> counts(size_of(kept), 0);
  for (std::size_t i = 0; i < x.data.size(); ++i) {
    const std::size_t to = broadcast_index(x.shape, i, kept);
    totals[to] += kind == Kind::kLogSumExp ? std::exp(Long(x.data[i])) : Long(x.data[i]);
    counts[to] += 1;
  }
  std::vector<std::size_t> shape;
  for (std::size_t k = 0; k < kept.size(); ++k) {
    const int axis = static_cast<int>(k);
    const bool reduced =
        std::count(axes.begin(), axes.end(), axis) != 0 ||
        std::count(axes.begin(), axes.end(), axis - static_cast<int>(kept.size())) != 0;
    if (!reduced || keep == Keep::kYes) shape.push_back(kept[k]);
  }
  Plain y{Shape(shape.begin(), shape.end()), {}};
  for (std::size_t i = 0; i < totals.size(); ++i) {
    if (kind == Kind::kMean) totals[i] /= counts[i];
    if (kind == Kind::kLogSumExp) totals[i] = std::log(totals[i]);
    y.data.push_back(static_cast<double>(totals[i]));
  }
  return y;
}

void reduction(Table& t, const std::string& name, Kind kind, Var (*of_all)(const Var&),
               Var (*over)(const Var&, const Axes&, Keep)) {
  structural(
      t, name + "(x)", "", 1, [=](const Vars& v) { return of_all(v[0]); },
      {{{}}, {{37}}, {{5, 7}}, {{2, 3, 4}}, {{0}}, {{3, 0}}},
      [=](const Plains& x) { return reduce(kind, x[0], last_axes(x[0].shape.size()), Keep::kNo); });
  const std::vector<std::pair<Axes, std::vector<Shape>>> cases = {
      {{0}, {{37}, {5, 7}, {3, 11, 5}, {0, 3}, {3, 0}}},
      {{1}, {{5, 7}, {3, 11, 5}, {3, 0}}},
      {{-1}, {{37}, {5, 7}, {3, 4, 17}, {0, 3}}},
      {{-2}, {{5, 7}, {3, 4, 17}}},
      {{0, 2}, {{3, 11, 5}, {2, 3, 4, 5}}},
      {{2, 1}, {{3, 4, 17}}},
      {{-1, 0}, {{3, 4, 17}}},
      {{0, 1, 2}, {{2, 3, 4}}},
      {{}, {{5, 7}, {}}}};
  for (const auto& [axes, shapes] : cases) {
    for (const Keep keep : {Keep::kNo, Keep::kYes}) {
      std::string label = keep == Keep::kYes ? "keeping" : "over";
      for (const int axis : axes) label += " " + std::to_string(axis);
      std::vector<std::vector<Shape>> arguments;
      for (const Shape& shape : shapes) arguments.push_back({shape});
      structural(
          t, name + "(x, axes, keep)", label, 1,
          [over, axes = axes, keep](const Vars& v) { return over(v[0], axes, keep); },
          std::move(arguments),
          [kind, axes = axes, keep](const Plains& x) { return reduce(kind, x[0], axes, keep); });
    }
  }
}

}  // namespace

void add_reductions(Table& t) {
  reduction(t, "sum", Kind::kSum, sum, sum);
  reduction(t, "mean", Kind::kMean, mean, mean);
  reduction(t, "logsumexp", Kind::kLogSumExp, logsumexp, logsumexp);
}

}  // namespace reference
}  // namespace EVIDENT_PRECISION
}  // namespace evident
