#include <algorithm>
#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/distributions/multinomial.hpp>
#include <evident/distributions/samplers/counts.hpp>
#include <evident/distributions/sums_over_counts.hpp>
#include <limits>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using parts::kInfinity;

// Below it a probability has lost digits, or is 0 though its logarithm is a number.
constexpr double kLeastExact = static_cast<double>(std::numeric_limits<real>::min());

// log P(count) of the Poisson law of mean n p. Its derivative goes by way of log p, where it is
// the count, also for p = 0.
template <class L, class LogP>
auto count_term(L count, L n, L p, const LogP& log_p) {
  return of_two<Promoted<LogP, L>>(log_p, count, [n, p](auto log_p, auto count) {
    const auto rare = p < kLeastExact && count > 0.0;
    const L far = where(rare, log_p + log(n), L(0.0)) * count - lgamma(count + 1.0);
    return Partials<L>{where(rare, far, log_poisson(count, n * p)), count, L(0.0)};
  });
}

// Draws go one by one to the outcome for which p / (count + 1) is largest: that keeps the product
// of p^x / x! as large as it can be. `certain` are the counts before the last ties, `tied` the
// outcomes that share the remaining draws, one each.
struct Peak {
  std::vector<double> certain;
  std::vector<std::size_t> tied;
  std::size_t remaining = 0;
};

bool ties(double a, double b) { return std::abs(a - b) <= 4e-15 * b; }

Peak peak_of(double n, const double* p, std::size_t k) {
  Peak peak{std::vector<double>(k), {}, 0};
  double left = n;
  for (std::size_t i = 0; i < k; ++i) {
    peak.certain[i] = std::fmax(0, std::floor(n * p[i]) - 1);
    left -= peak.certain[i];
  }
  const auto next = [&](std::size_t i) { return p[i] / (peak.certain[i] + 1); };
  while (left > 0) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < k; ++i) {
      if (next(i) > next(best)) best = i;
    }
    peak.tied.clear();
    for (std::size_t i = 0; i < k; ++i) {
      if (ties(next(i), next(best))) peak.tied.push_back(i);
    }
    const auto count = static_cast<double>(peak.tied.size());
    if (count > left) break;
    for (const std::size_t i : peak.tied) ++peak.certain[i];
    left -= count;
  }
  peak.remaining = static_cast<std::size_t>(left);
  return peak;
}

// With the remaining draws at these of the tied outcomes.
std::vector<double> completed(const Peak& peak, const std::vector<bool>& taken) {
  std::vector<double> counts = peak.certain;
  for (std::size_t j = 0; j < taken.size(); ++j) {
    if (taken[j]) ++counts[peak.tied[j]];
  }
  return counts;
}

// The smallest choice takes the last of the tied outcomes.
std::vector<bool> first_choice(const Peak& peak) {
  std::vector<bool> taken(peak.remaining == 0 ? 0 : peak.tied.size());
  std::fill(taken.end() - static_cast<std::ptrdiff_t>(peak.remaining), taken.end(), true);
  return taken;
}

std::vector<double> doubles(const real* x, std::size_t count) { return {x, x + count}; }

}  // namespace

Multinomial::Multinomial(const Var& total_count, Categorical base)
    : total_count_(stop_gradient(total_count)), base_(std::move(base)) {
  check_parameters();
}

Multinomial::Multinomial(const Var& total_count, Var probs)
    : Multinomial(total_count, Categorical(std::move(probs))) {}

Multinomial Multinomial::from_logits(const Var& total_count, Var logits) {
  return Multinomial(total_count, Categorical::from_logits(std::move(logits)));
}

std::vector<Parameter> Multinomial::parameters() const {
  std::vector<Parameter> all = base_.parameters();
  all.insert(all.begin(), {"total_count", total_count_, constraints::non_negative_integer()});
  return all;
}

Var Multinomial::counts_each() const {
  return reshape(total_count_, joined(total_count_.shape(), {1}));
}

Var Multinomial::log_prob_at(const Var& x) const {
  const Var terms = elementwise(
      [](auto x, auto n, auto p, auto log_p) {
        using L = decltype(counting::whole_part(x));
        const L whole = counting::whole_part(x), most = counting::whole_part(n);
        const auto possible = whole == x && x >= 0.0 && whole <= most;
        return where(possible, count_term(whole, most, counting::value_of(p), log_p),
                     where(x == x, -kInfinity, whole));
      },
      x, counts_each(), stop_gradient(probs()), log_probs(), "Multinomial::log_prob");
  return elementwise(
      [](auto log_p, auto total, auto n) {
        const auto count = counting::whole_part(n);
        return where(total == count, log_p - log_poisson(count, count),
                     where(total == total, -kInfinity, total));
      },
      sum(terms, {-1}), sum(stop_gradient(x), {-1}), total_count_, "Multinomial::log_prob");
}

Array Multinomial::draw(Rng& rng, const Shape& sample_shape) const {
  const NoTape pause;
  return multinomial_counts(total_count_.value(), probs().value(),
                            joined(sample_shape, batch_shape()), rng);
}

Var Multinomial::mean() const { return counts_each() * probs(); }

Var Multinomial::variance() const {
  return elementwise([](auto n, auto p) { return n * p * (1.0 - p); }, counts_each(), probs(),
                     "Multinomial::variance");
}

Var Multinomial::mode() const {
  const NoTape pause;
  const std::size_t k = base_.outcomes();
  const Shape batch = batch_shape();
  const Array n = broadcast_to(total_count_, batch).value();
  const Array p = broadcast_to(probs(), joined(batch, {k})).value();
  Array modes = uninitialised(p.shape());
  for (std::size_t row = 0; row < n.size(); ++row) {
    const std::vector<double> shares = doubles(p.data() + row * k, k);
    const Peak peak = peak_of(static_cast<double>(n.data()[row]), shares.data(), k);
    const std::vector<double> counts = completed(peak, first_choice(peak));
    std::copy(counts.begin(), counts.end(), modes.data() + row * k);
  }
  return modes;
}

Array Multinomial::all_modes() const {
  const NoTape pause;
  const std::size_t k = base_.outcomes();
  const std::vector<double> shares = doubles(probs().value().data(), k);
  const Peak peak = peak_of(total_count_.item(), shares.data(), k);
  std::vector<bool> taken = first_choice(peak);
  std::vector<Var> modes;
  do {
    modes.emplace_back(vector(completed(peak, taken)));
    if (modes.size() > 10000) refuse("list of modes", "more than 10000 are tied: use mode()");
  } while (std::next_permutation(taken.begin(), taken.end()));
  return stack(modes, 0).value();
}

Var Multinomial::entropy() const {
  // Of independent Poisson counts given their sum: -log p(x) is theirs less that of the sum. The
  // derivative goes by way of log p, in which it is 0 at p = 0.
  const Var terms = elementwise(
      [](auto n, auto p, auto log_p) {
        return on_each_lane(
            [](double n, double p, double) {
              return counting::poisson_cross_entropy(n, p, 1 - p).value;
            },
            [](double n, double p, double) -> std::array<double, 4> {
              const auto h = counting::poisson_cross_entropy(n, p, 1 - p);
              return {h.value, 0, 0, p == 0 ? 0 : h.in_probs * p};
            },
            n, p, log_p);
      },
      counts_each(), stop_gradient(probs()), log_probs(), "Multinomial::entropy");
  return elementwise(
      [](auto sum, auto n) {
        const auto count = counting::whole_part(n);
        return sum + log_poisson(count, count);
      },
      sum(terms, {-1}), total_count_, "Multinomial::entropy");
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
