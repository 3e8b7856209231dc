#pragma once

// Working memory of a flow object: one block, carved into planes.

#include <cstddef>
#include <new>

#include "kernels/kernels.hpp"

namespace fluxel::host {

/// Two passes over the same code: with no block it counts bytes, with one it hands them out.
class plane_carver {
 public:
  explicit plane_carver(std::byte* block = nullptr) : block_(block) {}

  template <class T>
  kernels::plane<T> take(size s) {
    constexpr std::size_t line = 64;
    const std::size_t pitch = (s.width * sizeof(T) + line - 1) / line * line;
    T* data = block_ == nullptr ? nullptr : reinterpret_cast<T*>(block_ + used_);
    used_ += pitch * s.height;
    const auto elements = static_cast<std::ptrdiff_t>(pitch / sizeof(T));
    return {data, s.width, s.height, elements, 1, elements * s.height};
  }
  std::size_t used() const { return used_; }

 private:
  std::byte* block_;
  std::size_t used_ = 0;
};

/// Memory of one backend, released with the object.
class device_block {
 public:
  device_block(const kernels::memory_row& memory, std::size_t bytes)
      : memory_(&memory), data_(memory.allocate(bytes)) {
    if (data_ == nullptr) throw std::bad_alloc();
  }
  device_block(device_block&& other) noexcept : memory_(other.memory_), data_(other.data_) { other.data_ = nullptr; }
  device_block& operator=(device_block&&) = delete;
  ~device_block() {
    if (data_ != nullptr) memory_->release(data_);
  }
  std::byte* data() const { return static_cast<std::byte*>(data_); }

 private:
  const kernels::memory_row* memory_;
  void* data_;
};

}  // namespace fluxel::host
