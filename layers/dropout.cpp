#include <fmt/format.h>

#include <evident/autodiff/elementwise.hpp>
#include <evident/layers/dropout.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

Dropout::Dropout(double rate_) : rate(rate_) {
  if (!(rate >= 0 && rate < 1)) {
    throw Error(fmt::format(
        "Dropout: the rate must be in [0, 1), got {}: it is the fraction to drop, not to keep",
        rate));
  }
}

Var Dropout::operator()(const Var& x, Rng* noise) const {
  if (noise == nullptr || rate == 0) return x;
  return elementwise([](auto x, auto kept) { return where(kept == 0.0, 0.0, x * kept); }, x,
                     bernoulli_mask(x.shape(), 1 - rate, 1 / (1 - rate), *noise), "Dropout");
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
