#pragma once

#include <cstddef>

namespace evident {

/// Comes before every call of OpenBLAS: the first sets it to one thread per call for the whole
/// process (see `set_manages_blas_threads`). Errors: `largest_side` of the matrices is above what
/// BLAS can count, named as the fault of `function`.
void prepare_blas(const char* function, std::size_t largest_side);

}  // namespace evident
