#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <evident/autodiff/linalg.hpp>
#include <evident/autodiff/memory.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/products.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/autodiff/threads.hpp>
#include <evident/tests/autodiff/plain.hpp>
#include <functional>
#include <limits>
#include <string>
#include <vector>

using namespace evident;
using namespace evident::reference;

namespace {

// a_ij = f(i, j).
Array filled(std::size_t n, const std::function<double(double, double)>& f) {
  Array result = uninitialised({n, n});
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      result.data()[i * n + j] = static_cast<real>(f(double(i), double(j)));
    }
  }
  return result;
}

// Symmetric, with a diagonal that outweighs the rest of its row.
Array dominant(const Shape& batch, std::size_t n, std::uint64_t seed) {
  Array result = array(draw(joined(batch, {n, n}), {-1, 1}, seed));
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::size_t row = i / n % n;
    const std::size_t column = i % n;
    const std::size_t matrix = i / (n * n) * n * n;
    if (row == column) result.data()[i] = static_cast<real>(n + 1);
    if (row < column) result.data()[i] = result.data()[matrix + column * n + row];
  }
  return result;
}

// The largest element of |x y - z| for n x n matrices, in double; `transposed` takes x y'.
double residual(const Array& x, const Array& y, bool transposed, const Array& z) {
  const std::size_t n = x.shape().back();
  double worst = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      double total = 0;
      for (std::size_t k = 0; k < n; ++k) {
        total += double(x.data()[i * n + k]) * y.data()[transposed ? j * n + k : k * n + j];
      }
      const double error = std::abs(total - z.data()[i * n + j]);
      if (!(error <= worst)) worst = error;
    }
  }
  return worst;
}

const double kUnit = std::numeric_limits<real>::epsilon();

const Array kMatrix = matrix({{2.5, 0.5, -1.0, 0.25},
                              {0.5, 3.0, 0.75, -0.5},
                              {-1.0, 0.75, 4.0, 1.5},
                              {0.25, -0.5, 1.5, 2.0}});

void check_close(const Array& got, const Array& want) {
  CHECK_EQ(difference(plain(got), plain(want), tolerance(1e-14, 2e-6), tolerance(1e-15, 1e-7)), "");
}

}  // namespace

// numpy 1.24, scipy 1.10 and torch 1.13.
TEST_CASE("linalg: the numbers of numpy, scipy and torch") {
  const Var a = Var::parameter(kMatrix);
  const Array l = cholesky(a).value();
  check_close(
      l,
      matrix({{1.5811388300841898, 0, 0, 0},
              {0.31622776601683794, 1.70293863659264, 0, 0},
              {-0.6324555320336759, 0.5578592085389683, 1.8135029924012467, 0},
              {0.15811388300841897, -0.3229711207330869, 0.9816208857951702, 0.9524232734153021}}));
  check_close(
      inverse_spd(a).value(),
      matrix(
          {{0.6472819216182049, -0.2730720606826802, 0.37420986093552466, -0.4298356510745891},
           {-0.27307206068268014, 0.5259165613147915, -0.31858407079646023, 0.40455120101137804},
           {0.37420986093552466, -0.31858407079646023, 0.6270543615676358, -0.5967130214917825},
           {-0.42983565107458915, 0.4045512010113781, -0.5967130214917826, 1.1024020227560052}}));
  check_close(log_determinant(a).value(), scalar(3.0740306723434045));
  const Var b = vector({1, -2, 3, 0.5});
  check_close(triangular_solve(l, b).value(), vector({0.6324555320336759, -1.291884482932348,
                                                      2.2722265540440256, -2.359986872179509}));
  check_close(
      triangular_solve(l, b, Transpose::kYes).value(),
      vector({1.4327360310413675, -1.5237002217671198, 1.3700953045272852, 0.5249766715664623}));

  Array weights = uninitialised({4, 4});
  for (std::size_t i = 0; i < 16; ++i) weights.data()[i] = static_cast<real>(i + 1);
  Tape tape;
  tape.backward(sum(cholesky(a) * weights));
  check_close(
      a.gradient(),
      matrix({{1.4031532119531485, 1.2576481106813393, 3.8308830960739955, 1.9389817035701946},
              {1.2576481106813384, 2.2819383627450245, 1.7917908675891947, 5.838193938895245},
              {3.8308830960739964, 1.7917908675891954, 3.2552423183736665, -0.41094448090827523},
              {1.9389817035701946, 5.838193938895245, -0.410944480908275, 8.399626745063397}}));
}

TEST_CASE("linalg: whole numbers come out whole") {
  const Var a = matrix({{4, 12, -16}, {12, 37, -43}, {-16, -43, 98}});
  const Array l = matrix({{2, 0, 0}, {6, 1, 0}, {-8, 5, 3}});
  CHECK(same_bits(cholesky(a).value(), l));
  CHECK(same_bits(triangular_solve(l, vector({2, 7, 0})).value(), vector({1, 1, 1})));
}

// The error allowed is ten times that of LAPACK's double factorisation; the exact numbers are from
// arithmetic with 60 digits.
TEST_CASE("linalg: an ill-conditioned matrix behaves as LAPACK's does") {
  const std::size_t n = 100;
  const double jitter = tolerance(1e-10, 1e-3);  // a condition of 2e10, of 2e3 for floats
  const Array a =
      filled(n, [&](double i, double j) { return 1 / (i + j + 1) + (i == j ? jitter : 0); });
  const Array l = cholesky(a).value();
  CHECK_LE(residual(l, l, true, a), 4 * kUnit);
  CHECK_LE(
      std::abs(log_determinant(a).item() - tolerance(-2111.76574013426146, -663.2554938352156)),
      tolerance(4e-7, 1e-3));
  CHECK_LE(
      std::abs(l.data()[n * n - 1] / tolerance(1.1712575101879592e-05, 0.03226485865397179) - 1),
      tolerance(1e-6, 1e-3));
}

TEST_CASE("linalg: a matrix that rounding leaves indefinite is refused at about LAPACK's minor") {
  const Array hilbert = filled(100, [](double i, double j) { return 1 / (i + j + 1); });
  std::string message;
  try {
    cholesky(hilbert);
  } catch (const Error& error) {
    message = error.what();
  }
  bool near = false;
  const int order = tolerance(14, 8) > 10 ? 14 : 8;
  for (int k = order - 1; k <= order + 1; ++k) {
    near = near ||
           message.find("leading minor of order " + std::to_string(k) + " ") != std::string::npos;
  }
  CHECK_MESSAGE(near, message);
}

TEST_CASE("log_determinant: neither overflows nor underflows") {
  const std::size_t n = 1000;
  for (const double scale : {1e-3, 1e3}) {
    // scale (I + u u' / n) with u = 1: n log(scale) + log 2.
    const Array a =
        filled(n, [&](double i, double j) { return scale * ((i == j ? 1 : 0) + 1e-3); });
    const double exact = double(n) * std::log(scale) + std::log(2);
    CHECK_LE(std::abs(log_determinant(a).item() / exact - 1), tolerance(1e-13, 1e-6));
  }
}

TEST_CASE("linalg: every size, in one piece and in blocks") {
  for (const std::size_t n : {1, 2, 15, 16, 17, 31, 32, 33, 64, 65, 128, 129, 192, 200, 257}) {
    INFO("n = ", n);
    const double allowed = 8 * kUnit * static_cast<double>(n + 1);
    const Array a = dominant({}, n, 4);
    const Var l = Var::parameter(cholesky(a).value());
    CHECK_LE(residual(l.value(), l.value(), true, a), allowed);
    double above = 0;  // the diagonal
    for (std::size_t i = 0; i < n * n; ++i) {
      if (i % n > i / n) above += std::abs(l.value().data()[i]);
    }
    CHECK_EQ(above, 0);
    Array unit = filled(n, [](double i, double j) { return i == j ? 1 : 0; });
    CHECK_LE(residual(a, inverse_spd(a).value(), false, unit), allowed);
    const Array b = array(draw({n, n}, {-1, 1}, 5));
    CHECK_LE(residual(l.value(), triangular_solve(l, b).value(), false, b), allowed);

    // d/da of sum(w chol(a)) against the derivative in a direction, L Phi(inv(L) V inv(L)').
    const Array w = array(draw({n, n}, {-1, 1}, 6));
    const Array direction = dominant({}, n, 7);
    const Var leaf = Var::parameter(a);
    Tape tape;
    const Array gradient = tape.gradients(sum(cholesky(leaf) * w), {leaf})[0];
    const Var left = triangular_solve(l.value(), direction);
    Array middle = uninitialised({n, n});
    for (std::size_t i = 0; i < n * n; ++i)
      middle.data()[i] = left.value().data()[i % n * n + i / n];
    middle = triangular_solve(l.value(), middle).value();
    for (std::size_t i = 0; i < n * n; ++i) {
      middle.data()[i] *= static_cast<real>(i % n > i / n ? 0 : i % n == i / n ? 0.5 : 1);
    }
    const Array tangent = matmul(l.value(), middle).value();
    double expected = 0;
    double got = 0;
    double asymmetry = 0;
    for (std::size_t i = 0; i < n * n; ++i) {
      expected += double(tangent.data()[i]) * w.data()[i];
      got += double(gradient.data()[i]) * direction.data()[i];
      asymmetry += std::abs(gradient.data()[i] - gradient.data()[i % n * n + i / n]);
    }
    CHECK_EQ(asymmetry, 0);
    CHECK_LE(std::abs(got - expected), 100 * kUnit * static_cast<double>(n));
  }
}

namespace {

struct Computation {
  const char* name;
  std::function<Array()> run;
};

// The gradients of the sum of squares of f(x, y), one after the other, and its value.
Array everything(const std::function<Var(const Var&, const Var&)>& f, const Array& x,
                 const Array& y) {
  const Var a = Var::parameter(x);
  const Var b = Var::parameter(y);
  Tape tape;
  const Var result = f(a, b);
  const std::vector<Array> gradients = tape.gradients(sum(square(result)), {a, b});
  std::vector<double> all;
  for (const Array* part : {&result.value(), &gradients[0], &gradients[1]}) {
    all.insert(all.end(), part->data(), part->data() + part->size());
  }
  return vector(all);
}

std::vector<Computation> computations() {
  const auto solve = [](const Var& l, const Var& b) { return triangular_solve(l, b); };
  const auto on_one = [](Var (*f)(const Var&)) {
    return [f](const Var& a, const Var& b) { return f(a) * sum(b); };
  };
  const auto numbers = [](const Shape& shape) { return array(draw(shape, {-1, 1}, 9)); };
  std::vector<Computation> result;
  const auto add = [&](const char* name, auto f, const Array& x, const Array& y) {
    result.push_back({name, [=] { return everything(f, x, y); }});
  };
  for (const std::size_t n : {5, 24, 40}) {
    add("cholesky of many", on_one(cholesky), dominant({150}, n, 1), ones({1}));
    add("log_determinant of many", on_one(log_determinant), dominant({150}, n, 1), ones({1}));
    add("inverse_spd of many", on_one(inverse_spd), dominant({150}, n, 1), ones({1}));
    add("triangular_solve of many", solve, dominant({150}, n, 1), numbers({150, n, 3}));
    add("triangular_solve of vectors", solve, dominant({}, n, 1), numbers({700, n, 1}));
  }
  for (const std::size_t n : {150, 300}) {
    add("cholesky of one", on_one(cholesky), dominant({}, n, 1), ones({1}));
    add("inverse_spd of one", on_one(inverse_spd), dominant({}, n, 1), ones({1}));
    add("triangular_solve of one", solve, dominant({}, n, 1), numbers({n, 200}));
    add("triangular_solve of a vector", solve, dominant({}, n, 1), numbers({n}));
  }
  add("matmul of many", matmul, numbers({60, 20, 30}), numbers({60, 30, 10}));
  add("matmul by one", matmul, numbers({400, 9, 20}), numbers({20, 10}));
  add("matmul of one", matmul, numbers({30, 20}), numbers({60, 20, 10}));
  add("matmul that repeats both", matmul, numbers({12, 1, 20, 10}), numbers({1, 15, 10, 20}));
  add("matmul of large ones", matmul, numbers({2, 600, 40}), numbers({2, 40, 700}));
  return result;
}

}  // namespace

TEST_CASE("linalg and matmul: the same bits for any number of threads") {
  const std::size_t before = threads();
  for (const Computation& computation : computations()) {
    INFO(computation.name);
    set_threads(1);
    const Array single = computation.run();
    for (const std::size_t count : {2, 3}) {
      set_threads(count);
      CHECK(same_bits(computation.run(), single));
    }
  }
  set_threads(before);
}

TEST_CASE("linalg: a matrix gives the same bits at any place of a batch") {
  for (const std::size_t n : {3, 5, 20}) {
    const Array one = dominant({}, n, 2);
    Array many = dominant({53}, n, 3);
    const std::size_t places[] = {0, 7, 31, 50, 52};
    for (const std::size_t place : places) {
      std::copy_n(one.data(), n * n, many.data() + place * n * n);
    }
    const Array results[] = {cholesky(many).value(), inverse_spd(many).value(),
                             triangular_solve(many, ones({n, 2})).value()};
    for (const Array& result : results) {
      const real* first = result.data();
      const std::size_t size = result.size() / 53;
      for (const std::size_t place : places) {
        CHECK(std::equal(first, first + size, first + place * size));
      }
    }
  }
}

TEST_CASE("linalg and matmul: no memory from the system once the pool has seen the shapes") {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  const std::vector<Computation> all = computations();
  for (int round = 0; round < 3; ++round) {
    for (const Computation& computation : all) computation.run();
  }
  const std::uint64_t before = memory_statistics().system_allocations;
  for (const Computation& computation : all) computation.run();
  CHECK_EQ(memory_statistics().system_allocations, before);
#endif
}
