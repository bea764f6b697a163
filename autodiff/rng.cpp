#include <cstring>
#include <evident/autodiff/rng.hpp>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace evident {
namespace {

constexpr std::uint32_t kMultiplier0 = 0xD2511F53;
constexpr std::uint32_t kMultiplier1 = 0xCD9E8D57;
constexpr std::uint32_t kWeyl0 = 0x9E3779B9;
constexpr std::uint32_t kWeyl1 = 0xBB67AE85;
constexpr int kRounds = 10;
constexpr std::size_t kBlocks = Draw::kGroup / 4;

// Eight blocks side by side, one 64-bit lane each. Only the low half of a lane counts: the widening
// multiplication reads nothing else, so the high halves need no clearing.
using Lanes = std::uint64_t __attribute__((vector_size(64)));
using HalfLanes = std::uint32_t __attribute__((vector_size(32)));
constexpr std::size_t kLanes = 8;

// The pointers' types are spelled out: `auto` would lose the leave of an Intel vector to alias.
Lanes multiply_low_halves(Lanes a, Lanes b) {
#if defined(__AVX512F__)
  return reinterpret_cast<Lanes>(
      _mm512_mul_epu32(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif defined(__AVX2__)
  Lanes product;
  const __m256i* x = reinterpret_cast<const __m256i*>(&a);
  const __m256i* y = reinterpret_cast<const __m256i*>(&b);
  for (int i = 0; i < 2; ++i) {
    reinterpret_cast<__m256i*>(&product)[i] = _mm256_mul_epu32(x[i], y[i]);
  }
  return product;
#elif defined(__SSE2__)
  Lanes product;
  const __m128i* x = reinterpret_cast<const __m128i*>(&a);
  const __m128i* y = reinterpret_cast<const __m128i*>(&b);
  for (int i = 0; i < 4; ++i) {
    reinterpret_cast<__m128i*>(&product)[i] = _mm_mul_epu32(x[i], y[i]);
  }
  return product;
#else
  constexpr std::uint64_t low = 0xFFFFFFFF;
  return (a & low) * (b & low);
#endif
}

Lanes broadcast(std::uint64_t value) { return Lanes{} + value; }

// SplitMix64's finaliser (Steele et al. 2014): every input bit reaches every output bit.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

// FNV-1a.
std::uint64_t hash(std::string_view text) {
  std::uint64_t value = 0xCBF29CE484222325;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  return value;
}

}  // namespace

std::array<std::uint32_t, 4> philox(const std::array<std::uint32_t, 4>& counter,
                                    const std::array<std::uint32_t, 2>& key) {
  auto [c0, c1, c2, c3] = counter;
  auto [k0, k1] = key;
  for (int round = 0; round < kRounds; ++round) {
    const std::uint64_t p0 = std::uint64_t{kMultiplier0} * c0;
    const std::uint64_t p1 = std::uint64_t{kMultiplier1} * c2;
    c0 = static_cast<std::uint32_t>(p1 >> 32) ^ c1 ^ k0;
    c1 = static_cast<std::uint32_t>(p1);
    c2 = static_cast<std::uint32_t>(p0 >> 32) ^ c3 ^ k1;
    c3 = static_cast<std::uint32_t>(p0);
    k0 += kWeyl0;
    k1 += kWeyl1;
  }
  return {c0, c1, c2, c3};
}

void Draw::group(std::uint64_t index, std::uint32_t attempt, std::uint32_t* words) const {
  const std::uint64_t first = index * kBlocks;
  for (std::size_t half = 0; half < kBlocks; half += kLanes) {
    Lanes block{};
    for (std::size_t lane = 0; lane < kLanes; ++lane) block[lane] = first + half + lane;
    Lanes c0 = block;
    Lanes c1 = block >> 32;
    Lanes c2 = broadcast(number_);
    Lanes c3 = broadcast(attempt);
    auto k0 = static_cast<std::uint32_t>(key_);
    auto k1 = static_cast<std::uint32_t>(key_ >> 32);
    for (int round = 0; round < kRounds; ++round) {
      const Lanes p0 = multiply_low_halves(c0, broadcast(kMultiplier0));
      const Lanes p1 = multiply_low_halves(c2, broadcast(kMultiplier1));
      c0 = (p1 >> 32) ^ c1 ^ broadcast(k0);
      c1 = p1;
      c2 = (p0 >> 32) ^ c3 ^ broadcast(k1);
      c3 = p0;
      k0 += kWeyl0;
      k1 += kWeyl1;
    }
    const Lanes word[4] = {c0, c1, c2, c3};
    for (std::size_t w = 0; w < 4; ++w) {
      const auto low = __builtin_convertvector(word[w], HalfLanes);
      std::memcpy(words + w * kBlocks + half, &low, sizeof low);
    }
  }
}

std::array<std::uint32_t, 4> Draw::block(std::uint64_t element, std::uint32_t attempt) const {
  constexpr std::uint32_t kNoGroup = 0x80000000;  // groups count their attempts from 0
  return philox({static_cast<std::uint32_t>(element), static_cast<std::uint32_t>(element >> 32),
                 number_, attempt | kNoGroup},
                {static_cast<std::uint32_t>(key_), static_cast<std::uint32_t>(key_ >> 32)});
}

Rng::Rng(std::uint64_t seed, std::string_view purpose, std::uint64_t step)
    : seed_(seed), purpose_(hash(purpose)), step_(step) {}

Rng Rng::stream(std::string_view purpose) const {
  Rng result = *this;
  result.purpose_ = mix(purpose_) ^ hash(purpose);
  result.draw_ = 0;
  return result;
}

Draw Rng::next() { return {mix(mix(mix(seed_) ^ purpose_) ^ step_), draw_++}; }

void Rng::advance_step() {
  ++step_;
  draw_ = 0;
}

}  // namespace evident
