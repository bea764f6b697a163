#include <cmath>
#include <evident/autodiff/functions.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/distributions/samplers/count_samplers.hpp>
#include <evident/distributions/samplers/counts.hpp>
#include <evident/distributions/samplers/parameter_groups.hpp>
#include <evident/distributions/samplers/weight_scale.hpp>
#include <limits>
#include <optional>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using groups::kGroup;

// Counts group by group: `make(sampler, i)` makes the sampler of element i, in place; it is called
// where its parameters differ from those of the element before, as `same(i)` tells. `take(i,
// count)` is handed the draws.
template <class Sampler, class Same, class Make, class Take>
void count_group(const Draw& draw, std::uint64_t index, Same same, Make make, Take take) {
  alignas(kAlignment) double u[kGroup];
  alignas(kAlignment) double v[kGroup];
  groups::uniform_group(draw, index, 0, u);
  bool have_v = false;
  std::optional<Sampler> sampler;
  for (std::size_t i = 0; i < kGroup; ++i) {
    if (i == 0 || !same(i)) make(sampler, i);
    if (!have_v && !sampler->inverts()) {
      groups::uniform_group(draw, index, 1, v);
      have_v = true;
    }
    take(i, (*sampler)({u[i], have_v ? v[i] : 0}, draw, index * kGroup + i, 0));
  }
}

// Binomials by `share(parameter)`, and what is made of n, the parameter and the draw.
template <class Share, class Result>
Array binomials(const Array& n, const Array& parameter, const Shape& shape, Rng& rng,
                const char* function, Share share_of, Result result) {
  const groups::ParameterGroups trials(n, shape, function);
  const groups::ParameterGroups parameters(parameter, shape, function);
  const Draw draw = rng.next();
  return groups::fill_groups(shape, [&](std::uint64_t index, real* out) {
    double count[kGroup];
    double given[kGroup];
    trials.load(index, count);
    parameters.load(index, given);
    count_group<BinomialSampler>(
        draw, index,
        [&](std::size_t i) { return count[i] == count[i - 1] && given[i] == given[i - 1]; },
        [&](std::optional<BinomialSampler>& sampler, std::size_t i) {
          sampler.emplace(count[i], share_of(given[i]));
        },
        [&](std::size_t i, double drawn) {
          out[i] = static_cast<real>(result(count[i], given[i], drawn));
        });
  });
}

template <class Share>
Array bernoullis(const Array& parameter, const Shape& shape, Rng& rng, const char* function,
                 Share share_of) {
  using D = Lanes<double>;
  const groups::ParameterGroups parameters(parameter, shape, function);
  const Draw draw = rng.next();
  return groups::fill_groups(shape, [&](std::uint64_t index, real* out) {
    alignas(kAlignment) double given[kGroup];
    alignas(kAlignment) double u[kGroup];
    parameters.load(index, given);
    groups::uniform_group(draw, index, 0, u);
    D share = share_of(D::load(given));
    for (std::size_t i = 0; i < kGroup; i += D::kWidth) {
      if (i > 0 && !parameters.constant()) share = share_of(D::load(given + i));
      where(share == share, where(D::load(u + i) < share, D(1.0), D(0.0)), share).store(u + i);
    }
    for (std::size_t i = 0; i < kGroup; ++i) out[i] = static_cast<real>(u[i]);
  });
}

}  // namespace

Array poisson(const Array& rate, const Shape& shape, Rng& rng) {
  const groups::ParameterGroups rates(rate, shape, "poisson");
  const Draw draw = rng.next();
  return groups::fill_groups(shape, [&](std::uint64_t index, real* out) {
    double r[kGroup];
    rates.load(index, r);
    count_group<PoissonSampler>(
        draw, index, [&](std::size_t i) { return r[i] == r[i - 1]; },
        [&](std::optional<PoissonSampler>& sampler, std::size_t i) { sampler.emplace(r[i]); },
        [&](std::size_t i, double drawn) { out[i] = static_cast<real>(drawn); });
  });
}

Array binomial(const Array& n, const Array& p, const Shape& shape, Rng& rng) {
  return binomials(
      n, p, shape, rng, "binomial", [](double given) { return given; },
      [](double, double, double successes) { return successes; });
}

// Of successes and failures the rarer are drawn, whose probability has its digits.
Array binomial_of_logits(const Array& n, const Array& logits, const Shape& shape, Rng& rng) {
  return binomials(
      n, logits, shape, rng, "binomial_of_logits",
      [](double logit) {
        const double e = std::exp(-std::abs(logit));
        return e / (1 + e);
      },
      [](double n, double logit, double rarer) {
        return logit > 0 ? std::floor(n) - rarer : rarer;
      });
}

Array bernoulli(const Array& p, const Shape& shape, Rng& rng) {
  return bernoullis(p, shape, rng, "bernoulli", [](Lanes<double> given) { return given; });
}

Array bernoulli_of_logits(const Array& logits, const Shape& shape, Rng& rng) {
  return bernoullis(logits, shape, rng, "bernoulli_of_logits",
                    [](Lanes<double> logit) { return sigmoid(logit); });
}

Array discrete_uniform(const Array& low, const Array& high, const Shape& shape, Rng& rng) {
  const groups::ParameterGroups lows(low, shape, "discrete_uniform");
  const groups::ParameterGroups highs(high, shape, "discrete_uniform");
  const Draw draw = rng.next();
  return groups::fill_groups(shape, [&](std::uint64_t index, real* out) {
    double first[kGroup];
    double last[kGroup];
    alignas(kAlignment) double u[kGroup];
    lows.load(index, first);
    highs.load(index, last);
    groups::uniform_group(draw, index, 0, u);
    for (std::size_t i = 0; i < kGroup; ++i) {
      const double step = std::floor(u[i] * (last[i] - first[i] + 1));
      out[i] = static_cast<real>(std::fmin(first[i] + step, last[i]));
    }
  });
}

Array geometric(const Array& p, const Shape& shape, Rng& rng) {
  using D = Lanes<double>;
  const groups::ParameterGroups probabilities(p, shape, "geometric");
  const Draw draw = rng.next();
  return groups::fill_groups(shape, [&](std::uint64_t index, real* out) {
    alignas(kAlignment) double share[kGroup];
    alignas(kAlignment) double u[kGroup];
    probabilities.load(index, share);
    groups::uniform_group(draw, index, 0, u);
    using parts::kInfinity;
    for (std::size_t i = 0; i < kGroup; i += D::kWidth) {
      const D q = D::load(share + i);
      const D failures = D(xsimd::floor((log(D::load(u + i)) / log1p(-q)).v));
      where(q == 1.0, D(0.0), where(q == 0.0, D(kInfinity), failures)).store(share + i);
    }
    // The logarithm of a probability outside has made it NaN, or negative.
    using parts::kNan;
    for (std::size_t i = 0; i < kGroup; ++i) {
      out[i] = static_cast<real>(share[i] >= 0 ? share[i] : kNan);
    }
  });
}

Array multinomial_counts(const Array& n, const Array& weights, const Shape& shape, Rng& rng) {
  if (weights.dimension() == 0) {
    throw ShapeError(
        "multinomial_counts: weights of shape () have no axis of outcomes: give them one, (k)");
  }
  const std::size_t k = weights.shape().back();
  const Shape batch(weights.shape().begin(), weights.shape().end() - 1);
  const groups::ParameterGroups trials(n, shape, "multinomial_counts");
  const groups::BatchPlaces places(batch, shape, "multinomial_counts");
  const Draw draw = rng.next();
  const std::size_t experiments = size_of(shape);
  Array result = uninitialised(joined(shape, Shape{k}));
  if (k == 0) return result;
  parallel((experiments + kGroup - 1) / kGroup, [&](std::size_t index) {
    double count[kGroup];
    std::size_t place[kGroup];
    trials.load(index, count);
    places.load(index, place);
    std::vector<double> left(k);  // the weight of an outcome and all after it
    const std::size_t first = index * kGroup;
    for (std::size_t i = 0; i < std::min(kGroup, experiments - first); ++i) {
      const real* w = weights.data() + place[i] * k;
      double sum = 0, scale = 1;
      const auto add = [&] {
        sum = 0;
        for (std::size_t j = k; j-- > 0;) left[j] = sum += scale * w[j];
      };
      add();
      if (std::isinf(sum)) {
        scale = detail::weight_scale(k);
        add();
      }
      double rest = sum > 0 ? count[i] : std::numeric_limits<double>::quiet_NaN();
      for (std::size_t j = 0; j < k; ++j) {
        const std::uint64_t element = (first + i) * k + j;
        double occurred = 0;
        // The share of the last weight is exactly 1, and then nothing is left.
        if (!(sum > 0) || (w[j] != 0 && rest != 0)) {
          occurred = BinomialSampler(rest, scale * w[j] / left[j])(two_uniforms(draw, element, 0),
                                                                   draw, element, 1);
        }
        rest -= occurred;
        result.data()[element] = static_cast<real>(occurred);
      }
    }
  });
  return result;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
