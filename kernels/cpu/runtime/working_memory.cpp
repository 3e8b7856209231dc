// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/runtime/working_memory.hpp"

#include <algorithm>
#include <bit>
#include <new>
#include <utility>

namespace fluxel::kernels {

namespace {

constexpr std::align_val_t alignment{64};

/// Blocks by size: block i has 2^i bytes. A free block begins with the pointer to the next one.
class free_blocks {
 public:
  free_blocks() = default;
  free_blocks(const free_blocks&) = delete;
  ~free_blocks() {
    for (void* p : first_)
      while (p != nullptr) ::operator delete(std::exchange(p, next_of(p)), alignment);
  }

  static int size_of(std::size_t bytes) { return std::bit_width(std::max<std::size_t>(bytes, 64) - 1); }

  void* take(int i) {
    void* p = first_[i];
    if (p == nullptr) return ::operator new (std::size_t{1} << i, alignment);
    first_[i] = next_of(p);
    return p;
  }
  void give_back(void* p, int i) { next_of(p) = std::exchange(first_[i], p); }

 private:
  static void*& next_of(void* p) { return *static_cast<void**>(p); }
  void* first_[64] = {};
};

free_blocks& of_this_thread() {
  static thread_local free_blocks blocks;
  return blocks;
}

}  // namespace

void* take_working_memory(std::size_t bytes) {
  if (bytes > std::size_t{1} << 62) throw std::bad_alloc();
  return of_this_thread().take(free_blocks::size_of(bytes));
}

void give_back_working_memory(void* p, std::size_t bytes) noexcept {
  if (p != nullptr) of_this_thread().give_back(p, free_blocks::size_of(bytes));
}

}  // namespace fluxel::kernels
