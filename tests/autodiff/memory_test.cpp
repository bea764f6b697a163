#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <evident/autodiff/indexing.hpp>
#include <evident/autodiff/memory.hpp>
#include <evident/autodiff/operations.hpp>
#include <evident/autodiff/products.hpp>
#include <evident/autodiff/random.hpp>
#include <evident/autodiff/reductions.hpp>
#include <evident/autodiff/shapes.hpp>
#include <evident/autodiff/tape.hpp>
#include <evident/autodiff/threads.hpp>
#include <new>
#include <set>
#include <thread>
#include <vector>

using namespace evident;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kPooled = false;  // the sanitizers see every block come and go
#else
constexpr bool kPooled = true;
#endif

std::vector<std::size_t> sizes() {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < 700; ++i) result.push_back(i);
  for (std::size_t power = 10; power < 24; ++power) {
    for (const std::size_t offset : {0, 1, 63, 64, 65}) {
      result.push_back((std::size_t{1} << power) + offset);
      result.push_back((std::size_t{3} << (power - 1)) - offset);
    }
  }
  return result;
}

void training_step(const Var& w, const Var& b, Rng& rng) {
  Tape tape;
  const Var x = standard_normal({64, 30}, rng);
  const Var y = softplus(linear(x, w, b));
  const auto [left, right] = split(y, 20);
  const Var mixed = concatenate({transpose(left), broadcast_to(mean(right, {0}), {20, 20})});
  const Var chosen = gather(index_select(mixed, 0, zeros({5})), 1, zeros({5, 2}));
  const Var loss =
      mean(logsumexp(left * right, {1})) + sum(square(w)) + mean(y * y) + mean(stack({chosen}));
  tape.backward(loss);
  for (const Var& leaf : {w, b}) Var(leaf).clear_gradient();
}

}  // namespace

TEST_CASE("memory: blocks are aligned, long enough and apart") {
  struct Block {
    void* data;
    std::size_t bytes;
  };
  std::vector<Block> blocks;
  unsigned char mark = 0;
  for (const std::size_t bytes : sizes()) {
    void* data = allocate(bytes);
    CHECK_EQ(reinterpret_cast<std::uintptr_t>(data) % kAlignment, 0);
    // Whole registers may be written behind the end.
    const std::size_t whole = (bytes + kAlignment - 1) / kAlignment * kAlignment;
    std::memset(data, ++mark, whole);
    blocks.push_back({data, whole});
  }
  mark = 0;
  for (const Block& block : blocks) {
    ++mark;
    const auto* bytes = static_cast<const unsigned char*>(block.data);
    if (block.bytes > 0) CHECK((bytes[0] == mark && bytes[block.bytes - 1] == mark));
  }
  std::size_t i = 0;
  for (const std::size_t bytes : sizes()) deallocate(blocks[i++].data, bytes);
}

TEST_CASE("memory: at most a quarter of a block is lost, and the statistics count") {
  std::vector<std::pair<void*, std::size_t>> held;
  for (const std::size_t bytes : sizes()) {
    const MemoryStatistics before = memory_statistics();
    held.emplace_back(allocate(bytes), bytes);
    const MemoryStatistics after = memory_statistics();
    if (after.system_allocations == before.system_allocations) {
      CHECK_EQ(after.system_bytes, before.system_bytes);
      continue;
    }
    CHECK_EQ(after.system_allocations, before.system_allocations + 1);
    const std::uint64_t taken = after.system_bytes - before.system_bytes;
    CHECK_GE(taken, bytes);
    CHECK_LE(taken, bytes + bytes / 4 + 2 * kAlignment);
  }
  for (const auto& [data, bytes] : held) deallocate(data, bytes);
}

TEST_CASE("memory: a freed block is used again") {
  if (!kPooled) return;
  void* first = allocate(5000);
  deallocate(first, 5000);
  const MemoryStatistics before = memory_statistics();
  void* second = allocate(4999);
  CHECK_EQ(first, second);
  deallocate(second, 4999);
  CHECK_EQ(memory_statistics().system_allocations, before.system_allocations);
}

TEST_CASE("memory: blocks freed on another thread come back") {
  if (!kPooled) return;
  constexpr std::size_t kBytes = 77777;
  constexpr std::size_t kCount = 200;  // more than a thread keeps to itself
  std::vector<void*> blocks;
  for (std::size_t i = 0; i < kCount; ++i) blocks.push_back(allocate(kBytes));
  std::thread([&] {
    for (void* block : blocks) deallocate(block, kBytes);
  }).join();
  const std::set<void*> freed(blocks.begin(), blocks.end());
  const MemoryStatistics before = memory_statistics();
  for (void*& block : blocks) {
    block = allocate(kBytes);
    CHECK_EQ(freed.count(block), 1);
  }
  CHECK_EQ(memory_statistics().system_allocations, before.system_allocations);
  CHECK_EQ(std::set<void*>(blocks.begin(), blocks.end()).size(), kCount);
  for (void* block : blocks) deallocate(block, kBytes);
}

TEST_CASE("memory: threads allocate and free at once") {
  std::vector<std::thread> workers;
  std::vector<int> damaged(4, 0);
  for (std::size_t id = 0; id < 4; ++id) {
    workers.emplace_back([id, &damaged] {
      std::vector<std::uint64_t*> held(50, nullptr);
      for (std::uint64_t i = 0; i < 20000; ++i) {
        std::uint64_t*& slot = held[i * 7 % held.size()];
        if (slot != nullptr) {
          damaged[id] += slot[0] != id || slot[20] != id;
          deallocate(slot, 200);
        }
        slot = static_cast<std::uint64_t*>(allocate(200));
        slot[0] = slot[20] = id;
      }
      for (std::uint64_t* slot : held) deallocate(slot, 200);
    });
  }
  for (std::thread& worker : workers) worker.join();
  CHECK_EQ(damaged, std::vector<int>(4, 0));
}

TEST_CASE("memory: a training loop in steady state asks the system for nothing") {
  if (!kPooled) return;
  const std::size_t before_threads = threads();
  const Var w = Var::parameter(ones({30, 40}));
  const Var b = Var::parameter(zeros({40}));
  Rng rng(1, "noise");
  set_threads(1);
  for (int i = 0; i < 2; ++i) training_step(w, b, rng);
  const MemoryStatistics before = memory_statistics();
  for (int i = 0; i < 100; ++i) training_step(w, b, rng);
  const MemoryStatistics after = memory_statistics();
  CHECK_EQ(after.system_allocations, before.system_allocations);
  CHECK_EQ(after.system_bytes, before.system_bytes);
  set_threads(before_threads);
}

TEST_CASE("memory: more than there can be is bad_alloc") {
  PoolAllocator<double> pool;
  CHECK_THROWS_AS(static_cast<void>(pool.allocate(static_cast<std::size_t>(-1) / 8)),
                  std::bad_alloc);
  CHECK_THROWS_AS(static_cast<void>(pool.allocate(static_cast<std::size_t>(-1))), std::bad_alloc);
  CHECK_EQ(PoolAllocator<float>(pool), PoolAllocator<float>());
}

TEST_CASE("memory: arrays are aligned") {
  for (const std::size_t length : {0, 1, 3, 37, 1000}) {
    const Array x = zeros({length});
    CHECK_EQ(reinterpret_cast<std::uintptr_t>(x.data()) % kAlignment, 0);
  }
}
