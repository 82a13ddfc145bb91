#include "serve/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>

namespace sonde::serve {
namespace {

TEST(WorkerPool, runs_as_many_jobs_at_once_as_it_may_have_threads) {
  WorkerPool pool(3);
  std::latch all_run(3);
  std::latch done(3);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(pool.run([&] {
      all_run.arrive_and_wait();
      done.count_down();
    }));
  }
  done.wait();
}

TEST(WorkerPool, lets_jobs_beyond_that_wait) {
  WorkerPool pool(1);
  std::promise<void> release;
  std::atomic<int> finished{0};
  ASSERT_TRUE(pool.run([&, released = release.get_future().share()] {
    released.wait();
    ++finished;
  }));
  ASSERT_TRUE(pool.run([&] { ++finished; }));
  EXPECT_EQ(finished, 0);
  release.set_value();
  pool.stop();
  EXPECT_EQ(finished, 2);
}

TEST(WorkerPool, takes_nothing_once_it_has_stopped) {
  WorkerPool pool(2);
  pool.stop();
  EXPECT_FALSE(pool.run([] { FAIL() << "it ran"; }));
}

}  // namespace
}  // namespace sonde::serve
