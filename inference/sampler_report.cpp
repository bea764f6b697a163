#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <evident/inference/convergence.hpp>
#include <evident/inference/sampler_report.hpp>
#include <functional>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using Lines = std::vector<std::string>;

std::size_t count(const Array& x, const std::function<bool(real)>& holds) {
  return static_cast<std::size_t>(std::count_if(x.begin(), x.end(), holds));
}

// The numbers of the elements, worst first.
std::vector<std::size_t> chosen(const Array& x, const std::function<bool(real)>& holds,
                                bool largest_first) {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (holds(x(i))) result.push_back(i);
  }
  std::stable_sort(result.begin(), result.end(), [&](std::size_t a, std::size_t b) {
    return largest_first ? x(a) > x(b) : x(a) < x(b);
  });
  return result;
}

// "mu (1.31), tau (1.12) and 3 more".
std::string listed(const std::vector<std::size_t>& which, const Array& x, const Lines& names,
                   int digits) {
  constexpr std::size_t kShown = 3;
  std::string result;
  for (std::size_t i = 0; i < std::min(which.size(), kShown); ++i) {
    result +=
        fmt::format("{}{} ({:.{}f})", i == 0 ? "" : ", ", names[which[i]], x(which[i]), digits);
  }
  if (which.size() > kShown) result += fmt::format(" and {} more", which.size() - kShown);
  return result;
}

void look_at_trajectories(const Draws& draws, Lines& out) {
  const SamplerOptions& options = draws.options;
  const std::size_t total = draws.divergent.size();
  const std::string smaller_steps =
      options.step_size
          ? fmt::format("take a step_size below {:.3g}", *options.step_size)
          : fmt::format(
                "take a target_acceptance nearer to 1 than {:.3g}, such as {:.3g}",
                options.target_acceptance,
                options.target_acceptance < 0.9 ? 0.95 : (1 + options.target_acceptance) / 2);
  const std::size_t outside = count(draws.outside, [](real x) { return x > 0; });
  const std::size_t divergent = count(draws.divergent, [](real x) { return x > 0; }) - outside;
  if (divergent > 0) {
    out.push_back(fmt::format(
        "{} of {} trajectories diverged: the density curves too strongly there to be followed, and "
        "the draws miss that place. Reparameterise the model, as by a non-centred form, or {}.",
        divergent, total, smaller_steps));
  }
  if (outside > 0) {
    out.push_back(fmt::format(
        "{} of {} trajectories ended where the log density is NaN or infinite: such a border slows "
        "the sampler and may hide mistakes. Transform the variables to unconstrained ones, or {}.",
        outside, total, smaller_steps));
  }
  const auto deepest = static_cast<real>(options.max_tree_depth);
  const std::size_t cut = count(draws.tree_depth, [&](real x) { return x >= deepest; });
  if (cut > 0) {
    out.push_back(
        fmt::format("{} of {} trajectories were cut off after 2^{} steps: the draws are right but "
                    "slow to explore. Give the variables similar scales, use dense_mass if they "
                    "are correlated, or raise max_tree_depth.",
                    cut, total, options.max_tree_depth));
  }
  const auto low = chosen(
      draws.energy_bfmi, [](real x) { return x < 0.3; }, false);
  if (!low.empty()) {
    Lines chains;
    for (std::size_t i = 0; i < draws.energy_bfmi.size(); ++i) {
      chains.push_back(fmt::format("chain {}", i));
    }
    out.push_back(
        fmt::format("The energy is explored slowly, its fraction of missing information (E-BFMI) "
                    "is below 0.3 in {}: the tails are heavy or scales differ from place to place. "
                    "Reparameterise the model.",
                    listed(low, draws.energy_bfmi, chains, 2)));
  }
}

void look_at_values(const Draws& draws, const Lines& names, Lines& out) {
  const std::size_t chains = draws.values.shape()[0];
  const Array r_hat = split_r_hat(draws.values);
  const auto constant = chosen(
      r_hat, [](real x) { return std::isnan(x); }, true);
  if (!constant.empty()) {
    std::string which = names[constant[0]];
    if (constant.size() > 1) which += fmt::format(" and {} more", constant.size() - 1);
    out.push_back(
        fmt::format("Every draw of {} is the same: the chains have not moved. Start elsewhere, and "
                    "check the gradient.",
                    which));
  }
  const auto apart = chosen(
      r_hat, [](real x) { return x > 1.01; }, true);
  if (!apart.empty()) {
    out.push_back(
        fmt::format("Chains disagree, R-hat is above 1.01 for {}: no estimate is to be trusted. "
                    "Run a longer warm-up and more draws; if it stays, the posterior has several "
                    "modes or needs another parameterisation.",
                    listed(apart, r_hat, names, 2)));
  }
  struct Row {
    const char* what;
    Array ess;
  };
  for (const Row& row :
       {Row{"bulk", ess_bulk(draws.values)}, Row{"tail", ess_tail(draws.values)}}) {
    const double least = 100 * static_cast<double>(chains);
    const auto few = chosen(
        row.ess, [&](real x) { return x < least; }, false);
    if (few.empty()) continue;
    out.push_back(
        fmt::format("The {} effective sample size is below 100 a chain for {}: {} are unreliable. "
                    "Take more draws.",
                    row.what, listed(few, row.ess, names, 0),
                    row.what[0] == 'b' ? "means and medians" : "intervals"));
  }
}

}  // namespace

std::vector<std::string> warnings(const Draws& draws, const Lines& names) {
  const std::size_t values = draws.values.shape()[2];
  if (!names.empty() && names.size() != values) {
    throw Error(fmt::format("warnings: got {} names for {} values, expected one each", names.size(),
                            values));
  }
  Lines known = names;
  for (std::size_t i = known.size(); i < values; ++i) known.push_back(fmt::format("value {}", i));
  Lines out;
  look_at_trajectories(draws, out);
  if (draws.values.shape()[1] < 4) {
    out.push_back("There are fewer than 4 draws in a chain: too few to compare chains.");
  } else {
    look_at_values(draws, known, out);
  }
  return out;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
