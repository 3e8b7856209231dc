// SPDX-License-Identifier: Apache-2.0
#pragma once

// Copies in device memory of images and lists that lie in host memory.

#include <cstddef>
#include <mutex>
#include <span>

#include "host/core/object_memory.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::host {

/// A device image shaped as `host`, at `base` + `used`, which grows by what it takes. Without a base it only counts.
/// A flipped image stays flipped, so that rows keep the order of their addresses.
kernels::image place_on_device(const kernels::image& host, int element_bytes, std::byte* base, std::size_t& used);

/// Rows between host and device images of one shape, enqueued on a stream.
void upload_image(const kernels::image& device, const kernels::image& host, int element_bytes, CUstream_st* stream,
                  const char* function);
void download_image(const kernels::image& host, const kernels::image& device, int element_bytes, CUstream_st* stream,
                    const char* function);

/// What `place_on_device` takes for an image of this size.
std::size_t staged_bytes(size s, int channels, int element_bytes);

/// Device copies of views in host memory, in memory that the object owns. Uses the legacy stream.
class staging {
 public:
  /// Makes room, so that calls up to these sizes allocate nothing.
  void reserve(std::size_t src_bytes, std::size_t dst_bytes, const char* function);
  /// Copies the sources; `device` gets pairs of the same shapes in device memory.
  void upload(std::span<const kernels::image_pair> host, std::span<kernels::image_pair> device, int element_bytes,
              const char* function);
  /// Copies the destinations back and waits until they are there.
  void download(std::span<const kernels::image_pair> host, std::span<const kernels::image_pair> device,
                int element_bytes, const char* function);

  std::mutex turn;  ///< the caller holds it from upload to download

 private:
  device_buffer src_{backend::cuda};
  device_buffer dst_{backend::cuda};
};

}  // namespace fluxel::host
