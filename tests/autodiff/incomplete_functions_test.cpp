#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <evident/autodiff/array.hpp>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/functions/incomplete.hpp>
#include <evident/autodiff/incomplete_functions.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/special/student_t_draw.hpp>
#include <evident/autodiff/special/von_mises.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/tests/autodiff/incomplete_reference.hpp>
#include <evident/tests/autodiff/plain.hpp>
#include <map>
#include <random>
#include <string>
#include <vector>

// The scalar functions against mpmath, and what the lanes make of them.

using namespace evident;
namespace ref = evident::incomplete_reference;

namespace {

constexpr double kSmallest = 1e-290;  // the reference says 0 below

// The largest errors, by name.
using Errors = std::map<std::string, double>;

// What is promised: 1e-13 of values and 1e-12 of logarithms, at least 1 in size; 1e-11 of the rest.
double allowed(const std::string& name) {
  const bool value =
      name.find("slope") == std::string::npos && name.find("draw") == std::string::npos;
  return !value ? 1e-11 : name.find("log") == 0 ? 1e-12 : 1e-13;
}

void compare(Errors& errors, const char* name, double got, double want, double least = kSmallest) {
  if (got == want || (std::abs(want) < kSmallest && std::abs(got) < 2 * kSmallest)) return;
  const double error = std::abs(got - want) / std::max(std::abs(want), least);
  double& worst = errors[name];
  worst = std::max(worst, std::isnan(error) ? ref::kInf : error);
  CHECK_MESSAGE(error <= allowed(name), std::string(name), " is ", got, " instead of ", want);
}

void print(const Errors& errors) {
  for (const auto& [name, worst] : errors) std::printf("%s: %.1e\n", name.c_str(), worst);
}

}  // namespace

TEST_CASE("incomplete gamma functions: values, logarithms and derivatives are mpmath's") {
  Errors errors;
  for (const ref::GammaReference& r : ref::kGamma) {
    INFO("a = ", r.a, ", x = ", r.x);
    const special::ShapeAndPlace p = special::gammainc_slopes(r.a, r.x);
    const special::ShapeAndPlace q = special::gammaincc_slopes(r.a, r.x);
    const special::ShapeAndPlace log_p = special::log_gammainc_slopes(r.a, r.x);
    const special::ShapeAndPlace log_q = special::log_gammaincc_slopes(r.a, r.x);
    CHECK_EQ(special::gammainc(r.a, r.x), p.value);
    CHECK_EQ(special::gammaincc(r.a, r.x), q.value);
    CHECK_EQ(special::log_gammainc(r.a, r.x), log_p.value);
    CHECK_EQ(special::log_gammaincc(r.a, r.x), log_q.value);
    compare(errors, "gammainc", p.value, r.p);
    compare(errors, "gammaincc", q.value, r.q);
    compare(errors, "log gammainc", log_p.value, r.log_p, 1);
    compare(errors, "log gammaincc", log_q.value, r.log_q, 1);
    compare(errors, "gammainc, slope in a", p.da, r.p_a);
    compare(errors, "gammaincc, slope in a", q.da, -r.p_a);
    compare(errors, "gammainc, slope in x", p.dx * r.x, r.p_log_x);
    compare(errors, "gammaincc, slope in x", q.dx * r.x, -r.p_log_x);
    if (r.p > kSmallest && r.p_a != 0) {
      compare(errors, "log gammainc, slope in a", log_p.da, r.p_a / r.p);
      compare(errors, "log gammainc, slope in x", log_p.dx * r.x, r.p_log_x / r.p);
    }
    if (r.q > kSmallest && r.p_a != 0) {
      compare(errors, "log gammaincc, slope in a", log_q.da, -r.p_a / r.q);
      compare(errors, "log gammaincc, slope in x", log_q.dx * r.x, -r.p_log_x / r.q);
    }
    compare(errors, "gamma draw", special::gamma_draw_gradient(r.a, std::log(r.x)), r.draw);
  }
  for (const ref::GammaDrawReference& r : ref::kGammaDraws) {
    INFO("a = ", r.a, ", log x = ", r.log_x);
    compare(errors, "gamma draw", special::gamma_draw_gradient(r.a, r.log_x), r.draw);
  }
  print(errors);
}

TEST_CASE("incomplete gamma functions: inverses find the place, and move as draws do") {
  for (const ref::GammaReference& r : ref::kGamma) {
    INFO("a = ", r.a, ", x = ", r.x);
    // 1e-12, and what a few roundings of p mean for x.
    const auto close = [&](const special::ShapeAndPlace& got, double p, double sign) {
      const double conditioning = 1e-15 * p / r.p_log_x;
      CHECK_LE(std::abs(got.value / r.x - 1), 1e-12 + conditioning);
      CHECK_LE(std::abs(got.da / (r.x * r.draw) - 1), 1e-11 + 40 * conditioning);
      CHECK_LE(std::abs(got.dx * r.p_log_x / (sign * r.x) - 1), 1e-11 + 400 * conditioning);
    };
    if (r.p > kSmallest && r.p < 0.6) close(special::gammaincinv_slopes(r.a, r.p), r.p, 1);
    if (r.q > kSmallest && r.q < 0.6) close(special::gammainccinv_slopes(r.a, r.q), r.q, -1);
  }
  CHECK_EQ(special::gammaincinv(2, 0), 0);
  CHECK_EQ(special::gammaincinv(2, 1), ref::kInf);
  CHECK_EQ(special::gammainccinv(2, 0), ref::kInf);
  CHECK_EQ(special::gammainccinv(2, 1), 0);
  CHECK_EQ(special::gammaincinv(1e-3, 0.1), 0);  // exp(-2302)
  CHECK(std::isnan(special::gammaincinv(2, 1.5)));
}

TEST_CASE("incomplete beta function: values, logarithms and derivatives are mpmath's") {
  Errors errors;
  for (const ref::BetaReference& r : ref::kBeta) {
    INFO("a = ", r.a, ", b = ", r.b, ", x = ", r.x, ", y = ", r.y);
    const special::ShapesAndPlace p = special::betainc_slopes(r.a, r.b, r.x, r.y);
    const special::ShapesAndPlace q = special::betainc_slopes(r.b, r.a, r.y, r.x);
    const special::ShapesAndPlace log_p = special::log_betainc_slopes(r.a, r.b, r.x, r.y);
    CHECK_EQ(special::betainc(r.a, r.b, r.x, r.y), p.value);
    CHECK_EQ(special::log_betainc(r.a, r.b, r.x, r.y), log_p.value);
    compare(errors, "betainc", p.value, r.p);
    compare(errors, "betainc", q.value, r.q);
    compare(errors, "log betainc", log_p.value, r.log_p, 1);
    compare(errors, "log betainc", special::log_betainc(r.b, r.a, r.y, r.x), r.log_q, 1);
    compare(errors, "betainc, slope in a", p.da, r.p_a);
    compare(errors, "betainc, slope in b", p.db, r.p_b);
    compare(errors, "betainc, slope in b", q.db, -r.p_a);
    compare(errors, "betainc, slope in x", p.dx * r.x * r.y, r.p_logit_x);
    if (r.p > kSmallest && r.p_a != 0) {
      compare(errors, "log betainc, slope in a", log_p.da, r.p_a / r.p);
      compare(errors, "log betainc, slope in b", log_p.db, r.p_b / r.p);
      compare(errors, "log betainc, slope in x", log_p.dx * r.x * r.y, r.p_logit_x / r.p);
    }
    const double log_x = r.y < 0.5 ? std::log1p(-r.y) : std::log(r.x);
    const double log_y = r.x < 0.5 ? std::log1p(-r.x) : std::log(r.y);
    const special::BetaDrawGradient draw = special::beta_draw_gradient(r.a, r.b, log_x, log_y);
    compare(errors, "beta draw", draw.da, r.draw_a);
    compare(errors, "beta draw", draw.db, r.draw_b);
  }
  for (const ref::BetaDrawReference& r : ref::kBetaDraws) {
    INFO("a = ", r.a, ", b = ", r.b, ", log x = ", r.log_x);
    const special::BetaDrawGradient lower =
        special::beta_draw_gradient(r.a, r.b, r.log_x, std::log1p(-std::exp(r.log_x)));
    const special::BetaDrawGradient upper =
        special::beta_draw_gradient(r.b, r.a, std::log1p(-std::exp(r.log_x)), r.log_x);
    compare(errors, "beta draw", lower.da, r.draw_a);
    compare(errors, "beta draw", lower.db, r.draw_b);
    compare(errors, "beta draw", upper.da, -r.draw_b);
    compare(errors, "beta draw", upper.db, -r.draw_a);
  }
  print(errors);
}

TEST_CASE("incomplete beta function: the inverse finds both ends, and moves as draws do") {
  for (const ref::BetaReference& r : ref::kBeta) {
    INFO("a = ", r.a, ", b = ", r.b, ", x = ", r.x, ", y = ", r.y);
    if (!(r.p > kSmallest && r.q > kSmallest)) continue;
    // What a few roundings of p mean for logit x.
    const double conditioning = 1e-15 * std::min(r.p, r.q) / r.p_logit_x;
    const special::PlaceAndComplement at = special::betaincinv(r.a, r.b, r.p, r.q);
    CHECK_LE(std::abs(at.x / r.x - 1), 1e-12 + conditioning);
    CHECK_LE(std::abs(at.y / r.y - 1), 1e-12 + conditioning);
    const special::ShapesAndPlace x = special::betaincinv_slopes(r.a, r.b, r.p, r.q);
    const special::ShapesAndPlace y = special::betaincinv_complement_slopes(r.a, r.b, r.p, r.q);
    CHECK_EQ(x.value, at.x);
    CHECK_EQ(y.value, at.y);
    const double density = r.x * r.y;
    CHECK_LE(std::abs(x.da / (density * r.draw_a) - 1), 1e-11 + 400 * conditioning);
    CHECK_LE(std::abs(x.db / (density * r.draw_b) - 1), 1e-11 + 400 * conditioning);
    CHECK_LE(std::abs(x.dx / (density / r.p_logit_x) - 1), 1e-11 + 400 * conditioning);
    CHECK_EQ(y.da, -x.da);
  }
}

TEST_CASE("draws of Student's t and von Mises: gradients and probabilities are mpmath's") {
  Errors errors;
  for (const ref::StudentTReference& r : ref::kStudentT) {
    INFO("df = ", r.df, ", t = ", r.t);
    compare(errors, "Student's t draw", special::student_t_draw_gradient(r.df, r.t), r.draw, 0);
    compare(errors, "Student's t draw", special::student_t_draw_gradient(r.df, -r.t), -r.draw, 0);
  }
  CHECK_EQ(special::student_t_draw_gradient(3, 0), 0);
  // For many degrees -(t^3 + t) / (4 df^2), with a next term of relative size t^2 / df.
  for (const double t : {1e-30, 0.1, 1.0, 3.0}) {
    const double limit = -(t * t * t + t) / 4e16;
    CHECK_LE(std::abs(special::student_t_draw_gradient(1e8, t) / limit - 1), 1e-7);
  }
  for (const ref::VonMisesReference& r : ref::kVonMises) {
    INFO("kappa = ", r.kappa, ", x = ", r.x);
    compare(errors, "von Mises log Bessel", special::log_scaled_bessel_i0(r.kappa), r.log_bessel,
            1);
    compare(errors, "von Mises cdf", special::von_mises_cdf(r.kappa, -r.x), r.tail);
    compare(errors, "von Mises cdf", special::von_mises_cdf(r.kappa, r.x), 1 - r.tail);
    compare(errors, "von Mises draw", special::von_mises_draw_gradient(r.kappa, r.x), r.draw);
    compare(errors, "von Mises draw", special::von_mises_draw_gradient(r.kappa, -r.x), -r.draw);
    if (r.tail > kSmallest) {
      const double back = special::von_mises_quantile(r.kappa, r.tail);
      compare(errors, "von Mises quantile", special::von_mises_cdf(r.kappa, back), r.tail);
    }
  }
  print(errors);
}

TEST_CASE("incomplete functions: whatever the arguments, they return") {
  std::mt19937_64 words(5);
  const auto number = [&] {
    std::uint64_t word = words();
    if (words() % 4 == 0) word &= 0x7FFFFFFFFFFFFFFFULL;
    double x;
    std::memcpy(&x, &word, sizeof x);
    return words() % 3 == 0 ? std::abs(x) / (1 + std::abs(x)) : x;
  };
  double sum = 0;
  for (int i = 0; i < 20000; ++i) {
    const double a = number(), b = number(), x = number();
    for (const double y :
         {special::gammainc_slopes(a, x).da, special::log_gammaincc_slopes(a, x).da,
          special::gammaincinv(std::abs(a), std::abs(x)),
          special::betainc_slopes(a, b, x, 1 - x).da,
          special::log_betainc_slopes(std::abs(a), std::abs(b), x, 1 - x).db,
          special::betaincinv(std::abs(a), std::abs(b), x, 1 - x).x,
          special::student_t_draw_gradient(a, x), special::von_mises_draw_gradient(a, x),
          special::von_mises_cdf(a, x), special::von_mises_quantile(a, x)}) {
      sum += std::isfinite(y) ? 1 : 0;
    }
    const double p = special::gammainc(std::abs(a), std::abs(x));
    CHECK((std::isnan(p) || (p >= 0 && p <= 1)));
  }
  CHECK_GT(sum, 20000);
}

TEST_CASE("incomplete functions: lanes compute what the scalar functions do") {
  const std::vector<double> a = {0.25, 3, 40}, x = {0.5, 0.75, 0.125}, p = {0.25, 0.5, 0.9375};
  const Var shapes = Var::parameter(reference::array({{3}, a}));
  const Var places = Var::parameter(reference::array({{3}, x}));
  const Var shares = Var::parameter(reference::array({{3}, p}));
  const auto check = [&](const Var& got, const std::vector<double>& want) {
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK_EQ(got.value().data()[i], static_cast<real>(want[i]));
    }
  };
  const auto each = [&](auto f) {
    std::vector<double> result;
    for (std::size_t i = 0; i < 3; ++i) result.push_back(f(a[i], x[i], p[i]));
    return result;
  };
  const auto slope = [&](auto f, std::size_t argument, const std::vector<double>& want) {
    Tape tape;
    const Var y = elementwise(f, shapes, places, shares, "formula");
    const std::vector<Array> slopes = tape.gradients(sum(y), {shapes, places, shares});
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK_EQ(slopes[argument].data()[i], static_cast<real>(want[i]));
    }
  };
  check(elementwise([](auto a, auto p) { return gammaincinv(a, p); }, shapes, shares, "inverse"),
        each([](double a, double, double p) { return special::gammaincinv(a, p); }));
  check(elementwise([](auto a, auto p) { return gammainccinv(a, p); }, shapes, shares, "inverse"),
        each([](double a, double, double p) { return special::gammainccinv(a, p); }));
  slope([](auto a, auto, auto p) { return gammaincinv(a, p); }, 0,
        each([](double a, double, double p) { return special::gammaincinv_slopes(a, p).da; }));
  slope([](auto a, auto, auto p) { return gammainccinv(a, p); }, 2,
        each([](double a, double, double p) { return special::gammainccinv_slopes(a, p).dx; }));
  slope([](auto a, auto x, auto p) { return betaincinv(a, x, p); }, 0,
        each([](double a, double x, double p) {
          return special::betaincinv_slopes(a, x, p, 1 - p).da;
        }));
  slope([](auto a, auto x, auto p) { return betaincinv_complement(a, x, p); }, 2,
        each([](double a, double x, double p) {
          return special::betaincinv_complement_slopes(a, x, p, 1 - p).dx;
        }));
  slope([](auto a, auto b, auto x) { return betainc(a, b, x, 1.0 - x); }, 1,
        each([](double a, double x, double p) {
          return special::betainc_slopes(a, x, p, 1 - p).db;
        }));
  slope([](auto a, auto b, auto x) { return log_betainc(a, b, x, 1.0 - x); }, 2,
        each([](double a, double x, double p) {
          return special::log_betainc_slopes(a, x, p, 1 - p).dx;
        }));
  slope([](auto a, auto x, auto) { return gammainc(2.0, x) + 0.0 * a; }, 1,
        each([](double, double x, double) { return special::gammainc_slopes(2, x).dx; }));
}
