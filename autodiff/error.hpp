#pragma once

#include <stdexcept>

namespace evident {

/// Base of every exception Evident throws.
///
/// `what()` says the function, what it got, what it expected and what to do; a table of shapes may
/// follow.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Arrays whose shapes do not fit together, or do not fit the function they were given to.
class ShapeError : public Error {
 public:
  using Error::Error;
};

/// A parameter of a distribution outside its constraint, such as a scale that is not positive.
class ParameterError : public Error {
 public:
  using Error::Error;
};

}  // namespace evident
