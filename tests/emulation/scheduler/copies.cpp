// SPDX-License-Identifier: Apache-2.0
#include "scheduler/copies.hpp"

#include <cstring>

#include "scheduler/block.hpp"

namespace emulation {

void copy_queue::push(void* to, const void* from, std::size_t bytes) {
  if (count_ == max_copies) fail("too many asynchronous copies before a wait", {});
  std::memset(to, 0xFF, bytes);  // whoever reads before the wait sees that the bytes are not there
  copies_[count_++] = {to, from, bytes, false};
}

void copy_queue::commit() {
  if (count_ == 0 || copies_[count_ - 1].ends_group) return;
  copies_[count_ - 1].ends_group = true;
  ++groups_;
}

void copy_queue::wait(int groups_still_allowed, site at) {
  if (count_ > 0 && !copies_[count_ - 1].ends_group)
    fail("a wait for asynchronous copies that were not committed", at);
  int done = 0;
  while (groups_ > groups_still_allowed) {
    const copy& c = copies_[done++];
    std::memcpy(c.to, c.from, c.bytes);
    groups_ -= c.ends_group;
  }
  std::memmove(copies_, copies_ + done, sizeof(copy) * (count_ - done));
  count_ -= done;
}

void copy_async(void* to, const void* from, std::size_t bytes) {
  block_runner::current()->thread().copies.push(to, from, bytes);
}
void commit_copies() { block_runner::current()->thread().copies.commit(); }
void wait_for_copies(int groups_still_allowed, site at) {
  block_runner::current()->thread().copies.wait(groups_still_allowed, at);
}

}  // namespace emulation
