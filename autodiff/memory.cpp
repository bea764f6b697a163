#include <evident/autodiff/memory.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <utility>

namespace evident {
namespace {

// Blocks live in classes of sizes 64 * {1, 1.25, 1.5, 1.75} * 2^k: at most a quarter is lost.
constexpr std::size_t kClasses = 4 * 24;
// Larger blocks are rare and would hold on to much memory: they go straight to the system.
constexpr std::size_t kLargestPooled = std::size_t{64} << 22;
// What one thread keeps to itself; the rest is shared, so that memory can move between threads.
constexpr std::size_t kThreadBlocks = 64;
constexpr std::size_t kThreadBlockBytes = std::size_t{1} << 20;  // larger ones are always shared
// How many small blocks change hands at a time: a graph of many scalars would lock for every one.
constexpr std::size_t kBatch = 32;
constexpr std::size_t kBatchBlockBytes = std::size_t{1} << 12;

std::atomic<std::uint64_t> system_allocations{0};
std::atomic<std::uint64_t> system_bytes{0};

struct SizeClass {
  std::size_t index;
  std::size_t bytes;
};

SizeClass size_class(std::size_t bytes) {
  const std::size_t units = bytes <= kAlignment ? 1 : (bytes + kAlignment - 1) / kAlignment;
  if (units < 4) return {units - 1, units * kAlignment};
  const auto octave = static_cast<std::size_t>(63 - __builtin_clzll(units));
  const std::size_t step = std::size_t{1} << (octave - 2);
  const std::size_t rounded = (units + step - 1) / step * step;
  const auto high = static_cast<std::size_t>(63 - __builtin_clzll(rounded));
  const std::size_t quarter = (rounded >> (high - 2)) & 3;
  return {4 * (high - 1) + quarter, rounded * kAlignment};
}

void* system_allocate(std::size_t bytes) {
  void* block = std::aligned_alloc(kAlignment, bytes);
  if (block == nullptr) throw std::bad_alloc();
  system_allocations.fetch_add(1, std::memory_order_relaxed);
  system_bytes.fetch_add(bytes, std::memory_order_relaxed);
  return block;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kPooled = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
constexpr bool kPooled = false;
#else
constexpr bool kPooled = true;
#endif
#else
constexpr bool kPooled = true;
#endif

struct FreeBlock {
  FreeBlock* next;
};

struct FreeList {
  FreeBlock* first = nullptr;
  std::size_t count = 0;
  void push(FreeBlock* block) {
    block->next = first;
    first = block;
    ++count;
  }
  FreeBlock* pop() {
    FreeBlock* block = first;
    if (block != nullptr) {
      first = block->next;
      --count;
    }
    return block;
  }
};

// Moves up to `most` blocks in their order: neighbours in memory stay neighbours in the lists.
void move_blocks(FreeList& from, FreeList& to, std::size_t most) {
  const std::size_t count = std::min(most, from.count);
  if (count == 0) return;
  FreeBlock* const first = from.first;
  FreeBlock* last = first;
  for (std::size_t i = 1; i < count; ++i) last = last->next;
  from.first = std::exchange(last->next, to.first);
  to.first = first;
  from.count -= count;
  to.count += count;
}

struct SharedPool {
  std::mutex mutex;
  std::array<FreeList, kClasses> lists;
};

// Never destroyed: arrays with static storage may be freed after the end of main.
SharedPool& shared_pool() {
  static auto* pool = new SharedPool;
  return *pool;
}

struct ThreadPoolCache {
  std::array<FreeList, kClasses> lists;
  bool alive = true;
  ~ThreadPoolCache() {
    alive = false;
    std::lock_guard<std::mutex> lock(shared_pool().mutex);
    for (std::size_t index = 0; index < kClasses; ++index) {
      while (FreeBlock* block = lists[index].pop()) shared_pool().lists[index].push(block);
    }
  }
};

ThreadPoolCache& thread_cache() {
  static thread_local ThreadPoolCache cache;
  return cache;
}

}  // namespace

void* allocate(std::size_t bytes) {
  const SizeClass size = size_class(bytes);
  if (!kPooled || size.bytes > kLargestPooled) return system_allocate(size.bytes);
  ThreadPoolCache& cache = thread_cache();
  FreeList& own = cache.lists[size.index];
  if (cache.alive) {
    if (FreeBlock* block = own.pop()) return block;
  }
  {
    std::lock_guard<std::mutex> lock(shared_pool().mutex);
    FreeList& shared = shared_pool().lists[size.index];
    if (FreeBlock* block = shared.pop()) {
      if (cache.alive && size.bytes <= kBatchBlockBytes) move_blocks(shared, own, kBatch - 1);
      return block;
    }
  }
  return system_allocate(size.bytes);
}

void deallocate(void* block, std::size_t bytes) noexcept {
  const SizeClass size = size_class(bytes);
  if (!kPooled || size.bytes > kLargestPooled) {
    std::free(block);
    return;
  }
  auto* freed = new (block) FreeBlock;
  ThreadPoolCache& cache = thread_cache();
  FreeList& own = cache.lists[size.index];
  if (cache.alive && size.bytes <= kThreadBlockBytes && own.count < kThreadBlocks) {
    own.push(freed);
    return;
  }
  std::lock_guard<std::mutex> lock(shared_pool().mutex);
  FreeList& shared = shared_pool().lists[size.index];
  shared.push(freed);
  if (cache.alive && size.bytes <= kBatchBlockBytes) move_blocks(own, shared, kBatch - 1);
}

MemoryStatistics memory_statistics() noexcept {
  return {system_allocations.load(std::memory_order_relaxed),
          system_bytes.load(std::memory_order_relaxed)};
}

}  // namespace evident
