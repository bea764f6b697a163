#pragma once

#if defined(EVIDENT_F32) == defined(EVIDENT_F64)
#error \
    "Evident: define exactly one of EVIDENT_F32 and EVIDENT_F64, as the targets evident::f32 and evident::f64 do"
#endif

#include <limits>

// The inline namespace is part of every symbol's name: one program can link both precisions, and a
// mismatch is a link error.
#ifdef EVIDENT_F32
#define EVIDENT_PRECISION f32
#else
#define EVIDENT_PRECISION f64
#endif

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The scalar of every array: float in evident::f32, double in evident::f64.
#ifdef EVIDENT_F32
using real = float;
#else
using real = double;
#endif

namespace detail {

// From 1 to the next larger real.
inline constexpr double kRounding = std::numeric_limits<real>::epsilon();

}  // namespace detail

}  // namespace EVIDENT_PRECISION
}  // namespace evident
