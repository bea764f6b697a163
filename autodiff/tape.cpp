#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/record.hpp>
#include <evident/autodiff/watch.hpp>
#include <unordered_set>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 15;

std::atomic<std::uint64_t> tapes{0};
thread_local Tape* innermost = nullptr;

class DependenceRecord final : public detail::Record {
 public:
  DependenceRecord(const char* name, Var output, std::vector<Var> inputs)
      : Record(name, std::move(output)), inputs_(std::move(inputs)) {}
  void backward(Array, const detail::Walk&) override {}
  const Var* inputs() const override { return inputs_.data(); }
  std::size_t input_count() const override { return inputs_.size(); }

 private:
  std::vector<Var> inputs_;
};

constexpr auto kAdd = [](auto a, auto b) { return a + b; };
constexpr auto kSame = [](auto a) { return a; };

// What a walk from a scalar loss begins with.
Array seed_of(const Var& loss, const char* caller) {
  if (loss.size() != 1) {
    throw ShapeError(
        fmt::format("{}: the loss has shape {}, expected a scalar: sum it or take its mean first",
                    caller, to_string(loss.shape())));
  }
  return ones(loss.shape());
}

}  // namespace

real* GradSink::data() {
  if (!slot_.has_value()) {
    slot_ = uninitialised(shape_);
  } else if (slot_->size() != size_of(shape_)) {
    slot_ = detail::expanded(std::move(*slot_), shape_);
  }
  return slot_->data();
}

void GradSink::add(Array gradient) {
  if (broadcast_shape(gradient.shape(), shape_, "GradSink::add") != shape_) {
    throw ShapeError(fmt::format(
        "GradSink::add: a gradient of shape {} does not fit an input of shape {}: a backward step "
        "contributes the input's shape, or one that broadcasts to it",
        to_string(gradient.shape()), to_string(shape_)));
  }
  if (!slot_.has_value()) {
    slot_ = std::move(gradient);
  } else {
    data();
    detail::compute_into(*slot_, kAdd, *slot_, gradient);
  }
}

namespace detail {

detail::GradientSlot* Walk::slot(const Var& input) const {
  Node& node = input.node();
  if (!node.needs_gradient) return nullptr;
  if (collected_ != nullptr) {
    const auto found = collected_->find(&node);
    if (found != collected_->end()) return &found->second;
    if (node.tape == 0) return nullptr;
  }
  return &node.gradient;
}

Array expanded(Array gradient, const Shape& shape) {
  if (gradient.shape() == shape) return gradient;
  Array result = uninitialised(shape);
  compute_into(result, kSame, gradient);
  return result;
}

Var recorded(const char* name, Array value, const Var* const* inputs, std::size_t count) {
  Var output(std::move(value));
  Node& node = output.node();
  node.operation = name;
  for (std::size_t i = 0; i < count; ++i) {
    node.needs_gradient |= inputs[i]->node().needs_gradient;
    node.sampled |= inputs[i]->node().sampled;
  }
  return output;
}

}  // namespace detail

Tape::Tape(TapeOptions options) : number_(++tapes), outer_(innermost) {
  if (options.check_values || options.profile) {
    watch_ = std::make_unique<Watch>(*this, std::move(options));
  }
  innermost = this;
}

Tape::~Tape() {
  // Tapes end in the reverse order of their making, unless somebody keeps them on the heap.
  Tape** link = &innermost;
  while (*link != nullptr && *link != this) link = &(*link)->outer_;
  if (*link == this) *link = outer_;
  std::for_each(records_.rbegin(), records_.rend(), [](detail::Record* r) { r->~Record(); });
  for (const Chunk& chunk : chunks_) deallocate(chunk.memory, chunk.bytes);
}

Tape* Tape::current() { return innermost; }

bool Tape::records(const char* operation, const Var* const* inputs, std::size_t count) {
  if (innermost == nullptr) return false;
  bool wanted = false;
  for (std::size_t i = 0; i < count; ++i) {
    const detail::Node& node = inputs[i]->node();
    if (!node.needs_gradient && !node.sampled) continue;
    wanted = true;
    if (node.tape != 0 && node.tape != innermost->number_) {
      throw Error(fmt::format(
          "{}: input {} is the result of \"{}\", recorded on another tape: gradients do not cross "
          "tapes; compute it under this one, or pass stop_gradient of it if that is meant",
          operation, i, node.operation));
    }
  }
  return wanted;
}

void* Tape::room(std::size_t bytes) {
  constexpr std::size_t align = alignof(std::max_align_t);
  bytes = (bytes + align - 1) / align * align;
  if (chunks_.empty() || used_ + bytes > chunks_.back().bytes) {
    const std::size_t size = std::max(kChunkBytes, bytes);
    chunks_.push_back({static_cast<char*>(allocate(size)), size});
    used_ = 0;
  }
  char* place = chunks_.back().memory + used_;
  used_ += bytes;
  return place;
}

void Tape::append(detail::Record* record) {
  records_.push_back(record);
  record->note(scope_);
  record->output().node().tape = number_;
  if (watch_) watch_->recorded(*record);
}

void Tape::walk(const Var& result, Array seed, detail::Collected* collected, const char* caller) {
  detail::Node& root = result.node();
  if (root.tape != number_) {
    throw Error(fmt::format(
        "{}: the result was not recorded on this tape: {}", caller,
        root.tape == 0
            ? "it is a leaf, or computed from constants or before the tape was made"
            : fmt::format("it is the result of \"{}\" under another tape", root.operation)));
  }
  if (!root.needs_gradient) {
    throw Error(fmt::format(
        "{}: the result depends on no parameter: make what is to be learned with Var::parameter",
        caller));
  }
  const NoTape pause;
  const detail::Walk steps(collected);
  if (watch_) watch_->begin_walk();
  if (detail::GradientSlot* slot = steps.slot(result)) *slot = std::move(seed);
  try {
    for (std::size_t i = records_.size(); i-- > 0;) {
      detail::Record& record = *records_[i];
      detail::GradientSlot* slot = steps.slot(record.output());
      if (slot == nullptr || !slot->has_value()) continue;
      if (!record.inputs_unchanged()) {
        throw Error(fmt::format(
            "{}: an input of \"{}\" was changed in place after the operation was recorded, and "
            "its gradient would be wrong: change parameters after backward, and make a new tape "
            "for every step",
            caller, record.name()));
      }
      step_back(record, *slot, steps);
      if (watch_) watch_->stepped_back(record, steps);
    }
  } catch (...) {
    for (detail::Record* record : records_) record->output().node().gradient.reset();
    throw;
  }
}

// The gradient of an intermediate result goes with its step; one that is collected stays.
void Tape::step_back(detail::Record& record, detail::GradientSlot& slot,
                     const detail::Walk& steps) {
  if (&slot == &record.output().node().gradient) {
    Array gradient = std::move(*slot);
    slot.reset();
    record.backward(std::move(gradient), steps);
  } else {
    record.backward(*slot, steps);
  }
}

std::vector<Array> Tape::collect(const Var& result, Array seed, const std::vector<Var>& wrt,
                                 const char* caller) {
  detail::Collected collected;
  for (const Var& x : wrt) collected[&x.node()];
  walk(result, std::move(seed), &collected, caller);
  std::vector<Array> gradients;
  for (const Var& x : wrt) {
    const detail::GradientSlot& found = collected[&x.node()];
    gradients.push_back(found.has_value() ? detail::expanded(*found, x.shape()) : zeros(x.shape()));
  }
  return gradients;
}

void Tape::backward(const Var& loss) {
  walk(loss, seed_of(loss, "Tape::backward"), nullptr, "Tape::backward");
}

std::vector<Array> Tape::gradients(const Var& loss, const std::vector<Var>& wrt) {
  return collect(loss, seed_of(loss, "Tape::gradients"), wrt, "Tape::gradients");
}

std::vector<Array> Tape::pullback(const Var& y, const Array& u, const std::vector<Var>& wrt) {
  if (u.shape() != y.shape()) {
    throw ShapeError(
        fmt::format("Tape::pullback: the weights have shape {} and the result {}: they "
                    "must be equal",
                    to_string(u.shape()), to_string(y.shape())));
  }
  return collect(y, u, wrt, "Tape::pullback");
}

bool Tape::depends(const Var& result, const Var& source) const {
  std::unordered_set<const detail::Node*> ancestors = {&result.node()};
  for (std::size_t i = records_.size(); i-- > 0;) {
    const detail::Record& record = *records_[i];
    if (ancestors.count(&record.output().node()) == 0) continue;
    for (std::size_t k = 0; k < record.input_count(); ++k) {
      ancestors.insert(&record.inputs()[k].node());
    }
  }
  return ancestors.count(&source.node()) != 0;
}

std::vector<Var> Tape::parameters() const {
  std::unordered_set<const detail::Node*> seen;
  std::vector<Var> result;
  for (const detail::Record* record : records_) {
    for (std::size_t k = 0; k < record->input_count(); ++k) {
      const Var& input = record->inputs()[k];
      const detail::Node& node = input.node();
      if (node.tape == 0 && node.needs_gradient && seen.insert(&node).second) {
        result.push_back(input);
      }
    }
  }
  return result;
}

Var record_dependence(const char* name, Array value, const std::vector<Var>& inputs) {
  Var output(std::move(value));
  std::vector<const Var*> list;
  for (const Var& input : inputs) list.push_back(&input);
  if (!Tape::records(name, list.data(), list.size())) return output;
  output.node().operation = name;
  output.node().sampled = true;
  Tape::current()->emplace<DependenceRecord>(0, name, output, inputs);
  return output;
}

Var stop_gradient(const Var& x) {
  const bool followed = x.node().sampled && Tape::current() != nullptr &&
                        (x.node().tape == 0 || Tape::current()->holds(x));
  return followed ? record_dependence("stop_gradient", x.value(), {x}) : Var(x.value());
}

Var scale_gradient(const Var& x, double factor) {
  return record("scale_gradient", x.value(),
                edge(x, [factor](const Array& gradient, const Array&, GradSink& sink) {
                  Array scaled = uninitialised(gradient.shape());
                  detail::compute_into(
                      scaled, [](auto g, auto factor) { return factor * g; }, gradient,
                      scalar(factor));
                  sink.add(std::move(scaled));
                }));
}

Scope::Scope(const std::string& name) : tape_(Tape::current()) {
  if (tape_ == nullptr) return;
  outer_ = tape_->scope_;
  tape_->scopes_.push_back({name, outer_});
  tape_->scope_ = static_cast<std::uint32_t>(tape_->scopes_.size());
}

Scope::~Scope() {
  if (tape_ != nullptr) tape_->scope_ = outer_;
}

NoTape::NoTape() : suspended_(std::exchange(innermost, nullptr)) {}

NoTape::~NoTape() { innermost = suspended_; }

}  // namespace EVIDENT_PRECISION
}  // namespace evident
