// SPDX-License-Identifier: Apache-2.0
// Tracked points on the device: a warp per point, for windows of any size. Its lanes share the window's pixels; what
// they decide, they decide alike, from the same sums.

#include "kernels/common/sparse/track_points.hpp"
#include "kernels/cuda/flow/flow.cuh"
#include "kernels/cuda/sparse/sparse.cuh"
#include "kernels/cuda/sparse/track_strips.cuh"

namespace fluxel::kernels::gpu {

namespace {

constexpr int lanes = 32;
constexpr int most_warps = 8;
constexpr std::size_t shared_limit = 48 * 1024;

/// Shared memory of one warp: samples of the previous frame with the border of the derivatives, then the derivatives.
struct window_shape {
  int side, wide;
  __host__ __device__ explicit window_shape(int radius) : side(2 * radius + 1), wide(side + 2 * track_border) {}
  __host__ __device__ int values() const { return wide * wide + 2 * side * side; }
};

/// The pixels of a square that one lane takes, without a division per pixel.
class lane_pixels {
 public:
  __device__ explicit lane_pixels(int side)
      : index(threadIdx.x),
        x(index % side),
        y(index / side),
        side_(side),
        step_x_(lanes % side),
        step_y_(lanes / side) {}
  __device__ bool more() const { return y < side_; }
  __device__ void next() {
    index += lanes;
    x += step_x_;
    y += step_y_;
    if (x < side_) return;
    x -= side_;
    ++y;
  }
  int index, x, y;

 private:
  int side_, step_x_, step_y_;
};

__device__ __forceinline__ std::int64_t sum_of_warp(std::int64_t v) {
  for (int distance = lanes / 2; distance > 0; distance /= 2) v += __shfl_xor_sync(0xffffffffu, v, distance);
  return v;
}

/// Intensities of a square around a position; the border pixel repeats.
class sampler {
 public:
  __device__ sampler(const plane<const u16>& p, track_position at, int reach)
      : plane_(p),
        left_((at.x >> track_bits) - reach),
        top_((at.y >> track_bits) - reach),
        fx_(track_fraction(at.x)),
        fy_(track_fraction(at.y)),
        whole_(left_ >= 0 && top_ >= 0 && left_ + 2 * reach + 1 < p.width && top_ + 2 * reach + 1 < p.height) {}

  __device__ std::int32_t operator()(int x, int y) const {
    int x0 = left_ + x, y0 = top_ + y, x1 = x0 + 1, y1 = y0 + 1;
    if (!whole_) {
      x0 = clamp_index(x0, plane_.width);
      x1 = clamp_index(x1, plane_.width);
      y0 = clamp_index(y0, plane_.height);
      y1 = clamp_index(y1, plane_.height);
    }
    const u16* above = plane_.data + y0 * plane_.pitch;
    const u16* below = plane_.data + y1 * plane_.pitch;
    return track_sample(above[x0], above[x1], below[x0], below[x1], fx_, fy_);
  }

 private:
  const plane<const u16>& plane_;
  int left_, top_;
  std::int32_t fx_, fy_;
  bool whole_;
};

/// The window class of common/sparse/track_points.hpp.
class warp_window {
 public:
  __device__ warp_window(const track_job& job, std::int16_t* memory)
      : shape_(job.settings.radius),
        radius_(job.settings.radius),
        shift_(job.shift),
        patch_(memory),
        gradient_x_(memory + shape_.wide * shape_.wide),
        gradient_y_(gradient_x_ + shape_.side * shape_.side) {}

  __device__ tensor_scale scale() const { return part_scale(shift_, part_.pixels()); }

  __device__ tensor_sums open(const plane<const u16>& prev, track_position at) {
    const int wide = shape_.wide;
    part_ = part_inside(prev, at, radius_);
    __syncwarp();  // the window before is read no more
    const sampler sample(prev, at, radius_ + track_border);
    for (lane_pixels p(wide); p.more(); p.next()) patch_[p.index] = static_cast<std::int16_t>(sample(p.x, p.y));
    __syncwarp();
    tensor_sums sums;
    for (lane_pixels p(shape_.side); p.more(); p.next()) {
      const std::int16_t* middle = in_patch(p);
      const bool counts = part_.has(p.x - radius_, p.y - radius_);
      const std::int32_t gx = counts ? derivative(middle, 1, wide) : 0, gy = counts ? derivative(middle, wide, 1) : 0;
      gradient_x_[p.index] = static_cast<std::int16_t>(gx);
      gradient_y_[p.index] = static_cast<std::int16_t>(gy);
      add_gradient(sums, gx, gy);
    }
    return {sum_of_warp(sums.xx), sum_of_warp(sums.xy), sum_of_warp(sums.yy)};  // lanes read back their own alone
  }

  __device__ mismatch_sums mismatch(const plane<const u16>& next, track_position at) const {
    mismatch_sums sums;
    const sampler sample(next, at, radius_);
    const window_part inside = part_inside(next, at, radius_);
    for (lane_pixels p(shape_.side); p.more(); p.next()) {
      if (!inside.has(p.x - radius_, p.y - radius_)) continue;
      const std::int64_t difference = sample(p.x, p.y) - *in_patch(p);
      sums.x += difference * gradient_x_[p.index];
      sums.y += difference * gradient_y_[p.index];
    }
    return {sum_of_warp(sums.x), sum_of_warp(sums.y)};
  }

  __device__ float residual(const plane<const u16>& next, track_position at) const {
    std::int64_t sum = 0;
    const sampler sample(next, at, radius_);
    const window_part both = common_part(part_, part_inside(next, at, radius_));
    for (lane_pixels p(shape_.side); p.more(); p.next()) {
      if (!both.has(p.x - radius_, p.y - radius_)) continue;
      const std::int32_t difference = sample(p.x, p.y) - *in_patch(p);
      sum += difference < 0 ? -difference : difference;
    }
    return mean_difference(sum_of_warp(sum), both.pixels());
  }

 private:
  __device__ const std::int16_t* in_patch(const lane_pixels& p) const {
    return patch_ + (p.y + track_border) * shape_.wide + p.x + track_border;
  }
  __device__ static std::int32_t derivative(const std::int16_t* p, int step, int across) {
    auto central = [=](const std::int16_t* q) { return q[step] - q[-step]; };
    return track_derivative(central(p - across), central(p), central(p + across));
  }

  window_shape shape_;
  int radius_, shift_;
  window_part part_{};
  std::int16_t *patch_, *gradient_x_, *gradient_y_;
};

__global__ void __launch_bounds__(lanes* most_warps) track_warps(const __grid_constant__ track_job job) {
  FLUXEL_DYNAMIC_SHARED(std::int16_t, shared);
  const int i = blockIdx.x * blockDim.y + threadIdx.y;
  if (i >= job.list.points) return;  // whole warps; no barrier of the block follows
  warp_window window(job, shared + threadIdx.y * window_shape(job.settings.radius).values());
  const tracked_point p = track_list_point(window, job.levels, job.settings, job.list, i);
  if (threadIdx.x == 0) write_tracked(job.list, i, p);
}

}  // namespace

status track(const track_levels& levels, const track_settings& settings, const track_list& list,
             const launch_options& options) {
  if (list.points == 0) return status::ok;
  const track_job job{levels, settings, list, track_sum_shift(settings.radius)};
  if (fits_strips(job)) return track_strips(job, options);
  const std::size_t bytes = window_shape(settings.radius).values() * sizeof(std::int16_t);
  const int fit = static_cast<int>(shared_limit / bytes), warps = fit < most_warps ? fit : most_warps;
  return launch<track_warps>(divide_up(list.points, warps), dim3(lanes, warps), bytes * warps, options.stream, job);
}

}  // namespace fluxel::kernels::gpu
