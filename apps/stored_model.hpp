#pragma once

#include <evident/apps/image_model.hpp>
#include <evident/data/batches.hpp>
#include <filesystem>
#include <string>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// What a file of weights says about the images that its model was trained on.
struct StoredSettings {
  std::size_t rows = 28, columns = 28;  ///< sides of an image
  Binarize binarize = Binarize::kDynamic;
  std::string data;  ///< where the images are: a name, or an absolute directory
};

/// A model read back from a file, with its settings.
struct StoredModel {
  ImageModel model;
  StoredSettings settings;
};

/// Writes the model's weights, with the model's kind and size and the settings as metadata, all of
/// it or nothing.
void save_model(const std::filesystem::path& path, const ImageModel& model,
                const StoredSettings& settings);

/// Reads a model back; `path` is the file or the directory of a run.
/// Errors: WeightsError if the file is missing, broken, or not one that `save_model` has written.
StoredModel load_model(const std::filesystem::path& path);

/// Throws unless images of this set fit the model: WeightsError for images of another size,
/// DataError for labels that the model does not know.
void check_fits(const ImageModel& model, const StoredSettings& settings, const ImageSet& images,
                const std::string& data_name);

/// The binarisation of this name. Errors: another name.
Binarize binarize_from(const std::string& name);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
