// SPDX-License-Identifier: Apache-2.0
#include "emulation/scheduler.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "scheduler/block.hpp"
#include "scheduler/sanitizer.hpp"

namespace emulation {

namespace {

std::atomic<std::uint64_t> total_blocks{0};

/// Runners keep their stacks between launches.
class runner_pool {
 public:
  std::unique_ptr<block_runner> take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) return std::make_unique<block_runner>();
    auto runner = std::move(free_.back());
    free_.pop_back();
    return runner;
  }
  void give_back(std::unique_ptr<block_runner> runner) {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(runner));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<block_runner>> free_;
};

runner_pool& pool() {
  static runner_pool all;
  return all;
}

settings settings_of_environment() {
  settings s;
  if (const char* text = std::getenv("FLUXEL_EMULATION_ORDER")) {
    const std::string_view name = text;
    if (name == "reverse")
      s.threads = order::reverse;
    else if (name == "random")
      s.threads = order::random;
    else if (name != "forward")
      fail("FLUXEL_EMULATION_ORDER is forward, reverse or random", {});
  }
  if (const char* text = std::getenv("FLUXEL_EMULATION_SEED")) s.seed = std::strtoull(text, nullptr, 10);
  if (const char* text = std::getenv("FLUXEL_EMULATION_WORKERS"))
    s.workers = static_cast<unsigned>(std::strtoul(text, nullptr, 10));
  return s;
}

bool valid(const launch& what) {
  const dim3 &g = what.grid, &b = what.block;
  const std::uint64_t threads = std::uint64_t{b.x} * b.y * b.z;
  return threads >= 1 && threads <= block_runner::max_threads && b.x <= 1024 && b.y <= 1024 && b.z <= 64 &&
         g.x >= 1 && g.x <= 0x7fffffffu && g.y >= 1 && g.y <= 65535 && g.z >= 1 && g.z <= 65535 &&
         what.dynamic_shared <= dynamic_shared_limit;
}

unsigned workers_for(std::uint64_t blocks) {
  if constexpr (under_tsan) return 1;  // its fibers already are threads to the detector
  const unsigned most = current_settings().workers < 2 ? 1 : 2;
  return blocks < 8 ? 1 : most;  // starting an OS thread costs more than a small grid
}

}  // namespace

settings& current_settings() {
  static settings s = settings_of_environment();
  return s;
}

std::uint64_t blocks_run() { return total_blocks; }

bool run(const launch& what) {
  if (!valid(what)) return false;
  const dim3& g = what.grid;
  const std::uint64_t blocks = std::uint64_t{g.x} * g.y * g.z;
  std::atomic<std::uint64_t> next{0};
  auto work = [&](unsigned worker) {
    auto runner = pool().take();
    runner->begin(what, worker);
    for (std::uint64_t i; (i = next.fetch_add(1)) < blocks;) {
      const std::uint64_t k = current_settings().threads == order::reverse ? blocks - 1 - i : i;
      runner->run({static_cast<unsigned>(k % g.x), static_cast<unsigned>(k / g.x % g.y),
                   static_cast<unsigned>(k / (std::uint64_t{g.x} * g.y))});
    }
    runner->end();
    pool().give_back(std::move(runner));
  };
  if (workers_for(blocks) > 1) {
    std::thread second(work, 1);
    work(0);
    second.join();
  } else {
    work(0);
  }
  total_blocks += blocks;
  return true;
}

void fail(const char* what, site at) {
  std::fprintf(stderr, "emulation: error: %s at %s:%d, block (%u,%u,%u) thread (%u,%u,%u)\n", what,
               at.file ? at.file : "?", at.line, blockIdx.x, blockIdx.y, blockIdx.z, threadIdx.x, threadIdx.y,
               threadIdx.z);
  if (const block_runner* runner = block_runner::current()) runner->print_waiting();
  std::fflush(stderr);
  std::_Exit(failure_exit_code);
}

unsigned block_barrier(bool predicate, site at) { return block_runner::current()->barrier(predicate, at); }

std::uint64_t warp_shuffle(unsigned mask, std::uint64_t value, int source, bool valid, site at) {
  const std::uint64_t* values = block_runner::current()->exchange(mask, value, at);
  if (!valid) return value;
  if (!(mask >> source & 1)) fail("a shuffle reads a lane that is not in its mask", at);
  return values[source];
}

unsigned warp_ballot(unsigned mask, bool predicate, site at) {
  const std::uint64_t* values = block_runner::current()->exchange(mask, predicate, at);
  unsigned result = 0;
  for (unsigned l = 0; l < 32; ++l)
    if (mask >> l & 1 && values[l]) result |= 1u << l;
  return result;
}

unsigned lane() { return block_runner::current()->thread().index % 32; }

void* shared_array(const void* key, std::size_t bytes, std::size_t alignment) {
  return block_runner::current()->shared().array(key, bytes, alignment);
}
void* dynamic_shared() { return block_runner::current()->shared().dynamic(); }
std::size_t dynamic_shared_bytes() { return block_runner::current()->shared().dynamic_bytes(); }

}  // namespace emulation
