#include <algorithm>
#include <cmath>
#include <evident/distributions/summation_rule.hpp>
#include <utility>

namespace evident {
namespace counting {
namespace {

// The weights w with sum_i w_i P_j(x_i) = N for j = 0 and 0 for others, by elimination. The P_j are
// Gram's polynomials, orthogonal over the N numbers x = (2 i - N + 1) / N (Abramowitz and Stegun
// 1964, 22.17), so that a sum of any but the first over them is 0.
template <std::size_t n>
std::array<double, n> fitted_weights(const std::array<double, n>& x, double count) {
  std::array<std::array<double, n + 1>, n> rows;
  for (std::size_t i = 0; i < n; ++i) {
    double before = 0, p = 1;
    for (std::size_t j = 0; j < n; ++j) {
      rows[j][i] = p;
      const auto degree = static_cast<double>(j);
      const double shrink = 1 - degree * degree / (count * count);
      before =
          std::exchange(p, ((2 * degree + 1) * x[i] * p - degree * shrink * before) / (degree + 1));
    }
  }
  for (std::size_t j = 0; j < n; ++j) rows[j][n] = j == 0 ? count : 0;
  for (std::size_t k = 0; k < n; ++k) {
    const auto larger = [&](const auto& a, const auto& b) {
      return std::abs(a[k]) < std::abs(b[k]);
    };
    std::swap(rows[k],
              *std::max_element(rows.begin() + static_cast<std::ptrdiff_t>(k), rows.end(), larger));
    for (std::size_t j = k + 1; j < n; ++j) {
      const double factor = rows[j][k] / rows[k][k];
      for (std::size_t i = k; i <= n; ++i) rows[j][i] -= factor * rows[k][i];
    }
  }
  std::array<double, n> weights;
  for (std::size_t k = n; k-- > 0;) {
    double sum = rows[k][n];
    for (std::size_t i = k + 1; i < n; ++i) sum -= rows[k][i] * weights[i];
    weights[k] = sum / rows[k][k];
  }
  return weights;
}

// Of those that are `used`, n in all; others have none.
template <std::size_t n, class Used>
SummationRule::Weights weights_of(const SummationRule::Weights& x, double count, Used used) {
  std::array<double, n> some;
  for (std::size_t i = 0, k = 0; i < x.size(); ++i) {
    if (used(i)) some[k++] = x[i];
  }
  some = fitted_weights(some, count);
  SummationRule::Weights weights;
  for (std::size_t i = 0, k = 0; i < x.size(); ++i) weights[i] = used(i) ? some[k++] : 0;
  return weights;
}

double rounded(double x, int digits) {
  if (x == 0) return 0;
  const int places = digits - 1 - std::ilogb(x);
  return std::scalbn(std::nearbyint(std::scalbn(x, places)), -places);
}

}  // namespace

SummationRule::SummationRule(double from, double to, int digits) {
  const double count = to - from;
  Weights x;
  for (std::size_t i = 0; i < kNodes; ++i) {
    const double angle = std::acos(-1.0) * static_cast<double>(i) / (kNodes - 1);
    const double exact = from + std::round((count - 1) * 0.5 * (1 - std::cos(angle)));
    node[i] = rounded(exact, digits);
    x[i] = (2 * (node[i] - from) - count + 1) / count;
  }
  all = weights_of<kNodes>(x, count, [](std::size_t) { return true; });
  two_thirds = weights_of<12>(x, count, [](std::size_t i) { return i % 3 != 2; });
  half = weights_of<9>(x, count, [](std::size_t i) { return i % 2 == 0; });
}

}  // namespace counting
}  // namespace evident
