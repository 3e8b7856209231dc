// SPDX-License-Identifier: Apache-2.0
#pragma once

// One worker: it runs blocks one after the other, the threads of a block on fibers.

#include <cstddef>
#include <cstdint>
#include <memory>

#include "emulation/scheduler.hpp"
#include "scheduler/copies.hpp"
#include "scheduler/fiber.hpp"
#include "scheduler/random.hpp"
#include "scheduler/shared_memory.hpp"
#include "scheduler/tsan_keys.hpp"
#include "scheduler/warp.hpp"

namespace emulation {

struct cuda_thread {
  enum class state : std::uint8_t { unstarted, ready, waiting, finished };

  unsigned index = 0;
  state now = state::unstarted;
  bool predicate = false;
  uint3 id{};
  fiber* on = nullptr;
  site waits_at;
  copy_queue copies;
};

class block_runner {
 public:
  /// The most threads of a block.
  static constexpr unsigned max_threads = 1024;

  block_runner();
  ~block_runner();

  void begin(const launch& what, unsigned worker);
  void run(uint3 block);
  void end();

  unsigned barrier(bool predicate, site at);
  /// The 32 values of the caller's warp, once every lane of `mask` has brought its own.
  const std::uint64_t* exchange(unsigned& mask, std::uint64_t value, site at);

  cuda_thread& thread() { return threads_[running_->thread]; }
  shared_memory& shared() { return shared_; }
  void print_waiting() const;

  static block_runner* current();

 private:
  static void fiber_main();
  void reset(uint3 block);
  void take_fibers();
  void run_threads();
  void finish_thread();
  fiber& next_fiber();
  fiber& fresh_fiber();
  void wait_here(site at);
  void let_others_run();
  void switch_to(fiber& next);
  void wake(unsigned thread);
  void release_barrier(site at);
  void resume(unsigned thread);

  launch what_;
  unsigned count_ = 0;
  unsigned started_ = 0;
  unsigned alive_ = 0;
  unsigned at_barrier_ = 0;
  unsigned true_predicates_ = 0;
  unsigned barrier_result_[2] = {};
  unsigned barrier_generation_ = 0;
  char thread_end_order_ = 0;  ///< what TSan orders by
  tsan_keys keys_;
  random_numbers random_;
  std::unique_ptr<cuda_thread[]> threads_;
  std::unique_ptr<warp[]> warps_;
  std::unique_ptr<unsigned[]> start_order_;
  std::unique_ptr<unsigned[]> ready_;  ///< a ring
  std::unique_ptr<unsigned[]> woken_;
  unsigned ready_head_ = 0;
  unsigned ready_count_ = 0;
  void* stacks_ = nullptr;
  std::unique_ptr<fiber[]> fibers_;
  std::unique_ptr<fiber*[]> idle_;
  unsigned idle_count_ = 0;
  fiber main_;
  fiber* running_ = nullptr;
  shared_memory shared_;
};

}  // namespace emulation
