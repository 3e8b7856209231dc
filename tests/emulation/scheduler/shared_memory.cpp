// SPDX-License-Identifier: Apache-2.0
#include "scheduler/shared_memory.hpp"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>

#include "emulation/scheduler.hpp"
#include "scheduler/sanitizer.hpp"

namespace emulation {

namespace {
constexpr std::size_t arena_bytes = std::size_t{256} << 20;
}

shared_memory::~shared_memory() {
  if (arena_) munmap(arena_, arena_bytes);
}

void shared_memory::begin_launch() {
  arena_used_ = 0;
  if (!under_tsan || arena_) return;
  void* fresh =
      mmap(nullptr, arena_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (fresh == MAP_FAILED) fail("no memory for shared arrays", {});
  arena_ = static_cast<char*>(fresh);
}

void shared_memory::begin_block(std::size_t dynamic_bytes) {
  count_ = 0;
  used_ = 0;
  dynamic_bytes_ = dynamic_bytes;
  dynamic_ = dynamic_bytes ? allocate(dynamic_bytes, 128) : nullptr;
}

void shared_memory::end_block() {
  if (!under_tsan) {
    for (int i = 0; i < count_; ++i) std::free(slots_[i].memory);
    std::free(dynamic_);
  }
  count_ = 0;
  dynamic_ = nullptr;
}

void* shared_memory::array(const void* key, std::size_t bytes, std::size_t alignment) {
  for (int i = 0; i < count_; ++i)
    if (slots_[i].key == key) return slots_[i].memory;
  used_ += bytes;
  if (used_ > static_shared_limit) fail("shared arrays of one block over 48 KiB", {});
  if (count_ == max_arrays) fail("too many shared arrays in one kernel", {});
  slots_[count_] = {key, allocate(bytes, alignment)};
  return slots_[count_++].memory;
}

void* shared_memory::allocate(std::size_t bytes, std::size_t alignment) {
  if (under_tsan) {
    const std::size_t offset = (arena_used_ + 127) & ~std::size_t{127};
    arena_used_ = offset + bytes;
    if (arena_used_ > arena_bytes) fail("under TSan: a grid too large for its shared memory", {});
    // Not memset, which TSan would take for a write of the thread that came first.
    volatile char* fill = arena_ + offset;
    for (std::size_t i = 0; i < bytes; ++i) fill[i] = static_cast<char>(0xFF);
    return arena_ + offset;
  }
  void* memory = nullptr;
  if (posix_memalign(&memory, alignment < 16 ? 16 : alignment, bytes)) fail("no memory for a shared array", {});
#if !__has_feature(memory_sanitizer)
  std::memset(memory, 0xFF, bytes);
#endif
  return memory;
}

}  // namespace emulation
