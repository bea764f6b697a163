#pragma once

#include <cstddef>
#include <evident/autodiff/backward.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// What a tape does besides recording.
struct TapeOptions {
  /// Stop at the first NaN, or infinity made of finite inputs, in a value or a gradient. Logarithms
  /// (log, log1p, logsumexp, log_softmax, xlogy and their like) and what is called log_prob may
  /// have infinite values.
  bool check_values = false;
  /// Keep times for `Tape::profile`.
  bool profile = false;
  /// What errors of the checks call the leaves, and the layers they belong to: `parameters(model)`.
  std::vector<NamedParameter> names = {};
};

/// What one kind of operation has cost on a tape.
struct OperationProfile {
  std::string operation;
  std::size_t count = 0;
  double forward_seconds = 0;   ///< since the operation recorded before it, whatever it did
  double backward_seconds = 0;  ///< of the backward steps that have run
  std::size_t bytes = 0;        ///< of the results, which the tape keeps
};

/// As a table, one line an operation, the most expensive first, with a line of totals.
std::string to_string(const std::vector<OperationProfile>& profile);

/// Records the operations of this thread, from its construction until it goes out of scope, for
/// `backward`. Tapes nest; the innermost records. What was recorded on one tape cannot be an input
/// under another (`stop_gradient` makes a constant of it). It is neither copied nor moved.
class Tape {
 public:
  explicit Tape(TapeOptions options = {});
  ~Tape();
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  /// Adds d loss / d leaf to the gradient of every leaf that the scalar `loss` depends on, walking
  /// the records once, newest first. May be called again; leaves add up.
  /// Errors: `loss` is not a scalar; it was not recorded on this tape; it depends on no parameter;
  /// an input was changed in place since, as an optimiser's step does. After an error of a backward
  /// step the gradients of leaves may be part of the whole: clear them.
  void backward(const Var& loss);

  /// d loss / d x for each of `wrt` (leaves or recorded values), in their shapes; zeros where the
  /// loss does not depend on x. Writes to no leaf, so that threads can share parameters.
  std::vector<Array> gradients(const Var& loss, const std::vector<Var>& wrt);

  /// u' dy/dx for each of `wrt`: the sum over the elements of `y`, each weighted by that of `u`,
  /// which has the shape of `y`. Writes to no leaf. Errors: those of `gradients`; another shape.
  std::vector<Array> pullback(const Var& y, const Array& u, const std::vector<Var>& wrt);

  /// What each kind of operation has cost so far, the most expensive first.
  /// Errors: the tape was not made with `TapeOptions::profile`.
  std::vector<OperationProfile> profile() const;

  /// The graph in the language of Graphviz: operations with their shapes, by `Scope`; leaves and
  /// layers by `names`, such as `parameters(model)`.
  std::string to_dot(const std::vector<NamedParameter>& names = {}) const;

  /// Whether `result` was computed from `source`, as far as this tape recorded.
  bool depends(const Var& result, const Var& source) const;

  /// The parameters that recorded operations read, each once.
  std::vector<Var> parameters() const;

  /// How many operations have been recorded.
  std::size_t size() const { return records_.size(); }

  /// The tape that records on this thread now; null if none does.
  static Tape* current();

  /// Whether `x` was recorded on this tape.
  bool holds(const Var& x) const { return x.node().tape == number_; }

  /// Whether an operation on these inputs is to be recorded on `current()`. Errors: an input was
  /// recorded on another tape.
  static bool records(const char* operation, const Var* const* inputs, std::size_t count);

  /// Adds a record with room for `extra` bytes behind it, for the engine's operations.
  template <class R, class... Args>
  R& emplace(std::size_t extra, Args&&... args) {
    R* record = new (room(sizeof(R) + extra)) R(std::forward<Args>(args)...);
    append(record);
    return *record;
  }

 private:
  friend class Scope;
  class Watch;

  void* room(std::size_t bytes);
  void append(detail::Record* record);
  void walk(const Var& result, Array seed, detail::Collected* collected, const char* caller);
  void step_back(detail::Record& record, detail::GradientSlot& slot, const detail::Walk& steps);
  std::vector<Array> collect(const Var& result, Array seed, const std::vector<Var>& wrt,
                             const char* caller);
  std::string scope_name(const detail::Record& record) const;

  struct Chunk {
    char* memory;
    std::size_t bytes;
  };
  struct ScopeName {
    std::string name;
    std::uint32_t outer;
  };

  std::uint64_t number_;
  Tape* outer_;
  std::unique_ptr<Watch> watch_;                             // null unless something is watched
  std::vector<ScopeName, PoolAllocator<ScopeName>> scopes_;  // counted from 1; 0 is outside of any
  std::uint32_t scope_ = 0;
  std::vector<detail::Record*, PoolAllocator<detail::Record*>> records_;
  std::vector<Chunk, PoolAllocator<Chunk>> chunks_;
  std::size_t used_ = 0;  // of the last chunk
};

/// Suspends recording on this thread while it lives.
class NoTape {
 public:
  NoTape();
  ~NoTape();
  NoTape(const NoTape&) = delete;
  NoTape& operator=(const NoTape&) = delete;

 private:
  Tape* suspended_;
};

/// Names the part of a model that is recorded while it lives, for errors and drawings of the
/// innermost tape; without one it does nothing. Traces open one for every site.
class Scope {
 public:
  explicit Scope(const std::string& name);
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  Tape* tape_;
  std::uint32_t outer_ = 0;
};

/// A constant with the value of `x`: no gradient flows through it, from whatever tape `x` is. That
/// it depends on a sampled site is not forgotten.
Var stop_gradient(const Var& x);

/// The value of `x`; its gradient arrives times `factor`, at -1 reversed (Ganin and Lempitsky
/// 2015).
Var scale_gradient(const Var& x, double factor);

/// Makes a value that depends on `inputs` without being differentiable in them, such as a draw, and
/// records that much: `Tape::depends` sees it, and no gradient flows.
Var record_dependence(const char* name, Array value, const std::vector<Var>& inputs);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
