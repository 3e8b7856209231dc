// SPDX-License-Identifier: Apache-2.0
#pragma once

// The window class of common/sparse/track_points.hpp for windows of 21 x 21, shared by the lanes of a warp: each
// takes two strips of 7 pixels down a column, whose intensities and derivatives stay in registers. The pixels around
// the window are kept in shared memory for as long as it does not leave them: steps are short.

#include "kernels/common/sparse/track_points.hpp"
#include "kernels/cuda/runtime/device.cuh"

namespace fluxel::kernels::gpu {

/// What a launch of the tracker's kernels is given.
struct track_job {
  track_levels levels;
  track_settings settings;
  track_list list;
  int shift;  ///< of sums over a window
};

/// Integers have no order of summation: the device's own sum over a warp where it has one.
__device__ __forceinline__ int sum_of_lanes(int v) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
  return __reduce_add_sync(0xffffffffu, v);
#else
  for (int distance = 16; distance > 0; distance /= 2) v += __shfl_xor_sync(0xffffffffu, v, distance);
  return v;
#endif
}
/// In halves: no sum of 32 of them leaves 32 bits.
__device__ __forceinline__ std::int64_t wide_sum_of_lanes(int v) {
  const int high = sum_of_lanes(v >> 16), low = sum_of_lanes(v & 0xffff);
  return std::int64_t{high} * 65536 + low;
}

/// A square of an image's pixels in shared memory, beyond the border the border's. The whole warp calls.
class pixel_square {
 public:
  static constexpr int side = 32;
  static constexpr int pitch = 44;  ///< rows that are 7 apart lie in other banks
  static constexpr int values = side * pitch;

  __device__ explicit pixel_square(u16* memory) : memory_(memory) {}

  /// The pixel (left, top) of `p`, with as much to the right and below as `reach` pixels.
  __device__ __forceinline__ const u16* at(const plane<const u16>& p, int left, int top, int reach) {
    const bool covered =
        p.data == of_ && left >= left_ && top >= top_ && left + reach <= left_ + side && top + reach <= top_ + side;
    if (!covered) bring(p, left, top);
    return memory_ + (top - top_) * pitch + left - left_;
  }

 private:
  __device__ void bring(const plane<const u16>& p, int left, int top) {
    constexpr int steps = side / 4;  // 8 lanes take a row, 4 pixels each
    of_ = p.data;
    left_ = (left - 3) & ~3;
    top_ = top - 5;
    const int lane = threadIdx.x, x = left_ + lane % 8 * 4, y = top_ + lane / 8;
    u16* const to = memory_ + lane / 8 * pitch + lane % 8 * 4;
    const bool whole = left_ >= 0 && top_ >= 0 && left_ + side <= p.width && top_ + side <= p.height;
    __syncwarp();  // what was here is read no more
    if (whole) {
      const u16* const from = p.data + y * p.pitch + x;
#pragma unroll
      for (int k = 0; k < steps; ++k)
        *reinterpret_cast<uint2*>(to + 4 * k * pitch) = __ldg(reinterpret_cast<const uint2*>(from + 4 * k * p.pitch));
    } else {
      for (int k = 0; k < steps; ++k) {
        const u16* const row = p.data + clamp_index(y + 4 * k, p.height) * p.pitch;
        for (int i = 0; i < 4; ++i) to[4 * k * pitch + i] = __ldg(row + clamp_index(x + i, p.width));
      }
    }
    __syncwarp();
  }

  u16* memory_;
  const u16* of_ = nullptr;
  int left_ = 0, top_ = 0;
};

/// put(row, intensity) for `rows` samples down a column, between the pixels at and below `p`.
template <int rows, class Put>
__device__ __forceinline__ void samples_down(const u16* p, std::int32_t fx, std::int32_t fy, const Put& put) {
  // track_between of pixels times 2^3, whose product has 3 bits less to lose.
  auto across = [fx](int a, int b) { return (a << track_shift) + (((b - a) * fx + (1 << 11)) >> 12); };
  int above = across(p[0], p[1]);
#pragma unroll
  for (int r = 0; r < rows; ++r) {
    p += pixel_square::pitch;
    const int below = across(p[0], p[1]);
    put(r, track_between(above, below, fy));
    above = below;
  }
}

class strip_window {
  static constexpr int radius = 10, side = 2 * radius + 1, strip = 7, strips = side / strip * side;
  static constexpr int rounds = (strips + 31) / 32;
  // Samples of the previous frame have a border; their strips have 6 pixels, the last ones beyond the window.
  static constexpr int wide = side + 2 * track_border, open_strip = 6, open_strips = 4 * wide;
  static constexpr int open_rounds = (open_strips + 31) / 32;
  static_assert(side % strip == 0 && 4 * open_strip >= wide && 4 * open_strip + 1 + 5 <= pixel_square::side);

 public:
  static constexpr int window_radius = radius;
  static constexpr int values = pixel_square::values + (4 * open_strip * wide + 3) / 4 * 4;  ///< of shared memory

  __device__ strip_window(const track_job& job, u16* memory)
      : shift_(job.shift),
        square_(memory),
        samples_(reinterpret_cast<std::int16_t*>(memory + pixel_square::values)) {}

  __device__ tensor_scale scale() const { return part_scale(shift_, opened().pixels()); }

  __device__ tensor_sums open(const plane<const u16>& prev, track_position at) {
    sample_border(prev, at);
    const window_part part = part_inside(prev, at, radius);
    part_ = packed(part);
    int xx = 0, xy = 0, yy = 0;
#pragma unroll
    for (int k = 0; k < rounds; ++k) {
      const int i = strip_of(k);
      const bool real = lane() + 32 * k < strips;
      const unsigned rows = real ? rows_in(part, i) : 0;
      derivatives_down(samples_ + i / side * strip * wide + i % side, [&](int r, int sample, int gx, int gy) {
        patch_[k][r] = sample;
        const bool counts = (rows >> r & 1) != 0;
        slopes_[k][r] = counts ? (gx & 0xffff) | gy << 16 : 0;
        if (!counts) return;
        xx += gx * gx;
        xy += gx * gy;
        yy += gy * gy;
      });
    }
    return {wide_sum_of_lanes(xx), wide_sum_of_lanes(xy), wide_sum_of_lanes(yy)};
  }

  /// |difference| is below 2^15 and |derivative| at most 3073: a lane's sum of 14 products fits 32 bits.
  __device__ mismatch_sums mismatch(const plane<const u16>& next, track_position at) {
    int x = 0, y = 0;
    differences(next, at, part_inside(next, at, radius), [&](int k, int r, int difference) {
      x += difference * static_cast<std::int16_t>(slopes_[k][r] & 0xffff);
      y += difference * (slopes_[k][r] >> 16);
    });
    return {wide_sum_of_lanes(x), wide_sum_of_lanes(y)};
  }

  __device__ float residual(const plane<const u16>& next, track_position at) {
    int sum = 0;
    const window_part both = common_part(opened(), part_inside(next, at, radius));
    differences(next, at, both, [&](int k, int, int difference) {
      if (lane() + 32 * k < strips) sum += difference < 0 ? -difference : difference;
    });
    return mean_difference(wide_sum_of_lanes(sum), both.pixels());
  }

 private:
  __device__ static int lane() { return static_cast<int>(threadIdx.x); }
  /// Lanes without a strip of their own repeat the last one.
  __device__ static int strip_of(int round) { return min(lane() + 32 * round, strips - 1); }

  /// Bit r: row r of a strip counts.
  __device__ __forceinline__ static unsigned rows_in(const window_part& part, int i) {
    const int x = i % side - radius, top = i / side * strip - radius;
    const int first = most_of(part.first_y - top, 0), last = least_of(part.last_y - top, strip - 1);
    if (x < part.first_x || x > part.last_x || last < first) return 0;
    return (2u << last) - (1u << first);
  }
  /// A part in one register.
  __device__ __forceinline__ static int packed(const window_part& p) {
    const auto byte = [](int v) { return least_of(most_of(v, -radius - 1), radius + 1) & 0xff; };
    return byte(p.first_x) | byte(p.last_x) << 8 | byte(p.first_y) << 16 | byte(p.last_y) << 24;
  }
  __device__ __forceinline__ window_part opened() const {
    const auto byte = [this](int k) { return static_cast<int>(static_cast<signed char>(part_ >> 8 * k & 0xff)); };
    return {byte(0), byte(1), byte(2), byte(3)};
  }

  /// The window's samples and a border of them, to shared memory.
  __device__ __forceinline__ void sample_border(const plane<const u16>& prev, track_position at) {
    const int left = (at.x >> track_bits) - radius - track_border, top = (at.y >> track_bits) - radius - track_border;
    const std::int32_t fx = track_fraction(at.x), fy = track_fraction(at.y);
    const u16* const pixels = square_.at(prev, left, top, 4 * open_strip + 1);
    __syncwarp();  // the samples before are read no more
#pragma unroll
    for (int k = 0; k < open_rounds; ++k) {
      const int i = lane() + 32 * k;
      if (i >= open_strips) continue;
      const int x = i % wide, y = i / wide * open_strip;
      std::int16_t* const to = samples_ + y * wide + x;
      samples_down<open_strip>(pixels + y * pixel_square::pitch + x, fx, fy,
                               [to](int r, int v) { to[r * wide] = static_cast<std::int16_t>(v); });
    }
    __syncwarp();
  }

  /// put(row, sample, derivatives along x and y) down a strip whose border begins at `p`.
  template <class Put>
  __device__ __forceinline__ static void derivatives_down(const std::int16_t* p, const Put& put) {
    struct row {
      int left, middle, right;
    };
    auto load = [p](int r) { return row{p[r * wide], p[r * wide + 1], p[r * wide + 2]}; };
    row above = load(0), here = load(1);
    int beside_above = track_multiply(above.right - above.left, track_beside);
    int beside_here = track_multiply(here.right - here.left, track_beside);
#pragma unroll
    for (int r = 0; r < strip; ++r) {
      const row below = load(r + 2);
      const int beside_below = track_multiply(below.right - below.left, track_beside);
      const int gx = track_multiply(here.right - here.left, track_middle) + (beside_above + beside_below);
      const int gy =
          track_derivative(below.left - above.left, below.middle - above.middle, below.right - above.right);
      put(r, here.middle, gx, gy);
      above = here, here = below;
      beside_above = beside_here, beside_here = beside_below;
    }
  }

  /// use(round, row, difference) for the lane's pixels, 0 for those outside the part.
  template <class Use>
  __device__ __forceinline__ void differences(const plane<const u16>& next, track_position at,
                                              const window_part& part, const Use& use) {
    const std::int32_t fx = track_fraction(at.x), fy = track_fraction(at.y);
    const u16* const pixels =
        square_.at(next, (at.x >> track_bits) - radius, (at.y >> track_bits) - radius, side + 1);
#pragma unroll
    for (int k = 0; k < rounds; ++k) {
      const int i = strip_of(k);
      const unsigned rows = rows_in(part, i);
      samples_down<strip>(pixels + i / side * strip * pixel_square::pitch + i % side, fx, fy,
                          [&](int r, int v) { use(k, r, (rows >> r & 1) != 0 ? v - patch_[k][r] : 0); });
    }
  }

  int shift_;
  int part_ = 0;  ///< of the opened window, packed
  pixel_square square_;
  std::int16_t* samples_;
  int patch_[rounds][strip], slopes_[rounds][strip];
};

}  // namespace fluxel::kernels::gpu
