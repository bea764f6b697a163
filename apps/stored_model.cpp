#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <evident/apps/stored_model.hpp>
#include <evident/data/idx.hpp>
#include <evident/layers/weights.hpp>
#include <map>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

constexpr std::size_t kLongestSide = std::size_t{1} << 16;
constexpr std::size_t kWidestLayer = std::size_t{1} << 24;
constexpr std::size_t kMostClasses = 256;  // a label is a byte

using Metadata = std::map<std::string, std::string>;

// Reads the settings of one file, refusing what is missing or no number.
class SettingsReader {
 public:
  SettingsReader(const Metadata& metadata, std::string path)
      : metadata_(metadata), path_(std::move(path)) {}

  const std::string& text(const char* key) const {
    const auto found = metadata_.find(key);
    if (found == metadata_.end()) {
      refuse(fmt::format("its metadata has no \"{}\"", key));
    }
    return found->second;
  }

  // A whole number from 1 to `most`.
  std::size_t count(const char* key, std::size_t most) const {
    return in_range(key, parse<std::size_t>(key, text(key)), most);
  }
  double number(const char* key) const { return parse<double>(key, text(key)); }

  std::vector<std::size_t> counts(const char* key, std::size_t most) const {
    std::vector<std::size_t> result;
    const std::string& list = text(key);
    for (std::size_t begin = 0; begin <= list.size();) {
      const std::size_t end = std::min(list.find(',', begin), list.size());
      const std::string word = list.substr(begin, end - begin);
      result.push_back(in_range(key, parse<std::size_t>(key, word), most));
      begin = end + 1;
    }
    return result;
  }

  [[noreturn]] void refuse(const std::string& why) const {
    throw WeightsError(fmt::format(
        "load_model: {}: {}: expected weights that \"evident train\" has written", path_, why));
  }

 private:
  std::size_t in_range(const char* key, std::size_t value, std::size_t most) const {
    if (value < 1 || value > most) {
      refuse(fmt::format("its metadata has {} for \"{}\", expected 1 to {}", value, key, most));
    }
    return value;
  }

  template <class T>
  T parse(const char* key, const std::string& word) const {
    T value{};
    const char* end = word.data() + word.size();
    const auto [stop, error] = std::from_chars(word.data(), end, value);
    if (error != std::errc() || stop != end) {
      refuse(fmt::format("its metadata has \"{}\" for \"{}\", which is not a number", word, key));
    }
    return value;
  }

  const Metadata& metadata_;
  std::string path_;
};

// A model that computes NaN has nothing to draw or judge.
void check_finite(const ImageModel& model, const SettingsReader& reader) {
  for (const auto& [name, parameter] : state(model)) {
    const Array& value = parameter.value();
    if (!std::all_of(value.data(), value.data() + value.size(),
                     [](real x) { return std::isfinite(x); })) {
      reader.refuse(fmt::format("\"{}\" holds values that are not finite", name));
    }
  }
}

// Building the model takes memory in proportion to its widths: they must be the file's own.
void check_widths(const VaeOptions& o, std::size_t classes, const Safetensors& file,
                  const SettingsReader& reader) {
  std::size_t layer = 0;
  std::vector<std::size_t> widths = {o.pixels + classes};
  widths.insert(widths.end(), o.hidden.begin(), o.hidden.end());
  for (std::size_t i = 0; i < widths.size(); ++i, layer += o.dropout != 0 ? 3 : 2) {
    const std::string name = fmt::format("encoder.{}.weight", layer);
    const auto tensor = std::find_if(file.tensors.begin(), file.tensors.end(),
                                     [&](const StoredTensor& t) { return t.name == name; });
    if (tensor == file.tensors.end() || tensor->shape.size() != 2 ||
        tensor->shape[0] != widths[i] ||
        tensor->shape[1] / 2 != (i + 1 < widths.size() ? widths[i + 1] / 2 : o.latent)) {
      reader.refuse(fmt::format("\"{}\" is not of the shape that its metadata promise", name));
    }
  }
}

}  // namespace

Binarize binarize_from(const std::string& name) {
  for (const Binarize binarize : {Binarize::kDynamic, Binarize::kStatic, Binarize::kNone}) {
    if (name == to_string(binarize)) return binarize;
  }
  throw Error(fmt::format(
      "binarize_from: there is no binarisation \"{}\": expected dynamic, static or none", name));
}

void save_model(const std::filesystem::path& path, const ImageModel& model,
                const StoredSettings& settings) {
  const VaeOptions& o = model.options();
  Metadata metadata = {{"model", model.name()},
                       {"latent", fmt::format("{}", o.latent)},
                       {"hidden", fmt::format("{}", fmt::join(o.hidden, ","))},
                       {"activation", o.activation},
                       {"dropout", fmt::format("{}", o.dropout)},
                       {"rows", fmt::format("{}", settings.rows)},
                       {"columns", fmt::format("{}", settings.columns)},
                       {"binarize", to_string(settings.binarize)},
                       {"data", settings.data}};
  if (model.classes() != 0) metadata["classes"] = fmt::format("{}", model.classes());
  save_weights(path, state(model), metadata);
}

StoredModel load_model(const std::filesystem::path& given) {
  const std::filesystem::path path =
      std::filesystem::is_directory(given) ? given / "weights.safetensors" : given;
  const Safetensors file = read_safetensors(path);
  const SettingsReader reader(file.metadata, path.string());
  try {
    const std::string& name = reader.text("model");
    const std::size_t classes =
        ImageModel::takes_labels(name) ? reader.count("classes", kMostClasses) : 0;
    StoredSettings settings;
    settings.rows = reader.count("rows", kLongestSide);
    settings.columns = reader.count("columns", kLongestSide);
    settings.binarize = binarize_from(reader.text("binarize"));
    settings.data = reader.text("data");
    VaeOptions o;
    o.pixels = settings.rows * settings.columns;
    o.latent = reader.count("latent", kWidestLayer);
    o.hidden = reader.counts("hidden", kWidestLayer);
    o.activation = reader.text("activation");
    o.dropout = reader.number("dropout");
    o.grey = settings.binarize == Binarize::kNone;
    check_widths(o, classes, file, reader);
    Rng unused(0);
    ImageModel model(unused, name, o, classes);
    set_weights(file, path, state(model));
    check_finite(model, reader);
    return {std::move(model), settings};
  } catch (const WeightsError&) {
    throw;
  } catch (const Error& error) {
    reader.refuse(error.what());
  }
}

void check_fits(const ImageModel& model, const StoredSettings& settings, const ImageSet& images,
                const std::string& data_name) {
  if (images.rows != settings.rows || images.columns != settings.columns) {
    throw WeightsError(fmt::format(
        "the weights are for images of {} x {}, trained on {}, and {} has images of {} x {}: use "
        "the data that they were trained on",
        settings.rows, settings.columns, settings.data, data_name, images.rows, images.columns));
  }
  const std::size_t classes = model.classes();
  if (classes != 0 && images.classes() > classes) {
    throw DataError(fmt::format(
        "the model knows the labels 0 to {}, from the training images of {}, and {} has test "
        "images with labels up to {}: use data with no other labels",
        classes - 1, settings.data, data_name, images.classes() - 1));
  }
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
