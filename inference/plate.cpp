#include <fmt/format.h>

#include <algorithm>
#include <evident/autodiff/indexing.hpp>
#include <evident/inference/noise_stream.hpp>
#include <evident/inference/trace.hpp>
#include <unordered_set>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

// Floyd's algorithm (Bentley 1987): as many draws as rows.
std::vector<std::size_t> rows_without_replacement(Rng rng, std::size_t size, std::size_t count) {
  detail::NoiseStream noise(rng);
  std::unordered_set<std::size_t> taken;
  std::vector<std::size_t> rows;
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t last = size - count + k;
    const double place = noise.uniform() * static_cast<double>(last + 1);
    const std::size_t drawn = std::min(static_cast<std::size_t>(place), last);
    const std::size_t row = taken.count(drawn) == 0 ? drawn : last;
    taken.insert(row);
    rows.push_back(row);
  }
  return rows;
}

Var selected(const Var& data, int axis, const std::vector<std::size_t>& rows) {
  Array indices = uninitialised({rows.size()});
  std::transform(rows.begin(), rows.end(), indices.data(),
                 [](std::size_t row) { return static_cast<real>(row); });
  return index_select(data, axis, indices);
}

}  // namespace

Var Plate::take(const Var& data) const {
  const std::size_t expected = rows_.rows.empty() ? rows_.count : rows_.size;
  if (data.dimension() == 0 || data.shape()[0] != expected) {
    throw ShapeError(fmt::format(
        "Plate::take: plate \"{}\" has {} rows, got data of shape {}: the first axis must be "
        "theirs",
        name_, expected, to_string(data.shape())));
  }
  return rows_.rows.empty() ? data : selected(data, 0, rows_.rows);
}

// A value given to a site for all rows of the plates around it: that of the rows of this run.
Var Trace::of_these_rows(const std::string& name, const Var& value, const Distribution& d) const {
  const Site* alone =
      options_.particles.count == 0 ? nullptr : options_.particles.single->met(name);
  const Shape shape = alone == nullptr ? detail::site_shape(d) : alone->value.shape();
  if (value.dimension() != shape.size()) return value;
  Var result = value;
  for (const std::string& plate : open_.names) {
    const PlateRows& rows = plates_.at(plate);
    if (rows.rows.empty()) continue;
    std::vector<int> axes;
    for (std::size_t k = 0; k < shape.size(); ++k) {
      const bool of_plate = shape[k] == rows.count && value.shape()[k] == rows.size;
      if (of_plate) axes.push_back(static_cast<int>(k));
    }
    if (axes.size() != 1) return value;  // none, or nobody knows which
    result = selected(result, axes[0], rows.rows);
  }
  return result;
}

// A site without an axis of a plate's rows would count as often as if it had one.
void Trace::check_rows(const Site& site) const {
  if (open_.names.empty() || (site.distribution == nullptr && !site.observed)) return;  // placed
  const bool factor = site.distribution == nullptr;
  const Shape shape = factor ? site.value.shape() : detail::site_shape(*site.distribution);
  for (const std::string& name : open_.names) {
    const PlateRows& rows = plates_.at(name);
    if (rows.count == 1 || std::find(shape.begin(), shape.end(), rows.count) != shape.end()) {
      continue;
    }
    throw ShapeError(
        fmt::format("{}: site \"{}\" has {} within plate \"{}\", of which this run has {} rows of "
                    "{}: give it an "
                    "axis of those rows, with {}.take(data) or zeros({{{}.count()}}), or declare "
                    "it outside the "
                    "plate\n{}",
                    options_.caller, site.name,
                    factor ? "shape " + to_string(shape) : detail::described(*site.distribution),
                    name, rows.count, rows.size, name, name, to_string(*this)));
  }
}

// Errors: rows that either the model or the guide has drawn without the other; a minibatch that the
// guide alone is of.
void Trace::check_same_rows(const Site& site) const {
  for (const std::string& name : site.plates) {
    const PlateRows& rows = options_.replay->plates_.at(name);
    const std::vector<std::string>& known = open_.names;
    if (rows.scale() == 1 || std::find(known.begin(), known.end(), name) != known.end()) continue;
    throw Error(fmt::format(
        "{}: site \"{}\" is within plate \"{}\" in the guide, of which this run has {} rows of {}, "
        "and outside of it in the model: sample it within the plate there too",
        options_.caller, site.name, name, rows.count, rows.size));
  }
  for (const std::string& name : open_.names) {
    const PlateRows& rows = plates_.at(name);
    const std::vector<std::string>& known = site.plates;
    if (rows.rows.empty() || std::find(known.begin(), known.end(), name) != known.end()) continue;
    throw Error(fmt::format(
        "{}: site \"{}\" is within plate \"{}\" in the model, of which this run has {} rows of {}, "
        "and outside of it in the guide: open the plate there too, and take what belongs to its "
        "rows, such as {}.take(loc); a guide that is made of a LatentSpace is one of all rows, for "
        "a model without a subsample",
        options_.caller, site.name, name, rows.count, rows.size, name));
  }
}

// The plate of this name as it was before, or is in the guide; null where there is none.
const PlateRows* Trace::agreed(const std::string& name, std::size_t size, std::size_t count,
                               bool given) const {
  if (std::count(open_.names.begin(), open_.names.end(), name) > 0) {
    throw Error(
        fmt::format("{}: plate \"{}\" is opened within itself: give every plate its own name",
                    options_.caller, name));
  }
  const Trace* runs[] = {this, options_.replay};
  for (const Trace* run : runs) {
    if (run == nullptr) continue;
    const auto found = run->plates_.find(name);
    if (found == run->plates_.end()) continue;
    const PlateRows& before = found->second;
    if (before.size == size && before.count == count) {
      if (count == size || before.rows.empty() == given) return &before;
      throw Error(
          fmt::format("{}: plate \"{}\" has rows that are drawn in one place and given in another: "
                      "open it with `plate` in model and guide, or with `minibatch` in both",
                      options_.caller, name));
    }
    throw Error(fmt::format(
        "{}: plate \"{}\" has {} rows of {}, but {} of {} {}: they must be the same rows",
        options_.caller, name, count, size, before.count, before.size,
        run == this ? "earlier in this run" : "in the guide"));
  }
  return nullptr;
}

const PlateRows& Trace::rows_of(const std::string& plate) const {
  const auto found = plates_.find(plate);
  if (found != plates_.end()) return found->second;
  throw Error(fmt::format("{}: the run has no plate \"{}\"", options_.caller, plate));
}

Plate Trace::open(const std::string& name, PlateRows rows) {
  plates_.insert_or_assign(name, rows);
  return Plate(name, std::move(rows), &open_);
}

Plate Trace::plate(const std::string& name, std::size_t size, std::size_t subsample) {
  if (subsample > size) {
    throw Error(
        fmt::format("{}: plate \"{}\" takes {} rows of {}: it cannot take more than there are",
                    options_.caller, name, subsample, size));
  }
  const std::size_t count = subsample == 0 || options_.whole_plates ? size : subsample;
  if (const PlateRows* before = agreed(name, size, count, false)) return open(name, *before);
  if (count == size) return open(name, {size, size, {}});
  return open(name,
              {size, count,
               rows_without_replacement(options_.rng.stream("plate").stream(name), size, count)});
}

Plate Trace::minibatch(const std::string& name, std::size_t size, std::size_t given) {
  if (given == 0 || given > size) {
    throw Error(
        fmt::format("{}: plate \"{}\" has {} rows of {}: expected at least 1 and at most all",
                    options_.caller, name, given, size));
  }
  agreed(name, size, given, true);
  return open(name, {size, given, {}});
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
