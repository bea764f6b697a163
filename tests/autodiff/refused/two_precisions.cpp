// Refused: define exactly one of EVIDENT_F32 and EVIDENT_F64
#define EVIDENT_F32
#include <evident/autodiff/real.hpp>
