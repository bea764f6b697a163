#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/tape.hpp>
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
constexpr auto kCopy = [](auto a) { return a; };

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

std::optional<Array>* Walk::slot(const Var& input) const {
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
  compute_into(result, kCopy, gradient);
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

Tape::Tape() : number_(++tapes), outer_(innermost) { innermost = this; }

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
  record->note_versions();
  record->output().node().tape = number_;
}

void Tape::walk(const Var& loss, detail::Collected* collected, const char* caller) {
  if (loss.size() != 1) {
    throw ShapeError(
        fmt::format("{}: the loss has shape {}, expected a scalar: sum it or take its mean first",
                    caller, to_string(loss.shape())));
  }
  detail::Node& root = loss.node();
  if (root.tape != number_) {
    throw Error(fmt::format(
        "{}: the loss was not recorded on this tape: {}", caller,
        root.tape == 0
            ? "it is a leaf, or computed from constants or before the tape was made"
            : fmt::format("it is the result of \"{}\" under another tape", root.operation)));
  }
  if (!root.needs_gradient) {
    throw Error(fmt::format(
        "{}: the loss depends on no parameter: make what is to be learned with Var::parameter",
        caller));
  }
  const NoTape pause;
  const detail::Walk steps(collected);
  if (std::optional<Array>* slot = steps.slot(loss)) *slot = full(loss.shape(), 1);
  try {
    for (std::size_t i = records_.size(); i-- > 0;) {
      detail::Record& record = *records_[i];
      std::optional<Array>* slot = steps.slot(record.output());
      if (slot == nullptr || !slot->has_value()) continue;
      if (!record.inputs_unchanged()) {
        throw Error(fmt::format(
            "{}: an input of \"{}\" was changed in place after the operation was recorded, and "
            "its gradient would be wrong: change parameters after backward, and make a new tape "
            "for every step",
            caller, record.name()));
      }
      if (slot == &record.output().node().gradient) {
        Array gradient = std::move(**slot);
        slot->reset();
        record.backward(std::move(gradient), steps);
      } else {
        record.backward(**slot, steps);
      }
    }
  } catch (...) {
    for (detail::Record* record : records_) record->output().node().gradient.reset();
    throw;
  }
}

void Tape::backward(const Var& loss) { walk(loss, nullptr, "Tape::backward"); }

std::vector<Array> Tape::gradients(const Var& loss, const std::vector<Var>& wrt) {
  detail::Collected collected;
  for (const Var& x : wrt) collected[&x.node()];
  walk(loss, &collected, "Tape::gradients");
  std::vector<Array> result;
  for (const Var& x : wrt) {
    const std::optional<Array>& found = collected[&x.node()];
    result.push_back(found ? detail::expanded(*found, x.shape()) : zeros(x.shape()));
  }
  return result;
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

NoTape::NoTape() : suspended_(std::exchange(innermost, nullptr)) {}

NoTape::~NoTape() { innermost = suspended_; }

}  // namespace EVIDENT_PRECISION
}  // namespace evident
