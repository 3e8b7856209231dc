// SPDX-License-Identifier: Apache-2.0
#include "scheduler/block.hpp"

#include <sys/mman.h>

#include <cstdio>

#include "scheduler/sanitizer.hpp"

constinit thread_local uint3 threadIdx{};
constinit thread_local uint3 blockIdx{};
constinit thread_local dim3 blockDim{};
constinit thread_local dim3 gridDim{};

namespace emulation {

namespace {
constexpr std::size_t stack_bytes = 128 << 10;  // tests/replay/ptx_to_cpp.py counts on it
constexpr std::size_t stack_step = stack_bytes + 448;  // a power of two would put all stacks into one cache set
// Under TSan a fiber is a thread to the detector, and what one thread does is ordered. Neighbouring blocks take turns
// on four sets of fibers; new identities for each block would be exact and cost 0.4 ms a thread.
constexpr unsigned fiber_sets = under_tsan ? 4 : 1;
constexpr unsigned fiber_count = fiber_sets * block_runner::max_threads;
constexpr unsigned ring_mask = 2 * block_runner::max_threads - 1;

char launch_order;  // what TSan orders launches by

thread_local block_runner* current_runner = nullptr;
}  // namespace

block_runner* block_runner::current() { return current_runner; }

block_runner::block_runner()
    : threads_(new cuda_thread[max_threads]),
      warps_(new warp[max_threads / 32]),
      start_order_(new unsigned[max_threads]),
      ready_(new unsigned[ring_mask + 1]),
      woken_(new unsigned[max_threads]),
      fibers_(new fiber[fiber_count]),
      idle_(new fiber*[max_threads]) {
  // Pages are touched only by the fibers that run. Stacks are written before they are read: no poison needed.
  stacks_ = mmap(nullptr, stack_step * fiber_count, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (stacks_ == MAP_FAILED) fail("no memory for stacks", {});
  for (unsigned i = 0; i < fiber_count; ++i)
    fibers_[i].use_stack(static_cast<char*>(stacks_) + stack_step * i, stack_bytes);
}

block_runner::~block_runner() { munmap(stacks_, stack_step * fiber_count); }

void block_runner::begin(const launch& what, unsigned worker) {
  what_ = what;
  count_ = what.block.x * what.block.y * what.block.z;
  random_.seed(current_settings().seed + worker);
  shared_.begin_launch();
  current_runner = this;
  running_ = &main_;
  main_.adopt_current();
  gridDim = what.grid;
  blockDim = what.block;
  for (unsigned set = 0; set < fiber_sets; ++set)
    for (unsigned i = 0; i < count_; ++i) fibers_[set * max_threads + i].restart(fiber_main);
  take_fibers();
  release(&launch_order);
}

void block_runner::end() {
  acquire(&thread_end_order_);
  current_runner = nullptr;
}

void block_runner::reset(uint3 block) {
  blockIdx = block;
  started_ = ready_count_ = ready_head_ = at_barrier_ = true_predicates_ = 0;
  alive_ = count_;
  const dim3& size = what_.block;
  for (unsigned i = 0; i < count_; ++i) {
    cuda_thread& t = threads_[i];
    t.index = start_order_[i] = i;
    t.now = cuda_thread::state::unstarted;
    t.waits_at = {};
    t.copies.clear();
    t.id = {i % size.x, i / size.x % size.y, i / (size.x * size.y)};
    warp& w = warps_[i / 32];
    if (i % 32 == 0) w.alive = 0, w.meeting_count = 0;
    w.alive |= 1u << (i % 32);
  }
  arrange(start_order_.get(), count_, current_settings().threads, random_);
  shared_.begin_block(what_.dynamic_shared);
  if constexpr (under_tsan) {
    keys_.next_block();
    take_fibers();
  }
}

void block_runner::take_fibers() {
  fiber* const set = &fibers_[(keys_.block() % fiber_sets) * max_threads];
  idle_count_ = count_;
  for (unsigned i = 0; i < count_; ++i) {
    idle_[i] = &set[count_ - 1 - i];
    idle_[i]->ensure_identity();
  }
}

void block_runner::run(uint3 block) {
  reset(block);
  while (alive_) {
    fiber& next = next_fiber();
    if (&next == &main_) {
      unsigned i = 0;
      while (threads_[i].now != cuda_thread::state::waiting) ++i;
      fail("deadlock: a part of the block, or of the mask, never reached the barrier (divergent barrier)",
           threads_[i].waits_at);
    }
    switch_to(next);
  }
  shared_.end_block();
}

fiber& block_runner::fresh_fiber() { return *idle_[--idle_count_]; }

/// Who runs when the current fiber cannot go on. New threads come before those that wait, except that the random
/// order mixes them.
fiber& block_runner::next_fiber() {
  const bool mix = current_settings().threads == order::random && ready_count_ > 0 && random_.below(4) == 0;
  if (started_ < count_ && !mix) return fresh_fiber();
  if (ready_count_ == 0) return main_;
  const unsigned thread = ready_[ready_head_++ & ring_mask];
  --ready_count_;
  return *threads_[thread].on;
}

void block_runner::fiber_main() {
  for (;;) current()->run_threads();
}

void block_runner::resume(unsigned thread) {
  running_->thread = thread;
  threadIdx = threads_[thread].id;
}

/// Runs new threads back to back until one waits; then another fiber takes over.
void block_runner::run_threads() {
  while (started_ < count_) {
    const unsigned thread = start_order_[started_++];
    threads_[thread].on = running_;
    threads_[thread].now = cuda_thread::state::ready;
    resume(thread);
    acquire(&launch_order);
    what_.body(what_.argument);
    release(&thread_end_order_);
    finish_thread();
    if constexpr (under_tsan) break;  // one identity for each thread
  }
  if constexpr (!under_tsan) idle_[idle_count_++] = running_;
  switch_to(next_fiber());
}

void block_runner::finish_thread() {
  cuda_thread& t = thread();
  if (!t.copies.empty()) fail("a thread ended without waiting for its asynchronous copies", {});
  t.now = cuda_thread::state::finished;
  --alive_;
  warps_[t.index / 32].alive &= ~(1u << (t.index % 32));
}

void block_runner::wait_here(site at) {
  thread().now = cuda_thread::state::waiting;
  thread().waits_at = at;
  let_others_run();
}

void block_runner::let_others_run() {
  fiber& me = *running_;
  const unsigned thread = me.thread;
  switch_to(next_fiber());
  resume(thread);
}

void block_runner::switch_to(fiber& next) {
  fiber& from = *running_;
  running_ = &next;
  fiber::switch_between(from, next);
}

void block_runner::wake(unsigned thread) {
  threads_[thread].now = cuda_thread::state::ready;
  ready_[(ready_head_ + ready_count_++) & ring_mask] = thread;
}

unsigned block_runner::barrier(bool predicate, site at) {
  const unsigned generation = barrier_generation_ & 1;
  if (alive_ != count_) fail("__syncthreads after some threads of the block returned (divergent barrier)", at);
  release(keys_.barrier(generation));
  true_predicates_ += predicate;
  if (++at_barrier_ < alive_)
    wait_here(at);
  else
    release_barrier(at);
  acquire(keys_.barrier(generation));
  return barrier_result_[generation];
}

/// The last thread has arrived: all go on, in an order of the schedule's choice.
void block_runner::release_barrier(site at) {
  barrier_result_[barrier_generation_ & 1] = true_predicates_;
  true_predicates_ = at_barrier_ = 0;
  ++barrier_generation_;
  unsigned n = 0;
  for (unsigned i = 0; i < count_; ++i) {
    const cuda_thread& t = threads_[i];
    if (t.now != cuda_thread::state::waiting) continue;
    if (t.waits_at.line != at.line)
      fail("threads of one block wait at different __syncthreads (divergent barrier)", at);
    woken_[n++] = i;
  }
  arrange(woken_.get(), n, current_settings().threads, random_);
  for (unsigned i = 0; i < n; ++i) wake(woken_[i]);
  if (current_settings().threads == order::random && n > 0) {  // the last to arrive is not always the first to go
    wake(running_->thread);
    let_others_run();
  }
}

const std::uint64_t* block_runner::exchange(unsigned& mask, std::uint64_t value, site at) {
  const unsigned index = thread().index, lane = index % 32, first = index - lane;
  warp& w = warps_[index / 32];
  const unsigned existing = count_ - first >= 32 ? ~0u : (1u << (count_ - first)) - 1;
  if (!(mask >> lane & 1)) fail("warp operation: the calling lane is not in its mask", at);
  if (mask & existing & ~w.alive) fail("warp operation: the mask names a lane that has returned", at);
  mask &= existing;  // CUDA accepts a full mask in a partial warp
  warp_meeting& meeting = w.meeting_of(mask, at);
  if (meeting.arrived && meeting.at.line != at.line) fail("lanes of one mask wait at different warp operations", at);
  meeting.at = at;
  const unsigned generation = meeting.generation & 1;
  meeting.values[generation][lane] = value;
  meeting.arrived |= 1u << lane;
  void* const key = keys_.meeting(index / 32, static_cast<int>(&meeting - w.meetings), generation);
  release(key);
  if (meeting.arrived != mask) {
    wait_here(at);
  } else {
    meeting.arrived = 0;
    ++meeting.generation;
    for (unsigned l = 0; l < 32; ++l)
      if (mask >> l & 1 && l != lane) wake(first + l);
  }
  acquire(key);
  return meeting.values[generation];
}

void block_runner::print_waiting() const {
  int shown = 0;
  for (unsigned i = 0; i < count_ && shown < 4; ++i) {
    const cuda_thread& t = threads_[i];
    if (t.now != cuda_thread::state::waiting || !t.waits_at.file) continue;
    std::fprintf(stderr, "emulation:   thread (%u,%u,%u) waits at %s:%d\n", t.id.x, t.id.y, t.id.z, t.waits_at.file,
                 t.waits_at.line);
    ++shown;
  }
}

}  // namespace emulation
