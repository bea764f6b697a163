#include <fmt/format.h>

#include <cmath>
#include <evident/apps/evaluate.hpp>
#include <evident/apps/progress.hpp>
#include <evident/apps/score.hpp>
#include <evident/inference/elbo.hpp>
#include <nlohmann/json.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

// log p(x), or log p(x|y), by importance sampling: its mean over images, the error of the images
// being a sample, and the error of the estimate itself, from repeats.
struct Evidence {
  double mean;
  double error_over_images;
  double monte_carlo_error;
};

constexpr std::size_t kAtOnce = 8;  // few enough for the activations to stay in the caches

Evidence evidence(const ImageModel& model, const Batches& batches, const EvaluateOptions& options) {
  Progress progress;
  std::vector<double> means;
  std::vector<double> by_image;
  for (std::size_t repeat = 0; repeat < options.repeats; ++repeat) {
    Rng rng = Rng(options.seed, "evidence").stream(std::to_string(repeat));
    std::vector<double> values;
    for (std::size_t index = 0; index < batches.count(); ++index) {
      progress.update(
          fmt::format("importance samples: {:.0f}% of estimate {} of {}",
                      100.0 * static_cast<double>(index) / static_cast<double>(batches.count()),
                      repeat + 1, options.repeats));
      const Minibatch batch = batches.in_order(0, index);
      const Array estimates = model.call(batch.pixels, batch.labels, [&](const auto&... program) {
        return log_evidence(rng, {options.samples, kAtOnce}, program...);
      });
      values.insert(values.end(), estimates.data(), estimates.data() + estimates.size());
    }
    means.push_back(estimate(values).mean);
    by_image.resize(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      by_image[i] += values[i] / static_cast<double>(options.repeats);
    }
  }
  progress.clear();
  const Estimate over_repeats = estimate(means);
  return {over_repeats.mean, estimate(by_image).standard_error, over_repeats.standard_error};
}

nlohmann::ordered_json to_json(const Estimate& e) {
  return {{"mean", e.mean}, {"standard_error", e.standard_error}};
}

}  // namespace

int evaluate(const EvaluateOptions& options) {
  StoredModel stored = load_model(options.weights);
  const StoredSettings& settings = stored.settings;
  ImageModel& model = stored.model;
  const Images images = load_images(options.data.empty() ? settings.data : options.data);
  check_fits(model, settings, images.test, images.name);
  const Binarize binarize =
      options.binarize.empty() ? settings.binarize : binarize_from(options.binarize);
  const bool grey = binarize == Binarize::kNone;
  model.options().grey = grey;
  const Batches batches(images.test, options.batch, binarize, options.seed, "test");

  const Score sampled = score(model, batches, Rng(options.seed, "evaluate"));
  const Score at_mean = score_at_mean(model, batches);
  const Evidence log_p = evidence(model, batches, options);
  const char* name = bound_name(model, binarize);

  if (options.json) {
    const nlohmann::ordered_json result = {
        {"data", images.name},
        {"model", model.name()},
        {"images", images.test.count},
        {"binarize", to_string(binarize)},
        {"bound", name},
        {"test_elbo", to_json(sampled.elbo)},
        {"test_log_likelihood", to_json(sampled.log_likelihood)},
        {"test_kl", to_json(sampled.kl)},
        {grey ? "importance_weighted_bound_grey_pixels" : "log_evidence",
         {{"mean", log_p.mean},
          {"standard_error", log_p.error_over_images},
          {"monte_carlo_error", log_p.monte_carlo_error},
          {"samples", options.samples},
          {"repeats", options.repeats}}},
        {"formula_at_z_mean", to_json(at_mean.elbo)}};
    fmt::print("{}\n", result.dump());
    return 0;
  }
  const auto error = [](double value) {
    return std::isnan(value) ? std::string("n/a") : fmt::format("{:.3f}", value);
  };
  const auto row = [&](const std::string& label, const Estimate& e) {
    fmt::print("  {:<46}{:10.3f} +- {}\n", label, e.mean, error(e.standard_error));
  };
  fmt::print("{}: {} test images, binarize {}; nats an image, +- standard error over images\n",
             images.name, images.test.count, to_string(binarize));
  row(fmt::format("{}, z sampled", name), sampled.elbo);
  row(fmt::format("  {}", likelihood_name(model, binarize)), sampled.log_likelihood);
  row(fmt::format("  KL({} || p(z))", model.notation().posterior), sampled.kl);
  row(grey ? fmt::format("{} importance samples, grey pixels", options.samples)
           : fmt::format("{}, {} importance samples", model.notation().evidence, options.samples),
      {log_p.mean, log_p.error_over_images});
  fmt::print("  {:<46}{:13}  {}\n",
             fmt::format("  Monte Carlo error, from {} repeats", options.repeats), "",
             error(log_p.monte_carlo_error));
  row("the formula at z = mean (not a bound)", at_mean.elbo);
  return 0;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
