// SPDX-License-Identifier: Apache-2.0
#pragma once

// The memory of objects and calls: from the placement's resources or fluxel's own, counted.

#include <atomic>
#include <cstddef>

#include "fluxel/device.hpp"
#include "fluxel/placement.hpp"
#include "kernels/contract/memory.hpp"

namespace fluxel::host {

/// Where an object's memory comes from, and how much it holds.
class object_memory {
 public:
  /// @param device  current when memory of the device is taken and given back; -1: whichever is.
  object_memory(const placement& where, int device)
      : device_resource_(where.device_memory), host_resource_(where.host_memory), device_(device) {}
  object_memory() = default;

  /// @throws fluxel::error out_of_memory
  void* allocate(backend b, std::size_t bytes, CUstream_st* stream, const char* function);
  void release(backend b, void* p, std::size_t bytes) noexcept;
  /// For the tables that a backend makes; this outlives them.
  kernels::table_allocator for_tables(backend b);
  std::size_t bytes_held() const { return held_; }

  static constexpr std::size_t alignment = 256;

 private:
  memory_resource device_resource_, host_resource_;
  int device_ = -1;
  std::atomic<std::size_t> held_{0};
};

/// For what belongs to no object: fluxel's own memory.
object_memory& own_memory();

/// A block of memory of one backend.
class device_buffer {
 public:
  /// @param memory  outlives the block.
  explicit device_buffer(backend b, object_memory& memory = own_memory()) : backend_(b), memory_(&memory) {}
  ~device_buffer();
  device_buffer(device_buffer&& other) noexcept;
  device_buffer& operator=(device_buffer&&) = delete;

  /// At least `bytes`; what was in it is lost when it has to grow.
  void* reserve(std::size_t bytes, const char* function, CUstream_st* stream = nullptr);
  /// To zeros, before the first use on any stream. On the CPU it begins as zeros.
  void clear(const char* function);
  void* data() const { return data_; }

 private:
  backend backend_;
  object_memory* memory_;
  void* data_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace fluxel::host
