#include <fmt/format.h>

#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/distributions/bernoulli.hpp>
#include <evident/distributions/kl.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/to_event.hpp>
#include <map>
#include <mutex>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

struct Rules {
  std::mutex mutex;
  std::map<std::pair<std::type_index, std::type_index>, detail::KlFunction> by_types;
};

// Rules registered by users arrive before main, in no particular order.
Rules& rules() {
  static Rules instance;
  return instance;
}

// (log(s_p / s_q) and the quadratic form; Kingma and Welling 2014, appendix B, for p = N(0, 1).)
Var normal_normal(const Normal& q, const Normal& p) {
  return elementwise(
      [](auto q_loc, auto q_scale, auto p_loc, auto p_scale) {
        const auto ratio = q_scale / p_scale;
        return 0.5 * (square(ratio) + square((q_loc - p_loc) / p_scale) - 1.0) - log(ratio);
      },
      q.loc(), q.scale(), p.loc(), p.scale(), "kl(Normal, Normal)");
}

Var bernoulli_bernoulli(const Bernoulli& q, const Bernoulli& p) {
  return elementwise(
      [](auto q, auto p) {
        // 0 log 0 = 0: an outcome that q never sees costs nothing.
        const auto term = [](auto q, auto p) {
          return where(sigmoid(q) == 0.0, 0.0, sigmoid(q) * (softplus(-p) - softplus(-q)));
        };
        return term(q, p) + term(-q, -p);
      },
      q.logits(), p.logits(), "kl(Bernoulli, Bernoulli)");
}

Var independent_independent(const Independent& q, const Independent& p) {
  if (q.axes() != p.axes()) {
    throw ShapeError(
        fmt::format("kl: {} and {} count different axes as event: use the same "
                    "to_event on both",
                    q.name(), p.name()));
  }
  return sum(kl(q.base(), p.base()), last_axes(q.axes()));
}

// The library's own rules, one explicit list: a static library would drop registrars.
void add_own_rules() {
  const KlRule<Normal, Normal> normals(normal_normal);
  const KlRule<Bernoulli, Bernoulli> bernoullis(bernoulli_bernoulli);
  const KlRule<Independent, Independent> independents(independent_independent);
}

const detail::KlFunction* find_rule(const Distribution& q, const Distribution& p) {
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
  const std::lock_guard<std::mutex> lock(rules().mutex);
  const auto found = rules().by_types.find({typeid(q), typeid(p)});
  return found == rules().by_types.end() ? nullptr : &found->second;
}

}  // namespace

namespace detail {

void add_kl(std::type_index q, std::type_index p, KlFunction rule) {
  const std::lock_guard<std::mutex> lock(rules().mutex);
  rules().by_types[{q, p}] = std::move(rule);
}

}  // namespace detail

Var kl(const Distribution& q, const Distribution& p) {
  if (q.event_shape() != p.event_shape()) {
    throw ShapeError(fmt::format(
        "kl: {} has event shape {} and {} has {}: they must be equal; did you forget to_event?",
        q.name(), to_string(q.event_shape()), p.name(), to_string(p.event_shape())));
  }
  const detail::KlFunction* rule = find_rule(q, p);
  if (rule == nullptr) {
    throw Error(fmt::format(
        "kl: there is no rule for {} against {}: add one with KlRule, or estimate it by sampling, "
        "as elbo does",
        q.name(), p.name()));
  }
  return (*rule)(q, p);
}

bool has_kl(const Distribution& q, const Distribution& p) {
  const auto* iq = dynamic_cast<const Independent*>(&q);
  const auto* ip = dynamic_cast<const Independent*>(&p);
  if (iq != nullptr && ip != nullptr) {
    return iq->axes() == ip->axes() && has_kl(iq->base(), ip->base());
  }
  return find_rule(q, p) != nullptr;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
