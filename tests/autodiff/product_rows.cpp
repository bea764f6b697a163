#include <evident/autodiff/products.hpp>
#include <evident/tests/autodiff/operation_rows.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace reference {
namespace {

// (m, k) times (k, n), whatever axes `x` spreads m over.
Plain product(const Plain& x, const Plain& w, std::vector<std::size_t> shape) {
  const std::size_t k = w.shape[0];
  const std::size_t n = w.shape.size() == 2 ? w.shape[1] : 1;
  Plain y{Shape(shape.begin(), shape.end()), {}};
  y.data.assign(size_of(y.shape), 0);
  for (std::size_t i = 0; i < y.data.size(); ++i) {
    Long total = 0;
    for (std::size_t j = 0; j < k; ++j) {
      total += Long(x.data[i / n * k + j]) * w.data[j * n + i % n];
    }
    y.data[i] = static_cast<double>(total);
  }
  return y;
}

Plain matmul_reference(const Plains& x) {
  std::vector<std::size_t> shape(x[0].shape.begin(), x[0].shape.end() - 1);
  if (x[1].shape.size() == 2) shape.push_back(x[1].shape[1]);
  return product(x[0], x[1], shape);
}

Plain linear_reference(const Plains& x) {
  Plain y = matmul_reference({x[0], x[1]});
  for (std::size_t i = 0; i < y.data.size(); ++i) y.data[i] += x[2].data[i % x[2].data.size()];
  return y;
}

}  // namespace

void add_products(Table& t) {
  structural(
      t, "matmul(a, b)", "", 2, [](const Vars& v) { return matmul(v[0], v[1]); },
      {{{3, 4}, {4, 5}},
       {{2, 3, 4}, {4, 5}},
       {{4}, {4, 5}},
       {{3, 4}, {4}},
       {{4}, {4}},
       {{2, 3, 4}, {4}},
       {{1, 1}, {1, 1}},
       {{17, 37}, {37, 9}},
       {{0, 4}, {4, 5}},
       {{3, 0}, {0, 5}},
       {{3, 4}, {4, 0}},
       {{0}, {0}},
       {{2, 0, 4}, {4, 3}},
       {{2, 3, 0}, {0, 2}}},
      matmul_reference);
  structural(
      t, "linear(x, weight, bias)", "", 3, [](const Vars& v) { return linear(v[0], v[1], v[2]); },
      {{{3, 4}, {4, 5}, {5}},
       {{4}, {4, 5}, {5}},
       {{2, 3, 4}, {4, 5}, {5}},
       {{17, 37}, {37, 9}, {9}},
       {{0, 4}, {4, 5}, {5}},
       {{3, 0}, {0, 5}, {5}},
       {{3, 4}, {4, 0}, {0}}},
      linear_reference);
}

}  // namespace reference
}  // namespace EVIDENT_PRECISION
}  // namespace evident
