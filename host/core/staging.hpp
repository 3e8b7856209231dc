// SPDX-License-Identifier: Apache-2.0
#pragma once

// Copies in device memory of images and lists that lie in host memory.

#include <cstddef>
#include <utility>

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

/// copy(device, host) of whole images; of host images whose rows go upwards, row by row.
template <class Copy>
void copy_rows(kernels::image device, kernels::image host, const Copy& copy) {
  if (host.pitch >= 0) return copy(device, host);
  const int height = std::exchange(host.height, 1);
  device.height = 1;
  for (int y = 0; y < height; ++y) {
    copy(device, host);
    device.data = static_cast<std::byte*>(device.data) + device.pitch;
    host.data = static_cast<std::byte*>(host.data) + host.pitch;
  }
}

/// What `place_on_device` takes for an image of this size.
std::size_t staged_bytes(size s, int channels, int element_bytes);

}  // namespace fluxel::host
