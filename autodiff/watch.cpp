#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/functions.hpp>
#include <evident/autodiff/watch.hpp>
#include <iterator>
#include <optional>
#include <string_view>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

constexpr std::size_t kLongestChain = 8;

// The first element that is NaN, or else infinite.
std::optional<std::size_t> first_not_finite(const Array& values) {
  const real* begin = values.data();
  const real* end = begin + values.size();
  // 0 times every element: one sum tells, a few registers at a time.
  using L = Lanes<real>;
  L sums[4] = {0.0, 0.0, 0.0, 0.0};
  const real* value = begin;
  for (; value + 4 * L::kWidth <= end; value += 4 * L::kWidth) {
    for (std::size_t k = 0; k < 4; ++k) sums[k] += 0.0 * L::load(value + k * L::kWidth);
  }
  real sum = xsimd::hadd(((sums[0] + sums[1]) + (sums[2] + sums[3])).v);
  for (; value != end; ++value) sum += *value * real(0);
  if (sum == 0) return std::nullopt;
  const real* found = std::find_if(begin, end, [](real v) { return std::isnan(v); });
  if (found == end) found = std::find_if(begin, end, [](real v) { return std::isinf(v); });
  return static_cast<std::size_t>(found - begin);
}

// Whether infinities are among its values: the logarithms of this list, and densities,
// "Normal::log_prob".
bool log_valued(const detail::Record& record) {
  static const char* const kOwn[] = {"log",   "log1p",   "log1mexp",    "logaddexp",
                                     "logit", "logits",  "logsumexp",   "log_softmax",
                                     "xlogy", "xlog1py", "log_sigmoid", "log_determinant"};
  const std::string_view name = record.name();
  return name.find("log_prob") != std::string_view::npos ||
         std::find(std::begin(kOwn), std::end(kOwn), name.substr(name.rfind(':') + 1)) !=
             std::end(kOwn);
}

// What an input of an operation is at the element of its result, or everywhere if they do not go
// together element by element.
std::string described(const Array& input, const Shape& result, std::size_t index) {
  if (input.size() == 0) return "empty";
  if (input.shape() == result) return fmt::format("{} there", input.data()[index]);
  if (input.size() == 1) return fmt::format("{}", input.data()[0]);
  const auto [low, high] = std::minmax_element(input.data(), input.data() + input.size());
  return fmt::format("of shape {} from {} to {}", to_string(input.shape()), *low, *high);
}

std::string described_inputs(const detail::Record& record, std::size_t index) {
  std::string words;
  for (std::size_t k = 0; k < record.input_count(); ++k) {
    words += fmt::format("{}input {} is {}", k == 0 ? "" : ", ", k,
                         described(record.inputs()[k].value(), record.output().shape(), index));
  }
  return words;
}

// The first element that is infinite while the inputs, which go with it, are finite there.
std::optional<std::size_t> first_made_infinite(const detail::Record& record) {
  const Array& value = record.output().value();
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (!std::isinf(value.data()[i])) continue;
    bool finite = true;
    for (std::size_t k = 0; k < record.input_count(); ++k) {
      const Array& input = record.inputs()[k].value();
      finite &= static_cast<bool>(std::isfinite(input.data()[input.size() == 1 ? 0 : i]));
    }
    if (finite) return i;
  }
  return std::nullopt;
}

double largest(const Array& values) {
  double result = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    result = std::max(result, std::abs(static_cast<double>(values.data()[i])));
  }
  return result;
}

}  // namespace

namespace detail {

LeafNames::LeafNames(const std::vector<NamedParameter>& names) {
  for (const NamedParameter& p : names) names_.emplace(&p.parameter.node(), p.name);
}

std::string LeafNames::of(const Var& leaf) const {
  const auto found = names_.find(&leaf.node());
  return found == names_.end() ? "" : found->second;
}

std::string LeafNames::layer(const Record& record) const {
  for (std::size_t k = 0; k < record.input_count(); ++k) {
    const std::string name = of(record.inputs()[k]);
    const std::size_t dot = name.rfind('.');
    if (!name.empty()) return dot == std::string::npos ? name : name.substr(0, dot);
  }
  return "";
}

}  // namespace detail

Tape::Watch::Watch(const Tape& tape, TapeOptions options)
    : tape_(tape), options_(std::move(options)), names_(options_.names), mark_(Clock::now()) {}

double Tape::Watch::seconds_since_mark() {
  const Clock::time_point now = Clock::now();
  return std::chrono::duration<double>(now - std::exchange(mark_, now)).count();
}

void Tape::Watch::recorded(const detail::Record& record) {
  if (options_.profile) {
    OperationProfile& cost = costs_[record.name()];
    ++cost.count;
    cost.bytes += record.output().size() * sizeof(real);
    cost.forward_seconds += seconds_since_mark();
  }
  if (options_.check_values) check_value(record);
}

void Tape::Watch::stepped_back(const detail::Record& record, const detail::Walk& steps) {
  if (options_.profile) costs_[record.name()].backward_seconds += seconds_since_mark();
  if (options_.check_values) check_gradients(record, steps);
}

std::vector<OperationProfile> Tape::Watch::profile() const {
  std::vector<OperationProfile> rows;
  for (const auto& [name, cost] : costs_) {
    rows.push_back(cost);
    rows.back().operation = name;
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return a.forward_seconds + a.backward_seconds > b.forward_seconds + b.backward_seconds;
  });
  return rows;
}

void Tape::Watch::check_value(const detail::Record& record) const {
  const Array& value = record.output().value();
  auto index = first_not_finite(value);
  if (!index) return;
  const bool nan = std::isnan(value.data()[*index]);
  bool came_in = false;
  bool element_by_element = true;
  for (std::size_t k = 0; k < record.input_count(); ++k) {
    const Array& input = record.inputs()[k].value();
    element_by_element &= input.shape() == value.shape() || input.size() == 1;
    const auto bad = first_not_finite(input);
    if (!bad) continue;
    came_in = true;
    if (nan && std::isnan(input.data()[*bad])) {
      const std::string name = names_.of(record.inputs()[k]);
      throw Error(fmt::format(
          "{}: input {}{} of shape {} is NaN at {} already: check where it comes from{}{}",
          record.name(), k, name.empty() ? "" : " (" + name + ")", to_string(input.shape()),
          element_place(input.shape(), *bad), place(record), chain(record)));
    }
  }
  if (!nan && log_valued(record)) return;
  if (!nan && came_in) {
    // An infinity that passes through one element does not excuse one that is made in another.
    if (element_by_element) index = first_made_infinite(record);
    if (!element_by_element || !index) return;
    came_in = false;
  }
  throw Error(fmt::format("{}: the result of shape {} is {} at {}, made of {} inputs: {}: {}{}{}",
                          record.name(), to_string(value.shape()), value.data()[*index],
                          element_place(value.shape(), *index), came_in ? "infinite" : "finite",
                          described_inputs(record, *index),
                          nan ? "keep them where the operation is defined"
                              : "keep them smaller, or work with logarithms",
                          place(record), chain(record)));
}

void Tape::Watch::check_gradients(const detail::Record& record, const detail::Walk& steps) const {
  for (std::size_t k = 0; k < record.input_count(); ++k) {
    const Var& input = record.inputs()[k];
    const detail::GradientSlot* slot = steps.slot(input);
    if (slot == nullptr || !slot->has_value()) continue;
    const Array& gradient = **slot;
    const auto index = first_not_finite(gradient);
    if (!index) continue;
    const std::string name = names_.of(input);
    throw Error(fmt::format(
        "{}: the backward step makes the gradient of input {}{} of shape {} {} at {}, where the "
        "input is {}: keep it away from where the derivative is infinite or undefined{}{}",
        record.name(), k, name.empty() ? "" : " (" + name + ")", to_string(input.shape()),
        gradient.data()[*index], element_place(gradient.shape(), *index),
        described(input.value(), gradient.shape(), *index), place(record), chain(record)));
  }
}

// "; site or scope "z"; layer encoder.0".
std::string Tape::Watch::place(const detail::Record& record) const {
  std::string words;
  const std::string scope = tape_.scope_name(record);
  if (!scope.empty()) words += fmt::format("; at \"{}\"", scope);
  const std::string layer = names_.layer(record);
  if (!layer.empty()) words += fmt::format("; in layer {}", layer);
  return words;
}

const detail::Record* Tape::Watch::maker(const Var& value) const {
  if (!tape_.holds(value)) return nullptr;
  const auto found =
      std::find_if(tape_.records_.rbegin(), tape_.records_.rend(),
                   [&](const auto* record) { return &record->output().node() == &value.node(); });
  return found == tape_.records_.rend() ? nullptr : *found;
}

// "; made by exp (3) <- multiply (3) <- linear (3) of encoder.0": back along the largest inputs.
std::string Tape::Watch::chain(const detail::Record& record) const {
  std::string words = "; made by ";
  const detail::Record* link = &record;
  for (std::size_t length = 0; link != nullptr && length < kLongestChain; ++length) {
    const std::string layer = names_.layer(*link);
    words += fmt::format("{}{} {}{}", length == 0 ? "" : " <- ", link->name(),
                         to_string(link->output().shape()), layer.empty() ? "" : " of " + layer);
    const detail::Record* next = nullptr;
    double size = -1;
    for (std::size_t k = 0; k < link->input_count(); ++k) {
      const Var& input = link->inputs()[k];
      const detail::Record* made_by = maker(input);
      if (made_by == nullptr || made_by == link) continue;
      const double this_size = largest(input.value());
      if (next == nullptr || this_size > size) {
        next = made_by;
        size = this_size;
      }
    }
    link = next;
  }
  return words + (link == nullptr ? "" : " <- ...");
}

std::vector<OperationProfile> Tape::profile() const {
  if (watch_ == nullptr || !watch_->profiles()) {
    throw Error("Tape::profile: this tape keeps no times: make it with TapeOptions::profile");
  }
  return watch_->profile();
}

std::string to_string(const std::vector<OperationProfile>& profile) {
  constexpr const char* kLine = "{:<24} {:>8} {:>12} {:>12} {:>14}\n";
  OperationProfile total{"in all", 0, 0, 0, 0};
  std::string text =
      fmt::format(kLine, "operation", "count", "forward ms", "backward ms", "bytes kept");
  const auto line = [&](const OperationProfile& row) {
    text += fmt::format(kLine, row.operation, row.count,
                        fmt::format("{:.3f}", 1e3 * row.forward_seconds),
                        fmt::format("{:.3f}", 1e3 * row.backward_seconds), row.bytes);
  };
  for (const OperationProfile& row : profile) {
    line(row);
    total.count += row.count;
    total.forward_seconds += row.forward_seconds;
    total.backward_seconds += row.backward_seconds;
    total.bytes += row.bytes;
  }
  line(total);
  return text;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
