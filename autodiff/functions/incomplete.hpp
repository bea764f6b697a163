#pragma once

#include <evident/autodiff/functions/lane_by_lane.hpp>
#include <evident/autodiff/special/incomplete_beta.hpp>
#include <evident/autodiff/special/incomplete_gamma.hpp>

// The incomplete gamma and beta functions, differentiable in all arguments. The scalar code of
// `special/` computes them in double, one lane after the other; derivatives are computed where a
// dual number asks for them. What is outside the domain is NaN.

namespace evident {

namespace parts {

template <special::ShapeAndPlace (*f)(double, double)>
std::array<double, 3> slopes_of_two(double a, double x) {
  const special::ShapeAndPlace r = f(a, x);
  return {r.value, r.da, r.dx};
}
// y = 1 - x varies with x; its own derivative is none.
template <special::ShapesAndPlace (*f)(double, double, double, double)>
std::array<double, 5> slopes_of_four(double a, double b, double x, double y) {
  const special::ShapesAndPlace r = f(a, b, x, y);
  return {r.value, r.da, r.db, r.dx, 0};
}
template <special::ShapesAndPlace (*f)(double, double, double)>
std::array<double, 4> slopes_of_logit(double a, double b, double l) {
  const special::ShapesAndPlace r = f(a, b, l);
  return {r.value, r.da, r.db, r.dx};
}
template <special::ShapesAndPlace (*f)(double, double, double, double)>
std::array<double, 4> slopes_of_three(double a, double b, double x) {
  const special::ShapesAndPlace r = f(a, b, x, 1 - x);
  return {r.value, r.da, r.db, r.dx};
}

}  // namespace parts

/// The regularised lower incomplete gamma function P(a, x) = 1/Gamma(a) integral_0^x t^(a-1) e^-t
/// dt for a, x >= 0: the distribution function of a standard Gamma.
template <class A, class X, class R = parts::PromotedOf<A, X>>
R gammainc(const A& a, const X& x) {
  return parts::lane_by_lane<R>(special::gammainc, parts::slopes_of_two<special::gammainc_slopes>,
                                a, x);
}
/// The regularised upper incomplete gamma function Q(a, x) = 1 - P(a, x), with its relative
/// accuracy in the upper tail.
template <class A, class X, class R = parts::PromotedOf<A, X>>
R gammaincc(const A& a, const X& x) {
  return parts::lane_by_lane<R>(special::gammaincc, parts::slopes_of_two<special::gammaincc_slopes>,
                                a, x);
}
/// log P(a, x), also where P underflows.
template <class A, class X, class R = parts::PromotedOf<A, X>>
R log_gammainc(const A& a, const X& x) {
  return parts::lane_by_lane<R>(special::log_gammainc,
                                parts::slopes_of_two<special::log_gammainc_slopes>, a, x);
}
/// log Q(a, x), also where Q underflows.
template <class A, class X, class R = parts::PromotedOf<A, X>>
R log_gammaincc(const A& a, const X& x) {
  return parts::lane_by_lane<R>(special::log_gammaincc,
                                parts::slopes_of_two<special::log_gammaincc_slopes>, a, x);
}
/// The x at which P(a, x) = p, for 0 <= p <= 1.
template <class A, class P, class R = parts::PromotedOf<A, P>>
R gammaincinv(const A& a, const P& p) {
  return parts::lane_by_lane<R>(special::gammaincinv,
                                parts::slopes_of_two<special::gammaincinv_slopes>, a, p);
}
/// The x at which Q(a, x) = q, for 0 <= q <= 1.
template <class A, class Q, class R = parts::PromotedOf<A, Q>>
R gammainccinv(const A& a, const Q& q) {
  return parts::lane_by_lane<R>(special::gammainccinv,
                                parts::slopes_of_two<special::gammainccinv_slopes>, a, q);
}

/// The regularised incomplete beta function I_x(a, b) = 1/B(a, b) integral_0^x t^(a-1) (1-t)^(b-1)
/// dt for a, b >= 0 and 0 <= x <= 1: the distribution function of Beta(a, b).
template <class A, class B, class X, class R = parts::PromotedOf<A, B, X>>
R betainc(const A& a, const B& b, const X& x) {
  return parts::lane_by_lane<R>(
      [](double a, double b, double x) { return special::betainc(a, b, x, 1 - x); },
      parts::slopes_of_three<special::betainc_slopes>, a, b, x);
}
/// The same with y = 1 - x given, which loses nothing where x is near 1; the upper tail is
/// betainc(b, a, y, x). The derivative in x is that with y = 1 - x, and y has none of its own.
template <class A, class B, class X, class Y, class R = parts::PromotedOf<A, B, X, Y>>
R betainc(const A& a, const B& b, const X& x, const Y& y) {
  return parts::lane_by_lane<R>(special::betainc, parts::slopes_of_four<special::betainc_slopes>, a,
                                b, x, y);
}
/// log I_x(a, b), also where I underflows.
template <class A, class B, class X, class R = parts::PromotedOf<A, B, X>>
R log_betainc(const A& a, const B& b, const X& x) {
  return parts::lane_by_lane<R>(
      [](double a, double b, double x) { return special::log_betainc(a, b, x, 1 - x); },
      parts::slopes_of_three<special::log_betainc_slopes>, a, b, x);
}
/// The same with y = 1 - x given, as for `betainc`.
template <class A, class B, class X, class Y, class R = parts::PromotedOf<A, B, X, Y>>
R log_betainc(const A& a, const B& b, const X& x, const Y& y) {
  return parts::lane_by_lane<R>(special::log_betainc,
                                parts::slopes_of_four<special::log_betainc_slopes>, a, b, x, y);
}
/// I_x(a, b) at x = sigmoid(l), also where x or 1 - x underflows.
template <class A, class B, class X, class R = parts::PromotedOf<A, B, X>>
R betainc_of_logit(const A& a, const B& b, const X& l) {
  return parts::lane_by_lane<R>(special::betainc_of_logit,
                                parts::slopes_of_logit<special::betainc_of_logit_slopes>, a, b, l);
}
/// Its logarithm.
template <class A, class B, class X, class R = parts::PromotedOf<A, B, X>>
R log_betainc_of_logit(const A& a, const B& b, const X& l) {
  return parts::lane_by_lane<R>(special::log_betainc_of_logit,
                                parts::slopes_of_logit<special::log_betainc_of_logit_slopes>, a, b,
                                l);
}
/// The x at which I_x(a, b) = p, for 0 <= p <= 1. That at which 1 - I_x(a, b) = q is
/// betaincinv_complement(b, a, q).
template <class A, class B, class P, class R = parts::PromotedOf<A, B, P>>
R betaincinv(const A& a, const B& b, const P& p) {
  return parts::lane_by_lane<R>(
      [](double a, double b, double p) { return special::betaincinv(a, b, p, 1 - p).x; },
      parts::slopes_of_three<special::betaincinv_slopes>, a, b, p);
}
/// 1 - betaincinv(a, b, p), with its own relative accuracy.
template <class A, class B, class P, class R = parts::PromotedOf<A, B, P>>
R betaincinv_complement(const A& a, const B& b, const P& p) {
  return parts::lane_by_lane<R>(
      [](double a, double b, double p) { return special::betaincinv(a, b, p, 1 - p).y; },
      parts::slopes_of_three<special::betaincinv_complement_slopes>, a, b, p);
}

}  // namespace evident
