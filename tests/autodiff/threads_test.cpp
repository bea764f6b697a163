#include <doctest/doctest.h>

#include <atomic>
#include <evident/autodiff/threads.hpp>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "../thread_count.hpp"

using namespace evident;

namespace {

using evident::testing::Threads;

bool every_task_ran_once(std::size_t tasks) {
  std::vector<std::atomic<int>> runs(tasks);
  parallel(tasks, [&](std::size_t task) { ++runs.at(task); });
  for (const auto& count : runs) {
    if (count != 1) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("threads: every task runs exactly once") {
  for (const std::size_t count : {1, 2, 4}) {
    const Threads set(count);
    CHECK_EQ(threads(), count);
    for (const std::size_t tasks : {0, 1, 2, 3, 7, 64, 5000}) CHECK(every_task_ran_once(tasks));
  }
}

TEST_CASE("threads: many small jobs in a row, with pauses in which workers fall asleep") {
  const Threads set(3);
  bool good = true;
  for (int job = 0; job < 2000; ++job) {
    if (job % 500 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    good = good && every_task_ran_once(1 + static_cast<std::size_t>(job) % 9);
  }
  CHECK(good);
}

TEST_CASE("threads: more than one thread works") {
  const Threads set(2);
  // Each of two tasks waits for the other, which only ends if they run at the same time.
  std::atomic<int> arrived{0};
  parallel(2, [&](std::size_t) {
    ++arrived;
    const auto start = std::chrono::steady_clock::now();
    // Unless a worker is late: then the caller runs both, and it must not wait for ever.
    while (arrived < 2 && std::chrono::steady_clock::now() - start < std::chrono::seconds(5)) {
      std::this_thread::yield();
    }
  });
  CHECK_EQ(arrived, 2);
}

TEST_CASE("threads: zero asks for one per core") {
  const Threads set(0);
  CHECK_EQ(threads(), std::max(1U, std::thread::hardware_concurrency()));
}

TEST_CASE("threads: an exception of a task comes back to the caller") {
  for (const std::size_t count : {1, 2, 4}) {
    const Threads set(count);
    for (const std::size_t failing : {0, 1, 99}) {
      CHECK_THROWS_WITH_AS(parallel(100,
                                    [&](std::size_t task) {
                                      if (task == failing) throw std::runtime_error("task failed");
                                    }),
                           "task failed", std::runtime_error);
      CHECK(every_task_ran_once(100));  // nothing of the failure is left
    }
    CHECK_THROWS_AS(parallel(100, [](std::size_t) { throw 1; }), int);
    CHECK(every_task_ran_once(100));
  }
}

TEST_CASE("threads: a nested call runs on the thread that makes it") {
  for (const std::size_t count : {1, 2, 4}) {
    const Threads set(count);
    std::atomic<int> elsewhere{0};
    std::atomic<int> runs{0};
    parallel(8, [&](std::size_t) {
      const std::thread::id self = std::this_thread::get_id();
      parallel(8, [&](std::size_t) {
        ++runs;
        elsewhere += std::this_thread::get_id() != self;
      });
    });
    CHECK_EQ(runs, 64);
    CHECK_EQ(elsewhere, 0);
  }
}

TEST_CASE("threads: an exception passes through a nested call") {
  const Threads set(2);
  CHECK_THROWS_WITH(parallel(4,
                             [](std::size_t outer) {
                               parallel(4, [&](std::size_t inner) {
                                 if (outer == 2 && inner == 3) throw std::runtime_error("deep");
                               });
                             }),
                    "deep");
  CHECK(every_task_ran_once(50));
}

TEST_CASE("threads: two host threads call at once") {
  for (const std::size_t count : {1, 2, 4}) {
    const Threads set(count);
    std::atomic<int> failures{0};
    const auto host = [&] {
      for (int job = 0; job < 300; ++job) failures += !every_task_ran_once(17);
    };
    std::thread first(host);
    std::thread second(host);
    host();
    first.join();
    second.join();
    CHECK_EQ(failures, 0);
  }
}

TEST_CASE("threads: the work may be const, mutable, or a function object passed by reference") {
  std::atomic<int> runs{0};
  const auto constant = [&](std::size_t) { ++runs; };
  parallel(3, constant);
  std::function<void(std::size_t)> stored = constant;
  parallel(3, stored);
  CHECK_EQ(runs, 6);
}

TEST_CASE("threads: who sets OpenBLAS's threads is a switch") {
  CHECK(manages_blas_threads());
  set_manages_blas_threads(false);
  CHECK_FALSE(manages_blas_threads());
  set_manages_blas_threads(true);
}
