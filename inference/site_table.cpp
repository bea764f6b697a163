#include <fmt/format.h>

#include <algorithm>
#include <evident/inference/trace.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using SiteRow = std::vector<std::string>;

const char* kind_of(const Site& site) {
  if (site.distribution == nullptr) return site.observed ? "factor" : "placed";
  if (site.auxiliary) return "auxiliary";
  return site.observed ? "observed" : "latent";
}

SiteRow row_of(const Site& site) {
  std::string plates;
  for (const std::string& name : site.plates) plates += (plates.empty() ? "" : ", ") + name;
  if (site.distribution == nullptr) {
    return {site.name, kind_of(site), "", "", to_string(site.value.shape()), "", plates};
  }
  const Distribution& d = *site.distribution;
  // What the value has in front of the distribution's own shape.
  const Shape& value = site.value.shape();
  const std::size_t own = d.batch_shape().size() + d.event_shape().size();
  const Shape front(value.begin(),
                    value.end() - static_cast<std::ptrdiff_t>(std::min(own, value.size())));
  return {site.name,
          kind_of(site),
          d.name(),
          to_string(front),
          to_string(d.batch_shape()),
          to_string(d.event_shape()),
          plates};
}

}  // namespace

std::string to_string(const Trace& trace) {
  std::vector<SiteRow> table = {
      {"site", "kind", "distribution", "sample", "batch", "event", "plates"}};
  for (const Site& site : trace.sites()) table.push_back(row_of(site));
  std::vector<std::size_t> widths(table[0].size(), 0);
  for (const SiteRow& row : table) {
    for (std::size_t k = 0; k < row.size(); ++k) widths[k] = std::max(widths[k], row[k].size());
  }
  std::string text;
  for (const SiteRow& row : table) {
    std::string line;
    for (std::size_t k = 0; k < row.size(); ++k) line += fmt::format("{:<{}}  ", row[k], widths[k]);
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
