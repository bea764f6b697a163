#pragma once

#include <evident/autodiff/real.hpp>
#include <set>
#include <string>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace reference {

/// The operations that the headers of autodiff/ declare, as "name(parameter, parameter)".
std::set<std::string> declared_operations();

}  // namespace reference
}  // namespace EVIDENT_PRECISION
}  // namespace evident
