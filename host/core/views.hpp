// SPDX-License-Identifier: Apache-2.0
#pragma once

// Checks of views, shared by all operations. Texts of messages are only made for the exception: calls allocate
// nothing.

#include "fluxel/device.hpp"
#include "fluxel/image_like.hpp"
#include "fluxel/stream.hpp"
#include "host/core/errors.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::host {

/// A view without its element type, as the caller wrote it: zero still means packed.
struct any_view {
  kernels::image image;
  int element_bytes = 1;
  memory_kind memory = memory_kind::host;
  element_type type{};  ///< 0: no pixels
};

inline any_view erase(const detail::untyped_view& v) {
  return {{v.data, v.width, v.height, v.channels, v.pitch, v.planes, v.plane_stride, v.count, v.stride},
          v.element_bytes,
          v.memory,
          v.type};
}
template <class T>
any_view erase(const image_view<T>& v) {
  return erase(detail::untyped(v));
}

/// Rejects a view that is empty, misaligned or does not fit the address space; returns it with pitch and strides
/// written out.
kernels::image check_view(const call_site& site, const char* argument, const any_view& view);

/// Checks both views and that they agree and share no pixel. `dst.count` is 0 for an empty batch.
kernels::image_pair check_pair(const call_site& site, const any_view& src, const any_view& dst);

/// Rejects images that differ in channels, planes or count.
void check_alike(const call_site& site, const kernels::image& src, const kernels::image& dst);

/// Rejects a size that is not the one an object was built for.
void check_size(const call_site& site, const char* argument, size is, size built);

/// Whether a byte of a pixel of `a` is one of `b`. Exact: rows that lie between each other's do not overlap.
bool overlap(const kernels::image& a, int bytes_a, const kernels::image& b, int bytes_b);
inline bool overlap(const kernels::image& a, const kernels::image& b, int element_bytes) {
  return overlap(a, element_bytes, b, element_bytes);
}

/// Whether planes of `im`, of one image or of two, share a byte. Exact.
bool overlaps_itself(const kernels::image& im, int element_bytes);

/// What the CPU runs takes only the default stream.
void check_stream(const call_site& site, backend b, stream_ref stream);

}  // namespace fluxel::host
