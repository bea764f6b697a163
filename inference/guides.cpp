#include <fmt/format.h>

#include <cmath>
#include <evident/autodiff/gradients.hpp>
#include <evident/autodiff/linalg.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/products.hpp>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/inference/guides.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

Array starting_loc(const char* guide, std::size_t size, const GuideStart& start) {
  if (!(start.scale > 0)) {
    throw Error(fmt::format("{}: the starting scale must be positive, got {}", guide, start.scale));
  }
  if (start.loc.size() == 0) return zeros({size});
  if (start.loc.shape() != Shape{size}) {
    throw ShapeError(
        fmt::format("{}: the starting loc has shape {}, expected {}: a number for each "
                    "of the latent space",
                    guide, to_string(start.loc.shape()), to_string(Shape{size})));
  }
  for (std::size_t i = 0; i < size; ++i) {
    if (std::isfinite(start.loc.data()[i])) continue;
    throw Error(
        fmt::format("{}: the starting loc is {} at element {}: expected finite numbers, as "
                    "LatentSpace::point makes them",
                    guide, start.loc.data()[i], i));
  }
  return start.loc;
}

Array part_of(const Array& all, const LatentSpace::Part& part) {
  Array result = uninitialised(part.free);
  std::copy(all.data() + part.begin, all.data() + part.end, result.data());
  return result;
}

Array flat(const std::vector<Var>& parts) {
  const NoTape pause;
  std::vector<Var> rows;
  for (const Var& part : parts) rows.push_back(reshape(part, {part.size()}));
  return concatenate(rows).value();
}

}  // namespace

MeanFieldNormal::MeanFieldNormal(const LatentSpace& space, const GuideStart& start)
    : parts_(space.parts()) {
  const Array loc = starting_loc("MeanFieldNormal", space.size(), start);
  for (const LatentSpace::Part& part : parts_) {
    loc_.push_back(Var::parameter(part_of(loc, part)));
    log_scale_.push_back(Var::parameter(full(part.free, std::log(start.scale))));
  }
}

void MeanFieldNormal::sample(Trace& t) const {
  for (std::size_t k = 0; k < parts_.size(); ++k) {
    const LatentSpace::Part& part = parts_[k];
    const Normal numbers(loc_[k], exp(log_scale_[k]));
    const bool plain = part.transform.name() == "Identity";
    if (plain && part.event == 0) {
      t.sample(part.name, numbers);
    } else if (plain) {
      t.sample(part.name, to_event(numbers, part.event));
    } else if (part.event == 0) {
      t.sample(part.name, Transformed(numbers, part.transform));
    } else {
      t.sample(part.name, Transformed(to_event(numbers, part.event), part.transform));
    }
  }
}

Array MeanFieldNormal::loc() const { return flat(loc_); }

Array MeanFieldNormal::scale() const { return exp(Var(flat(log_scale_))).value(); }

PointGuide::PointGuide(LatentSpace space, const GuideStart& start, Coordinates coordinates)
    : space_(std::move(space)),
      loc_(Var::parameter(starting_loc("PointGuide", space_.size(), start))),
      coordinates_(coordinates) {}

LowRankNormal::LowRankNormal(LatentSpace space, std::size_t rank, const GuideStart& start)
    : space_(std::move(space)), loc_(0), factor_(0), log_scale_(0) {
  if (rank == 0) throw Error("LowRankNormal: got rank 0, expected at least 1");
  const std::size_t n = space_.size();
  loc_ = Var::parameter(starting_loc("LowRankNormal", n, start));
  log_scale_ = Var::parameter(full({n}, std::log(start.scale)));
  // Columns that differ, or they would stay equal.
  Rng rng(0, "LowRankNormal");
  const double size = 0.1 * start.scale / std::sqrt(static_cast<double>(rank));
  factor_ = Var::parameter((size * Var(standard_normal({n, rank}, rng))).value());
}

LowRankMultivariateNormal LowRankNormal::distribution() const {
  return LowRankMultivariateNormal(loc_, factor_, exp(2 * log_scale_));
}

FullRankNormal::FullRankNormal(LatentSpace space, const GuideStart& start)
    : space_(std::move(space)), loc_(0), raw_(0) {
  const std::size_t n = space_.size();
  loc_ = Var::parameter(starting_loc("FullRankNormal", n, start));
  Array raw = zeros({n * (n + 1) / 2});
  for (std::size_t i = 0; i < n; ++i) {
    raw.data()[i * (i + 1) / 2 + i] = static_cast<real>(std::log(start.scale));
  }
  raw_ = Var::parameter(std::move(raw));
}

MultivariateNormal FullRankNormal::distribution() const {
  return MultivariateNormal::from_scale_tril(loc_, transforms::lower_cholesky().forward(raw_));
}

FullRankNormal FullRankNormal::laplace(const LatentSpace& space, const Array& mode) {
  FullRankNormal guide(space, {mode, 1});
  const Array loc = guide.loc_.value();  // zeros where none is given
  const NoTape pause;
  const std::size_t n = space.size();
  const LogDensity density = space.density();
  // Central differences of the gradient, made symmetric.
  Array precision = uninitialised({n, n}), up = uninitialised({n}), down = uninitialised({n});
  for (std::size_t i = 0; i < n; ++i) {
    Array at = loc;
    const double step =
        std::cbrt(detail::kRounding) * std::max(1.0, std::abs(static_cast<double>(loc.data()[i])));
    at.data()[i] = static_cast<real>(static_cast<double>(loc.data()[i]) + step);
    density(at, up);
    at.data()[i] = static_cast<real>(static_cast<double>(loc.data()[i]) - step);
    density(at, down);
    for (std::size_t j = 0; j < n; ++j) {
      precision.data()[i * n + j] = static_cast<real>(
          (static_cast<double>(down.data()[j]) - static_cast<double>(up.data()[j])) / (2 * step));
    }
  }
  const Var unequal(precision), symmetric = 0.5 * (unequal + transpose(unequal));
  Array tril = zeros({n, n}), slope = uninitialised({n});
  try {
    tril = MultivariateNormal::from_precision(loc, symmetric).scale_tril().value();
  } catch (const DomainError& error) {
    throw DomainError(
        fmt::format("FullRankNormal::laplace: minus the Hessian at loc is not positive definite, "
                    "so that it is no "
                    "mode: find one with PointGuide and Coordinates::kUnconstrained; {}",
                    error.what()));
  }
  // Newton's step to the mode, in standard deviations: its square is g' covariance g.
  density(loc, slope);
  const Var way = matmul(transpose(Var(tril)), slope);
  const double distance = std::sqrt(sum(square(way)).item());
  if (!(distance < 0.1)) {
    throw Error(
        fmt::format("FullRankNormal::laplace: loc is not the mode, which is about {:.2g} standard "
                    "deviations away: "
                    "find it with PointGuide and Coordinates::kUnconstrained",
                    distance));
  }
  guide.raw_ = Var::parameter(transforms::lower_cholesky().inverse(tril).value());
  return guide;
}

}  // namespace EVIDENT_PRECISION
}  // namespace evident
