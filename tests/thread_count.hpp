#pragma once

#include <cstddef>
#include <evident/autodiff/threads.hpp>

namespace evident::testing {

/// Sets the number of threads for one test.
class Threads {
 public:
  explicit Threads(std::size_t count) { set_threads(count); }
  ~Threads() { set_threads(before_); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  std::size_t before_ = threads();
};

}  // namespace evident::testing
