#include <fmt/format.h>

#include <evident/apps/evaluate.hpp>
#include <evident/apps/score.hpp>
#include <evident/inference/elbo.hpp>
#include <nlohmann/json.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

// log p(x) by importance sampling: its mean over images, the error of the images being a sample,
// and the error of the estimate itself, from repeats.
struct Evidence {
  double mean;
  double error_over_images;
  double monte_carlo_error;
};

Evidence evidence(const Vae& vae, const Batches& batches, const EvaluateOptions& options) {
  std::vector<double> means;
  std::vector<double> by_image;
  for (std::size_t repeat = 0; repeat < options.repeats; ++repeat) {
    Rng rng = Rng(options.seed, "evidence").stream(std::to_string(repeat));
    std::vector<double> values;
    for (std::size_t index = 0; index < batches.count(); ++index) {
      const Var x = batches.in_order(0, index);
      const Array estimates = log_evidence(rng, options.samples, vae, x);
      values.insert(values.end(), estimates.data(), estimates.data() + estimates.size());
    }
    means.push_back(estimate(values).mean);
    by_image.resize(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      by_image[i] += values[i] / static_cast<double>(options.repeats);
    }
  }
  const Estimate over_repeats = estimate(means);
  return {over_repeats.mean, estimate(by_image).standard_error, over_repeats.standard_error};
}

nlohmann::ordered_json to_json(const Estimate& e) {
  return {{"mean", e.mean}, {"standard_error", e.standard_error}};
}

}  // namespace

int evaluate(const EvaluateOptions& options) {
  const StoredVae stored = load_vae(options.weights);
  const StoredSettings& settings = stored.settings;
  const Images images = load_images(options.data);
  check_fits(settings, images.test, images.name);
  const Binarize binarize =
      options.binarize.empty() ? settings.binarize : binarize_from(options.binarize);
  Vae vae = stored.vae;
  vae.options.grey = binarize == Binarize::kNone;
  const Batches batches(images.test, options.batch, binarize, options.seed, "test");

  const Score sampled = score(vae, batches, Rng(options.seed, "evaluate"));
  const Score at_mean = score_at_mean(vae, batches);
  const Evidence log_p = evidence(vae, batches, options);
  const char* name = bound_name(binarize);

  if (options.json) {
    const nlohmann::ordered_json result = {{"data", images.name},
                                           {"images", images.test.count},
                                           {"binarize", to_string(binarize)},
                                           {"bound", name},
                                           {"test_elbo", to_json(sampled.elbo)},
                                           {"test_log_likelihood", to_json(sampled.log_likelihood)},
                                           {"test_kl", to_json(sampled.kl)},
                                           {"log_evidence",
                                            {{"mean", log_p.mean},
                                             {"standard_error", log_p.error_over_images},
                                             {"monte_carlo_error", log_p.monte_carlo_error},
                                             {"samples", options.samples},
                                             {"repeats", options.repeats}}},
                                           {"formula_at_z_mean", to_json(at_mean.elbo)}};
    fmt::print("{}\n", result.dump());
    return 0;
  }
  const auto row = [](const std::string& label, const Estimate& e) {
    fmt::print("  {:<46}{:10.3f} +- {:.3f}\n", label, e.mean, e.standard_error);
  };
  fmt::print("{}: {} test images, binarize {}; nats an image, +- standard error over images\n",
             images.name, images.test.count, to_string(binarize));
  row(fmt::format("{}, z sampled", name), sampled.elbo);
  row("  log p(x|z)", sampled.log_likelihood);
  row("  KL(q(z|x) || p(z))", sampled.kl);
  row(fmt::format("log p(x), {} importance samples", options.samples),
      {log_p.mean, log_p.error_over_images});
  if (options.repeats > 1) {
    fmt::print("  {:<46}{:13}  {:.3f}\n",
               fmt::format("  Monte Carlo error, from {} repeats", options.repeats), "",
               log_p.monte_carlo_error);
  }
  row("the formula at z = mean (not a bound)", at_mean.elbo);
  return 0;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
