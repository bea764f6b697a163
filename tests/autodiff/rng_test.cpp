#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <evident/autodiff/rng.hpp>
#include <set>
#include <vector>

using namespace evident;

namespace {

using Block = std::array<std::uint32_t, 4>;
using Group = std::array<std::uint32_t, Draw::kGroup>;

Group words(const Draw& draw, std::uint64_t index, std::uint32_t attempt = 0) {
  Group result;
  draw.group(index, attempt, result.data());
  return result;
}

}  // namespace

// From kat_vectors of Random123, the authors' own implementation.
TEST_CASE("philox: the known answers") {
  struct Row {
    Block counter;
    std::array<std::uint32_t, 2> key;
    Block answer;
  };
  constexpr std::uint32_t kAll = 0xFFFFFFFF;
  const Row rows[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{kAll, kAll, kAll, kAll}, {kAll, kAll}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (const Row& row : rows) CHECK_EQ(philox(row.counter, row.key), row.answer);
}

TEST_CASE("draw: a group is sixteen blocks of philox, laid out word by word") {
  const std::uint64_t keys[] = {0, 0x0123456789ABCDEF, 0xFFFFFFFFFFFFFFFF};
  // The last indices need more than 32 bits of block number.
  const std::uint64_t indices[] = {
      0, 1, 1000003, (std::uint64_t{1} << 28) - 1, std::uint64_t{1} << 28, 0x0ABCDEF012345678};
  for (const std::uint64_t key : keys) {
    for (const std::uint64_t index : indices) {
      for (const std::uint32_t attempt : {0U, 1U, 0xFFFFFFFFU}) {
        const std::uint32_t number = 77;
        const Group group = words(Draw(key, number), index, attempt);
        bool same = true;
        for (std::uint64_t block = 0; block < 16; ++block) {
          const std::uint64_t counter = index * 16 + block;
          const Block answer =
              philox({static_cast<std::uint32_t>(counter),
                      static_cast<std::uint32_t>(counter >> 32), number, attempt},
                     {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)});
          for (std::size_t word = 0; word < 4; ++word) {
            same = same && group[word * 16 + block] == answer[word];
          }
        }
        CHECK(same);
      }
    }
  }
}

TEST_CASE("rng: equal generators give equal bits") {
  Rng a(7, "noise", 3);
  Rng b(7, "noise", 3);
  CHECK_EQ(words(a.next(), 5), words(b.next(), 5));
  Rng copy = a;
  CHECK_EQ(words(a.next(), 0), words(copy.next(), 0));
}

// A checkpoint saves four numbers and relies on them for ever.
TEST_CASE("rng: the words of a generator do not change from version to version") {
  Rng rng(20, "noise", 3);
  rng.next();
  const Group group = words(rng.next(), 1);
  CHECK_EQ(group[0], 0xc6a3d0e9U);
  CHECK_EQ(group[63], 0xfd30553cU);
  Rng stream = Rng(20).stream("dropout").stream("0");
  CHECK_EQ(words(stream.next(), 0)[0], 0x5b320cdfU);
}

TEST_CASE("rng: every call advances") {
  Rng rng(7);
  CHECK_EQ(rng.draw(), 0);
  const Group first = words(rng.next(), 0);
  CHECK_EQ(rng.draw(), 1);
  const Group second = words(rng.next(), 0);
  CHECK_EQ(rng.draw(), 2);
  CHECK_NE(first, second);
}

TEST_CASE("rng: a step starts its draws afresh, with other words") {
  Rng rng(7, "noise");
  const Group first = words(rng.next(), 0);
  rng.advance_step();
  CHECK_EQ(rng.step(), 1);
  CHECK_EQ(rng.draw(), 0);
  const Group second = words(rng.next(), 0);
  CHECK_NE(first, second);
  Rng resumed(7, "noise", 1);
  CHECK_EQ(words(resumed.next(), 0), second);
}

TEST_CASE("rng: seeds, purposes, steps, draws, attempts and groups all tell words apart") {
  std::set<std::uint32_t> first_words;
  std::size_t count = 0;
  const auto see = [&](const Draw& draw, std::uint64_t index, std::uint32_t attempt) {
    first_words.insert(words(draw, index, attempt)[0]);
    ++count;
  };
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    for (const char* purpose : {"", "a", "b", "noise", "dropout"}) {
      for (std::uint64_t step = 0; step < 4; ++step) {
        Rng rng(seed, purpose, step);
        for (Rng generator : {rng, rng.stream(""), rng.stream("a"), rng.stream("a").stream("a")}) {
          const Draw first = generator.next();
          const Draw second = generator.next();
          see(first, 0, 0);
          see(first, 1, 0);
          see(first, 0, 1);
          see(second, 0, 0);
        }
      }
    }
  }
  // 1280 words of 32 bits: two alike happen by chance once in 5000 runs.
  CHECK_EQ(first_words.size(), count);
}

TEST_CASE("rng: a stream keeps seed and step, starts its own draws and leaves its parent alone") {
  Rng rng(7, "model", 5);
  rng.next();
  const Rng child = rng.stream("z");
  CHECK_EQ(child.seed(), 7);
  CHECK_EQ(child.step(), 5);
  CHECK_EQ(child.draw(), 0);
  CHECK_EQ(rng.draw(), 1);
  CHECK_NE(child.purpose(), rng.purpose());
  CHECK_EQ(child.purpose(), rng.stream("z").purpose());
  CHECK_NE(child.purpose(), rng.stream("y").purpose());
  CHECK_NE(rng.stream("a").stream("b").purpose(), rng.stream("b").stream("a").purpose());
}
