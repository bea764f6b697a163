#pragma once

#include <array>
#include <evident/autodiff/tape.hpp>
#include <tuple>
#include <utility>
#include <vector>

// How an operation that is not elementwise is written.

namespace evident {
inline namespace EVIDENT_PRECISION {

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
  if (detail::GradientSlot* slot = walk.slot(input)) {
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

}  // namespace EVIDENT_PRECISION
}  // namespace evident
