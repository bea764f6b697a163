#pragma once

#include <cstddef>
#include <evident/autodiff/array.hpp>
#include <evident/autodiff/gemm.hpp>
#include <utility>
#include <vector>

namespace evident::benchmarks {

/// The least that a training step of a network can cost: the matrix products of its linear layers,
/// forward and backward, on buffers of their own, and one pass over the parameters, their gradients
/// and Adam's two moments. Everything else a step does is overhead.
class Floor {
 public:
  /// `layers` are the (in, out) of the linear layers; those in `sources` read data, which need no
  /// gradient.
  Floor(std::size_t batch, const std::vector<std::pair<std::size_t, std::size_t>>& layers,
        std::size_t sources);

  /// Products and pass.
  void step();
  /// The pass over parameters, gradients and moments alone.
  void pass();

 private:
  struct Product {
    Transpose transpose_a, transpose_b;
    std::size_t m, n, k;
    Array a, b, c;
  };

  void add(Transpose ta, Transpose tb, std::size_t m, std::size_t n, std::size_t k);

  std::vector<Product> products_;
  Array parameters_, gradients_, mean_, square_;
};

}  // namespace evident::benchmarks
