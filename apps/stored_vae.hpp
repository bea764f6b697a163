#pragma once

#include <evident/data/batches.hpp>
#include <evident/models/vae.hpp>
#include <filesystem>
#include <string>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// What a file of weights says about the model it holds and the images it was trained on.
struct StoredSettings {
  VaeOptions model;
  std::size_t rows = 28, columns = 28;  ///< sides of an image
  Binarize binarize = Binarize::kDynamic;
  std::string data;  ///< where the images are: a name, or an absolute directory
};

/// A model read back from a file, with its settings.
struct StoredVae {
  Vae vae;
  StoredSettings settings;
};

/// Writes the model's weights, with its settings as metadata, all of it or nothing.
void save_vae(const std::filesystem::path& path, const Vae& vae, const StoredSettings& settings);

/// Reads a model back; `path` is the file or the directory of a run.
/// Errors: WeightsError if the file is missing, broken, or not a variational autoencoder's.
StoredVae load_vae(const std::filesystem::path& path);

/// Throws WeightsError unless images of this set fit the model.
void check_fits(const StoredSettings& settings, const ImageSet& images,
                const std::string& data_name);

/// The binarisation of this name. Errors: another name.
Binarize binarize_from(const std::string& name);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
