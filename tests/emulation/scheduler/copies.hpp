// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "emulation/scheduler.hpp"

namespace emulation {

/// The asynchronous copies that one thread has issued and not waited for. A fixed array: under TSan, memory that
/// threads of several blocks grow in turn would look like a race.
class copy_queue {
 public:
  bool empty() const { return count_ == 0; }
  void clear() { count_ = groups_ = 0; }
  void push(void* to, const void* from, std::size_t bytes);
  void commit();
  void wait(int groups_still_allowed, site at);

 private:
  static constexpr int max_copies = 512;
  struct copy {
    void* to;
    const void* from;
    std::size_t bytes;
    bool ends_group;
  };

  copy copies_[max_copies];
  int count_ = 0;
  int groups_ = 0;
};

}  // namespace emulation
