#pragma once

#include <chrono>
#include <cstddef>
#include <evident/autodiff/tape.hpp>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

// What leaves are called, and the layers they belong to.
class LeafNames {
 public:
  explicit LeafNames(const std::vector<NamedParameter>& names);

  // The name of a leaf, "encoder.0.weight"; empty if it has none.
  std::string of(const Var& leaf) const;
  // The layer that a record belongs to by the leaves it uses, "encoder.0"; empty if by none.
  std::string layer(const Record& record) const;

 private:
  std::unordered_map<const Node*, std::string> names_;
};

}  // namespace detail

// What a tape with `TapeOptions` looks at while it records and walks back.
class Tape::Watch {
 public:
  Watch(const Tape& tape, TapeOptions options);

  // Errors: with `check_values`, a value that must not be.
  void recorded(const detail::Record& record);
  // After its backward step. Errors: with `check_values`, a gradient that must not be.
  void stepped_back(const detail::Record& record, const detail::Walk& steps);
  // Begins a walk back: the time before it is nobody's.
  void begin_walk() { mark_ = Clock::now(); }

  bool profiles() const { return options_.profile; }
  std::vector<OperationProfile> profile() const;

 private:
  using Clock = std::chrono::steady_clock;

  double seconds_since_mark();
  void check_value(const detail::Record& record) const;
  void check_gradients(const detail::Record& record, const detail::Walk& steps) const;
  std::string place(const detail::Record& record) const;
  std::string chain(const detail::Record& record) const;
  const detail::Record* maker(const Var& value) const;

  const Tape& tape_;
  TapeOptions options_;
  detail::LeafNames names_;
  Clock::time_point mark_;
  std::map<std::string, OperationProfile> costs_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
