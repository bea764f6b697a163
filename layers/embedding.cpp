#include <evident/autodiff/indexing.hpp>
#include <evident/autodiff/random.hpp>
#include <evident/layers/embedding.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

Embedding::Embedding(Rng& rng, std::size_t count, std::size_t size)
    : weight(Var::parameter(standard_normal({count, size}, rng))) {}

Var Embedding::operator()(const Var& indices, Rng*) const {
  if (indices.needs_gradient()) {
    throw Error(
        "Embedding: the indices need a gradient, and a look-up has none in them: pass a constant, "
        "or stop_gradient of them");
  }
  return detail::select("Embedding", weight, 0, indices);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
