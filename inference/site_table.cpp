#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/shapes.hpp>
#include <evident/distributions/masked.hpp>
#include <evident/distributions/to_event.hpp>
#include <evident/distributions/transformed.hpp>
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

// "rows (128 of 10000)".
std::string with_rows(const std::string& plate, const PlateRows& rows) {
  return rows.count == rows.size ? fmt::format("{} ({})", plate, rows.size)
                                 : fmt::format("{} ({} of {})", plate, rows.count, rows.size);
}

SiteRow row_of(const Site& site, const Trace& trace) {
  std::string plates;
  for (const std::string& name : site.plates) {
    plates += (plates.empty() ? "" : ", ") + with_rows(name, trace.rows_of(name));
  }
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
  for (const Site& site : trace.sites()) table.push_back(row_of(site, trace));
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

namespace detail {

bool all_finite(const Array& x) {
  return std::all_of(x.begin(), x.end(), [](real value) { return std::isfinite(value); });
}

bool is_point(const Distribution& d) { return d.support().kind() == Constraint::Kind::kPoint; }

const Array* mask_of(const Distribution& d) {
  if (const auto* masked = dynamic_cast<const Masked*>(&d)) {
    const Array& mask = masked->mask();
    return mask == ones(mask.shape()) ? mask_of(masked->base()) : &mask;
  }
  if (const auto* event = dynamic_cast<const Independent*>(&d)) return mask_of(event->base());
  const auto* transformed = dynamic_cast<const Transformed*>(&d);
  return transformed == nullptr ? nullptr : mask_of(transformed->base());
}

Shape site_shape(const Distribution& d) { return joined(d.batch_shape(), d.event_shape()); }

std::string described(const Distribution& d) {
  return fmt::format("{} (batch {}, event {})", to_string(site_shape(d)),
                     to_string(d.batch_shape()), to_string(d.event_shape()));
}

void require_all_rows(const char* caller, const Trace& trace, const char* why) {
  for (const Site& site : trace.sites()) {
    if (site.scale == 1) continue;
    throw Error(
        fmt::format("{}: site \"{}\" stands in plate \"{}\" of which the data are a minibatch: {}; "
                    "give the model all rows, with `plate` instead of `minibatch`",
                    caller, site.name, site.plates.back(), why));
  }
}

void rethrow_with_sites(const char* caller, const Trace& trace, const std::string& hint) {
  const auto has = [](const Error& error, const char* text) {
    return std::string(error.what()).find(text) != std::string::npos;
  };
  try {
    throw;
  } catch (const ShapeError& error) {
    if (has(error, "\nsite ")) throw;  // with a table of its own
    throw ShapeError(fmt::format("{}: {}\n{}The sites so far:\n{}", caller, error.what(), hint,
                                 to_string(trace)));
  } catch (const DomainError& error) {
    if (has(error, "\nsite ") || has(error, "site \"")) throw;
    const std::string place = trace.sites().empty()
                                  ? "before the first site"
                                  : fmt::format("after site \"{}\"", trace.sites().back().name);
    throw DomainError(fmt::format("{}: {}\nThis was {}. The sites so far:\n{}", caller,
                                  error.what(), place, to_string(trace)));
  }
}

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
