#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/apps/draw.hpp>
#include <evident/apps/picture.hpp>
#include <evident/apps/stored_vae.hpp>
#include <nlohmann/json.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

std::vector<float> to_floats(const Array& values) {
  return {values.data(), values.data() + values.size()};
}

// Writes a grid of images, in rows of `across`, and says so.
int write_grid(const DrawOptions& options, const StoredSettings& settings,
               const std::vector<float>& images, std::size_t across, nlohmann::ordered_json about) {
  const std::size_t count = images.size() / settings.model.pixels;
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

// The first test images.
ImageSet test_images(const DrawOptions& options, const StoredSettings& settings, std::size_t most) {
  Images images = load_images(options.data.empty() ? settings.data : options.data);
  check_fits(settings, images.test, images.name);
  images.test.count = std::min(most, images.test.count);
  images.test.pixels.resize(images.test.count * images.test.size());
  return std::move(images.test);
}

// The images under one binarisation: grey for the eye, or as the model takes them.
Array as_array(const ImageSet& images, Binarize binarize, std::uint64_t seed) {
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
std::array<std::size_t, 2> most_active(const Vae& vae, const Array& images) {
  const Array means = vae.encode(images).value();
  const std::size_t latents = vae.options.latent;
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
  const StoredVae stored = load_vae(options.weights);
  const std::size_t count = or_default(options.count, 100);
  Rng rng(options.seed, "sample");
  const Var z = standard_normal({count, stored.vae.options.latent}, rng);
  const auto across = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(count))));
  return write_grid(options, stored.settings, to_floats(stored.vae.decode(z).value()), across,
                    {{"samples", count}});
}

int draw_reconstructions(const DrawOptions& options) {
  const StoredVae stored = load_vae(options.weights);
  constexpr std::size_t kAcross = 10;
  const ImageSet shown = test_images(options, stored.settings, or_default(options.count, 50));
  const Array originals = as_array(shown, Binarize::kNone, options.seed);
  const Array copies =
      stored.vae.reconstruct(as_array(shown, stored.settings.binarize, options.seed)).value();
  const std::size_t pixels = stored.settings.model.pixels;
  const std::size_t count = rows(originals);
  const std::size_t across = std::min(kAcross, count);
  std::vector<float> images;
  for (std::size_t first = 0; first < count; first += across) {
    const std::size_t length = std::min(across, count - first);
    for (const Array* source : {&originals, &copies}) {
      const real* from = source->data() + first * pixels;
      images.insert(images.end(), from, from + length * pixels);
      images.resize(images.size() + (across - length) * pixels, 1.0F);
    }
  }
  return write_grid(options, stored.settings, images, across, {{"reconstructions", count}});
}

int draw_manifold(const DrawOptions& options) {
  const StoredVae stored = load_vae(options.weights);
  const std::size_t latents = stored.vae.options.latent;
  if (latents < 2) {
    throw Error("manifold: the model has one latent, and a plane needs two: draw samples instead");
  }
  constexpr std::size_t kImages = 2000;
  const std::array<std::size_t, 2> axes =
      latents == 2
          ? std::array<std::size_t, 2>{0, 1}
          : most_active(stored.vae, as_array(test_images(options, stored.settings, kImages),
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
  return write_grid(options, stored.settings, to_floats(stored.vae.decode(z).value()), side,
                    {{"latents", {axes[0], axes[1]}}});
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
