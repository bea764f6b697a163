#include <cxxabi.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/constants.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/distributions/kl_rules.hpp>
#include <evident/distributions/masked.hpp>
#include <evident/distributions/to_event.hpp>
#include <evident/distributions/transformed.hpp>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <tuple>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

struct StoredRule {
  std::string q, p;
  KlMethod method;
  detail::KlFunction function;
  detail::KlCondition applies;
};

struct Rules {
  std::mutex mutex;
  std::map<std::pair<std::type_index, std::type_index>, StoredRule> by_types;
};

// Rules registered by users arrive before main, in no particular order.
Rules& rules() {
  static Rules instance;
  return instance;
}

// "Normal" of evident::f64::Normal.
std::string name_of(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> readable(
      abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), &std::free);
  const std::string name = status == 0 ? readable.get() : type.name();
  return name.substr(name.rfind(':') + 1);
}

// Whether two distributions of events were made so in the same way.
bool same_axes(const Independent& q, const Independent& p) { return q.axes() == p.axes(); }

Var independent_independent(const Independent& q, const Independent& p) {
  if (!same_axes(q, p)) {
    throw ShapeError(
        fmt::format("kl: {} and {} count different axes as event: use the same to_event on both",
                    q.name(), p.name()));
  }
  return sum(kl(q.base(), p.base()), last_axes(q.axes()));
}

// Where both masks are 0 nothing counts.
Var masked_masked(const Masked& q, const Masked& p) {
  if (q.mask() != p.mask()) {
    throw Error(fmt::format("kl: the masks of {} and {} differ: use the same mask on both",
                            q.name(), p.name()));
  }
  return where(q.mask(), kl(q.base(), p.base()), 0.0);
}

// Draws that one map made of both tell as much as those of the bases.
Var transformed_transformed(const Transformed& q, const Transformed& p) {
  if (!q.transform().is_same(p.transform())) {
    throw Error(
        fmt::format("kl: {} and {} are made by different transforms: use the same on both, "
                    "or estimate it with kl_monte_carlo",
                    q.name(), p.name()));
  }
  return kl(q.base(), p.base());
}

// The library's own rules, one explicit list: a static library would drop registrars.
void add_own_rules() {
  KlRule<Independent, Independent>{independent_independent};
  KlRule<Masked, Masked>{masked_masked};
  KlRule<Transformed, Transformed>{transformed_transformed};
  detail::add_bernoulli_kl();
  detail::add_bounded_kl();
  detail::add_count_kl();
  detail::add_count_moment_kl();
  detail::add_dirichlet_kl();
  detail::add_gamma_kl();
  detail::add_half_normal_kl();
  detail::add_heavy_tail_kl();
  detail::add_infinite_kl();
  detail::add_label_kl();
  detail::add_moment_kl();
  detail::add_multivariate_kl();
  detail::add_normal_kl();
  detail::add_shaped_kl();
  detail::add_tails_kl();
  detail::add_truncated_normal_kl();
  detail::add_uniform_moment_kl();
  detail::add_unit_interval_kl();
  detail::add_unit_moment_kl();
}

// Adds the library's own on first use.
Rules& all_rules() {
  static std::once_flag once;
  std::call_once(once, [] {
    const auto users = [] {
      const std::lock_guard<std::mutex> lock(rules().mutex);
      return rules().by_types;
    }();
    add_own_rules();
    // A user's rule for the same pair stands.
    const std::lock_guard<std::mutex> lock(rules().mutex);
    for (const auto& [types, rule] : users) rules().by_types[types] = rule;
  });
  return rules();
}

const StoredRule* find_rule(const Distribution& q, const Distribution& p) {
  const StoredRule* const rule = [&]() -> const StoredRule* {
    Rules& all = all_rules();
    const std::lock_guard<std::mutex> lock(all.mutex);
    const auto found = all.by_types.find({typeid(q), typeid(p)});
    return found == all.by_types.end() ? nullptr : &found->second;
  }();
  // Without the lock, for a condition may ask about other pairs.
  return rule == nullptr || rule->applies == nullptr || rule->applies(q, p) ? rule : nullptr;
}

// "Normal against Laplace, Normal against Normal": the pairs that share a side with this one.
std::string nearest_rules(const Distribution& q, const Distribution& p) {
  std::string same_q, same_p;
  const std::lock_guard<std::mutex> lock(rules().mutex);
  for (const auto& [types, rule] : rules().by_types) {
    if (rule.method == KlMethod::kInfinite) continue;
    std::string& text = types.first == typeid(q) ? same_q : same_p;
    if (types.first != typeid(q) && types.second != typeid(p)) continue;
    text += fmt::format("{}{} against {}", text.empty() ? "" : ", ", rule.q, rule.p);
  }
  if (same_q.empty() && same_p.empty()) return "none has either";
  return same_q + (same_q.empty() || same_p.empty() ? "" : ", ") + same_p;
}

void check_events(const char* function, const Distribution& q, const Distribution& p) {
  if (q.event_shape() == p.event_shape()) return;
  throw ShapeError(fmt::format(
      "{}: {} has event shape {} and {} has {}: they must be equal; did you forget to_event?",
      function, q.name(), to_string(q.event_shape()), p.name(), to_string(p.event_shape())));
}

}  // namespace

namespace detail {

void add_kl(const std::type_info& q, const std::type_info& p, KlMethod method, KlFunction rule,
            KlCondition applies) {
  const std::lock_guard<std::mutex> lock(rules().mutex);
  rules().by_types[{q, p}] = {name_of(q), name_of(p), method, std::move(rule), std::move(applies)};
}

Var infinite_kl(const Distribution& q, const Distribution& p) {
  return full(broadcast_shape(q.batch_shape(), p.batch_shape(), "kl"),
              std::numeric_limits<double>::infinity());
}

}  // namespace detail

Var kl(const Distribution& q, const Distribution& p) {
  check_events("kl", q, p);
  const StoredRule* rule = find_rule(q, p);
  if (rule == nullptr) {
    throw Error(
        fmt::format("kl: there is no rule for {} against {} (the nearest: {}): estimate it with "
                    "kl_monte_carlo, which gives its standard error, or add a rule with KlRule",
                    q.name(), p.name(), nearest_rules(q, p)));
  }
  return rule->function(q, p);
}

KlMethod kl_method(const Distribution& q, const Distribution& p) {
  const auto* iq = dynamic_cast<const Independent*>(&q);
  const auto* ip = dynamic_cast<const Independent*>(&p);
  if (iq != nullptr && ip != nullptr) {
    return same_axes(*iq, *ip) ? kl_method(iq->base(), ip->base()) : KlMethod::kNone;
  }
  const auto* mq = dynamic_cast<const Masked*>(&q);
  const auto* mp = dynamic_cast<const Masked*>(&p);
  if (mq != nullptr && mp != nullptr) return kl_method(mq->base(), mp->base());
  const auto* tq = dynamic_cast<const Transformed*>(&q);
  const auto* tp = dynamic_cast<const Transformed*>(&p);
  if (tq != nullptr && tp != nullptr) {
    return tq->transform().is_same(tp->transform()) ? kl_method(tq->base(), tp->base())
                                                    : KlMethod::kNone;
  }
  const StoredRule* rule = find_rule(q, p);
  return rule == nullptr ? KlMethod::kNone : rule->method;
}

std::vector<KlPair> kl_pairs() {
  Rules& all = all_rules();
  const std::lock_guard<std::mutex> lock(all.mutex);
  std::vector<KlPair> pairs;
  for (const auto& [types, rule] : all.by_types) pairs.push_back({rule.q, rule.p, rule.method});
  std::sort(pairs.begin(), pairs.end(), [](const KlPair& a, const KlPair& b) {
    return std::tie(a.q, a.p) < std::tie(b.q, b.p);
  });
  return pairs;
}

MonteCarlo kl_monte_carlo(const Distribution& q, const Distribution& p, std::size_t draws,
                          Rng& rng) {
  check_events("kl_monte_carlo", q, p);
  if (draws < 2) {
    throw Error(fmt::format(
        "kl_monte_carlo: a standard error needs at least 2 draws, got {}: thousands are usual",
        draws));
  }
  const Shape own = q.batch_shape();
  const Shape both = broadcast_shape(own, p.batch_shape(), "kl_monte_carlo");
  const NoTape pause;
  // Axes of length 1 behind that of the draws: else that is where p's batch would have more axes.
  const Shape sample_shape = joined({draws}, Shape(both.size() - own.size(), 1));
  const Var x(reshaped(q.sample(rng, {draws}), joined(sample_shape, joined(own, q.event_shape()))));
  const Var ratio = q.log_prob(x) - p.log_prob(x);
  const Array& differences = ratio.value();
  for (std::size_t i = 0; i < differences.size(); ++i) {
    if (!std::isnan(differences.data()[i])) continue;
    throw DomainError(fmt::format(
        "kl_monte_carlo: at draw {} both densities are infinite, or none is a number: draws of {} "
        "underflow to an end of its support, where log p and log q cannot be compared: use kl, or "
        "larger concentrations",
        element_place(differences.shape(), i), q.name()));
  }
  const Var average = mean(ratio, {0});
  const double freedom = static_cast<double>(draws) - 1;
  const Var squares = sum(square(ratio - average), {0});
  const Var error = sqrt(squares / (freedom * static_cast<double>(draws)));
  return {average.value(), elementwise(
                               [](auto average, auto error) {
                                 return where(abs(average) == parts::kInfinity, parts::kInfinity,
                                              error);
                               },
                               average, error, "kl_monte_carlo")
                               .value()};
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
