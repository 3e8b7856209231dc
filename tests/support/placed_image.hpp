// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "fluxel/image.hpp"
#include "fluxel/placement.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::test {

/// An image in the memory that a processor works in.
template <class T>
class placed {
 public:
  placed(run_on processor, const image<T>& from)
      : row_(processor == run_on::cuda ? *kernels::cuda() : kernels::cpu()),
        width_(from.width()),
        height_(from.height()),
        channels_(from.channels()),
        bytes_(from.size() * sizeof(T)),
        memory_(processor == run_on::cuda ? memory_kind::device : memory_kind::host),
        data_(row_.memory.allocate(bytes_)) {
    row_.memory.upload(data_, from.data(), bytes_, nullptr);
    row_.memory.synchronize(nullptr);
  }
  ~placed() { row_.memory.release(data_); }
  placed(const placed&) = delete;
  placed& operator=(const placed&) = delete;

  image_view<T> view() const {
    return {
        .data = static_cast<T*>(data_), .width = width_, .height = height_, .channels = channels_, .memory = memory_};
  }
  operator image_view<T>() const { return view(); }
  operator image_view<const T>() const { return view(); }
  image<T> get() const {
    image<T> out(width_, height_, channels_);
    row_.memory.download(out.data(), data_, bytes_, nullptr);
    row_.memory.synchronize(nullptr);
    return out;
  }

 private:
  const kernels::backend_table& row_;
  int width_, height_, channels_;
  std::size_t bytes_;
  memory_kind memory_;
  void* data_;
};

}  // namespace fluxel::test
