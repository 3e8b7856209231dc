// SPDX-License-Identifier: Apache-2.0
#pragma once

// How pairs of different sizes, each with the filter made for its sizes, travel to one launch of a tiled kernel.

#include <algorithm>
#include <span>

#include "kernels/cuda/runtime/batch.cuh"

namespace fluxel::kernels::gpu {

/// Filter: the tables and numbers of one resize by tiles; it tells `tile_pixels(channels)` and `tile_rows()`.
template <class Filter, int Pairs>
struct filter_batch : batch<Pairs> {
  Filter filters[Pairs];
};

template <class Filter>
struct filtered_pair {
  image_pair images;
  const Filter* filter = nullptr;
  std::size_t shared = 0;  ///< bytes of a block
};

/// Launches these pairs at once: start(batch, blocks, shared_bytes).
template <int Pairs, class Filter, class Start>
status launch_filter_chunk(std::span<const filtered_pair<Filter>> pairs, int channels, int element_bytes,
                           Start&& start) {
  filter_batch<Filter, Pairs> b{};
  std::uint64_t tiles = 0;
  std::size_t shared = 0;
  for (const auto& [images, filter, bytes] : pairs) {
    const tiling cut{.elements = filter->tile_pixels(channels) * channels,
                     .rows_per_tile = filter->tile_rows(),
                     .element_bytes = element_bytes,
                     .word_bytes = 0};
    if (!fits(images, cut)) return status::unsupported;
    if (images.dst.count == 0 || images.dst.planes == 0) continue;
    pair_view& v = b.pairs[b.count] = view_of(images, cut, cut.rows_per_tile);
    v.x = make_axis(nullptr, images.src.width, images.dst.width);
    v.y = make_axis(nullptr, images.src.height, images.dst.height);
    b.filters[b.count] = *filter;
    b.first_tile[b.count++] = static_cast<std::uint32_t>(tiles);
    tiles += std::uint64_t{v.tiles_per_plane.value} * images.dst.planes * images.dst.count;
    shared = std::max(shared, bytes);
  }
  if (tiles == 0) return status::ok;
  if (tiles > 0x7fffffff) return status::unsupported;
  return start(b, static_cast<unsigned>(tiles), shared);
}

/// One pair alone, or as few launches as the batch allows.
template <class Filter, class Start>
status launch_filters(std::span<const filtered_pair<Filter>> pairs, bool alone, int channels, int element_bytes,
                      Start&& start) {
  if (alone) return launch_filter_chunk<1>(pairs, channels, element_bytes, start);
  while (!pairs.empty()) {
    const auto chunk = pairs.first(std::min<std::size_t>(pairs.size(), pairs_per_launch));
    const status s = launch_filter_chunk<pairs_per_launch>(chunk, channels, element_bytes, start);
    if (s != status::ok) return s;
    pairs = pairs.subspan(chunk.size());
  }
  return status::ok;
}

}  // namespace fluxel::kernels::gpu
