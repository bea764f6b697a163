#pragma once

#include <cstddef>
#include <type_traits>

namespace evident {

/// Sets how many threads work on one operation, the calling one included; 0 asks for one per core.
/// Results are the same bits for any number. Not to be called while another thread computes.
void set_threads(std::size_t count);

/// How many threads work on one operation.
std::size_t threads();

/// Sets whether Evident may set OpenBLAS to one thread per call on its first product (it may, by
/// default). The setting of OpenBLAS is process-wide: a host program that wants its own says no.
void set_manages_blas_threads(bool manages);

/// Whether Evident sets OpenBLAS to one thread per call.
bool manages_blas_threads();

/// The function behind `parallel`, for callers without templates.
void run_tasks(std::size_t tasks, void (*run)(void* context, std::size_t task), void* context);

/// Runs `work(0) ... work(tasks - 1)` on the pool and returns when all have ended. Every thread
/// begins with an even share of them, the same for every call of as many tasks, then takes what the
/// others have not begun. While the pool is busy (a nested call, another thread's call) the tasks
/// run on the calling thread. The first exception of a task is rethrown here.
template <class Work>
void parallel(std::size_t tasks, Work&& work) {
  using Function = std::remove_reference_t<Work>;
  run_tasks(
      tasks, [](void* context, std::size_t task) { (*static_cast<Function*>(context))(task); },
      const_cast<void*>(static_cast<const void*>(&work)));
}

}  // namespace evident
