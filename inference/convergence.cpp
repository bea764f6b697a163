#include <fmt/format.h>
#include <evident/autodiff/functions/constants.hpp>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/functions/normal_quantile.hpp>
#include <evident/autodiff/special/incomplete_beta.hpp>
#include <evident/inference/convergence.hpp>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

double detail::quantile(std::vector<double> x, double p) {
  std::sort(x.begin(), x.end());
  const double place = p * static_cast<double>(x.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, x.size() - 1);
  return x[below] + (place - std::floor(place)) * (x[above] - x[below]);
}

namespace {

using detail::quantile;

using parts::kNan;

using Vector = std::vector<double>;

// The draws of one quantity, one chain after the other.
struct Chains {
  std::size_t count, length;
  Vector draws;

  const double* chain(std::size_t index) const { return draws.data() + index * length; }
};

double mean(const double* x, std::size_t n) {
  return std::accumulate(x, x + n, 0.0) / static_cast<double>(n);
}

double variance(const double* x, std::size_t n) {
  const double centre = mean(x, n);
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += (x[i] - centre) * (x[i] - centre);
  return sum / static_cast<double>(n - 1);
}

double variance(const Vector& x) { return variance(x.data(), x.size()); }

bool is_constant(const Vector& x) {
  return std::all_of(x.begin(), x.end(), [&](double value) { return value == x.front(); });
}

// The same chains after a function of every draw.
template <class F>
Chains map(Chains x, F f) {
  for (double& draw : x.draws) draw = f(draw);
  return x;
}

// Every chain as two; the middle one of an odd number of draws is left out.
Chains split(const Chains& x) {
  const std::size_t half = x.length / 2;
  Chains result{2 * x.count, half, {}};
  for (std::size_t chain = 0; chain < x.count; ++chain) {
    const double* first = x.chain(chain);
    result.draws.insert(result.draws.end(), first, first + half);
    result.draws.insert(result.draws.end(), first + x.length - half, first + x.length);
  }
  return result;
}

// Draws of equal value share the mean of their ranks 1 ... n.
Vector ranks(const Vector& x) {
  std::vector<std::size_t> order(x.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return x[a] < x[b]; });
  Vector result(x.size());
  for (std::size_t i = 0; i < x.size();) {
    std::size_t end = i + 1;
    while (end < x.size() && x[order[end]] == x[order[i]]) ++end;
    const double rank = 0.5 * static_cast<double>(i + 1 + end);
    for (; i < end; ++i) result[order[i]] = rank;
  }
  return result;
}

// The normal scores of the ranks: Phi^-1((rank - 3/8) / (n + 1/4)) (Blom 1958).
Chains normal_scores(Chains x) {
  using L = Lanes<double>;
  Vector p = ranks(x.draws);
  const double n = static_cast<double>(p.size());
  for (double& rank : p) rank = (rank - 0.375) / (n + 0.25);
  p.resize((p.size() + L::kWidth - 1) / L::kWidth * L::kWidth, 0.5);
  for (std::size_t i = 0; i < p.size(); i += L::kWidth) ndtri(L::load(&p[i])).store(&p[i]);
  p.resize(x.draws.size());
  x.draws = std::move(p);
  return x;
}

// The root of the variance of all draws over the one that chains have within themselves.
double r_hat(const Chains& x) {
  if (is_constant(x.draws)) return kNan;
  Vector means;
  double within = 0;
  for (std::size_t chain = 0; chain < x.count; ++chain) {
    means.push_back(mean(x.chain(chain), x.length));
    within += variance(x.chain(chain), x.length) / static_cast<double>(x.count);
  }
  const double n = static_cast<double>(x.length);
  return std::sqrt(variance(means) / within + (n - 1) / n);
}

// Every chain less its mean.
Chains centred(Chains x) {
  for (std::size_t chain = 0; chain < x.count; ++chain) {
    double* draws = x.draws.data() + chain * x.length;
    const double centre = mean(draws, x.length);
    for (std::size_t i = 0; i < x.length; ++i) draws[i] -= centre;
  }
  return x;
}

// The autocovariance of centred chains at a lag, in the mean over chains.
double autocovariance(const Chains& x, std::size_t lag) {
  double sum = 0;
  for (std::size_t chain = 0; chain < x.count; ++chain) {
    const double* draws = x.chain(chain);
    for (std::size_t i = 0; i + lag < x.length; ++i) sum += draws[i] * draws[i + lag];
  }
  return sum / static_cast<double>(x.draws.size());
}

// Lags are looked at as far as they are needed, which is rarely far: no transform is.
double effective_sample_size(const Chains& x) {
  if (is_constant(x.draws)) return kNan;
  Vector means;
  for (std::size_t chain = 0; chain < x.count; ++chain) {
    means.push_back(mean(x.chain(chain), x.length));
  }
  const Chains deviations = centred(x);
  const double n = static_cast<double>(x.length);
  const double biased = autocovariance(deviations, 0);
  const double within = biased * n / (n - 1);
  const double total = biased + variance(means);
  const auto correlation = [&](std::size_t lag) {
    return 1 - (within - autocovariance(deviations, lag)) / total;
  };
  // The sums of neighbouring lags are positive and never increase (Geyer 1992): what does otherwise
  // is noise. Of the first pair that is, its first half counts once, which favours neither sign.
  double even = 1, odd = correlation(1), sum = 0, bound = std::numeric_limits<double>::infinity();
  for (std::size_t lag = 2; even + odd > 0; lag += 2) {
    bound = std::min(bound, even + odd);
    sum += bound;
    const bool more = lag + 1 < x.length;
    even = more ? correlation(lag) : 0;
    odd = more ? correlation(lag + 1) : 0;
  }
  const double draws = static_cast<double>(x.draws.size());
  const double time = 2 * sum - 1 + std::max(even, 0.0);
  // Chains whose neighbours are opposite are worth more draws than they have; not without limit.
  return draws / std::max(time, 1 / std::log10(draws));
}

// Whether a draw is at most the quantile; where they all are, whether it is below.
Chains at_most_quantile(const Chains& x, double p) {
  const double q = quantile(x.draws, p);
  Chains result = map(x, [q](double draw) { return draw <= q ? 1.0 : 0.0; });
  if (is_constant(result.draws)) result = map(x, [q](double draw) { return draw < q ? 1.0 : 0.0; });
  return result;
}

double ess_of_quantile(const Chains& x, double p) {
  return effective_sample_size(split(at_most_quantile(x, p)));
}

void check(const char* function, const Array& draws) {
  const Shape& shape = draws.shape();
  if (shape.size() < 2 || shape[0] == 0) {
    throw ShapeError(fmt::format("{}: draws have shape {}, expected (chains, draws, ...)", function,
                                 to_string(shape)));
  }
  if (shape[1] < 4) {
    throw ShapeError(fmt::format(
        "{}: draws have shape {}, with {} draws in a chain, expected at least 4: draw more, or "
        "exchange the first two axes if chains come second",
        function, to_string(shape), shape[1]));
  }
  for (std::size_t i = 0; i < draws.size(); ++i) {
    if (std::isfinite(draws.data()[i])) continue;
    throw Error(
        fmt::format("{}: draw {} of (chains, draws, ...) = {} is {}, expected finite draws: "
                    "leave out the quantities that are not",
                    function, element_place(shape, i), to_string(shape), draws.data()[i]));
  }
}

void check_probability(const char* function, double p) {
  if (p > 0 && p < 1) return;
  throw Error(fmt::format("{}: p is {}, it must be between 0 and 1", function, p));
}

// f of the chains of every quantity.
template <class F>
Array each_quantity(const char* function, const Array& draws, F f) {
  check(function, draws);
  const Shape& shape = draws.shape();
  Array result = uninitialised(Shape(shape.begin() + 2, shape.end()));
  const std::size_t quantities = result.size();
  Chains x{shape[0], shape[1], Vector(shape[0] * shape[1])};
  for (std::size_t quantity = 0; quantity < quantities; ++quantity) {
    for (std::size_t i = 0; i < x.draws.size(); ++i) {
      x.draws[i] = draws.data()[i * quantities + quantity];
    }
    result.data()[quantity] = static_cast<real>(f(x));
  }
  return result;
}

}  // namespace

Array split_r_hat(const Array& draws) {
  return each_quantity("split_r_hat", draws, [](const Chains& x) {
    const double median = quantile(x.draws, 0.5);
    const Chains folded = map(x, [median](double draw) { return std::abs(draw - median); });
    const double location = r_hat(normal_scores(split(x)));
    const double scale = r_hat(normal_scores(split(folded)));
    // Draws at equal distances from the median have nothing to say about the scale.
    return std::isnan(scale) ? location : std::max(location, scale);
  });
}

Array ess_bulk(const Array& draws) {
  return each_quantity("ess_bulk", draws, [](const Chains& x) {
    return effective_sample_size(normal_scores(split(x)));
  });
}

Array ess_tail(const Array& draws) {
  return each_quantity("ess_tail", draws, [](const Chains& x) {
    return std::min(ess_of_quantile(x, 0.05), ess_of_quantile(x, 0.95));
  });
}

Array ess_mean(const Array& draws) {
  return each_quantity("ess_mean", draws,
                       [](const Chains& x) { return effective_sample_size(split(x)); });
}

Array ess_quantile(const Array& draws, double p) {
  check_probability("ess_quantile", p);
  return each_quantity("ess_quantile", draws,
                       [p](const Chains& x) { return ess_of_quantile(x, p); });
}

Array mcse_mean(const Array& draws) {
  return each_quantity("mcse_mean", draws, [](const Chains& x) {
    return std::sqrt(variance(x.draws) / effective_sample_size(split(x)));
  });
}

Array mcse_sd(const Array& draws) {
  return each_quantity("mcse_sd", draws, [](const Chains& x) {
    const std::size_t n = x.draws.size();
    const double centre = mean(x.draws.data(), n);
    const Chains squares = map(x, [centre](double draw) {
      const double deviation = draw - centre;
      return deviation * deviation;
    });
    const double second = mean(squares.draws.data(), n);
    const Chains fourths = map(squares, [](double square) { return square * square; });
    const double of_squares = mean(fourths.draws.data(), n) - second * second;
    return std::sqrt(of_squares / effective_sample_size(split(squares)) / second) / 2;
  });
}

Array mcse_quantile(const Array& draws, double p) {
  check_probability("mcse_quantile", p);
  return each_quantity("mcse_quantile", draws, [p](const Chains& x) {
    constexpr double kBelow = 0.158655253931457051;  // Phi(-1)
    const double ess = ess_of_quantile(x, p);
    if (std::isnan(ess)) return kNan;
    const double n = static_cast<double>(x.draws.size());
    const double a = ess * p + 1, b = ess * (1 - p) + 1;
    const double low = std::floor(n * special::betaincinv(a, b, kBelow, 1 - kBelow).x);
    const double high = std::ceil(n * special::betaincinv(a, b, 1 - kBelow, kBelow).x);
    Vector sorted = x.draws;
    std::sort(sorted.begin(), sorted.end());
    const auto nth = [&](double rank) {
      return sorted[static_cast<std::size_t>(std::clamp(rank, 1.0, n)) - 1];
    };
    return (nth(high) - nth(low)) / 2;
  });
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
