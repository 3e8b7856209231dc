#pragma once

// Working memory of a flow object: one block, carved into planes.

#include <cstddef>

#include "kernels/kernels.hpp"

namespace fluxel::host {

/// Two passes over the same code: with no block it counts bytes, with one it hands them out.
class plane_carver {
 public:
  explicit plane_carver(std::byte* block = nullptr) : block_(block) {}

  template <class T>
  kernels::plane<T> take(size s) {
    constexpr std::size_t line = 64;
    const int row = std::is_same_v<T, float> ? kernels::flow_row_elements(s.width) : s.width;
    const std::size_t pitch = (row * sizeof(T) + line - 1) / line * line;
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

}  // namespace fluxel::host
