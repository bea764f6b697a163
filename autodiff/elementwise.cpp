#include <algorithm>
#include <cstring>
#include <evident/autodiff/broadcast.hpp>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/elementwise_parts.hpp>
#include <evident/autodiff/record.hpp>
#include <evident/autodiff/threads.hpp>
#include <new>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {
namespace {

using kernels::kMaxArity;
using kernels::Stream;
using Table = kernels::FormulaTable<real>;
static_assert(kMaxArity + 1 <= BroadcastLoop::kMaxOperands, "the inputs and the gradient");

constexpr std::size_t kBlock = 1024;   // elements summed in `real` before a sum moves to double
constexpr std::size_t kMaxTasks = 16;  // of a backward pass with sums, each with its own
constexpr std::size_t kWidest = kAlignment / sizeof(real);

// One register's worth of elements.
struct alignas(kAlignment) Register {
  real lane[kWidest];
  void fill(real value) { std::fill(std::begin(lane), std::end(lane), value); }
};

// Reads one operand row by row: streams where it moves, a filled register where it stays.
class Reader {
 public:
  Reader() = default;
  Reader(const BroadcastLoop& loop, std::size_t operand, const real* data, std::size_t width)
      : loop_(&loop), operand_(operand), data_(data), width_(width) {}

  Stream<const real> at(std::size_t row, std::size_t column) {
    const real* start = data_ + loop_->offset(operand_, row);
    if (loop_->moves(operand_)) return {start + column, width_};
    still_.fill(*start);
    return {still_.lane, 0};
  }

  // The same for the end of a row: `count` elements and padding behind them.
  Stream<const real> tail(std::size_t row, std::size_t column, std::size_t count, real padding) {
    const Stream<const real> from = at(row, column);
    Register copy;
    copy.fill(padding);
    std::copy_n(from.data, count, copy.lane);
    still_ = copy;
    return {still_.lane, 0};
  }

 private:
  const BroadcastLoop* loop_ = nullptr;
  std::size_t operand_ = 0;
  const real* data_ = nullptr;
  std::size_t width_ = 0;
  Register still_;
};

void run_forward(const Table& table, const void* formula, const BroadcastLoop& loop,
                 const Array* const* inputs, real* out) {
  const std::size_t n = table.arity;
  const std::size_t width = table.width;
  walk_parts(loop, [&](const LoopPart& part) {
    std::array<Reader, kMaxArity> readers;
    for (std::size_t k = 0; k < n; ++k) readers[k] = Reader(loop, k, inputs[k]->data(), width);
    std::array<Stream<const real>, kMaxArity> in;
    for (std::size_t row = part.first_row; row < part.last_row; ++row) {
      const std::size_t length = part.last_column - part.first_column;
      real* to = out + row * loop.columns() + part.first_column;
      // With one row the last register may run over the end: blocks of memory are whole registers.
      const std::size_t registers =
          loop.rows() == 1 ? (length + width - 1) / width : length / width;
      for (std::size_t k = 0; k < n; ++k) in[k] = readers[k].at(row, part.first_column);
      if (registers > 0) table.forward(formula, {to, in.data(), registers});
      const std::size_t done = registers * width;
      if (done >= length) continue;
      for (std::size_t k = 0; k < n; ++k) {
        in[k] = readers[k].tail(row, part.first_column + done, length - done, 0);
      }
      Register result;
      table.forward(formula, {result.lane, in.data(), 1});
      std::copy_n(result.lane, length - done, to + done);
    }
  });
}

// The gradient of one input on its way through a part of the loop: written in place if the input
// has the output's shape, otherwise summed: in registers within blocks, in double across them.
class Receiver {
 public:
  void direct(real* data, bool adds) {
    data_ = data;
    adds_ = adds;
  }
  void summed(std::size_t size) {
    sums_ = true;
    totals_.assign(size, 0.0);
  }
  bool sums() const { return sums_; }
  const double* totals() const { return totals_.data(); }

  // Begins a block of columns.
  void open(bool moves) {
    moves_ = moves;
    if (sums_) clear();
  }

  // Where a row of the block goes, and what it is added to.
  Stream<real> out(std::size_t offset, std::size_t column, std::size_t width) {
    if (!sums_) return {data_ + offset + column, width};
    if (held_ > 0 && (offset + column != place_ || held_ == (moves_ ? kBlock : 1))) flush();
    place_ = offset + (moves_ ? column : 0);
    ++held_;
    return {block_, moves_ ? width : 0};
  }
  bool adds() const { return sums_ || adds_; }
  real* data() const { return data_; }

  // Moves what a block has summed to the totals.
  void flush() {
    if (!sums_ || held_ == 0) return;
    if (moves_) {
      const std::size_t count = std::min(kBlock, totals_.size() - place_);
      for (std::size_t i = 0; i < count; ++i) totals_[place_ + i] += static_cast<double>(block_[i]);
    } else {
      double sum = 0;
      for (std::size_t i = 0; i < kWidest; ++i) sum += static_cast<double>(block_[i]);
      totals_[place_] += sum;
    }
    clear();
  }

 private:
  void clear() {
    std::fill_n(block_, moves_ ? kBlock : kWidest, real(0));
    held_ = 0;
  }

  real* data_ = nullptr;
  bool adds_ = false;
  bool sums_ = false;
  bool moves_ = false;
  std::size_t place_ = 0;
  std::size_t held_ = 0;
  std::vector<double, PoolAllocator<double>> totals_;
  alignas(kAlignment) real block_[kBlock];
};

class ElementwiseRecord final : public Record {
 public:
  ElementwiseRecord(const char* name, Var output, const Table& table, const Var* const* inputs)
      : Record(name, std::move(output)), table_(table) {
    for (std::size_t k = 0; k < table_.arity; ++k) new (place() + k) Var(*inputs[k]);
  }
  ~ElementwiseRecord() override { std::destroy_n(place(), table_.arity); }

  static std::size_t extra(const Table& table) { return table.arity * sizeof(Var); }

  const Var* inputs() const override { return const_cast<ElementwiseRecord*>(this)->place(); }
  std::size_t input_count() const override { return table_.arity; }
  void backward(Array gradient, const Walk& walk) override;

 private:
  struct Wanted {
    detail::GradientSlot* slot = nullptr;
    bool sums = false;
    bool adds = false;
    real* data = nullptr;
    std::size_t first = 0;  // the first input with the same slot
  };
  using WantedList = std::array<Wanted, kMaxArity>;

  // What the backward loop reads for argument k.
  const Array& read_back(std::size_t k) const {
    return table_.slope_of_result ? output().value() : inputs()[k].value();
  }
  void backward_of_one(Table::Backward kernel, const WantedList& wanted,
                       const Array& gradient) const;
  Var* place() { return reinterpret_cast<Var*>(this + 1); }
  void walk_part(const BroadcastLoop& loop, const LoopPart& part, Table::Backward kernel,
                 const WantedList& wanted, const Array& gradient,
                 std::array<Receiver, kMaxArity>& receivers) const;

  const Table& table_;
  const char formula_ = 0;  // stands for the formula, which is empty
};

void ElementwiseRecord::backward(Array gradient, const Walk& walk) {
  const std::size_t n = table_.arity;
  const Shape& shape = output().shape();
  WantedList wanted;
  std::size_t count = 0;
  std::size_t last = 0;
  bool any_sums = false;
  for (std::size_t k = 0; k < n; ++k) {
    Wanted& w = wanted[k];
    w.slot = walk.slot(inputs()[k]);
    if (w.slot == nullptr) continue;
    GradSink sink(*w.slot, inputs()[k].shape());
    w.adds = sink.adds();
    w.data = sink.data();
    w.sums = inputs()[k].size() != output().size();
    w.first = k;
    for (std::size_t j = 0; j < k; ++j) {
      if (wanted[j].slot == w.slot) {
        w.first = j;
        break;
      }
    }
    any_sums |= w.sums;
    last = k;
    ++count;
  }
  if (count == 0) return;
  const Table::Backward kernel = count == 1 ? table_.one[last] : table_.all;
  if (output().size() == 1) return backward_of_one(kernel, wanted, gradient);

  const Shape* shapes[kMaxArity + 1];
  for (std::size_t k = 0; k < n; ++k) shapes[k] = &inputs()[k].shape();
  shapes[n] = &gradient.shape();
  const BroadcastLoop loop(shape, shapes, n + 1, name());
  struct Receivers : std::array<Receiver, kMaxArity> {
    Receivers() {}  // without filling what `summed` will
  };
  if (!any_sums) {
    walk_parts(loop, [&](const LoopPart& part) {
      Receivers own;
      walk_part(loop, part, kernel, wanted, gradient, own);
    });
    return;
  }
  const LoopParts parts(loop, kLoopTask, kMaxTasks);
  // What the parts sum into is taken here: a worker's own share of the pool may be empty.
  std::vector<Receivers, PoolAllocator<Receivers>> receivers(output().size() == 0 ? 0
                                                                                  : parts.count());
  for (Receivers& part : receivers) {
    for (std::size_t k = 0; k < n; ++k) {
      if (wanted[k].sums) part[k].summed(inputs()[k].size());
    }
  }
  parallel(receivers.size(), [&](std::size_t index) {
    walk_part(loop, parts[index], kernel, wanted, gradient, receivers[index]);
  });
  for (std::size_t k = 0; k < n; ++k) {
    const Wanted& w = wanted[k];
    if (!w.sums) continue;
    for (std::size_t i = 0; i < inputs()[k].size(); ++i) {
      double total = w.adds ? static_cast<double>(w.data[i]) : 0.0;
      for (const Receivers& part : receivers) total += part[k].totals()[i];
      w.data[i] = static_cast<real>(total);
    }
  }
}

// Small models are made of scalars: without the loops around it, one register costs far less.
void ElementwiseRecord::backward_of_one(Table::Backward kernel, const WantedList& wanted,
                                        const Array& gradient) const {
  const std::size_t n = std::min(table_.arity, kMaxArity);
  Register zero;
  zero.fill(0);
  std::array<Register, kMaxArity> results;
  std::array<Stream<const real>, kMaxArity> in;
  std::array<Stream<const real>, kMaxArity> base;
  std::array<Stream<real>, kMaxArity> out;
  for (std::size_t k = 0; k < n; ++k) {
    in[k] = {read_back(k).data(), 0};
    base[k] = {zero.lane, 0};
    out[k] = {results[k].lane, 0};
  }
  kernel(&formula_, {{gradient.data(), 0}, in.data(), out.data(), base.data(), 1});
  for (std::size_t k = 0; k < n; ++k) {
    if (wanted[k].slot == nullptr) continue;
    const real result = results[k].lane[0];
    *wanted[k].data = wanted[k].adds ? *wanted[k].data + result : result;
  }
}

void ElementwiseRecord::walk_part(const BroadcastLoop& loop, const LoopPart& part,
                                  Table::Backward kernel, const WantedList& wanted,
                                  const Array& gradient,
                                  std::array<Receiver, kMaxArity>& receivers) const {
  const std::size_t n = std::min(table_.arity, kMaxArity);
  const std::size_t width = table_.width;
  std::array<Reader, kMaxArity + 1> readers;
  for (std::size_t k = 0; k < n; ++k) {
    readers[k] = Reader(loop, k, read_back(k).data(), width);
  }
  readers[n] = Reader(loop, n, gradient.data(), width);
  bool any_sums = false;
  for (std::size_t k = 0; k < n; ++k) {
    if (wanted[k].slot == nullptr) continue;
    if (wanted[k].sums) {
      any_sums = true;
    } else {
      receivers[k].direct(wanted[k].data, wanted[k].adds);
    }
  }

  Register nothing;  // what nobody wants goes here
  Register zero;
  zero.fill(0);
  std::array<Register, kMaxArity> tails;
  std::array<Stream<const real>, kMaxArity> in;
  std::array<Stream<real>, kMaxArity> out;
  std::array<Stream<const real>, kMaxArity> base;

  // Sums must not see what lies behind the end of a row; everything else may run over into the
  // padding of the block of memory if there is one row only.
  const bool padded_tails = any_sums || loop.rows() > 1;
  const std::size_t block = any_sums ? kBlock : loop.columns();
  for (std::size_t column = part.first_column; column < part.last_column; column += block) {
    const std::size_t length = std::min(block, part.last_column - column);
    const std::size_t registers = padded_tails ? length / width : (length + width - 1) / width;
    for (std::size_t k = 0; k < n; ++k) {
      if (wanted[k].slot != nullptr) receivers[k].open(loop.moves(k));
    }
    for (std::size_t row = part.first_row; row < part.last_row; ++row) {
      for (std::size_t k = 0; k < n; ++k) {
        in[k] = readers[k].at(row, column);
        out[k] = wanted[k].slot == nullptr ? Stream<real>{nothing.lane, 0}
                                           : receivers[k].out(loop.offset(k, row), column, width);
        const bool adds = wanted[k].slot != nullptr && receivers[k].adds();
        base[k] =
            adds ? Stream<const real>{out[k].data, out[k].step} : Stream<const real>{zero.lane, 0};
      }
      if (registers > 0) {
        kernel(&formula_,
               {readers[n].at(row, column), in.data(), out.data(), base.data(), registers});
      }
      const std::size_t done = registers * width;
      if (done >= length) continue;
      const std::size_t rest = length - done;
      for (std::size_t k = 0; k < n; ++k) {
        in[k] = readers[k].tail(row, column + done, rest, 0);
        if (wanted[k].slot == nullptr || wanted[k].sums) {
          out[k].data += done / width * out[k].step;
        } else {
          // An input that occurs twice adds to what its first occurrence has left.
          Register& copy = tails[wanted[k].first];
          if (wanted[k].first == k) std::copy_n(out[k].data + done, rest, copy.lane);
          out[k] = {copy.lane, 0};
        }
        if (base[k].data != zero.lane) base[k] = {out[k].data, 0};
      }
      kernel(&formula_,
             {readers[n].tail(row, column + done, rest, 0), in.data(), out.data(), base.data(), 1});
      for (std::size_t k = 0; k < n; ++k) {
        if (wanted[k].slot == nullptr || wanted[k].sums || wanted[k].first != k) continue;
        std::copy_n(tails[k].lane, rest, receivers[k].data() + loop.offset(k, row) + column + done);
      }
    }
    for (std::size_t k = 0; k < n; ++k) receivers[k].flush();
  }
}

}  // namespace

Var apply(const Table& table, const void* formula, const char* name, const Var* const* inputs) {
  Shape shape = inputs[0]->shape();
  for (std::size_t k = 1; k < table.arity; ++k) {
    const Shape& other = inputs[k]->shape();
    if (other != shape) shape = broadcast_shape(shape, other, name);
  }
  return apply_to(shape, table, formula, name, inputs);
}

Var apply_to(const Shape& shape, const Table& table, const void* formula, const char* name,
             const Var* const* inputs) {
  const std::size_t n = table.arity;
  const Shape* shapes[kMaxArity];
  const Array* values[kMaxArity];
  for (std::size_t k = 0; k < n; ++k) {
    shapes[k] = &inputs[k]->shape();
    values[k] = &inputs[k]->value();
  }
  Array value = uninitialised(shape);
  if (value.size() == 1) {
    Stream<const real> in[kMaxArity];
    for (std::size_t k = 0; k < n; ++k) in[k] = {values[k]->data(), 0};
    table.forward(formula, {value.data(), in, 1});
  } else {
    const BroadcastLoop loop(shape, shapes, n, name);
    run_forward(table, formula, loop, values, value.data());
  }
  if (!Tape::records(name, inputs, n)) return Var(std::move(value));
  Var output = recorded(name, std::move(value), inputs, n);
  Tape::current()->emplace<ElementwiseRecord>(ElementwiseRecord::extra(table), name, output, table,
                                              inputs);
  return output;
}

void compute(Array& out, const Table& table, const void* formula, const Array* const* inputs) {
  const Shape* shapes[kMaxArity];
  for (std::size_t k = 0; k < table.arity; ++k) shapes[k] = &inputs[k]->shape();
  const BroadcastLoop loop(out.shape(), shapes, table.arity, "compute");
  run_forward(table, formula, loop, inputs, out.data());
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
