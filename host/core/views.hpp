// SPDX-License-Identifier: Apache-2.0
#pragma once

// Checks of views, shared by all operations.

#include "fluxel/image_view.hpp"
#include "fluxel/stream.hpp"
#include "host/core/errors.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::host {

/// A view without its element type, as the caller wrote it: zero still means packed.
struct any_view {
  kernels::image image;
  int element_bytes = 1;
  memory_kind memory = memory_kind::host;
};

template <class T>
any_view erase(const image_view<T>& v) {
  auto* data = const_cast<void*>(static_cast<const void*>(v.data));  // sources are never written
  return {{data, v.width, v.height, v.channels, v.pitch, v.planes, v.plane_stride, v.count, v.stride},
          sizeof(T),
          v.memory};
}

/// Rejects a view that is empty, misaligned or does not fit the address space; returns it with pitch and strides
/// written out.
kernels::image check_view(const call_site& site, const char* argument, const any_view& view);

/// Checks both views and that they agree and share no pixel. `dst.count` is 0 for an empty batch.
kernels::image_pair check_pair(const call_site& site, const any_view& src, const any_view& dst);

/// Whether a byte of a pixel of `a` is one of `b`. Exact: rows that lie between each other's do not overlap.
bool overlap(const kernels::image& a, const kernels::image& b, int element_bytes);

/// Calls on host memory take the default stream only.
void check_stream(const call_site& site, memory_kind memory, stream_ref stream);

void check_threads(const call_site& site, int threads);

}  // namespace fluxel::host
