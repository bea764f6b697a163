#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace evident {

/// One Philox4x32-10 block: four random words from a counter and a key (Salmon et al. 2011,
/// "Parallel random numbers: as easy as 1, 2, 3").
std::array<std::uint32_t, 4> philox(const std::array<std::uint32_t, 4>& counter,
                                    const std::array<std::uint32_t, 2>& key);

/// A source of words for one draw: word `i` is a function of (key, number, i) alone, whatever the
/// order, the thread or the size of the register in which it is computed.
class Draw {
 public:
  /// Words come in groups of 64: 16 blocks of four, laid out word by word.
  static constexpr std::size_t kGroup = 64;

  Draw(std::uint64_t key, std::uint32_t number) : key_(key), number_(number) {}

  /// Writes group `index`. `attempt` tells apart further words for the same elements.
  void group(std::uint64_t index, std::uint32_t attempt, std::uint32_t* words) const;

  /// Four words of element `element` alone, for samplers that try again. `attempt` is below 2^31;
  /// the words are none of those of the groups.
  std::array<std::uint32_t, 4> block(std::uint64_t element, std::uint32_t attempt) const;

 private:
  std::uint64_t key_;
  std::uint32_t number_;
};

/// A counter-based random generator: four numbers, which are all that a checkpoint saves. It is an
/// explicit argument of everything random, and cheap to copy; equal generators give equal bits.
class Rng {
 public:
  explicit Rng(std::uint64_t seed, std::string_view purpose = "", std::uint64_t step = 0);

  /// An independent generator for another purpose, at the same seed and step.
  Rng stream(std::string_view purpose) const;

  /// The next draw. Every call advances: two layers handed the same generator differ.
  Draw next();

  /// Moves on to the next step of an iteration, and to its first draw.
  void advance_step();

  // The four numbers.
  std::uint64_t seed() const { return seed_; }
  std::uint64_t purpose() const { return purpose_; }
  std::uint64_t step() const { return step_; }
  std::uint32_t draw() const { return draw_; }

 private:
  std::uint64_t seed_;
  std::uint64_t purpose_;
  std::uint64_t step_;
  std::uint32_t draw_ = 0;
};

}  // namespace evident
