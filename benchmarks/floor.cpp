#include "benchmarks/floor.hpp"

#include <algorithm>
#include <cmath>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/threads.hpp>

namespace evident::benchmarks {

Floor::Floor(std::size_t batch, const std::vector<std::pair<std::size_t, std::size_t>>& layers,
             std::size_t sources) {
  std::size_t parameters = 0;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto [in, out] = layers[i];
    add(Transpose::kNo, Transpose::kNo, batch, out, in);
    add(Transpose::kYes, Transpose::kNo, in, out, batch);
    if (i >= sources) add(Transpose::kNo, Transpose::kYes, batch, in, out);
    parameters += in * out + out;
  }
  Rng rng(1, "floor");
  parameters_ = uniform({parameters}, rng);
  gradients_ = uniform({parameters}, rng);
  mean_ = zeros({parameters});
  square_ = ones({parameters});
}

void Floor::add(Transpose ta, Transpose tb, std::size_t m, std::size_t n, std::size_t k) {
  Rng rng(1, "floor");
  products_.push_back({ta, tb, m, n, k, uniform({m, k}, rng), uniform({k, n}, rng), zeros({m, n})});
}

void Floor::step() {
  for (Product& p : products_) {
    const std::size_t a_stride = p.transpose_a == Transpose::kYes ? p.m : p.k;
    const std::size_t b_stride = p.transpose_b == Transpose::kYes ? p.k : p.n;
    gemm(p.transpose_a, p.transpose_b, p.m, p.n, p.k, real(1), {p.a.data(), a_stride},
         {p.b.data(), b_stride}, real(0), {p.c.data(), p.n});
  }
  pass();
}

void Floor::pass() {
  constexpr std::size_t kSlice = 16384;
  parallel((parameters_.size() + kSlice - 1) / kSlice, [&](std::size_t slice) {
    const std::size_t last = std::min(parameters_.size(), (slice + 1) * kSlice);
    real* x = parameters_.data();
    const real* g = gradients_.data();
    real* m = mean_.data();
    real* v = square_.data();
    for (std::size_t i = slice * kSlice; i < last; ++i) {
      m[i] = real(0.9) * m[i] + real(0.1) * g[i];
      v[i] = real(0.999) * v[i] + real(0.001) * g[i] * g[i];
      x[i] -= real(1e-3) * m[i];
    }
  });
}

}  // namespace evident::benchmarks
