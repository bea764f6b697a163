#pragma once

#include <evident/layers/visitor.hpp>
#include <string>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

namespace detail {
std::string summary(const std::vector<Held>& held);
}  // namespace detail

/// What a model holds, as a table to print: name, shape and number of elements of every parameter
/// and buffer, and whether it is trained, frozen or a buffer; the totals below.
template <class Model>
std::string summary(const Model& model) {
  return detail::summary(detail::held(model));
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
