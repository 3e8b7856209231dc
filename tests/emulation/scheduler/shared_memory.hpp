// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace emulation {

/// The shared memory of one block. Every array has its own allocation of exact size, so that ASan sees an overrun;
/// it is filled with 0xFF (NaN, -1), or unwritten to MSan. Under TSan addresses are not used twice in one launch.
class shared_memory {
 public:
  shared_memory() = default;
  shared_memory(const shared_memory&) = delete;
  shared_memory& operator=(const shared_memory&) = delete;
  ~shared_memory();

  void begin_launch();
  void begin_block(std::size_t dynamic_bytes);
  void end_block();

  void* array(const void* key, std::size_t bytes, std::size_t alignment);
  void* dynamic() const { return dynamic_; }
  std::size_t dynamic_bytes() const { return dynamic_bytes_; }

 private:
  static constexpr int max_arrays = 32;
  struct slot {
    const void* key;
    void* memory;
  };

  void* allocate(std::size_t bytes, std::size_t alignment);

  slot slots_[max_arrays];
  int count_ = 0;
  std::size_t used_ = 0;
  void* dynamic_ = nullptr;
  std::size_t dynamic_bytes_ = 0;
  char* arena_ = nullptr;
  std::size_t arena_used_ = 0;
};

}  // namespace emulation
