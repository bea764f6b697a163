// Refused: define exactly one of EVIDENT_F32 and EVIDENT_F64
#undef EVIDENT_F64
#include <evident/autodiff/real.hpp>
