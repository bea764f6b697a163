#include <evident/autodiff/threads.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace evident {
namespace {

std::atomic<bool> manages_blas{true};

void relax() {
#if defined(__x86_64__)
  _mm_pause();
#else
  std::this_thread::yield();
#endif
}

// How long an idle worker watches for work before it sleeps: longer than the gaps between the
// operations of a training step, shorter than anyone would notice on an idle machine.
constexpr auto kWatch = std::chrono::microseconds(100);

class Pool {
 public:
  ~Pool() { resize(1); }

  std::size_t size() const { return size_.load(std::memory_order_relaxed); }

  void resize(std::size_t count) {
    const std::lock_guard<std::mutex> owner(owner_);
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
      generation_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    for (std::thread& worker : workers_) worker.join();
    workers_.clear();
    stopping_ = false;
    const std::uint64_t generation = generation_.load();
    shares_ = std::vector<Share>(count);
    for (std::size_t i = 1; i < count; ++i) {
      workers_.emplace_back([this, i, generation] { serve(i, generation); });
    }
    size_.store(count, std::memory_order_relaxed);
  }

  void run(std::size_t tasks, void (*function)(void*, std::size_t), void* context) {
    std::unique_lock<std::mutex> owner(owner_, std::defer_lock);
    if (tasks < 2 || size() < 2 || inside_ || !owner.try_lock()) {
      for (std::size_t task = 0; task < tasks; ++task) function(context, task);
      return;
    }
    function_ = function;
    context_ = context;
    failure_ = nullptr;
    for (std::size_t i = 0; i < shares_.size(); ++i) {
      shares_[i].next.store(i * tasks / shares_.size(), std::memory_order_relaxed);
      shares_[i].end = (i + 1) * tasks / shares_.size();
    }
    job_.fetch_or(kOpen, std::memory_order_release);
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      generation_.fetch_add(1, std::memory_order_release);
    }
    if (sleepers_.load(std::memory_order_seq_cst) > 0) wake_.notify_all();
    take_tasks(0);
    // A worker that has not come by now finds the job closed: nobody waits for a sleeper.
    job_.fetch_and(~kOpen, std::memory_order_acq_rel);
    while (job_.load(std::memory_order_acquire) != 0) relax();
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  // A thread begins with its own share of the tasks, which is the same for every job of as many: it
  // finds in its cache what it left there. Then it helps the others.
  void take_tasks(std::size_t own) {
    inside_ = true;
    for (std::size_t i = 0; i < shares_.size(); ++i) {
      Share& share = shares_[(own + i) % shares_.size()];
      for (;;) {
        const std::size_t task = share.next.fetch_add(1, std::memory_order_relaxed);
        if (task >= share.end) break;
        try {
          function_(context_, task);
        } catch (...) {
          const std::lock_guard<std::mutex> lock(mutex_);
          if (!failure_) failure_ = std::current_exception();
        }
      }
    }
    inside_ = false;
  }

  void serve(std::size_t own, std::uint64_t seen) {
    for (;;) {
      wait_for_work(seen);
      seen = generation_.load(std::memory_order_acquire);
      if (stopping_) return;
      if (job_.fetch_add(1, std::memory_order_acquire) & kOpen) take_tasks(own);
      job_.fetch_sub(1, std::memory_order_release);
    }
  }

  void wait_for_work(std::uint64_t seen) {
    const auto start = std::chrono::steady_clock::now();
    do {
      for (int i = 0; i < 64; ++i) {
        if (generation_.load(std::memory_order_acquire) != seen) return;
        relax();
      }
    } while (std::chrono::steady_clock::now() - start < kWatch);
    std::unique_lock<std::mutex> lock(mutex_);
    sleepers_.fetch_add(1, std::memory_order_seq_cst);
    wake_.wait(lock, [&] { return generation_.load(std::memory_order_acquire) != seen; });
    sleepers_.fetch_sub(1, std::memory_order_seq_cst);
  }

  // The tasks that a thread begins with; in a line of the cache of its own.
  struct alignas(64) Share {
    std::atomic<std::size_t> next{0};
    std::size_t end = 0;
  };

  static constexpr std::uint32_t kOpen = std::uint32_t{1} << 31;
  static thread_local bool inside_;

  std::mutex owner_;  // held by the thread whose work the pool does
  std::atomic<std::size_t> size_{1};
  std::vector<std::thread> workers_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<std::uint64_t> generation_{0};
  std::atomic<std::size_t> sleepers_{0};
  std::atomic<bool> stopping_{false};

  void (*function_)(void*, std::size_t) = nullptr;
  void* context_ = nullptr;
  std::exception_ptr failure_;
  std::vector<Share> shares_ = std::vector<Share>(1);  // of every thread, the calling one's first
  std::atomic<std::uint32_t> job_{0};                  // kOpen, plus the number of workers inside
};

thread_local bool Pool::inside_ = false;

std::size_t cores() {
  const unsigned count = std::thread::hardware_concurrency();
  return count == 0 ? 1 : count;
}

Pool& pool() {
  static Pool instance;
  static const bool started = (instance.resize(cores()), true);
  static_cast<void>(started);
  return instance;
}

}  // namespace

void set_threads(std::size_t count) { pool().resize(count == 0 ? cores() : count); }

std::size_t threads() { return pool().size(); }

void set_manages_blas_threads(bool manages) { manages_blas = manages; }

bool manages_blas_threads() { return manages_blas; }

void run_tasks(std::size_t tasks, void (*run)(void*, std::size_t), void* context) {
  pool().run(tasks, run, context);
}

}  // namespace evident
