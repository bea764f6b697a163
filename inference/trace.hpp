#pragma once

#include <evident/distributions/distribution.hpp>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// A named random choice of a program: its distribution, its value, and whether it was observed.
struct Site {
  std::string name;
  std::shared_ptr<const Distribution> distribution;
  Var value;
  bool observed;
};

/// What a run of a model or guide does at its sites.
struct TraceOptions {
  Rng rng = Rng(0);          ///< where draws come from; every site has a stream of its own
  bool layer_noise = false;  ///< whether `noise` hands out generators
  const class Trace* replay = nullptr;      ///< take the values of its sites instead of drawing
  Shape sample_shape;                       ///< draws at once, in front of every site's own shape
  std::map<std::string, Array> site_noise;  ///< noise to use at a site instead of drawing it
  const char* caller = "Trace";             ///< the function that errors name
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

  /// A generator for the layers of the part called `name`, which switches Dropout on; null where
  /// the run is to be free of layer noise, as in evaluation.
  Rng* noise(const std::string& name);

  /// The sites in the order in which the run met them.
  const std::vector<Site>& sites() const { return sites_; }
  /// The site of this name; null if there is none.
  const Site* find(const std::string& name) const;

 private:
  Var sample_site(const std::string& name, std::shared_ptr<const Distribution> distribution);
  void observe_site(const std::string& name, std::shared_ptr<const Distribution> distribution,
                    const Var& value);
  Var draw(const std::string& name, const Distribution& distribution);
  Var replayed(const std::string& name, const Distribution& distribution) const;
  void check_new(const std::string& name) const;

  TraceOptions options_;
  std::vector<Site> sites_;
  std::list<Rng> layer_generators_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
