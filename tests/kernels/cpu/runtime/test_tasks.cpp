// SPDX-License-Identifier: Apache-2.0
// Two tasks at the same time: both finish, whatever they throw, also inside each other, and one thread takes them in
// order.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "kernels/contract/tasks.hpp"

namespace fluxel::kernels {
namespace {

template <class First, class Second>
bool run(int threads, First first, Second second) {
  return run_both(task_of(first), task_of(second), threads);
}

/// What comes out of two tasks, both of which must finish.
std::string thrown_by(int threads, bool first, bool second) {
  std::atomic<int> finished = 0;
  const auto work = [&](bool throws, const char* text) {
    return [&finished, throws, text] {
      ++finished;
      if (throws) throw std::runtime_error(text);
    };
  };
  std::string what;
  try {
    run(threads, work(first, "first"), work(second, "second"));
  } catch (const std::runtime_error& e) {
    what = e.what();
  }
  EXPECT_EQ(finished, 2);
  return what;
}

TEST(Tasks, OneThreadTakesThemInOrder) {
  const auto caller = std::this_thread::get_id();
  std::vector<int> order;
  const auto note = [&](int n) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    order.push_back(n);
  };
  EXPECT_FALSE(run(
      1, [&] { note(1); }, [&] { note(2); }));
  EXPECT_EQ(order, (std::vector{1, 2}));
}

TEST(Tasks, FinishBothAndThrowWhatTheFirstHasThrown) {
  for (const int threads : {0, 1, 2}) {
    EXPECT_EQ(thrown_by(threads, false, false), "");
    EXPECT_EQ(thrown_by(threads, true, false), "first");
    EXPECT_EQ(thrown_by(threads, false, true), "second");
    EXPECT_EQ(thrown_by(threads, true, true), "first");
  }
}

TEST(Tasks, RunAtTheSameTime) {
  using clock = std::chrono::steady_clock;
  const auto end = clock::now() + std::chrono::seconds(10);
  std::atomic<int> begun = 0, met = 0;
  const auto meet = [&] {  // the other has to begin meanwhile
    ++begun;
    while (begun < 2 && clock::now() < end) std::this_thread::yield();
    if (clock::now() < end) ++met;
  };
  if (!run(0, meet, meet)) GTEST_SKIP() << "the pool has one thread";
  EXPECT_EQ(met, 2);
}

TEST(Tasks, MayHaveTasksOfTheirOwn) {
  for (const int threads : {0, 1, 2})
    for (int round = 0; round < 200; ++round) {
      std::vector<int> filled(4);
      const auto fill = [&](std::size_t i) { return [&filled, i] { filled[i] += int(i) + 1; }; };
      const auto two = [&](std::size_t i) { return [&, i] { run(threads, fill(i), fill(i + 1)); }; };
      run(threads, two(0), two(2));
      ASSERT_EQ(filled, (std::vector{1, 2, 3, 4}));
    }
}

}  // namespace
}  // namespace fluxel::kernels
