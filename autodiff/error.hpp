#pragma once

#include <stdexcept>

namespace evident {

/// Base of every exception Evident throws.
///
/// `what()` is one line: the function, what it got, what it expected and what to do.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Arrays whose shapes do not fit together, or do not fit the function they were given to.
class ShapeError : public Error {
 public:
  using Error::Error;
};

}  // namespace evident
