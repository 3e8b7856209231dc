// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "scheduler/sanitizer.hpp"
#include "scheduler/warp.hpp"

namespace emulation {

/// Addresses that TSan orders a block's barriers and warp meetings by. Blocks that run soon after each other have
/// different ones: a barrier of one block orders nothing in the next.
class tsan_keys {
 public:
  static constexpr unsigned blocks = 64;

  tsan_keys() : keys_(under_tsan ? new char[std::size_t{blocks} * per_block] : nullptr) {}

  void next_block() { block_ = (block_ + 1) % blocks; }
  unsigned block() const { return block_; }
  void* barrier(unsigned generation) { return at(generation); }
  void* meeting(unsigned warp_index, int meeting_index, unsigned generation) {
    return at(2 + (warp_index * warp::max_meetings + static_cast<unsigned>(meeting_index)) * 2 + generation);
  }

 private:
  static constexpr unsigned per_block = 2 + 32 * warp::max_meetings * 2;
  void* at(unsigned i) { return keys_.get() + std::size_t{block_} * per_block + i; }

  std::unique_ptr<char[]> keys_;
  unsigned block_ = 0;
};

}  // namespace emulation
