#pragma once

#include <evident/distributions/low_rank_multivariate_normal.hpp>
#include <evident/distributions/multivariate_normal.hpp>
#include <evident/distributions/normal.hpp>
#include <evident/distributions/to_event.hpp>
#include <evident/distributions/transformed.hpp>
#include <evident/inference/latent_space.hpp>
#include <string>
#include <vector>

// Guides that are made of a model: normal distributions over its unconstrained latent numbers
// (Kucukelbir et al. 2017, "Automatic differentiation variational inference").

namespace evident {
inline namespace EVIDENT_PRECISION {

/// Where a guide begins.
struct GuideStart {
  Array loc = zeros({0});  ///< shape (size) of the latent space, see `LatentSpace::point`; of no
                           ///< elements: zeros
  double scale = 0.1;      ///< the standard deviation of every number
};

/// Every unconstrained number normal by itself. Sites whose support is the real line are sampled
/// from a Normal, so that their KL is analytic where there is a rule; the others are transformed.
class MeanFieldNormal {
 public:
  /// Errors: a start of another shape, or with a scale that is not positive.
  explicit MeanFieldNormal(const LatentSpace& space, const GuideStart& start = {});

  template <class... Args>
  void operator()(Trace& t, const Args&...) const {
    sample(t);
  }
  template <class V>
  void visit(V& v) {
    for (std::size_t k = 0; k < parts_.size(); ++k) {
      v(parts_[k].name + ".loc", loc_[k]);
      v(parts_[k].name + ".log_scale", log_scale_[k]);
    }
  }

  /// Means and standard deviations of the unconstrained numbers, shape (size).
  Array loc() const;
  Array scale() const;

 private:
  void sample(Trace& t) const;

  std::vector<LatentSpace::Part> parts_;
  std::vector<Var> loc_, log_scale_;
};

/// All probability at one point, which `fit` moves to the posterior's mode (maximum a posteriori);
/// with `ElboOptions::beta = 0` to that of the likelihood (maximum likelihood). Its ELBO is the log
/// density there.
class PointGuide {
 public:
  /// In which coordinates the density is largest: the sites' own, or the unconstrained numbers, as
  /// `FullRankNormal::laplace` needs it.
  enum class Coordinates { kOwn, kUnconstrained };

  /// Errors: a start of another shape.
  explicit PointGuide(LatentSpace space, const GuideStart& start = {},
                      Coordinates coordinates = Coordinates::kOwn);

  template <class... Args>
  void operator()(Trace& t, const Args&...) const {
    space_.place(t, loc_, coordinates_ == Coordinates::kUnconstrained);
  }
  template <class V>
  void visit(V& v) {
    v("loc", loc_);
  }

  /// The unconstrained numbers, shape (size); `LatentSpace::values` has the sites'.
  Array loc() const { return loc_.value(); }

 private:
  LatentSpace space_;
  Var loc_;
  Coordinates coordinates_;
};

/// A multivariate normal distribution over all unconstrained numbers whose covariance is a diagonal
/// and a product of `rank` columns: for models with too many numbers for a full one.
class LowRankNormal {
 public:
  /// Errors: a start of another shape, or with a scale that is not positive; a rank of 0.
  LowRankNormal(LatentSpace space, std::size_t rank, const GuideStart& start = {});

  template <class... Args>
  void operator()(Trace& t, const Args&...) const {
    space_.place(t, t.auxiliary("unconstrained", distribution()));
  }
  template <class V>
  void visit(V& v) {
    v("loc", loc_);
    v("factor", factor_);
    v("log_scale", log_scale_);
  }

  /// The distribution of the unconstrained numbers.
  LowRankMultivariateNormal distribution() const;

 private:
  LatentSpace space_;
  Var loc_, factor_, log_scale_;  // (size), (size, rank), (size)
};

/// One multivariate normal distribution over all unconstrained numbers.
class FullRankNormal {
 public:
  /// Errors: a start of another shape, or with a scale that is not positive.
  explicit FullRankNormal(LatentSpace space, const GuideStart& start = {});
  /// The Laplace approximation: at the mode of the log density of the unconstrained numbers,
  /// as `PointGuide` finds it with `Coordinates::kUnconstrained`, with the inverse of minus its
  /// Hessian as covariance. Errors: another shape; a Hessian that is not negative definite there; a
  /// mode more than a tenth of a standard deviation away.
  static FullRankNormal laplace(const LatentSpace& space, const Array& mode);

  template <class... Args>
  void operator()(Trace& t, const Args&...) const {
    space_.place(t, t.auxiliary("unconstrained", distribution()));
  }
  template <class V>
  void visit(V& v) {
    v("loc", loc_);
    v("scale_tril", raw_);
  }

  /// The distribution of the unconstrained numbers.
  MultivariateNormal distribution() const;
  const LatentSpace& space() const { return space_; }

 private:
  LatentSpace space_;
  Var loc_, raw_;  // of `transforms::lower_cholesky`
};

}  // namespace EVIDENT_PRECISION
}  // namespace evident
