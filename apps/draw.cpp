#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/apps/draw.hpp>
#include <evident/apps/picture.hpp>
#include <evident/apps/stored_model.hpp>
#include <nlohmann/json.hpp>
#include <numeric>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

// Writes a grid of images, in rows of `across`, and says so.
int write_grid(const DrawOptions& options, const StoredSettings& settings,
               const std::vector<float>& images, std::size_t across, nlohmann::ordered_json about) {
  const std::size_t count = images.size() / (settings.rows * settings.columns);
  const std::size_t down = (count + across - 1) / across;
  write_png(options.out,
            tile(images, {across, down, settings.rows, settings.columns, options.scale, 1}));
  if (options.json) {
    about["picture"] = options.out.string();
    about["columns"] = across;
    about["rows"] = down;
    fmt::print("{}\n", about.dump());
  } else {
    fmt::print("{}: {} x {} images\n", options.out.string(), across, down);
  }
  return 0;
}

std::size_t or_default(std::size_t count, std::size_t usual) { return count == 0 ? usual : count; }

// The labels to draw: the one that was asked for, or every one that the model knows. The images of
// a model without labels are all of one kind, drawn as if that were 0.
std::vector<std::size_t> labels_to_draw(const char* command, const DrawOptions& options,
                                        const ImageModel& model) {
  const std::size_t classes = model.classes();
  if (!options.label) {
    std::vector<std::size_t> all(std::max<std::size_t>(classes, 1));
    std::iota(all.begin(), all.end(), std::size_t{0});
    return all;
  }
  if (classes == 0) {
    throw Error(fmt::format(
        "{}: --label {}: {} holds a {}, which has no labels: leave --label out, or train a model "
        "that has them with evident train --model conditional-vae",
        command, *options.label, options.weights.string(), model.name()));
  }
  if (*options.label >= classes) {
    throw Error(fmt::format("{}: --label {}: the model knows the labels 0 to {}", command,
                            *options.label, classes - 1));
  }
  return {*options.label};
}

// Appends the pixels' probabilities at these latents, all of one label.
void append_decoded(const ImageModel& model, const Var& z, std::size_t label,
                    std::vector<float>& images) {
  const Array labels = full({rows(z)}, static_cast<double>(label));
  const auto decode = [](const auto& m, const auto&... given) { return m.decode(given...); };
  const Array pixels = model.call(z, labels, decode).value();
  images.insert(images.end(), pixels.data(), pixels.data() + pixels.size());
}

// The first test images.
ImageSet test_images(const DrawOptions& options, const StoredModel& stored, std::size_t most) {
  Images images = load_images(options.data.empty() ? stored.settings.data : options.data);
  check_fits(stored.model, stored.settings, images.test, images.name);
  images.test.count = std::min(most, images.test.count);
  images.test.pixels.resize(images.test.count * images.test.size());
  images.test.labels.resize(images.test.count);
  return std::move(images.test);
}

// The images under one binarisation: grey for the eye, or as the model takes them.
Minibatch as_batch(const ImageSet& images, Binarize binarize, std::uint64_t seed) {
  return Batches(images, images.count, binarize, seed, "test").in_order(0, 0);
}

// The standard normal quantile, by bisection: a grid needs few of them.
double normal_quantile(double probability) {
  double low = -10;
  double high = 10;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (0.5 * std::erfc(-middle / std::sqrt(2.0)) < probability ? low : high) = middle;
  }
  return (low + high) / 2;
}

// The two latents whose posterior means vary most over these images.
std::array<std::size_t, 2> most_active(const ImageModel& model, const Minibatch& images) {
  const auto encode = [](const auto& m, const auto&... x) { return m.encode(x...); };
  const Array means = model.call(images.pixels, images.labels, encode).value();
  const std::size_t latents = model.options().latent;
  std::vector<std::pair<double, std::size_t>> activity;
  for (std::size_t j = 0; j < latents; ++j) {
    double sum = 0;
    double squares = 0;
    for (std::size_t i = 0; i < rows(means); ++i) {
      const auto mean = static_cast<double>(means.data()[i * latents + j]);
      sum += mean;
      squares += mean * mean;
    }
    const auto n = static_cast<double>(rows(means));
    activity.emplace_back(-(squares / n - sum / n * (sum / n)), j);
  }
  std::sort(activity.begin(), activity.end());
  return {activity[0].second, activity[1].second};
}

}  // namespace

int draw_samples(const DrawOptions& options) {
  const StoredModel stored = load_model(options.weights);
  const std::vector<std::size_t> labels = labels_to_draw("sample", options, stored.model);
  const bool one = labels.size() == 1;
  const std::size_t count = or_default(options.count, one ? 100 : 10);
  Rng rng(options.seed, "sample");
  const Var z = standard_normal({count, stored.model.options().latent}, rng);
  std::vector<float> images;
  for (const std::size_t label : labels) append_decoded(stored.model, z, label, images);
  const double side = std::ceil(std::sqrt(static_cast<double>(count)));
  return write_grid(options, stored.settings, images, one ? static_cast<std::size_t>(side) : count,
                    {{"samples", count * labels.size()}});
}

int draw_reconstructions(const DrawOptions& options) {
  const StoredModel stored = load_model(options.weights);
  constexpr std::size_t kAcross = 10;
  const ImageSet shown = test_images(options, stored, or_default(options.count, 50));
  const Minibatch originals = as_batch(shown, Binarize::kNone, options.seed);
  const Minibatch seen = as_batch(shown, stored.settings.binarize, options.seed);
  const auto reconstruct = [](const auto& m, const auto&... x) { return m.reconstruct(x...); };
  const Var copies = stored.model.call(seen.pixels, seen.labels, reconstruct);
  const std::size_t pixels = shown.size();
  const std::size_t across = std::min(kAcross, shown.count);
  std::vector<float> images;
  for (std::size_t first = 0; first < shown.count; first += across) {
    const std::size_t length = std::min(across, shown.count - first);
    for (const Var* source : {&originals.pixels, &copies}) {
      const real* from = source->value().data() + first * pixels;
      images.insert(images.end(), from, from + length * pixels);
      images.resize(images.size() + (across - length) * pixels, 1.0F);
    }
  }
  return write_grid(options, stored.settings, images, across, {{"reconstructions", shown.count}});
}

int draw_manifold(const DrawOptions& options) {
  const StoredModel stored = load_model(options.weights);
  const std::size_t label = labels_to_draw("manifold", options, stored.model).front();
  const std::size_t latents = stored.model.options().latent;
  if (latents < 2) {
    throw Error("manifold: the model has one latent, and a plane needs two: draw samples instead");
  }
  constexpr std::size_t kImages = 2000;
  const std::array<std::size_t, 2> axes =
      latents == 2 ? std::array<std::size_t, 2>{0, 1}
                   : most_active(stored.model, as_batch(test_images(options, stored, kImages),
                                                        stored.settings.binarize, options.seed));
  const std::size_t side = or_default(options.count, 20);
  Array z = zeros({side * side, latents});
  const auto quantile = [&](std::size_t i) {
    return static_cast<real>(
        normal_quantile((static_cast<double>(i) + 0.5) / static_cast<double>(side)));
  };
  for (std::size_t i = 0; i < side * side; ++i) {
    z.data()[i * latents + axes[0]] = quantile(i % side);
    z.data()[i * latents + axes[1]] = quantile(side - 1 - i / side);
  }
  std::vector<float> images;
  append_decoded(stored.model, z, label, images);
  return write_grid(options, stored.settings, images, side, {{"latents", {axes[0], axes[1]}}});
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
