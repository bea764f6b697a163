#pragma once

#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/inference/programs.hpp>
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
  Var term;  ///< in nats, shape (batch): one number for every datapoint; of several draws, the mean
  double error;  ///< the standard error of its sum, from the draws; NaN where there is one draw
};

/// An estimate of the evidence lower bound, in nats: a total over events, batches and plates.
struct Elbo {
  Var objective;                ///< what to maximise, differentiable under a live tape, shape ()
  Var value;                    ///< log_likelihood - kl, or the importance-weighted bound, shape ()
  Var log_likelihood;           ///< E_q[log p(x | z)], the sum over observed sites, shape ()
  Var kl;                       ///< KL(q || p), the sum over latent sites, shape ()
  std::vector<SiteTerm> sites;  ///< what each site contributed: the guide's, then the observed
  double error;  ///< the standard error of `value`, from its draws; NaN where there is one draw
  /// A site that is drawn, cannot be reparameterised and has parameters to be learned: the
  /// gradients of `log_likelihood` and `kl` lack what flows through its draws, and those of
  /// `objective` and `value` are an error. Empty where there is none.
  std::string without_gradient;
  std::vector<NamedParameter> params;  ///< what the programs named with `Trace::param`
};

/// What is estimated with several draws.
enum class EvidenceBound {
  kElbo,                ///< the mean of log w, w = p(x, z) / q(z)
  kImportanceWeighted,  ///< log of the mean of w over the draws (Burda et al. 2016, equation 8)
};

/// Choices of an ELBO.
struct ElboOptions {
  /// Closed forms where there is one and it is legal, by what the tape has recorded: a number that
  /// was taken out of a site by `item()` and put into a prior is not seen.
  bool analytic_kl = true;
  bool layer_noise = true;                  ///< whether `Trace::noise` switches dropout on
  std::map<std::string, Array> site_noise;  ///< noise to use at a site instead of drawing it
  /// Draws in one run, see `Particles`: an ELBO is the mean over them. A program that mixes them is
  /// refused, unless it is given `site_noise`.
  std::size_t particles = 1;
  /// The importance-weighted bound is that of every datapoint where all sites stand in the same
  /// plates and their batch shapes begin with the plates' rows, and of all data together elsewhere.
  /// It takes no closed forms.
  EvidenceBound bound = EvidenceBound::kElbo;
  /// Leaves the gradient of log q(z) at fixed z, whose mean is 0, out of the objective's (Roeder et
  /// al. 2017, "Sticking the landing"): without variance where q is the posterior. It takes no
  /// closed forms, and the guide is run again.
  bool sticking_the_landing = false;
  /// The weight of the KL in the objective (Higgins et al. 2017); `value` is the bound as ever.
  double beta = 1;
  /// In nats for a datapoint: below it the KL of a latent site, a mean over its batch, counts as
  /// this in the objective and has no gradient (Kingma et al. 2016, appendix C.8). A KL that is
  /// sampled is compared as it was drawn.
  double free_bits = 0;
  bool whole_plates = false;  ///< run every plate with all its rows, whatever the programs say
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
  PairedRun(Rng& rng, const char* caller, const ElboOptions& options);
  ~PairedRun();
  PairedRun(const PairedRun&) = delete;
  PairedRun& operator=(const PairedRun&) = delete;

  template <class Model, class Guide, class... Args>
  void run(const Model& model, const Guide& guide, const Args&... args) {
    static_assert(
        std::is_invocable_v<const Guide&, Trace&, const Args&...>,
        "elbo: the guide must be callable as guide(Trace&, args...) with these arguments");
    static_assert(kRunsAsModel<Model, Args...>,
                  "elbo: the model must be callable as model(Trace&, args...), or have a member "
                  "model that is, with these arguments");
    try {
      if (options_.particles > 1) {
        const NoTape pause;
        guide(begin_single_guide(), args...);
        run_program(model, begin_single_model(), args...);
        end_single();
      }
      guide(guide_, args...);
      run_program(model, model_, args...);
    } catch (const Error&) {
      explain();
    }
    if (options_.sticking_the_landing) guide(begin_fixed_guide(), args...);
  }

  // The same for an object with members `model` and `guide`.
  template <class M, class... Args>
  void run_members(const M& m, const Args&... args) {
    run(
        m,
        [&m](Trace& t, const auto&... a) -> decltype(m.guide(t, a...)) { return m.guide(t, a...); },
        args...);
  }

  Elbo elbo();
  // log p(x, z) - log q(z) for each draw: of each datapoint, shape (draws, rows), without the
  // plate's scale, or of all data, shape (draws). Errors: a guide that draws nothing.
  Array log_weights();
  // The same of all rows. Errors: a minibatch; a number that is NaN, with its site.
  Array whole_log_weights();
  const Trace& model_run() const { return model_; }

 private:
  // What a site contributes: `term` has the shape (batch), or that with the draws in front.
  struct Part {
    const Site* site;
    const Site* in_model;  // itself where the model has none
    Estimator estimator;
    Var term;     // without the scale
    Shape batch;  // of one draw

    double scale() const { return in_model->scale; }
    bool observed() const { return estimator == Estimator::kLogProb; }
  };

  struct Weights {
    Var log;
    double scale;  // of each datapoint
  };

  void check_options() const;
  Trace& begin_single_guide();
  Trace& begin_single_model();
  void end_single();
  Trace& begin_fixed_guide();
  [[noreturn]] void explain() const;
  bool has_rule(const Site& site, const Site& prior) const;
  bool is_independent(const Site& site, const Site& prior) const;
  const Site& prior_of(const Site& site) const;
  std::string site_without_gradient() const;
  Var guarded(const Var& objective, const std::string& site) const;
  void require_mask(const Site& site, const Site& prior) const;
  void require_comparable(const Site& site, const Site& prior) const;
  void check_names() const;
  std::vector<Part> parts();
  template <class Term>
  Part part(const Site& site, const Site& in_model, Estimator estimator, const Term& term) const;
  bool carries(const Part& part) const;
  void require_draws(const Part& part) const;
  void require_unmixed(const Part& part, const Array& alone) const;
  void require_sites(const std::vector<Part>& parts) const;
  Var totals(const Part& part) const;
  std::optional<Shape> datapoints(const std::vector<Part>& parts) const;
  Weights weights(const std::vector<Part>& parts) const;
  static bool is_point(const Site& site);
  bool draws() const;
  std::optional<Var> score() const;
  Var cost(const Part& part, const Var& totals) const;
  std::vector<NamedParameter> params() const;

  ElboOptions options_;
  const char* caller_;
  std::optional<Tape> own_tape_;
  std::optional<Trace> single_guide_, single_model_;  // of one draw beside many
  std::size_t twin_ = 0;                              // the same among the many
  std::optional<Trace> fixed_guide_;                  // at values through which no gradient flows
  Rng rng_;                                           // of this step
  Trace guide_;
  Trace model_;
};

template <class First, class... Rest>
void run_pair(PairedRun& pair, const First& first, const Rest&... rest) {
  if constexpr (IsModelWithGuide<First>::value) {
    pair.run_members(first, rest...);
  } else {
    static_assert(sizeof...(Rest) > 0,
                  "elbo: pass a model and a guide, or an object with members model and guide, "
                  "of a class that is not final");
    pair.run(first, rest...);
  }
}

// The log weights of all runs, each of shape (draws) or (draws, rows). Errors: runs of other rows.
Array joined_runs(const char* caller, const std::vector<Array>& log_weights);
// log (1/K) sum_k w_k along the first axis of K log weights.
Array log_mean_exp(const Array& log_weights);

}  // namespace detail

/// The evidence lower bound E_q[log p(x, z) - log q(z)] <= log p(x) of a model p and a guide q
/// (Kingma and Welling 2014), from one draw of z.
///
///     Elbo e = elbo(rng, model, guide, x);   // callables model(Trace&, x) and guide(Trace&, x)
///     Elbo e = elbo(rng, vae, x);            // an object with members model and guide
///
/// An object with a member `model` may stand for a model that is called.
/// The guide is run first, then the model on the guide's draws. At a latent site the KL is taken in
/// closed form where a rule exists and nothing that the model's prior there depends on was computed
/// from the site itself; otherwise it is sampled. The total is in nats, over the whole minibatch;
/// `rng` moves on to its next step. Under a live tape `value` is differentiable; without one the
/// results are constants.
/// Errors: a site in one program and not in the other; shapes or masks that differ between them; a
/// density in one and probabilities in the other; a site whose closed-form KL is infinite whatever
/// the parameters; one that the guide places, but counts less often than the model does; an
/// observed value outside its support; a name used twice; when the gradient is asked for, a drawn
/// site that cannot be reparameterised and has parameters to be learned.
template <class First, class... Rest>
Elbo elbo(Rng& rng, const First& model, const Rest&... rest) {
  detail::PairedRun pair(rng, "elbo", {});
  detail::run_pair(pair, model, rest...);
  return pair.elbo();
}

/// The same with choices of its own.
template <class First, class... Rest>
Elbo elbo(const ElboOptions& options, Rng& rng, const First& model, const Rest&... rest) {
  detail::PairedRun pair(rng, "elbo", options);
  detail::run_pair(pair, model, rest...);
  return pair.elbo();
}

/// The ELBO as a trained model is judged by: the same, z sampled as ever, with layer noise such as
/// dropout off.
template <class First, class... Rest>
Elbo evaluate_elbo(Rng& rng, const First& model, const Rest&... rest) {
  detail::PairedRun pair(rng, "evaluate_elbo", {true, false, {}});
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
/// over the draws (Burda et al. 2016, equation 8), in nats. In expectation a lower bound, that
/// tightens with the number of samples. Layer noise is off, and plates have all their rows.
///
/// The result is that of every datapoint, shape (rows), where all sites of the model stand in the
/// same plates and their batch shapes begin with the plates' rows, as those of `Vae`; otherwise it
/// is that of all data together, shape (). Of a minibatch it is that of the rows given.
///
/// With {K, n} there are n draws in one run, as `Particles` describes: the model must carry their
/// axis to what it observes, as elementwise operations and networks do. That is faster; by default
/// every draw is a run of its own.
/// Errors: those of `elbo`; no samples; a guide that is a point; a model that does not carry the
/// axis.
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
    ElboOptions options;
    options.layer_noise = false;
    options.bound = EvidenceBound::kImportanceWeighted;
    options.particles = count;
    options.whole_plates = true;
    detail::PairedRun pair(rng, "log_evidence", options);
    detail::run_pair(pair, model, rest...);
    parts.push_back(pair.log_weights());
    done += count;
  }
  return detail::log_mean_exp(detail::joined_runs("log_evidence", parts));
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
