#pragma once

#include <evident/distributions/transforms.hpp>
#include <evident/inference/hamiltonian.hpp>
#include <evident/inference/programs.hpp>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The latent sites of a model on its data as one vector of unconstrained numbers: what samplers
/// move through, and what guides that know nothing of a model are made on.
///
///     const LatentSpace space(rng, model, x, y);
///     const Draws draws = nuts(rng, space.density(), zeros({space.size()}));
///
/// The model is run twice to see its sites, each of which is mapped by `transform_to` of its
/// support. Later runs must have the same sites, in shapes and supports. Plates are run with all
/// their rows. A draw from the prior that the data rule out is made again, up to a hundred times.
class LatentSpace {
 public:
  /// A site, and where it stands in the vector.
  struct Part {
    std::string name;
    Shape shape;            ///< of its value
    Shape free;             ///< of its unconstrained numbers
    std::size_t event = 0;  ///< how many of the last axes of these are one outcome
    Transform transform;    ///< from these numbers to the value
    std::size_t begin = 0, end = 0;
  };

  /// Of `model(Trace&, args...)`, or of an object with a member `model`; the model and its
  /// arguments are kept by value.
  /// Errors: no latent sites; one that is discrete or a point; one whose support depends on
  /// another; data that are a minibatch, see `Trace::minibatch`.
  template <class Model, class... Args>
  LatentSpace(Rng& rng, const Model& model, const Args&... args)
      : LatentSpace(rng, std::function<void(Trace&)>([model, args...](Trace& t) {
                      detail::run_program(model, t, args...);
                    })) {}
  LatentSpace(Rng& rng, std::function<void(Trace&)> run);

  /// How many numbers there are.
  std::size_t size() const { return parts_.back().end; }
  const std::vector<Part>& parts() const { return parts_; }
  /// A name for every number of the sites' values, as `values` has them: "tau", "theta[3]".
  std::vector<std::string> names() const;
  /// A name for every unconstrained number, for `warnings(draws, space.free_names())`: "tau",
  /// "theta[3]"; "shares, free[0]" where a value has other numbers than it has freedom.
  std::vector<std::string> free_names() const;

  /// log p(x, z) + log |det dz/du| at u, shape (size), in nats; differentiable under a tape.
  /// Errors: another shape; data that are a minibatch; a site hidden by `block`.
  Var log_density(const Var& u) const;
  /// What each site adds to it at u, as lines of text: which of them is not finite, or which error
  /// ends the model there. For a start that a sampler refuses.
  std::string explain(const Var& u) const;
  /// The same with its gradient, for samplers; -inf where a parameter of the model overflows or
  /// vanishes, as far from the posterior it may, or where the data lie outside the support.
  LogDensity density() const;
  /// The unconstrained numbers, shape (size), at which the sites have these values; 0 for sites
  /// that are not named: where a guide or a chain is to start. Errors: a name that is no latent
  /// site's; a value of another shape, or outside the support or at its border.
  Array point(const std::map<std::string, Array>& values) const;
  /// The values of all sites side by side at points of shape (..., size): shape (..., values).
  /// Errors: another shape.
  Array values(const Array& points) const;

  /// The same by site: each of shape (..., site), such as (draws, site); axes of chains and draws
  /// become one.
  std::map<std::string, Array> sites(const Array& points) const;

  /// The value of a site at u, shape (..., size).
  static Var value(const Part& part, const Var& u);
  /// In a guide that has drawn u as an auxiliary site: places every site there, with the change of
  /// variables as its log density, or with 0.
  void place(Trace& t, const Var& u, bool change_of_variables = true) const;

 private:
  // Errors: not one point, or points, of this space.
  void check_points(const Shape& shape, bool one) const;
  // The run in which u chooses what is latent; its changes of variables go to `changes`.
  TraceOptions options_at(const Var& u, std::vector<Var>& changes) const;

  std::function<void(Trace&)> run_;
  std::vector<Part> parts_;
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
