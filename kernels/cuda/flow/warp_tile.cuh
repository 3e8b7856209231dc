// SPDX-License-Identifier: Apache-2.0
#pragma once

// A tile of the next frame warped to the previous one, and its derivatives, all in shared memory: what the kernels
// that do a whole warp begin with. Frames have no masks. Offsets inside a plane are 32 bits wide (fits_tiles): with
// them an address is one instruction.

#include "kernels/common/flow/pixels.hpp"
#include "kernels/cuda/flow/tile_columns.cuh"

namespace fluxel::kernels::gpu {

/// Where the flow of a level comes from when its first warp begins: see upscale_flow_pixel.
struct upscale_rule {
  flow_planes coarse;
  ratio across, along;
  float growth_u, growth_v;
};

struct warp_source {
  plane<const u16> prev, next;
  flow_planes flow;      ///< read; written from `upscale` by kernels that begin a level
  upscale_rule upscale;  ///< without data: the level's flow is there already
};
warp_source source_of(const flow_frames& frames, const level_start& start, const flow_planes& flow);

/// Where image n of a plane begins.
template <class T>
__device__ __forceinline__ int first_of(const plane<T>& p, int n) {
  return n * static_cast<int>(p.stride);
}

/// Whether the kernels that do a whole warp take these frames.
bool fits_tiles(const flow_frames& frames, const flow_planes& flow);
/// Whether they take these planes.
bool fits_offsets(const flow_planes& flow);
bool fits_offsets(const flow_system& system);

/// Where a column or a row of a tile lies on the coarser level.
struct coarse_place {
  int first, second;
  float weight;
};

/// What fill_tile leaves of wide * high samples, the first of them at (left, top). The border pixel repeats.
template <int wide, int high, bool upscales>
struct warped_tile {
  static constexpr int samples = wide * high;
  int4 cubic[flow_one];  ///< cubic_weights by phase
  coarse_place place[upscales ? wide + high : 1];
  short2 flow[upscales ? samples : 1];
  std::int16_t sum[samples], change[samples];  ///< prev + warped, warped - prev
  u8 known[samples];                           ///< the warp stays inside the frame
};

__device__ __forceinline__ void fill_cubic(int4* cubic, int thread) {
  if (thread >= flow_one) return;
  const cubic_phase c = cubic_weights(thread);
  cubic[thread] = make_int4(c.w[0], c.w[1], c.w[2], c.w[3]);
}

/// linear_position once per column and row of a tile, for it divides.
template <int wide, int high, int threads>
__device__ __forceinline__ void fill_places(const warp_source& s, int left, int top, coarse_place* places,
                                            int thread) {
  const plane<std::int16_t>& coarse = s.upscale.coarse.u;
  for (int i = thread; i < wide + high; i += threads) {
    const bool column = i < wide;
    const int at = column ? clamp_index(left + i, s.prev.width) : clamp_index(top + i - wide, s.prev.height);
    const position p = linear_position(column ? s.upscale.across : s.upscale.along, at);
    const int last = (column ? coarse.width : coarse.height) - 1;
    places[i] = {clamp_index(p.index, last + 1), clamp_index(p.index + 1, last + 1),
                 kernels::lerp<f32>::from_fraction(p.fraction)};
  }
}

__device__ __forceinline__ short2 upscaled_at(const upscale_rule& rule, int n, const coarse_place& x,
                                              const coarse_place& y) {
  const int pitch = static_cast<int>(rule.coarse.u.pitch), first = first_of(rule.coarse.u, n);
  const int above = first + y.first * pitch, below = first + y.second * pitch;
  auto component = [&](const plane<std::int16_t>& p, float growth) {
    return upscaled_flow({__ldg(p.data + (above + x.first)), __ldg(p.data + (above + x.second)),
                          __ldg(p.data + (below + x.first)), __ldg(p.data + (below + x.second))},
                         x.weight, y.weight, growth);
  };
  return make_short2(component(rule.coarse.u, rule.growth_u), component(rule.coarse.v, rule.growth_v));
}

/// Image n of the next frame at a target inside it.
__device__ __forceinline__ int sample_next(const plane<const u16>& next, int n, const warp_target& to,
                                           const int4* cubic) {
  const int width = next.width, height = next.height;
  const int pitch = static_cast<int>(next.pitch), first = first_of(next, n);
  const int4 wx = cubic[to.phase_x], wy = cubic[to.phase_y];
  const int x0 = clamp_index(to.x - 1, width), x2 = clamp_index(to.x + 1, width), x3 = clamp_index(to.x + 2, width);
  int rows[4];
#pragma unroll
  for (int j = 0; j < 4; ++j) {
    const u16* const p = next.data + (first + clamp_index(to.y - 1 + j, height) * pitch);
    rows[j] = cubic_row({{wx.x, wx.y, wx.z, wx.w}}, __ldg(p + x0), __ldg(p + to.x), __ldg(p + x2), __ldg(p + x3));
  }
  return cubic_column({{wy.x, wy.y, wy.z, wy.w}}, rows[0], rows[1], rows[2], rows[3]);
}
/// The same where all taps are inside it, at (x, y) in 1/64 pixel.
__device__ __forceinline__ int sample_amid(const plane<const u16>& next, int first, int x, int y, const int4* cubic) {
  const int pitch = static_cast<int>(next.pitch);
  const int4 wx = cubic[x & (flow_one - 1)], wy = cubic[y & (flow_one - 1)];
  const int corner = first + ((y >> 6) - 1) * pitch + (x >> 6) - 1;
  int rows[4];
#pragma unroll
  for (int j = 0; j < 4; ++j) {
    const u16* const p = next.data + (corner + j * pitch);
    rows[j] = cubic_row({{wx.x, wx.y, wx.z, wx.w}}, __ldg(p), __ldg(p + 1), __ldg(p + 2), __ldg(p + 3));
  }
  return cubic_column({{wy.x, wy.y, wy.z, wy.w}}, rows[0], rows[1], rows[2], rows[3]);
}

/// As clamp_index, in two instructions.
__device__ __forceinline__ int within_frame(int i, int size) { return min(max(i, 0), size - 1); }

/// Samples of a tile whose border is `reach` wide. With `upscales` the flow is made, kept, and written inside the
/// border. Between two barriers of the block.
template <int wide, int high, bool upscales, int threads, int reach>
__device__ __forceinline__ void fill_tile(const warp_source& s, int n, int left, int top, int thread,
                                          warped_tile<wide, high, upscales>& tile) {
  const int width = s.prev.width, height = s.prev.height;
  const int prev_pitch = static_cast<int>(s.prev.pitch), flow_pitch = static_cast<int>(s.flow.u.pitch);
  const int next_first = first_of(s.next, n);
  // From 1 px to below the size - 2: there every tap is inside the frame.
  const auto amid_x = static_cast<unsigned>(max(width - 3, 0) * flow_one);
  const auto amid_y = static_cast<unsigned>(max(height - 3, 0) * flow_one);
  for_columns<wide, high, threads>(thread, [&](int tile_x) {
    const int x = within_frame(left + tile_x, width);
    const bool inner_x = tile_x >= reach && tile_x < wide - reach && left + tile_x == x;
    const int prev_at = first_of(s.prev, n) + x, flow_at = first_of(s.flow.u, n) + x;
    return [=, &s, &tile](int tile_y) {
      const int y = within_frame(top + tile_y, height), i = tile_y * wide + tile_x;
      const int grey = __ldg(s.prev.data + (prev_at + y * prev_pitch)), at = flow_at + y * flow_pitch;
      short2 flow;
      if constexpr (upscales) {
        flow = upscaled_at(s.upscale, n, tile.place[tile_x], tile.place[wide + tile_y]);
        tile.flow[i] = flow;
        if (inner_x && tile_y >= reach && tile_y < high - reach && top + tile_y == y) {
          s.flow.u.data[at] = flow.x;
          s.flow.v.data[at] = flow.y;
        }
      } else {
        flow = make_short2(s.flow.u.data[at], s.flow.v.data[at]);
      }
      const int to_x = x * flow_one + flow.x, to_y = y * flow_one + flow.y;
      int warped = grey;
      bool known = true;
      if (static_cast<unsigned>(to_x - flow_one) < amid_x && static_cast<unsigned>(to_y - flow_one) < amid_y) {
        warped = sample_amid(s.next, next_first, to_x, to_y, tile.cubic);
      } else {
        const warp_target to = warp_position(x, y, flow.x, flow.y, width, height);
        known = to.inside;
        if (known) warped = sample_next(s.next, n, to, tile.cubic);
      }
      tile.sum[i] = static_cast<std::int16_t>(grey + warped);
      tile.change[i] = static_cast<std::int16_t>(warped - grey);
      tile.known[i] = known;
    };
  });
}

/// First derivatives of the sum at wide * high pixels from (left, top) on; the tile's samples begin 2 before them.
template <int wide, int high>
struct derivative_tile {
  std::int16_t x[wide * high], y[wide * high];
};
template <int wide, int high, bool upscales, int threads>
__device__ __forceinline__ void fill_derivatives(const warp_source& s, int left, int top, int thread,
                                                 const warped_tile<wide + 4, high + 4, upscales>& tile,
                                                 derivative_tile<wide, high>& to) {
  constexpr int pitch = wide + 4;
  // Beyond the border a derivative repeats the border's.
  for_columns<wide, high, threads>(thread, [&](int tile_x) {
    const std::int16_t* const column = tile.sum + within_frame(left + tile_x, s.prev.width) - left + 2;
    return [=, &s, &to](int tile_y) {
      const int i = tile_y * wide + tile_x;
      const std::int16_t* const p = column + (within_frame(top + tile_y, s.prev.height) - top + 2) * pitch;
      to.x[i] = static_cast<std::int16_t>(slope5(p[-2], p[-1], p[1], p[2]));
      to.y[i] = static_cast<std::int16_t>(slope5(p[-2 * pitch], p[-pitch], p[pitch], p[2 * pitch]));
    };
  });
}

/// put(row, tensor) for `rows` pixels down a column, what columns share kept in registers. The pixel is column `x`
/// and row `y` of the tile without its border of 4.
template <int rows, int wide, int high, bool upscales, class Put>
__device__ __forceinline__ void tensors_down(const warped_tile<wide + 4, high + 4, upscales>& tile,
                                             const derivative_tile<wide, high>& first, int x, int y,
                                             const data_term_weights& weights, Put&& put) {
  constexpr int pitch = wide + 4;
  const std::int16_t *const mx = first.x + y * wide + x + 2, *const my = first.y + y * wide + x + 2;
  const std::int16_t* const change = tile.change + (y + 4) * pitch + x + 4;
  const u8* const known = tile.known + (y + 4) * pitch + x + 4;
  int a[5], b[5], c[5];  // columns of mx, my and change, from 2 above to 2 below
#pragma unroll
  for (int k = 0; k < 4; ++k) a[k] = mx[k * wide], b[k] = my[k * wide], c[k] = change[(k - 2) * pitch];
#pragma unroll
  for (int r = 0; r < rows; ++r) {
    a[4] = mx[(r + 4) * wide], b[4] = my[(r + 4) * wide], c[4] = change[(r + 2) * pitch];
    const std::int16_t *const h = mx + (r + 2) * wide, *const t = change + r * pitch;
    flow_derivatives d{};
    if (known[r * pitch])
      d = {a[2],
           b[2],
           slope5(h[-2], h[-1], h[1], h[2]),
           slope5(a[0], a[1], a[3], a[4]),
           slope5(b[0], b[1], b[3], b[4]),
           c[2],
           slope5(t[-2], t[-1], t[1], t[2]),
           slope5(c[0], c[1], c[3], c[4])};
    put(r, data_term(d, weights));
#pragma unroll
    for (int k = 0; k < 4; ++k) a[k] = a[k + 1], b[k] = b[k + 1], c[k] = c[k + 1];
  }
}

}  // namespace fluxel::kernels::gpu
