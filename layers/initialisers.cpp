#include <algorithm>
#include <cmath>
#include <evident/autodiff/elementwise.hpp>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/threads.hpp>
#include <evident/layers/initialisers.hpp>

namespace evident {
inline namespace EVIDENT_PRECISION {
namespace {

using L = Lanes<real>;
constexpr std::size_t kStep = 4 * L::kWidth;

// Uniform on +-limit.
Array uniform_within(std::size_t in, std::size_t out, double limit, Rng& rng) {
  Array weight = uniform({in, out}, rng);
  detail::compute_into(
      weight, [](auto u, auto limit) { return limit * (2 * u - 1); }, weight, scalar(limit));
  return weight;
}

Array normal_of(std::size_t in, std::size_t out, double deviation, Rng& rng) {
  Array weight = standard_normal({in, out}, rng);
  detail::compute_into(
      weight, [](auto z, auto scale) { return z * scale; }, weight, scalar(deviation));
  return weight;
}

// Vectors one below the other, each with zeros behind it up to a whole number of steps.
struct Vectors {
  std::size_t count, length;
  std::size_t stride = (length + kStep - 1) / kStep * kStep;
  Array elements = zeros({count, stride});

  real* operator[](std::size_t i) { return elements.data() + i * stride; }

  double product(const real* a, const real* b) const {
    L sums[4] = {0.0, 0.0, 0.0, 0.0};
    for (std::size_t i = 0; i < stride; i += kStep) {
      for (std::size_t k = 0; k < 4; ++k) {
        sums[k] += L::load(a + i + k * L::kWidth) * L::load(b + i + k * L::kWidth);
      }
    }
    return static_cast<double>(xsimd::hadd(((sums[0] + sums[1]) + (sums[2] + sums[3])).v));
  }

  // a = scale a + factor b.
  void combine(double scale, real* a, double factor, const real* b) const {
    for (std::size_t i = 0; i < stride; i += L::kWidth) {
      (scale * L::load(a + i) + factor * L::load(b + i)).store(a + i);
    }
  }

  // The modified Gram-Schmidt process.
  void orthonormalise() {
    constexpr std::size_t kTask = 32768;  // elements that are worth another thread's attention
    const std::size_t each = 1 + kTask / std::max<std::size_t>(1, stride);
    for (std::size_t i = 0; i < count; ++i) {
      real* unit = (*this)[i];
      combine(1 / std::sqrt(product(unit, unit)), unit, 0, unit);
      parallel((count - i - 1 + each - 1) / each, [&](std::size_t part) {
        const std::size_t first = i + 1 + part * each;
        for (std::size_t k = first; k < std::min(count, first + each); ++k) {
          combine(1, (*this)[k], -product(unit, (*this)[k]), unit);
        }
      });
    }
  }
};

double sum_of(std::size_t in, std::size_t out) { return static_cast<double>(in + out); }

}  // namespace

Array xavier_uniform(std::size_t in, std::size_t out, Rng& rng) {
  return uniform_within(in, out, std::sqrt(6 / sum_of(in, out)), rng);
}

Array xavier_normal(std::size_t in, std::size_t out, Rng& rng) {
  return normal_of(in, out, std::sqrt(2 / sum_of(in, out)), rng);
}

Array he_uniform(std::size_t in, std::size_t out, Rng& rng) {
  return uniform_within(in, out, std::sqrt(6 / static_cast<double>(in)), rng);
}

Array he_normal(std::size_t in, std::size_t out, Rng& rng) {
  return normal_of(in, out, std::sqrt(2 / static_cast<double>(in)), rng);
}

Array orthogonal(std::size_t in, std::size_t out, Rng& rng) {
  Vectors vectors{std::min(in, out), std::max(in, out)};
  const Array draws = standard_normal({vectors.count, vectors.length}, rng);
  for (std::size_t i = 0; i < vectors.count; ++i) {
    std::copy_n(draws.data() + i * vectors.length, vectors.length, vectors[i]);
  }
  // Normal vectors have no preferred direction, and the process divides by positive numbers only:
  // the result is uniform. The second time takes away what rounding has left the first time.
  vectors.orthonormalise();
  vectors.orthonormalise();
  Array weight = uninitialised({in, out});
  for (std::size_t i = 0; i < vectors.count; ++i) {
    for (std::size_t k = 0; k < vectors.length; ++k) {
      weight.data()[in > out ? k * out + i : i * out + k] = vectors[i][k];
    }
  }
  return weight;
}

Array constant(std::size_t in, std::size_t out, double value) { return full({in, out}, value); }

}  // namespace EVIDENT_PRECISION
}  // namespace evident
