#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <evident/layers/summary.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {
namespace {

enum Kind { kTrained, kFrozen, kBuffer };
constexpr std::array<const char*, 3> kNames = {"trained", "frozen", "buffer"};

Kind kind_of(const Held& held) {
  return held.is_buffer ? kBuffer : held.is_trained() ? kTrained : kFrozen;
}

}  // namespace

std::string summary(const std::vector<Held>& held) {
  std::vector<std::array<std::string, 4>> rows = {{"name", "shape", "elements", "kind"}};
  std::array<std::size_t, 3> counts{};
  for (const Held& h : held) {
    const Var& var = h.named.parameter;
    const Kind kind = kind_of(h);
    counts[kind] += var.size();
    rows.push_back(
        {h.named.name, to_string(var.shape()), fmt::to_string(var.size()), kNames[kind]});
  }
  const auto [trained, frozen, buffers] = counts;
  rows.push_back({"total", "", fmt::to_string(trained + frozen + buffers),
                  fmt::format("{} trained, {} frozen, {} in buffers", trained, frozen, buffers)});
  std::array<std::size_t, 4> widths{};
  for (const auto& row : rows) {
    for (std::size_t k = 0; k < row.size(); ++k) widths[k] = std::max(widths[k], row[k].size());
  }
  std::string text;
  for (const auto& row : rows) {
    text += fmt::format("{:<{}}  {:<{}}  {:>{}}  {}\n", row[0], widths[0], row[1], widths[1],
                        row[2], widths[2], row[3]);
  }
  return text;
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
