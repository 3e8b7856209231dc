// SPDX-License-Identifier: Apache-2.0
#pragma once

// The images and lists of one call, where its kernels find them: in the caller's memory, or staged on the device.

#include <array>
#include <span>

#include "fluxel/flow.hpp"
#include "fluxel/stream.hpp"
#include "host/core/prepared.hpp"
#include "host/core/views.hpp"

namespace fluxel::host {

/// Checks a frame or mask of the geometry's size.
kernels::image frame_image(const char* function, const char* argument, const any_view& view, size s, int channels);

/// Whether a call on frames in such memory finds them on the device.
bool on_device(const char* function, const char* argument, memory_kind memory, backend b, stream_ref stream);

/// A list as an image of one row. An empty one has no data.
template <class T>
kernels::image list_image(std::span<T> list) {
  const auto bytes = static_cast<std::ptrdiff_t>(list.size_bytes());
  auto* data = list.empty() ? nullptr : const_cast<std::remove_const_t<T>*>(list.data());
  return {.data = data,
          .width = static_cast<int>(list.size()),
          .height = 1,
          .pitch = bytes,
          .plane_stride = bytes,
          .stride = bytes};
}

class call_memory {
 public:
  enum class role { in, out };

  /// Returns the entry's number. No data: absent, and stays so.
  int add(role r, const kernels::image& im, int element_bytes);
  template <class T>
  int add(std::span<T> list) {
    return add(std::is_const_v<T> ? role::in : role::out, list_image(list), sizeof(T));
  }

  /// Copies what is read to the device, or leaves everything where it is.
  void enter(bool staged, device_buffer& memory, const char* function);
  const kernels::image& operator[](int i) const { return entries_[i].here; }
  template <class T>
  T* list(int i) const {
    return static_cast<T*>(entries_[i].here.data);
  }
  /// Copies what was written back and waits for it, if it was staged.
  void leave(const char* function);

 private:
  struct entry {
    role r = role::in;
    kernels::image caller, here;
    int element_bytes = 1;
  };
  std::array<entry, 10> entries_;
  int count_ = 0;
  bool staged_ = false;
};

}  // namespace fluxel::host
