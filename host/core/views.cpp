// SPDX-License-Identifier: Apache-2.0
#include "host/core/views.hpp"

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>

#include "fluxel/device.hpp"

namespace fluxel::host {

using kernels::image;

namespace {

constexpr std::ptrdiff_t most_bytes = std::numeric_limits<std::ptrdiff_t>::max() / 4;  // sums of 4 stay valid

std::ptrdiff_t magnitude(std::ptrdiff_t v) { return v < 0 ? -v : v; }

std::ptrdiff_t row_bytes(const image& im, int element_bytes) {
  return std::ptrdiff_t{im.width} * im.channels * element_bytes;
}

struct span_of_bytes {
  std::intptr_t low;
  std::intptr_t high;  ///< one past the end
  bool meets(const span_of_bytes& o) const { return low < o.high && o.low < high; }
};

void grow(span_of_bytes& s, int count, std::ptrdiff_t stride) {
  (stride < 0 ? s.low : s.high) += (count - 1) * stride;
}

span_of_bytes plane_span(const image& im, int element_bytes, int n, int p) {
  const auto start = reinterpret_cast<std::intptr_t>(im.data) + n * im.stride + p * im.plane_stride;
  span_of_bytes s{start, start + row_bytes(im, element_bytes)};
  grow(s, im.height, im.pitch);
  return s;
}

span_of_bytes image_span(const image& im, int element_bytes) {
  auto s = plane_span(im, element_bytes, 0, 0);
  grow(s, im.planes, im.plane_stride);
  grow(s, im.count, im.stride);
  return s;
}

/// The rows of two planes, walked together in the order of their addresses.
bool rows_meet(const image& a, span_of_bytes sa, const image& b, span_of_bytes sb, int element_bytes) {
  const auto bytes_a = row_bytes(a, element_bytes);
  const auto bytes_b = row_bytes(b, element_bytes);
  auto at_a = sa.low;
  auto at_b = sb.low;
  for (int i = 0, j = 0; i < a.height && j < b.height;) {
    if (at_a < at_b + bytes_b && at_b < at_a + bytes_a) return true;
    if (at_a < at_b) {
      at_a += magnitude(a.pitch);
      ++i;
    } else {
      at_b += magnitude(b.pitch);
      ++j;
    }
  }
  return false;
}

void check_stride(const call_site& site, const std::string& name, std::ptrdiff_t stride, int count,
                  int element_bytes) {
  if (stride % element_bytes != 0)
    reject(
        site, name,
        "is " + std::to_string(stride) + " bytes, not a multiple of the element's " + std::to_string(element_bytes));
  if (count > 1 && magnitude(stride) > most_bytes / (count - 1)) reject(site, name, "is beyond the address space");
}

void check_sizes(const call_site& site, const std::string& name, const any_view& v) {
  const image& im = v.image;
  if (im.width < 1 || im.height < 1)
    reject(site, name, "is empty (" + std::to_string(im.width) + "x" + std::to_string(im.height) + ")");
  if (im.channels < 1) reject(site, name + ".channels", "is " + std::to_string(im.channels) + "; must be 1 or more");
  if (im.planes < 1) reject(site, name + ".planes", "is " + std::to_string(im.planes) + "; must be 1 or more");
  if (im.count < 0) reject(site, name + ".count", "is " + std::to_string(im.count) + "; must not be negative");
  if (im.channels > most_bytes / v.element_bytes / im.width) reject(site, name, "has rows beyond the address space");
}

}  // namespace

image check_view(const call_site& site, const char* argument, const any_view& view) {
  const std::string name = argument;
  check_sizes(site, name, view);
  image im = view.image;
  const int bytes = view.element_bytes;
  const auto row = row_bytes(im, bytes);
  if (im.pitch == 0) im.pitch = row;
  check_stride(site, name + ".pitch", im.pitch, im.height, bytes);
  if (im.height > 1 && magnitude(im.pitch) < row)
    reject(site, name + ".pitch",
           "is " + std::to_string(im.pitch) + " bytes, shorter than a row of " + std::to_string(row));
  if (im.plane_stride == 0) im.plane_stride = im.pitch * im.height;
  check_stride(site, name + ".plane_stride", im.plane_stride, im.planes, bytes);
  if (im.stride == 0) im.stride = im.plane_stride * im.planes;
  check_stride(site, name + ".stride", im.stride, im.count, bytes);
  if (im.count == 0) return im;
  if (im.data == nullptr) reject(site, name + ".data", "is null");
  if (reinterpret_cast<std::uintptr_t>(im.data) % bytes != 0)
    reject(site, name + ".data", "is not aligned to the element's " + std::to_string(bytes) + " bytes");
  return im;
}

namespace {

void check_same(const call_site& site, const char* what, int src, int dst) {
  if (src != dst)
    reject(site, std::string("dst.") + what, "is " + std::to_string(dst) + ", but src has " + std::to_string(src));
}

}  // namespace

kernels::image_pair check_pair(const call_site& site, const any_view& src, const any_view& dst) {
  const kernels::image_pair pair{check_view(site, "src", src), check_view(site, "dst", dst)};
  check_same(site, "channels", src.image.channels, dst.image.channels);
  check_same(site, "planes", src.image.planes, dst.image.planes);
  check_same(site, "count", src.image.count, dst.image.count);
  if (backend_for(src.memory) != backend_for(dst.memory))
    reject(site, "dst.memory", "is of another kind than src.memory: both must be host memory or both device memory");
  if (dst.image.count != 0 && overlap(pair.src, pair.dst, dst.element_bytes)) reject(site, "dst", "overlaps src");
  return pair;
}

bool overlap(const image& a, const image& b, int element_bytes) {
  if (!image_span(a, element_bytes).meets(image_span(b, element_bytes))) return false;
  for (int n = 0; n < a.count; ++n)
    for (int p = 0; p < a.planes; ++p) {
      const auto sa = plane_span(a, element_bytes, n, p);
      for (int m = 0; m < b.count; ++m)
        for (int q = 0; q < b.planes; ++q) {
          const auto sb = plane_span(b, element_bytes, m, q);
          if (sa.meets(sb) && rows_meet(a, sa, b, sb, element_bytes)) return true;
        }
    }
  return false;
}

void check_stream(const call_site& site, memory_kind memory, stream_ref stream) {
  if (stream.get() != nullptr && backend_for(memory) == backend::cpu)
    reject(site, "stream", "must be the default one for views in host memory");
}

void check_threads(const call_site& site, int threads) {
  if (threads < 0)
    reject(site, "options.threads", "is " + std::to_string(threads) + "; must be 0 (the pool) or more");
}

}  // namespace fluxel::host
