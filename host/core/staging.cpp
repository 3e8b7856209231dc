// SPDX-License-Identifier: Apache-2.0
#include "host/core/staging.hpp"

#include <utility>

#include "host/core/device.hpp"
#include "host/core/errors.hpp"

namespace fluxel::host {

using kernels::byte_rows;
using kernels::image;

namespace {

constexpr std::size_t row_alignment = 256;

std::size_t device_pitch(int width, int channels, int element_bytes) {
  const auto bytes = static_cast<std::size_t>(width) * channels * element_bytes;
  return (bytes + row_alignment - 1) / row_alignment * row_alignment;
}

byte_rows ascending_rows(const image& im, int n, int p) {
  auto* first = static_cast<std::byte*>(im.data) + n * im.stride + p * im.plane_stride;
  if (im.pitch >= 0) return {first, im.pitch};
  return {first + (im.height - 1) * im.pitch, -im.pitch};
}

template <class Copy>
void copy_planes(const image& to, const image& from, int element_bytes, CUstream_st* stream, const char* function,
                 Copy copy) {
  const auto bytes = static_cast<std::size_t>(to.width) * to.channels * element_bytes;
  for (int n = 0; n < to.count; ++n)
    for (int p = 0; p < to.planes; ++p)
      check(copy(ascending_rows(to, n, p), ascending_rows(from, n, p), bytes, to.height, stream), function);
}

}  // namespace

image place_on_device(const image& host, int element_bytes, std::byte* base, std::size_t& used) {
  image d = host;
  d.pitch = static_cast<std::ptrdiff_t>(device_pitch(host.width, host.channels, element_bytes));
  d.plane_stride = d.pitch * d.height;
  d.stride = d.plane_stride * d.planes;
  const std::size_t at = std::exchange(used, used + static_cast<std::size_t>(d.stride) * d.count);
  const bool flipped = host.pitch < 0;
  d.data = base == nullptr ? nullptr : base + at + (flipped ? (d.height - 1) * d.pitch : 0);
  if (flipped) d.pitch = -d.pitch;
  return d;
}

void upload_image(const image& device, const image& host, int element_bytes, CUstream_st* stream,
                  const char* function) {
  copy_planes(device, host, element_bytes, stream, function, cuda_table(function).memory.upload_rows);
}

void download_image(const image& host, const image& device, int element_bytes, CUstream_st* stream,
                    const char* function) {
  copy_planes(host, device, element_bytes, stream, function, cuda_table(function).memory.download_rows);
}

std::size_t staged_bytes(size s, int channels, int element_bytes) {
  return device_pitch(s.width, channels, element_bytes) * s.height;
}

}  // namespace fluxel::host
