#pragma once

#include <evident/distributions/distribution.hpp>
#include <evident/inference/plate.hpp>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

class Trace;

/// A named random choice of a program, or a number that its log density gains.
struct Site {
  std::string name;
  /// Null for what has a log density without having a distribution: a factor, a value put in place.
  std::shared_ptr<const Distribution> distribution;
  Var value;
  bool observed;
  bool auxiliary = false;  ///< of a guide's own: the model has no site of this name
  /// What stands in for the distribution's where there is none.
  std::optional<Var> log_density = {};
  double scale = 1;                      ///< how often it counts: that of the plates around it
  std::vector<std::string> plates = {};  ///< these, the outermost first

  /// log p of the value, in nats, shape (batch); `scale` is not in it.
  Var log_prob() const { return log_density ? *log_density : distribution->log_prob(value); }
};

/// Draws that are made in one run. Every value has them as an axis of its own in front, followed by
/// as many axes of length 1 as make the ranks of all sites equal, so that sites broadcast against
/// each other as in a run of one draw.
struct Particles {
  std::size_t count = 0;          ///< 0: one draw, without an axis
  std::size_t rank = 0;           ///< the largest of a site in the run of one
  const Trace* single = nullptr;  ///< that run, which knows the shape of every site
  std::size_t twin = 0;           ///< the draw that is made of the noise of that run

  /// A site's shape with the draws in front.
  Shape in_front_of(const Shape& shape) const;
};

/// What a run of a model or guide does at its sites.
struct TraceOptions {
  Rng rng = Rng(0);               ///< where draws come from; every site has a stream of its own
  bool layer_noise = false;       ///< whether `noise` hands out generators
  const Trace* replay = nullptr;  ///< take the values of its sites instead of drawing
  Particles particles;            ///< draws at once
  std::map<std::string, Array> site_noise;  ///< noise to use at a site instead of drawing it
  const char* caller = "Trace";             ///< the function that errors name
  bool redraw_observed = false;  ///< draw what the program observes as well: it is latent then
  bool whole_plates = false;     ///< run every plate with all its rows, whatever the program says
  bool alone = false;            ///< a run of one beside one of many, whose noise is kept for it
  bool density = false;          ///< what is latent is integrated over: `replay` cannot fix it
  /// The value of a latent site, where there is one; else it is drawn, or replayed.
  std::function<std::optional<Var>(const std::string& name, const Distribution&)> choose = {};
};

/// What a part of a program does at some sites instead of what it says; see `condition`.
struct SiteRule {
  enum class Kind { kCondition, kReplay, kBlock };
  Kind kind;
  const char* caller;                      ///< the function that errors name
  std::map<std::string, Var> values = {};  ///< of conditioned and replayed sites
  std::set<std::string> names = {};        ///< of blocked ones

  bool applies_to(const std::string& name) const {
    return values.count(name) != 0 || names.count(name) != 0;
  }
};

/// The record of one run of a probabilistic program: a callable that takes `Trace&` and declares
/// its random choices as it meets them.
class Trace {
 public:
  explicit Trace(TraceOptions options) : options_(std::move(options)) {}
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  /// A latent variable: its draw, or its value in the trace that is replayed.
  /// Errors: a name used twice; a site that the replayed trace does not have, or has in another
  /// shape.
  template <class D>
  Var sample(const std::string& name, D distribution) {
    return sample_site(name, std::make_shared<const D>(std::move(distribution)));
  }

  /// Data: a site whose value is given.
  /// Errors: a name used twice; a value outside the support, or of another shape.
  template <class D>
  void observe(const std::string& name, D distribution, const Var& value) {
    observe_site(name, std::make_shared<const D>(std::move(distribution)), value);
  }

  /// Adds numbers to the log density of the program, such as the logarithm of a penalty or of a
  /// likelihood that is no distribution's; within a plate one for each of its rows. Errors: a name
  /// used twice; no axis of a plate's rows.
  void factor(const std::string& name, const Var& log_weight);

  /// In a guide: a draw of which sites are made with `place`, and that the model does not have.
  /// Errors: a name used twice; one that `condition`, `replay` or `block` names.
  template <class D>
  Var auxiliary(const std::string& name, D distribution) {
    return auxiliary_site(name, std::make_shared<const D>(std::move(distribution)));
  }

  /// In a guide: the value of a latent site that was computed, of auxiliary draws. `log_density`,
  /// shape (batch), is what the change of variables adds to theirs: minus log |det d value / d
  /// draw|, or 0. Errors: a name used twice.
  void place(const std::string& name, const Var& value, const Var& log_density);

  /// Parts of the model that are independent of each other given what stands outside, counted from
  /// here to the end of the plate's life. Every site within counts `size / subsample` times: an
  /// estimate from a minibatch is one of the whole.
  ///
  ///     const Plate rows = t.plate("rows", 10000, 128);
  ///     t.observe("y", Normal(matvec(rows.take(x), w), 1), rows.take(y));
  ///
  /// The rows are drawn without replacement; a model that is run against a guide takes those of the
  /// guide's plate of the same name. Plates nest; their sizes multiply. One that has ended may
  /// begin again, with the same rows. What needs the whole, such as a sampler or `check_guide`,
  /// runs the plate with all rows: ask it for their number, `rows.count()`, instead of writing 128
  /// twice. Errors: more rows than there are; a plate within itself; another size or number of rows
  /// than the plate of this name had before, or has in the guide; within it, a site without an axis
  /// of its rows.
  Plate plate(const std::string& name, std::size_t size, std::size_t subsample = 0);

  /// The same where the data that the program is given are a minibatch already, of `given` rows.
  Plate minibatch(const std::string& name, std::size_t size, std::size_t given);

  /// A parameter that the program's user owns, made by `Var::parameter`, under a name: `fit` learns
  /// it as it does those that `visit` names. Returns it.
  ///
  ///     Var slope = t.param("slope", w);
  ///
  /// Errors: a number that was computed; a name used for another parameter.
  Var param(const std::string& name, const Var& parameter);

  /// A generator for the layers of the part called `name`, which switches Dropout on; null where
  /// the run is to be free of layer noise, as in evaluation.
  Rng* noise(const std::string& name);

  /// From here on draws are made many at once.
  void draw_at_once(const Particles& particles) { options_.particles = particles; }
  /// The sites in the order in which the run met them.
  const std::vector<Site>& sites() const { return sites_; }
  /// The site of this name; null if there is none.
  const Site* find(const std::string& name) const;
  /// The rows that a plate has in this run. Errors: no plate of this name.
  const PlateRows& rows_of(const std::string& plate) const;
  /// Whether the program has asked for noise for its layers.
  bool has_layer_noise() const { return !layer_generators_.empty(); }
  /// The parameters that the program has named.
  const std::vector<NamedParameter>& params() const { return params_; }
  /// The sites that `block` hides.
  const std::vector<Site>& hidden() const { return hidden_; }

 private:
  friend class RuleScope;

  // A rule in force, and the sites at which it was.
  struct Rule {
    const SiteRule* rule;
    std::set<std::string> met;
  };

  Var by_rule(Rule& rule, const std::string& name,
              std::shared_ptr<const Distribution> distribution);
  Var sample_site(const std::string& name, std::shared_ptr<const Distribution> distribution);
  Var auxiliary_site(const std::string& name, std::shared_ptr<const Distribution> distribution);
  Var latent_value(const std::string& name, const Distribution& distribution);
  void observe_site(const std::string& name, std::shared_ptr<const Distribution> distribution,
                    const Var& value);
  void add_observed(const std::string& name, std::shared_ptr<const Distribution> distribution,
                    const Var& value);
  Var draw(const std::string& name, const Distribution& distribution);
  Array noise_of(const std::string& name, Array drawn);
  Array with_twin(const std::string& name, Array noise);
  Shape sample_shape(const std::string& name, const Distribution& distribution) const;
  bool fits(const std::string& name, const Shape& shape, const Shape& value) const;
  Var replayed(const std::string& name, const Distribution& distribution) const;
  Var placed(const Site& site, const Distribution& distribution) const;
  Var of_these_rows(const std::string& name, const Var& value, const Distribution& d) const;
  void check_same_rows(const Site& site) const;
  const Site* met(const std::string& name) const;  // hidden ones too
  void check_new(const std::string& name) const;
  void check_rows(const Site& site) const;
  Site& add(Site site);
  const PlateRows* agreed(const std::string& name, std::size_t size, std::size_t count,
                          bool given) const;
  Plate open(const std::string& name, PlateRows rows);

  TraceOptions options_;
  std::vector<Site> sites_;
  std::vector<NamedParameter> params_;
  std::map<std::string, PlateRows> plates_;
  Plate::Open open_;
  std::vector<Rule> rules_;   // the innermost last
  std::vector<Site> hidden_;  // blocked
  std::list<Rng> layer_generators_;
  std::map<std::string, Array> noise_;  // of a run of one
};

/// A rule in force from here to the end of its life.
class RuleScope {
 public:
  RuleScope(Trace& trace, const SiteRule& rule) : trace_(trace) {
    trace_.rules_.push_back({&rule, {}});
  }
  ~RuleScope() { trace_.rules_.pop_back(); }
  RuleScope(const RuleScope&) = delete;
  RuleScope& operator=(const RuleScope&) = delete;

  /// When the program has run. Errors: a name at which it did not sample.
  void require_all() const;

 private:
  Trace& trace_;
};

/// The sites of a run as a table: what each is, its sample, batch and event shape, and its plates
/// with the rows that the run has of them. It ends every message about shapes.
std::string to_string(const Trace& trace);

namespace detail {

// The shape of a value: batch and event.
Shape site_shape(const Distribution& distribution);
bool all_finite(const Array& values);
// Whether all of it is one value, as of a Delta.
bool is_point(const Distribution& distribution);
// The mask of a distribution that leaves something out, within to_event or a transform as well;
// null elsewhere.
const Array* mask_of(const Distribution& distribution);
// "(128, 20) (batch (128), event (20))".
std::string described(const Distribution& distribution);

// Errors: a site that stands for more rows than the run has, with why they are needed.
void require_all_rows(const char* caller, const Trace& trace, const char* why);

// Within a catch: throws the error again that ended a program, a ShapeError or DomainError that
// names no site with what was met before it; `hint` comes in front of the table of a ShapeError.
[[noreturn]] void rethrow_with_sites(const char* caller, const Trace& trace,
                                     const std::string& hint = "");

}  // namespace detail

}  // namespace EVIDENT_PRECISION
}  // namespace evident
