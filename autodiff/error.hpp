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

/// Numbers for which what was asked is not defined, such as a matrix that is not positive definite
/// or an observation outside the support: a density takes it for a place where it is 0.
class DomainError : public Error {
 public:
  using Error::Error;
};

/// A parameter of a distribution outside its constraint, such as a scale that is not positive.
class ParameterError : public DomainError {
 public:
  using DomainError::DomainError;
};

}  // namespace evident
