// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <utility>

#include "fluxel/error.hpp"
#include "fluxel/export.h"

namespace fluxel {
inline namespace v0 {

/// Page-locked host memory, which devices read and write at full speed while the host does something else: for views
/// and frames whose `memory` is memory_kind::pinned. Slow to get and to give back; its content is not set.
class FLUXEL_API pinned_memory {
 public:
  pinned_memory() = default;
  /// @param device  whose context it is made in; -1: the current one. Every device can use it.
  /// @throws fluxel::error no_device, out_of_memory
  explicit pinned_memory(std::size_t bytes, int device = -1);
  pinned_memory(pinned_memory&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  pinned_memory& operator=(pinned_memory&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  /// Waits for all work of the device that uses it.
  ~pinned_memory();

  void* data() const { return data_; }
  std::size_t size() const { return bytes_; }

 private:
  void* data_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace v0
}  // namespace fluxel
