#pragma once

#include <evident/autodiff/error.hpp>
#include <functional>
#include <string>

namespace evident::testing {

inline bool contains(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

/// What the error says with which the call ends.
inline std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace evident::testing
