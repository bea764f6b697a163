#pragma once

#include <evident/inference/sampler.hpp>
#include <evident/inference/transition.hpp>
#include <functional>
#include <memory>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace detail {

using MakeTransition = std::function<std::unique_ptr<Transition>(Hamiltonian&, NoiseStream&)>;

/// Warms up and runs the chains of a sampler called `caller`: what all samplers have in common.
Draws run_chains(const char* caller, Rng& rng, const LogDensity& density, const Array& start,
                 const SamplerOptions& options, const MakeTransition& make);

}  // namespace detail
}  // namespace EVIDENT_PRECISION
}  // namespace evident
