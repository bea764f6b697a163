#pragma once

#include <evident/apps/stored_model.hpp>
#include <string>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// A mean over images or repeats and its standard error, NaN if there is one value only.
struct Estimate {
  double mean = 0;
  double standard_error = 0;
};

/// The mean and standard error of independent values.
Estimate estimate(const std::vector<double>& values);

/// The bound on a set of images, in nats an image; standard errors over images.
struct Score {
  Estimate elbo, log_likelihood, kl;
};

/// The ELBO of every image with z sampled once and dropout off, as `evaluate_elbo` finds it.
Score score(const ImageModel& model, const Batches& batches, Rng rng);

/// The bound's formula at z = the mean of q(z | x) instead of a draw: no bound on anything, but
/// what is often printed as one.
Score score_at_mean(const ImageModel& model, const Batches& batches);

/// What a model's bound may be called where pixels are binarised like this.
const char* bound_name(const ImageModel& model, Binarize binarize);

/// What its first term may be called: grey pixels have no likelihood under a Bernoulli.
const char* likelihood_name(const ImageModel& model, Binarize binarize);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
