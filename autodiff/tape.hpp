#pragma once

#include <array>
#include <cstddef>
#include <evident/autodiff/var.hpp>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Where a backward step leaves the gradient of one input. The first step to arrive overwrites, the
/// others add, so nothing is filled with zeros first.
class GradSink {
 public:
  GradSink(std::optional<Array>& slot, const Shape& shape)
      : slot_(slot), shape_(shape), adds_(slot.has_value()) {}

  /// The shape of the input.
  const Shape& shape() const { return shape_; }
  /// Whether `data()` holds earlier contributions to add to; if not, every element must be written.
  bool adds() const { return adds_; }
  /// The gradient's elements, in the input's shape; not set unless `adds()`.
  real* data();
  /// Contributes a whole gradient, of the input's shape or one that broadcasts to it.
  void add(Array gradient);

 private:
  std::optional<Array>& slot_;
  const Shape& shape_;
  bool adds_;
};

namespace detail {

// The leaves whose gradients a walk collects aside, or nothing: then leaves keep their own.
using Collected = std::unordered_map<const Node*, std::optional<Array>>;

// One walk back over a tape.
class Walk {
 public:
  explicit Walk(Collected* collected) : collected_(collected) {}
  // The slot for the gradient of `input`, null where none is wanted.
  std::optional<Array>* slot(const Var& input) const;

 private:
  Collected* collected_;
};

// An operation that was computed: its name, inputs, output and backward step.
class Record {
 public:
  Record(const char* name, Var output) : name_(name), output_(std::move(output)) {}
  virtual ~Record() = default;
  Record(const Record&) = delete;
  Record& operator=(const Record&) = delete;

  // `gradient` may be of a shape that broadcasts to the output's.
  virtual void backward(Array gradient, const Walk& walk) = 0;
  virtual const Var* inputs() const = 0;
  virtual std::size_t input_count() const = 0;

  const char* name() const { return name_; }
  const Var& output() const { return output_; }

  // Remembers the versions of the inputs' values, for a later look whether they still stand.
  void note_versions() { versions_ = versions(); }
  bool inputs_unchanged() const { return versions_ == versions(); }

 private:
  std::uint64_t versions() const {
    std::uint64_t total = 0;  // versions only grow: the sum tells
    for (std::size_t k = 0; k < input_count(); ++k) total += inputs()[k].node().version;
    return total;
  }

  const char* name_;
  Var output_;
  std::uint64_t versions_ = 0;
};

// `gradient`, repeated to `shape` if it is smaller.
Array expanded(Array gradient, const Shape& shape);

}  // namespace detail

/// Records the operations of this thread, from its construction until it goes out of scope, for
/// `backward`. Tapes nest; the innermost records. What was recorded on one tape cannot be an input
/// under another (`stop_gradient` makes a constant of it). It is neither copied nor moved.
class Tape {
 public:
  Tape();
  ~Tape();
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  /// Adds d loss / d leaf to the gradient of every leaf that the scalar `loss` depends on, walking
  /// the records once, newest first. May be called again; leaves add up.
  /// Errors: `loss` is not a scalar; it was not recorded on this tape; it depends on no parameter;
  /// an input was changed in place since, as an optimiser's step does.
  void backward(const Var& loss);

  /// d loss / d x for each of `wrt` (leaves or recorded values), in their shapes; zeros where the
  /// loss does not depend on x. Writes to no leaf, so that threads can share parameters.
  std::vector<Array> gradients(const Var& loss, const std::vector<Var>& wrt);

  /// Whether `result` was computed from `source`, as far as this tape recorded.
  bool depends(const Var& result, const Var& source) const;

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
  void* room(std::size_t bytes);
  void append(detail::Record* record);
  void walk(const Var& loss, detail::Collected* collected, const char* caller);

  struct Chunk {
    char* memory;
    std::size_t bytes;
  };

  std::uint64_t number_;
  Tape* outer_;
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

/// One input of an operation, with the step that sends it its gradient: a callable
/// `void(const Array& gradient, const Array& output, GradSink& sink)`, `gradient` and `output` in
/// the output's shape. Steps may use operations: nothing is recorded while they run.
template <class Step>
struct Edge {
  Var input;
  Step step;
};

/// Makes an `Edge`.
template <class Step>
Edge<Step> edge(const Var& input, Step step) {
  return {input, std::move(step)};
}

namespace detail {

template <class Step>
void run_step(const Step& step, const Var& input, const Array& gradient, const Var& output,
              const Walk& walk) {
  if (std::optional<Array>* slot = walk.slot(input)) {
    GradSink sink(*slot, input.shape());
    step(gradient, output.value(), sink);
  }
}

template <class... Steps>
class StepRecord final : public Record {
 public:
  StepRecord(const char* name, Var output, Edge<Steps>... edges)
      : Record(name, std::move(output)),
        inputs_{std::move(edges.input)...},
        steps_{std::move(edges.step)...} {}

  void backward(Array gradient, const Walk& walk) override {
    const Array dense = expanded(std::move(gradient), output().shape());
    run(dense, walk, std::index_sequence_for<Steps...>());
  }
  const Var* inputs() const override { return inputs_.data(); }
  std::size_t input_count() const override { return inputs_.size(); }

 private:
  template <std::size_t... I>
  void run(const Array& gradient, const Walk& walk, std::index_sequence<I...>) {
    (run_step(std::get<I>(steps_), inputs_[I], gradient, output(), walk), ...);
  }

  std::array<Var, sizeof...(Steps)> inputs_;
  std::tuple<Steps...> steps_;
};

// The same for a number of inputs that is known when it runs.
template <class Step>
class StepListRecord final : public Record {
 public:
  StepListRecord(const char* name, Var output, std::vector<Edge<Step>> edges)
      : Record(name, std::move(output)) {
    for (Edge<Step>& e : edges) {
      inputs_.push_back(std::move(e.input));
      steps_.push_back(std::move(e.step));
    }
  }

  void backward(Array gradient, const Walk& walk) override {
    const Array dense = expanded(std::move(gradient), output().shape());
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      run_step(steps_[i], inputs_[i], dense, output(), walk);
    }
  }
  const Var* inputs() const override { return inputs_.data(); }
  std::size_t input_count() const override { return inputs_.size(); }

 private:
  std::vector<Var> inputs_;
  std::vector<Step> steps_;
};

// A Var for a result that a tape is about to record.
Var recorded(const char* name, Array value, const Var* const* inputs, std::size_t count);

}  // namespace detail

/// Makes the result of an operation that is not elementwise, and records it if a tape is live and
/// an input needs a gradient: its name, its value, and an `edge` for every differentiable input.
template <class... Steps>
Var record(const char* name, Array value, Edge<Steps>... edges) {
  const Var* inputs[] = {&edges.input...};
  if (!Tape::records(name, inputs, sizeof...(Steps))) return Var(std::move(value));
  Var output = detail::recorded(name, std::move(value), inputs, sizeof...(Steps));
  Tape::current()->emplace<detail::StepRecord<Steps...>>(0, name, output, std::move(edges)...);
  return output;
}

/// The same for any number of inputs, such as the parts of `concatenate`.
template <class Step>
Var record(const char* name, Array value, std::vector<Edge<Step>> edges) {
  std::vector<const Var*> inputs;
  for (const Edge<Step>& e : edges) inputs.push_back(&e.input);
  if (!Tape::records(name, inputs.data(), inputs.size())) return Var(std::move(value));
  Var output = detail::recorded(name, std::move(value), inputs.data(), inputs.size());
  Tape::current()->emplace<detail::StepListRecord<Step>>(0, name, output, std::move(edges));
  return output;
}

/// A constant with the value of `x`: no gradient flows through it, from whatever tape `x` is. That
/// it depends on a sampled site is not forgotten.
Var stop_gradient(const Var& x);

/// Makes a value that depends on `inputs` without being differentiable in them, such as a draw, and
/// records that much: `Tape::depends` sees it, and no gradient flows.
Var record_dependence(const char* name, Array value, const std::vector<Var>& inputs);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
