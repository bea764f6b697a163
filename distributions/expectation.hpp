#pragma once

#include <evident/distributions/distribution.hpp>
#include <functional>

namespace evident {
inline namespace EVIDENT_PRECISION {

/// How an expectation was found.
enum class ExpectationMethod {
  kExact,         ///< a sum over all outcomes
  kTruncatedSum,  ///< a sum over all whole numbers but those of far tails, which are bounded
  kQuadrature,    ///< an integral in one dimension
  kMonteCarlo,    ///< an average over draws
};

/// E f(X), with what it may be wrong by.
struct Expectation {
  double value;
  double error;  ///< 0 of an exact sum (up to rounding), an estimate from above of a truncated sum
                 ///< or an integral, the standard error of an average over draws
  ExpectationMethod method;
};

/// A function of many outcomes at once: of n of them, shape (n, event), it returns n numbers.
/// Written with operations on Vars, `[](const Var& x) { return square(x); }`, it is one.
using Integrand = std::function<Var(const Var&)>;

/// The largest number of outcomes over which sums are exact.
constexpr std::size_t kExactOutcomes = 65536;

/// E f(X) = sum p(x) f(x), or the integral, of a single distribution.
///
/// - A finite support (whole numbers between bounds, one-hot vectors) of at most `kExactOutcomes`
///   is summed whole.
/// - Other whole numbers are summed outwards until the rest, extrapolated from how the terms fall,
///   is below rounding. A long stretch is summed by 17 of its numbers, with weights that are exact
///   for polynomials, and halved where that is not yet exact, down to sums of all: to about 1e-12
///   in double, and in float as far as its densities are.
/// - In one dimension the integral is by Gauss and Kronrod's rule of 15 nodes, cut where it is not
///   yet exact (Piessens et al. 1983, "QUADPACK"), over panels that begin at quantiles and, beyond
///   them, have equal lengths in the logarithm of the distance: tails like a power of x and
///   densities infinite at an end converge as others do, to about 1e-10 in double, 1e-5 in float.
///   At an end other than 0 where the density is infinite and x cannot tell how near it is, the
///   variable is P(X <= x). A support without an end is taken from the quantile of 0 to that of 1:
///   an angle has one turn. Where `f` overflows in a tail it ends, and the rest is a power's.
///
/// `f` is never handed outcomes whose `log_prob` is minus infinity.
///
/// The error includes how far the same sum of p(x) alone is from 1. What no rule with finitely many
/// points can see, such as a spike of `f` far narrower than the distribution, is in no error.
/// Errors: a batch; outcomes of several numbers (use the overload with draws); a result of `f` in
/// another shape, or not finite where the density is positive; a sum or an integral that diverges;
/// densities that do not add up to 1.
Expectation expectation(const Distribution& d, const Integrand& f);

/// E f(X) as the average over independent draws, for every distribution, with its standard error.
/// It halves with four times the draws, and means nothing where f(X) has no variance.
/// Errors: a batch; fewer than two draws; a result of `f` in another shape.
Expectation expectation(const Distribution& d, const Integrand& f, Rng& rng, std::size_t draws);

}  // namespace EVIDENT_PRECISION
}  // namespace evident
