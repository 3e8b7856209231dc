// SPDX-License-Identifier: Apache-2.0
#include "host/core/staging.hpp"

#include <utility>

#include "host/core/device.hpp"
#include "host/core/errors.hpp"

namespace fluxel::host {

using kernels::byte_rows;
using kernels::image;
using kernels::image_pair;

namespace {

constexpr std::size_t row_alignment = 256;

std::size_t device_pitch(int width, int channels, int element_bytes) {
  const auto bytes = static_cast<std::size_t>(width) * channels * element_bytes;
  return (bytes + row_alignment - 1) / row_alignment * row_alignment;
}

std::size_t bytes_of(const image& im, int element_bytes) {
  return device_pitch(im.width, im.channels, element_bytes) * im.height * im.planes * im.count;
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

void staging::reserve(std::size_t src_bytes, std::size_t dst_bytes, const char* function) {
  src_.reserve(src_bytes, function);
  dst_.reserve(dst_bytes, function);
}

void staging::upload(std::span<const image_pair> host, std::span<image_pair> device, int element_bytes,
                     const char* function) {
  std::size_t src_bytes = 0;
  std::size_t dst_bytes = 0;
  for (const auto& pair : host) {
    src_bytes += bytes_of(pair.src, element_bytes);
    dst_bytes += bytes_of(pair.dst, element_bytes);
  }
  reserve(src_bytes, dst_bytes, function);
  src_bytes = dst_bytes = 0;
  for (std::size_t i = 0; i < host.size(); ++i) {
    device[i].src = place_on_device(host[i].src, element_bytes, static_cast<std::byte*>(src_.data()), src_bytes);
    device[i].dst = place_on_device(host[i].dst, element_bytes, static_cast<std::byte*>(dst_.data()), dst_bytes);
    upload_image(device[i].src, host[i].src, element_bytes, nullptr, function);
  }
}

void staging::download(std::span<const image_pair> host, std::span<const image_pair> device, int element_bytes,
                       const char* function) {
  for (std::size_t i = 0; i < host.size(); ++i)
    download_image(host[i].dst, device[i].dst, element_bytes, nullptr, function);
  check(cuda_table(function).memory.synchronize(nullptr), function);
}

}  // namespace fluxel::host
