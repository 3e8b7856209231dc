#include "host/staging.hpp"

#include "host/device.hpp"
#include "host/errors.hpp"

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

/// An image of the same shape at `base` + `used`, which grows by it. A flipped image stays flipped, so that rows keep
/// the order of their addresses.
image place(const image& host, int element_bytes, std::byte* base, std::size_t& used) {
  image d = host;
  d.pitch = static_cast<std::ptrdiff_t>(device_pitch(host.width, host.channels, element_bytes));
  d.plane_stride = d.pitch * d.height;
  d.stride = d.plane_stride * d.planes;
  d.data = base + used;
  used += static_cast<std::size_t>(d.stride) * d.count;
  if (host.pitch < 0) {
    d.data = static_cast<std::byte*>(d.data) + (d.height - 1) * d.pitch;
    d.pitch = -d.pitch;
  }
  return d;
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
void copy_planes(const image& to, const image& from, int element_bytes, const char* function, Copy copy) {
  const auto bytes = static_cast<std::size_t>(to.width) * to.channels * element_bytes;
  for (int n = 0; n < to.count; ++n)
    for (int p = 0; p < to.planes; ++p)
      check(copy(ascending_rows(to, n, p), ascending_rows(from, n, p), bytes, to.height, nullptr), function);
}

}  // namespace

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
    device[i].src = place(host[i].src, element_bytes, static_cast<std::byte*>(src_.data()), src_bytes);
    device[i].dst = place(host[i].dst, element_bytes, static_cast<std::byte*>(dst_.data()), dst_bytes);
    copy_planes(device[i].src, host[i].src, element_bytes, function, cuda_row(function).memory.upload_rows);
  }
}

void staging::download(std::span<const image_pair> host, std::span<const image_pair> device, int element_bytes,
                       const char* function) {
  const auto& memory = cuda_row(function).memory;
  for (std::size_t i = 0; i < host.size(); ++i)
    copy_planes(host[i].dst, device[i].dst, element_bytes, function, memory.download_rows);
  check(memory.synchronize(nullptr), function);
}

}  // namespace fluxel::host
