#pragma once

#include <cstdint>
#include <evident/autodiff/real.hpp>
#include <filesystem>
#include <optional>
#include <string>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The choices of a picture.
struct DrawOptions {
  std::filesystem::path weights;  ///< a file, or the directory of a run
  std::filesystem::path out;      ///< the PNG file
  std::string data;       ///< the test images come from here; empty: what the model was trained on
  std::size_t count = 0;  ///< images, or images along a side of the manifold; 0: a default
  std::optional<std::size_t> label;  ///< what to draw, of a model that takes labels
  std::size_t scale = 2;             ///< each pixel of an image becomes scale x scale
  std::uint64_t seed = 1;
  bool json = false;
};

/// Images drawn from the model: z from the prior, the pixels' probabilities shown. Of a model that
/// takes labels a row for each, the same draws of z in every row, or images of one label.
/// Errors: a label that the model does not know.
int draw_samples(const DrawOptions& options);

/// Test images in grey, each above its reconstruction: the pixels' probabilities at the mean of
/// q(z | x), for x binarised as in training.
int draw_reconstructions(const DrawOptions& options);

/// What the decoder makes of a plane of latents: of a grid of normal quantiles if there are two
/// latents, otherwise of the two most active ones with the rest at 0. A latent is as active as the
/// variance of its posterior mean over test images is large (Burda et al. 2016). A model that takes
/// labels draws images of one, 0 unless another was chosen. Errors: those of `draw_samples`.
int draw_manifold(const DrawOptions& options);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
