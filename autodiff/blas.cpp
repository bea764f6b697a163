#include <cblas.h>

#include <evident/autodiff/blas.hpp>
#include <evident/autodiff/error.hpp>
#include <evident/autodiff/threads.hpp>
#include <limits>
#include <mutex>
#include <string>

namespace evident {

void prepare_blas(const char* function, std::size_t largest_side) {
  if (largest_side > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw ShapeError(std::string(function) +
                     ": a matrix side is above 2147483647, the limit of BLAS: split it");
  }
  static std::once_flag configured;
  if (manages_blas_threads()) std::call_once(configured, [] { openblas_set_num_threads(1); });
}

}  // namespace evident
