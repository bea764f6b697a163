#pragma once

#include <evident/inference/trace.hpp>
#include <map>
#include <set>
#include <string>
#include <type_traits>
#include <utility>

// Programs made of others: callables `(Trace&, args...)` as models and guides are.

namespace evident {
inline namespace EVIDENT_PRECISION {

namespace detail {

// Whether P can be run as a model: called, or by its member `model`.
template <class P, class Arguments, class = void>
struct HasRunnableModel : std::false_type {};
template <class P, class... Args>
struct HasRunnableModel<P, void(Args...),
                        std::void_t<decltype(std::declval<const P&>().model(
                            std::declval<Trace&>(), std::declval<const Args&>()...))>>
    : std::true_type {};
template <class P, class... Args>
constexpr bool kRunsAsModel = std::is_invocable_v<const P&, Trace&, const Args&...> ||
                              HasRunnableModel<P, void(Args...)>::value;

// Runs a callable, or an object's member `model`.
template <class Program, class... Args>
void run_program(const Program& program, Trace& t, const Args&... args) {
  if constexpr (std::is_invocable_v<const Program&, Trace&, const Args&...>) {
    program(t, args...);
  } else {
    program.model(t, args...);
  }
}

template <class Program>
auto with_rule(Program program, SiteRule rule) {
  return [program = std::move(program), rule = std::move(rule)](Trace& t, const auto&... args) {
    const RuleScope scope(t, rule);
    run_program(program, t, args...);
    scope.require_all();
  };
}

}  // namespace detail

/// The program with sites observed at these values: what it would have sampled there is data. In a
/// plate that draws rows a value is that of all rows.
/// Errors, when it runs: a value outside the support, or of another shape; a name that the program
/// does not sample.
template <class Program>
auto condition(Program program, std::map<std::string, Var> values) {
  return detail::with_rule(std::move(program),
                           {SiteRule::Kind::kCondition, "condition", std::move(values)});
}

/// The program with these values at its latent sites, which stay latent; others are drawn: for
/// predictions. Errors, when it runs: a value of another shape; a name that the program does not
/// sample; a run for a density, as `elbo` and `LatentSpace` make it, which `condition` is for.
template <class Program>
auto replay(Program program, std::map<std::string, Var> values) {
  return detail::with_rule(std::move(program),
                           {SiteRule::Kind::kReplay, "replay", std::move(values)});
}

/// The program with sites that nothing outside sees: they are drawn from their own distributions,
/// and neither a guide nor a log density has them. Errors, when it runs: a name that the program
/// does not sample.
template <class Program>
auto block(Program program, std::set<std::string> names) {
  return detail::with_rule(std::move(program),
                           {SiteRule::Kind::kBlock, "block", {}, std::move(names)});
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
