#include <cmath>
#include <evident/autodiff/random.hpp>
#include <evident/layers/initialisers.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

Array xavier_uniform(std::size_t in, std::size_t out, Rng& rng) {
  const auto limit = static_cast<real>(std::sqrt(6.0 / static_cast<double>(in + out)));
  Array weight = uniform({in, out}, rng);
  for (real* w = weight.data(); w != weight.data() + weight.size(); ++w) {
    *w = limit * (2 * *w - 1);
  }
  return weight;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
