// SPDX-License-Identifier: Apache-2.0
#include "host/core/views.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <string>

namespace fluxel::host {

using kernels::image;

namespace {

// Spans add three products of strides and counts, a row and an address.
constexpr std::ptrdiff_t most_bytes = std::numeric_limits<std::ptrdiff_t>::max() / 8;

std::size_t magnitude(std::ptrdiff_t v) {
  return v < 0 ? 0 - static_cast<std::size_t>(v) : static_cast<std::size_t>(v);
}

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
bool rows_meet(const image& a, span_of_bytes sa, std::ptrdiff_t bytes_a, const image& b, span_of_bytes sb,
               std::ptrdiff_t bytes_b) {
  auto at_a = sa.low;
  auto at_b = sb.low;
  for (int i = 0, j = 0; i < a.height && j < b.height;) {
    if (at_a < at_b + bytes_b && at_b < at_a + bytes_a) return true;
    if (at_a < at_b) {
      at_a += std::abs(a.pitch);
      ++i;
    } else {
      at_b += std::abs(b.pitch);
      ++j;
    }
  }
  return false;
}

void check_stride(const call_site& site, const char* argument, const char* member, std::ptrdiff_t stride, int count,
                  int element_bytes) {
  const bool fits = count <= 1 || magnitude(stride) <= static_cast<std::size_t>(most_bytes / (count - 1));
  if (stride % element_bytes == 0 && fits) return;
  reject(site, std::string(argument) + member,
         fits ? "is " + std::to_string(stride) + " bytes, not a multiple of the element's " +
                    std::to_string(element_bytes)
              : "is beyond the address space");
}

void at_least(const call_site& site, const char* argument, const char* member, int value, int least) {
  if (value < least)
    reject(site, std::string(argument) + member,
           "is " + std::to_string(value) + "; must be " + std::to_string(least) + " or more");
}

std::string text(size s) { return std::to_string(s.width) + "x" + std::to_string(s.height); }

void check_sizes(const call_site& site, const char* argument, const any_view& v) {
  const image& im = v.image;
  if (im.width < 1 || im.height < 1) reject(site, argument, "is empty (" + text({im.width, im.height}) + ")");
  at_least(site, argument, ".channels", im.channels, 1);
  at_least(site, argument, ".planes", im.planes, 1);
  at_least(site, argument, ".count", im.count, 0);
  require(im.channels <= most_bytes / v.element_bytes / im.width, site, argument,
          "has rows beyond the address space");
  if (!is_one_of(v.memory, memory_kind::device))
    reject(site, std::string(argument) + ".memory", "is not one of host, pinned, managed and device");
}

}  // namespace

image check_view(const call_site& site, const char* argument, const any_view& view) {
  check_sizes(site, argument, view);
  image im = view.image;
  const int bytes = view.element_bytes;
  const auto row = row_bytes(im, bytes);
  if (im.pitch == 0) im.pitch = row;
  check_stride(site, argument, ".pitch", im.pitch, im.height, bytes);
  if (im.height == 1) im.pitch = row;  // strides that nothing steps by could still overflow
  if (magnitude(im.pitch) < static_cast<std::size_t>(row))
    reject(site, std::string(argument) + ".pitch",
           "is " + std::to_string(im.pitch) + " bytes, shorter than a row of " + std::to_string(row));
  if (im.plane_stride == 0) im.plane_stride = im.pitch * im.height;
  check_stride(site, argument, ".plane_stride", im.plane_stride, im.planes, bytes);
  if (im.planes == 1) im.plane_stride = im.pitch * im.height;
  if (im.stride == 0) im.stride = im.plane_stride * im.planes;
  check_stride(site, argument, ".stride", im.stride, im.count, bytes);
  if (im.count <= 1) im.stride = im.plane_stride * im.planes;
  if (im.count == 0) return im;
  if (im.data == nullptr) reject(site, std::string(argument) + ".data", "is null");
  if (reinterpret_cast<std::uintptr_t>(im.data) % bytes != 0)
    reject(site, std::string(argument) + ".data",
           "is not aligned to the element's " + std::to_string(bytes) + " bytes");
  return im;
}

namespace {

void check_same(const call_site& site, const char* argument, int src, int dst) {
  if (src != dst) reject(site, argument, "is " + std::to_string(dst) + ", but src has " + std::to_string(src));
}

}  // namespace

void check_alike(const call_site& site, const image& src, const image& dst) {
  check_same(site, "dst.channels", src.channels, dst.channels);
  check_same(site, "dst.planes", src.planes, dst.planes);
  check_same(site, "dst.count", src.count, dst.count);
}

kernels::image_pair check_pair(const call_site& site, const any_view& src, const any_view& dst) {
  const kernels::image_pair pair{check_view(site, "src", src), check_view(site, "dst", dst)};
  check_alike(site, pair.src, pair.dst);
  require(backend_for(src.memory) == backend_for(dst.memory), site, "dst.memory",
          "is of another kind than src.memory: both must be host memory or both device memory");
  if (dst.image.count == 0) return pair;
  require(!overlap(pair.src, pair.dst, dst.element_bytes), site, "dst", "overlaps src");
  require(!overlaps_itself(pair.dst, dst.element_bytes), site, "dst", "has planes or images that overlap each other");
  return pair;
}

void check_size(const call_site& site, const char* argument, size is, size built) {
  if (is != built) reject(site, argument, "is " + text(is) + ", but the object was built for " + text(built));
}

bool overlap(const image& a, int bytes_a, const image& b, int bytes_b) {
  if (!image_span(a, bytes_a).meets(image_span(b, bytes_b))) return false;
  for (int n = 0; n < a.count; ++n)
    for (int p = 0; p < a.planes; ++p) {
      const auto sa = plane_span(a, bytes_a, n, p);
      for (int m = 0; m < b.count; ++m)
        for (int q = 0; q < b.planes; ++q) {
          const auto sb = plane_span(b, bytes_b, m, q);
          if (sa.meets(sb) && rows_meet(a, sa, row_bytes(a, bytes_a), b, sb, row_bytes(b, bytes_b))) return true;
        }
    }
  return false;
}

bool overlaps_itself(const image& im, int element_bytes) {
  const auto row = row_bytes(im, element_bytes);
  // The usual layouts: each dimension steps over the whole of the smaller ones.
  struct dimension {
    std::ptrdiff_t step;
    int count;
  };
  dimension d[] = {{std::abs(im.pitch), im.height},
                   {im.planes > 1 ? std::abs(im.plane_stride) : 0, im.planes},
                   {im.count > 1 ? std::abs(im.stride) : 0, im.count}};
  std::sort(std::begin(d), std::end(d), [](auto& a, auto& b) { return a.step < b.step; });
  std::ptrdiff_t extent = row;
  bool nested = true;
  for (const auto& [step, count] : d) {
    if (count <= 1) continue;
    nested = nested && step >= extent;
    extent += (count - 1) * step;
  }
  if (nested) return false;
  // Rows y and y + dy of two planes share a byte when their distance, of either sign, is less than a row.
  const auto meets = [&](std::ptrdiff_t apart) {
    const std::ptrdiff_t dy = -apart / im.pitch;
    for (std::ptrdiff_t y = dy - 1; y <= dy + 1; ++y)
      if (std::abs(y) < im.height && std::abs(y * im.pitch + apart) < row) return true;
    return false;
  };
  for (int n = 0; n < im.count; ++n)
    for (int p = n == 0 ? 1 : 1 - im.planes; p < im.planes; ++p)
      if (meets(n * im.stride + p * im.plane_stride)) return true;
  return false;
}

void check_stream(const call_site& site, backend b, stream_ref stream) {
  require(stream.get() == nullptr || b == backend::cuda, site, "stream",
          "must be the default one for a call that runs on the CPU");
}

}  // namespace fluxel::host
