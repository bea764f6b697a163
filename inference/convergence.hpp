#pragma once

#include <evident/autodiff/array.hpp>
#include <vector>

// Whether Markov chains agree, and what their draws are worth: Vehtari, Gelman, Simpson, Carpenter
// and Bürkner 2021, "Rank-normalization, folding, and localization: an improved R-hat for
// assessing convergence of MCMC", Bayesian Analysis 16.
//
// Draws have the shape (chains, draws), for one quantity, or (chains, draws, ...), for many;
// results have the shape of what follows: () for one quantity. One chain will do, as every chain is
// cut in two halves. All is computed in double.
//
// A quantity that is the same in every draw of all chains has neither R-hat nor effective sample
// size: they are NaN. Errors, of all functions: another shape; fewer than 4 draws in a chain; a
// draw that is NaN or infinite, which is named.

namespace evident {
inline namespace EVIDENT_PRECISION {

/// The potential scale reduction of split chains, 1 where they agree: the larger of that of the
/// ranks of the draws, which sees different locations, and of the ranks of their distances from the
/// median, which sees different scales; ranks are made normal. Above 1.01 chains have not mixed.
/// Chains that stand still at different places give +inf.
Array split_r_hat(const Array& draws);

/// How many independent draws would locate the bulk of the distribution as well: the effective
/// sample size of the ranks, made normal. Below 100 a chain R-hat itself is unreliable.
Array ess_bulk(const Array& draws);

/// The same for the tails: the smaller effective sample size of the indicators of the 5 % and 95 %
/// quantiles.
Array ess_tail(const Array& draws);

/// The effective sample size of the mean: C S / (1 + 2 sum rho_t), with the autocorrelations rho_t
/// of split chains up to where their sums in pairs stop being positive, made monotone (Geyer 1992).
Array ess_mean(const Array& draws);

/// The effective sample size of a quantile, 0 < p < 1: of the indicator of what is at most the
/// quantile. Errors: p outside.
Array ess_quantile(const Array& draws, double p);

/// The Monte Carlo standard error of the mean: sd / sqrt(ess_mean).
Array mcse_mean(const Array& draws);

/// The Monte Carlo standard error of the standard deviation, by that of the variance: with x
/// centred, sqrt((E x^4 - (E x^2)^2) / ess / E x^2) / 2, where ess is that of the mean of x^2.
Array mcse_sd(const Array& draws);

/// The Monte Carlo standard error of a quantile, 0 < p < 1: half the distance of the draws that
/// enclose it with probability 0.683, by the Beta distribution of its rank among `ess_quantile`
/// independent draws. Errors: p outside.
Array mcse_quantile(const Array& draws, double p);

namespace detail {

// The quantile of numbers, between neighbours in proportion (type 7 of Hyndman and Fan 1996).
double quantile(std::vector<double> x, double p);

}  // namespace detail

}  // namespace EVIDENT_PRECISION
}  // namespace evident
