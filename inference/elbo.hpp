#pragma once

#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/inference/trace.hpp>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// How the contribution of a site to the ELBO was found.
enum class Estimator {
  kLogProb,     ///< an observed site: log p(x | ...)
  kAnalyticKl,  ///< a latent site: KL(q || p) in closed form
  kSampledKl,   ///< a latent site: log q(z) - log p(z) at the draw
};

/// "log p", "KL, analytic" or "KL, sampled".
const char* to_string(Estimator estimator);

/// The contribution of one site: log p of an observed one, the KL of a latent one.
struct SiteTerm {
  std::string name;
  Estimator estimator;
  Var term;  ///< in nats, shape (batch): one number for every datapoint
};

/// An estimate of the evidence lower bound, in nats: a total over events, batches and plates.
struct Elbo {
  Var value;                    ///< log_likelihood - kl; differentiable under a live tape, shape ()
  Var log_likelihood;           ///< E_q[log p(x | z)], the sum over observed sites, shape ()
  Var kl;                       ///< KL(q || p), the sum over latent sites, shape ()
  std::vector<SiteTerm> sites;  ///< what each site contributed: the guide's, then the observed
};

/// Choices of an ELBO.
struct ElboOptions {
  bool analytic_kl = true;                  ///< closed forms where there is one and it is legal
  bool layer_noise = true;                  ///< whether `Trace::noise` switches dropout on
  std::map<std::string, Array> site_noise;  ///< noise to use at a site instead of drawing it
};

namespace detail {

// Whether M has a member called `model`, of any kind; a name found in two bases is ambiguous.
struct HasModelName {
  int model;
};
struct HasGuideName {
  int guide;
};
template <class M, class Probe>
struct Both : M, Probe {};
template <class M, class = void>
struct HasModel : std::true_type {};
template <class M>
struct HasModel<M, std::void_t<decltype(&Both<M, HasModelName>::model)>> : std::false_type {};
template <class M, class = void>
struct HasGuide : std::true_type {};
template <class M>
struct HasGuide<M, std::void_t<decltype(&Both<M, HasGuideName>::guide)>> : std::false_type {};
template <class M, bool = std::is_class_v<M> && !std::is_final_v<M>>
struct IsModelWithGuide : std::false_type {};
template <class M>
struct IsModelWithGuide<M, true>
    : std::integral_constant<bool, HasModel<M>::value && HasGuide<M>::value> {};

// A run of a guide and of the model against it, and what is made of the two. The work that does not
// depend on types is compiled once.
class PairedRun {
 public:
  PairedRun(Rng& rng, const char* caller, const ElboOptions& options, Shape sample_shape);
  ~PairedRun();
  PairedRun(const PairedRun&) = delete;
  PairedRun& operator=(const PairedRun&) = delete;

  template <class Model, class Guide, class... Args>
  void run(const Model& model, const Guide& guide, const Args&... args) {
    static_assert(
        std::is_invocable_v<const Guide&, Trace&, const Args&...>,
        "elbo: the guide must be callable as guide(Trace&, args...) with these arguments");
    static_assert(
        std::is_invocable_v<const Model&, Trace&, const Args&...>,
        "elbo: the model must be callable as model(Trace&, args...) with these arguments");
    guide(guide_, args...);
    model(model_, args...);
  }

  // The same for an object with members `model` and `guide`.
  template <class M, class... Args>
  void run_members(const M& m, const Args&... args) {
    run([&m](Trace& t, const auto&... a) -> decltype(m.model(t, a...)) { return m.model(t, a...); },
        [&m](Trace& t, const auto&... a) -> decltype(m.guide(t, a...)) { return m.guide(t, a...); },
        args...);
  }

  Elbo elbo();
  // log p(x, z) - log q(z) for each draw, shape (draws, batch).
  Array log_weights();

 private:
  bool is_independent(const Site& site, const Site& prior) const;

  ElboOptions options_;
  const char* caller_;
  Shape draws_;  // made at once, () for one alone
  std::optional<Tape> own_tape_;
  Trace guide_;
  Trace model_;
};

template <class First, class... Rest>
void run_pair(PairedRun& pair, const First& first, const Rest&... rest) {
  if constexpr (IsModelWithGuide<First>::value) {
    pair.run_members(first, rest...);
  } else {
    static_assert(sizeof...(Rest) > 0,
                  "elbo: pass a model and a guide, or an object with members model and guide");
    pair.run(first, rest...);
  }
}

// log (1/K) sum_k w_k along the first axis of K log weights.
Array log_mean_exp(const std::vector<Array>& log_weights);

}  // namespace detail

/// The evidence lower bound E_q[log p(x, z) - log q(z)] <= log p(x) of a model p and a guide q
/// (Kingma and Welling 2014), from one draw of z.
///
///     Elbo e = elbo(rng, model, guide, x);   // callables model(Trace&, x) and guide(Trace&, x)
///     Elbo e = elbo(rng, vae, x);            // an object with members model and guide
///
/// The guide is run first, then the model on the guide's draws. At a latent site the KL is taken in
/// closed form where a rule exists and nothing that the model's prior there depends on was computed
/// from the site itself; otherwise it is sampled. The total is in nats, over the whole minibatch;
/// `rng` moves on to its next step. Under a live tape `value` is differentiable; without one the
/// results are constants.
/// Errors: a site in one program and not in the other; shapes that differ between them; an observed
/// value outside its support; a name used twice.
template <class First, class... Rest>
Elbo elbo(Rng& rng, const First& model, const Rest&... rest) {
  detail::PairedRun pair(rng, "elbo", {}, {});
  detail::run_pair(pair, model, rest...);
  return pair.elbo();
}

/// The same with choices of its own.
template <class First, class... Rest>
Elbo elbo(const ElboOptions& options, Rng& rng, const First& model, const Rest&... rest) {
  detail::PairedRun pair(rng, "elbo", options, {});
  detail::run_pair(pair, model, rest...);
  return pair.elbo();
}

/// The ELBO as a trained model is judged by: the same, z sampled as ever, with layer noise such as
/// dropout off.
template <class First, class... Rest>
Elbo evaluate_elbo(Rng& rng, const First& model, const Rest&... rest) {
  detail::PairedRun pair(rng, "evaluate_elbo", {true, false, {}}, {});
  detail::run_pair(pair, model, rest...);
  return pair.elbo();
}

/// How many importance samples `log_evidence` takes.
struct ImportanceSamples {
  std::size_t count;        ///< in all
  std::size_t at_once = 1;  ///< in one run of the programs

  ImportanceSamples(std::size_t samples, std::size_t together = 1)
      : count(samples), at_once(together) {}
};

/// log p(x) by importance sampling with the guide as proposal: log of the mean of p(x, z) / q(z)
/// over the draws (Burda et al. 2016, equation 8), in nats, for every datapoint: shape (batch). In
/// expectation a lower bound, that tightens with the number of samples. Layer noise is off.
///
/// With {K, n} there are n draws in one run: every draw of the guide has an extra axis of length n
/// in front, and the model must carry it to what it observes, as a network applied to z does. That
/// is faster, and only for models with one latent site written with it in mind; by default every
/// draw is a run of its own.
/// Errors: those of `elbo`; no samples; sites of different batch shapes; a model that does not
/// carry the axis.
template <class First, class... Rest>
Array log_evidence(Rng& rng, ImportanceSamples samples, const First& model, const Rest&... rest) {
  if (samples.count == 0 || samples.at_once == 0) {
    throw Error("log_evidence: got 0 samples, expected at least 1");
  }
  std::vector<Array> parts;
  const NoTape pause;
  for (std::size_t done = 0; done < samples.count;) {
    const std::size_t left = samples.count - done;
    const std::size_t count = left < samples.at_once ? left : samples.at_once;
    const Shape draws = samples.at_once == 1 ? Shape{} : Shape{count};
    detail::PairedRun pair(rng, "log_evidence", {false, false, {}}, draws);
    detail::run_pair(pair, model, rest...);
    parts.push_back(pair.log_weights());
    done += count;
  }
  return detail::log_mean_exp(parts);
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
