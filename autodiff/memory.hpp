#pragma once

#include <cstddef>
#include <cstdint>
#include <new>

namespace evident {

/// Alignment in bytes of every block of array memory, and the multiple its length is rounded up to:
/// the widest register, so that loops over whole registers never leave a block.
inline constexpr std::size_t kAlignment = 64;

/// Takes at least `bytes` bytes from the process-wide pool, aligned to `kAlignment`.
/// The pool keeps freed blocks for reuse, is never destroyed and may be used by any thread.
/// Throws std::bad_alloc when the system has no more memory.
void* allocate(std::size_t bytes);

/// Gives a block of `allocate(bytes)` back to the pool; any thread may.
void deallocate(void* block, std::size_t bytes) noexcept;

/// What the pool has asked of the system so far.
struct MemoryStatistics {
  std::uint64_t system_allocations;  ///< blocks requested from the system
  std::uint64_t system_bytes;        ///< bytes requested from the system
};

/// Reads the pool's counters; a training loop in steady state leaves them unchanged.
MemoryStatistics memory_statistics() noexcept;

/// Standard allocator over the pool, the one that `Array` uses.
template <class T>
struct PoolAllocator {
  using value_type = T;
  PoolAllocator() = default;
  template <class U>
  PoolAllocator(const PoolAllocator<U>&) noexcept {}
  T* allocate(std::size_t count) {
    if (count > static_cast<std::size_t>(-1) / (2 * sizeof(T))) throw std::bad_alloc();
    return static_cast<T*>(evident::allocate(count * sizeof(T)));
  }
  void deallocate(T* block, std::size_t count) noexcept {
    evident::deallocate(block, count * sizeof(T));
  }
  friend bool operator==(const PoolAllocator&, const PoolAllocator&) noexcept { return true; }
  friend bool operator!=(const PoolAllocator&, const PoolAllocator&) noexcept { return false; }
};

}  // namespace evident
