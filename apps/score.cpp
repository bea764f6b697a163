#include <cmath>
#include <evident/apps/score.hpp>
#include <evident/inference/elbo.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

// Runs `elbo_of` on every batch and collects its terms image by image.
template <class ElboOf>
Score collect(const Batches& batches, ElboOf elbo_of) {
  std::vector<double> elbo, log_likelihood, kl;
  for (std::size_t index = 0; index < batches.count(); ++index) {
    const Elbo e = elbo_of(batches.in_order(0, index));
    const std::size_t first = elbo.size();
    for (const SiteTerm& site : e.sites) {
      const bool data = site.estimator == Estimator::kLogProb;
      std::vector<double>& part = data ? log_likelihood : kl;
      const std::size_t count = site.term.size();
      elbo.resize(first + count);
      part.resize(first + count);
      for (std::size_t i = 0; i < count; ++i) {
        const auto term = static_cast<double>(site.term.value().data()[i]);
        part[first + i] += term;
        elbo[first + i] += data ? term : -term;
      }
    }
  }
  return {estimate(elbo), estimate(log_likelihood), estimate(kl)};
}

}  // namespace

Estimate estimate(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double mean = 0;
  for (const double value : values) mean += value / n;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, values.size() < 2 ? std::nan("") : std::sqrt(squares / (n - 1) / n)};
}

Score score(const ImageModel& model, const Batches& batches, Rng rng) {
  return collect(batches, [&](const Minibatch& batch) {
    return model.call(batch.pixels, batch.labels,
                      [&](const auto&... program) { return evaluate_elbo(rng, program...); });
  });
}

Score score_at_mean(const ImageModel& model, const Batches& batches) {
  Rng rng(0);
  return collect(batches, [&](const Minibatch& batch) {
    // Zero noise makes the draw loc + scale * noise the mean; the KL does not depend on it.
    const Array noise = zeros({rows(batch.pixels), model.options().latent});
    const ElboOptions at_mean{true, false, {{"z", noise}}};
    return model.call(batch.pixels, batch.labels,
                      [&](const auto&... program) { return elbo(at_mean, rng, program...); });
  });
}

const char* bound_name(const ImageModel& model, Binarize binarize) {
  return binarize == Binarize::kNone ? "cross-entropy bound, grey pixels" : model.notation().bound;
}

const char* likelihood_name(const ImageModel& model, Binarize binarize) {
  return binarize == Binarize::kNone ? "minus cross entropy" : model.notation().likelihood;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
