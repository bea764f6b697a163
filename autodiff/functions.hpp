#pragma once

#include <evident/autodiff/functions/activation.hpp>
#include <evident/autodiff/functions/bessel.hpp>
#include <evident/autodiff/functions/beta.hpp>
#include <evident/autodiff/functions/elementary.hpp>
#include <evident/autodiff/functions/error_function.hpp>
#include <evident/autodiff/functions/gamma.hpp>
#include <evident/autodiff/functions/gamma_law.hpp>
#include <evident/autodiff/functions/incomplete.hpp>
#include <evident/autodiff/functions/lgamma_curvature.hpp>
#include <evident/autodiff/functions/logarithmic.hpp>
#include <evident/autodiff/functions/normal_quantile.hpp>
#include <evident/autodiff/functions/normal_tails.hpp>
#include <evident/autodiff/functions/power.hpp>
#include <evident/autodiff/functions/saddle_point.hpp>
#include <evident/autodiff/functions/trigonometric.hpp>

// The scalar functions that formulas are made of. Each stands with its derivative: first the value
// on lanes, then the rule on dual numbers; a function of two variables computes both in one place.
// Values and derivatives are stable at both tails and defined at kinks.
