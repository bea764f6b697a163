#include <algorithm>
#include <evident/autodiff/gradients.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

Array jacobian(Tape& tape, const Var& y, const Var& x) {
  Array result = uninitialised(joined(y.shape(), x.shape()));
  Array u = zeros(y.shape());
  for (std::size_t i = 0; i < y.size(); ++i) {
    u.data()[i] = 1;
    const Array row = tape.pullback(y, u, {x})[0];
    std::copy_n(row.data(), row.size(), result.data() + i * row.size());
    u.data()[i] = 0;
  }
  return result;
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
