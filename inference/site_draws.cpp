#include <fmt/format.h>

#include <algorithm>
#include <evident/autodiff/shapes.hpp>
#include <evident/inference/site_draws.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {

namespace {

[[noreturn]] void refuse_absent(const std::string& site) {
  throw Error(fmt::format(
      "predictive: the program comes to site \"{}\" in some runs only: sample it in all, "
      "whether or not it is used",
      site));
}

void store_draw(SiteDraws& all, const Site& site, std::size_t draws, std::size_t k) {
  const Array& value = site.value.value();
  auto place = all.find(site.name);
  if (place == all.end()) {
    if (k > 0) refuse_absent(site.name);
    place = all.emplace(site.name, uninitialised(joined({draws}, value.shape()))).first;
  }
  Array& row = place->second;
  const Shape own(row.shape().begin() + 1, row.shape().end());
  if (own != value.shape()) {
    throw ShapeError(
        fmt::format("predictive: site \"{}\" has shape {} in one run and {} in another", site.name,
                    to_string(own), to_string(value.shape())));
  }
  std::copy_n(value.data(), value.size(), row.data() + k * value.size());
}

}  // namespace

void detail::store_draws(SiteDraws& all, const Trace& run, std::size_t draws, std::size_t k,
                         const std::function<bool(const Site&)>& wanted) {
  for (const Site& site : run.sites()) {
    if (wanted(site)) store_draw(all, site, draws, k);
  }
  for (const auto& stored : all) {
    const Site* site = run.find(stored.first);
    if (site == nullptr || !wanted(*site)) refuse_absent(stored.first);
  }
}

std::vector<std::string> element_names(const std::string& site, const Shape& shape) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < size_of(shape); ++i) {
    std::string place = shape.empty() ? "" : element_place(shape, i);
    if (!place.empty()) place = "[" + place.substr(1, place.size() - 2) + "]";
    result.push_back(site + place);
  }
  return result;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
