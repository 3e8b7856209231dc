// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the emulated device code asks of the scheduler. One fiber stands for one CUDA thread.

#include <cstddef>
#include <cstdint>

#include "emulation/dim.hpp"

namespace emulation {

/// A place in a source file, for reports.
struct site {
  const char* file = nullptr;
  int line = 0;
};

/// Prints what went wrong, where, in which block and thread, and ends the process with `failure_exit_code`.
[[noreturn]] void fail(const char* what, site at);
inline constexpr int failure_exit_code = 86;

/// __syncthreads. Returns how many threads of the block passed a true predicate.
unsigned block_barrier(bool predicate, site at);

/// Where all lanes of `mask` meet; lane L's `value` reaches whoever names L as `source`. An invalid source gives the
/// caller's own value.
std::uint64_t warp_shuffle(unsigned mask, std::uint64_t value, int source, bool valid, site at);
/// Where all lanes of `mask` meet; bit L is lane L's predicate.
unsigned warp_ballot(unsigned mask, bool predicate, site at);
unsigned lane();

/// The block's array for this declaration: fresh for each block, never zero, sized to the byte.
void* shared_array(const void* key, std::size_t bytes, std::size_t alignment);
void* dynamic_shared();
std::size_t dynamic_shared_bytes();

/// Asynchronous copies of the calling thread: the bytes arrive at the wait, not before.
void copy_async(void* to, const void* from, std::size_t bytes);
void commit_copies();
void wait_for_copies(int groups_still_allowed, site at);

struct launch {
  dim3 grid;
  dim3 block;
  std::size_t dynamic_shared = 0;
  void (*body)(void*) = nullptr;  ///< one CUDA thread
  void* argument = nullptr;
};
/// Runs all blocks and returns when they are done. False for a shape that no device accepts.
bool run(const launch& what);

/// Blocks run so far in this process.
std::uint64_t blocks_run();

enum class order { forward, reverse, random };

/// How blocks and threads are ordered. The initial values come from the environment: FLUXEL_EMULATION_ORDER
/// (forward, reverse, random), FLUXEL_EMULATION_SEED, FLUXEL_EMULATION_WORKERS (1 or 2).
struct settings {
  order threads = order::forward;
  std::uint64_t seed = 1;
  unsigned workers = 2;
  int multiprocessors = 4;  ///< what the device says it has
};
settings& current_settings();

/// Largest sum of a block's shared arrays, and of its dynamic shared memory after cudaFuncSetAttribute.
inline constexpr std::size_t static_shared_limit = 48 << 10;
inline constexpr std::size_t dynamic_shared_limit = 227 << 10;

}  // namespace emulation
