#include "benchmarks/regression_floor.hpp"

#include <cblas.h>

#include <evident/autodiff/functions.hpp>
#include <evident/autodiff/threads.hpp>
#include <utility>

namespace evident::benchmarks {
namespace {

constexpr std::size_t kParts = 2;  // as many as cores; whole registers each

std::size_t columns_of(const Array& x) { return x.shape()[1]; }

}  // namespace

RegressionFloor::RegressionFloor(Array x, Array y)
    : x_(std::move(x)),
      y_(std::move(y)),
      logits_(zeros(y_.shape())),
      slopes_(zeros(y_.shape())),
      gradient_(zeros({columns_of(x_)})),
      parts_(kParts, zeros({columns_of(x_)})) {
  openblas_set_num_threads(1);  // the rows are split here instead
}

// y l - softplus(l), summed, and its derivative y - sigmoid(l): one exponential for both.
double RegressionFloor::pass(std::size_t first, std::size_t last) {
  using L = Lanes<real>;
  L sum = 0.0;
  for (std::size_t i = first; i < last; i += L::kWidth) {
    const L l = L::load(logits_.data() + i), y = L::load(y_.data() + i);
    const L e = exp(-abs(l));
    sum += y * l - (where(l > 0.0, l, L(0.0)) + log1p_of_unit(e));
    (y - where(l > 0.0, L(1.0), e) / (1.0 + e)).store(slopes_.data() + i);
  }
  return xsimd::hadd(sum.v);
}

double RegressionFloor::step(const Array& w) {
  const std::size_t columns = columns_of(x_), length = y_.size() / kParts;
  const int height = static_cast<int>(length), width = static_cast<int>(columns);
  double sums[kParts];
  parallel(kParts, [&](std::size_t part) {
    cblas_dgemv(CblasRowMajor, CblasNoTrans, height, width, 1, x_.data() + part * length * columns,
                width, w.data(), 1, 0, logits_.data() + part * length, 1);
  });
  parallel(kParts,
           [&](std::size_t part) { sums[part] = pass(part * length, (part + 1) * length); });
  parallel(kParts, [&](std::size_t part) {
    cblas_dgemv(CblasRowMajor, CblasTrans, height, width, 1, x_.data() + part * length * columns,
                width, slopes_.data() + part * length, 1, 0, parts_[part].data(), 1);
  });
  double total = 0;
  for (std::size_t j = 0; j < columns; ++j) gradient_.data()[j] = 0;
  for (std::size_t part = 0; part < kParts; ++part) {
    total += sums[part];
    const real* row = parts_[part].data();
    for (std::size_t j = 0; j < columns; ++j) gradient_.data()[j] += row[j];
  }
  return total;
}

}  // namespace evident::benchmarks
