// Tracked points on the device: a warp per point. Its lanes share the window's pixels; what they decide, they decide
// alike, from the same sums.

#include "kernels/common/track.hpp"
#include "kernels/cuda/flow.cuh"
#include "kernels/cuda/sparse.cuh"

namespace fluxel::kernels::gpu {

namespace {

constexpr int lanes = 32;
constexpr int most_warps = 8;
constexpr std::size_t shared_limit = 48 * 1024;

struct track_job {
  track_levels levels;
  track_settings settings;
  track_list list;
  tensor_scale scale;
  float residual;
};

/// Shared memory of one warp: samples of the previous frame with the border of the derivatives, then the derivatives.
struct window_shape {
  int side, wide;
  __host__ __device__ explicit window_shape(int radius) : side(2 * radius + 1), wide(side + 2 * track_border) {}
  __host__ __device__ int values() const { return wide * wide + 2 * side * side; }
};

__device__ __forceinline__ std::int64_t sum_of_warp(std::int64_t v) {
  for (int distance = lanes / 2; distance > 0; distance /= 2) v += __shfl_xor_sync(0xffffffffu, v, distance);
  return v;
}

/// The window class of common/track.hpp.
class warp_window {
 public:
  __device__ warp_window(const track_job& job, std::int16_t* memory)
      : shape_(job.settings.radius),
        radius_(job.settings.radius),
        scale_(job.scale),
        residual_(job.residual),
        lane_(threadIdx.x),
        patch_(memory),
        gradient_x_(memory + shape_.wide * shape_.wide),
        gradient_y_(gradient_x_ + shape_.side * shape_.side) {}

  __device__ tensor_scale scale() const { return scale_; }

  __device__ tensor_sums open(const plane<const u16>& prev, track_position at) {
    const int wide = shape_.wide, side = shape_.side;
    __syncwarp();  // the window before is read no more
    for (int i = lane_; i < wide * wide; i += lanes)
      patch_[i] = static_cast<std::int16_t>(
          sample(prev, at, i % wide - radius_ - track_border, i / wide - radius_ - track_border));
    __syncwarp();
    tensor_sums sums;
    for (int i = lane_; i < side * side; i += lanes) {
      const std::int16_t* p = in_patch(i);
      const std::int32_t gx = derivative(p, 1, wide), gy = derivative(p, wide, 1);
      gradient_x_[i] = static_cast<std::int16_t>(gx);
      gradient_y_[i] = static_cast<std::int16_t>(gy);
      add_gradient(sums, gx, gy);
    }
    return {sum_of_warp(sums.xx), sum_of_warp(sums.xy), sum_of_warp(sums.yy)};  // lanes read back their own alone
  }

  __device__ mismatch_sums mismatch(const plane<const u16>& next, track_position at) const {
    mismatch_sums sums;
    for (int i = lane_; i < shape_.side * shape_.side; i += lanes) {
      const std::int64_t difference = difference_at(next, at, i);
      sums.x += difference * gradient_x_[i];
      sums.y += difference * gradient_y_[i];
    }
    return {sum_of_warp(sums.x), sum_of_warp(sums.y)};
  }

  __device__ float residual(const plane<const u16>& next, track_position at) const {
    std::int64_t sum = 0;
    for (int i = lane_; i < shape_.side * shape_.side; i += lanes) {
      const std::int32_t difference = difference_at(next, at, i);
      sum += difference < 0 ? -difference : difference;
    }
    return static_cast<float>(sum_of_warp(sum)) * residual_;
  }

 private:
  __device__ const std::int16_t* in_patch(int i) const {
    return patch_ + (i / shape_.side + track_border) * shape_.wide + i % shape_.side + track_border;
  }
  __device__ static std::int32_t derivative(const std::int16_t* p, int step, int across) {
    auto central = [=](const std::int16_t* q) { return q[step] - q[-step]; };
    return track_derivative(central(p - across), central(p), central(p + across));
  }
  __device__ std::int32_t difference_at(const plane<const u16>& next, track_position at, int i) const {
    return sample(next, at, i % shape_.side - radius_, i / shape_.side - radius_) - *in_patch(i);
  }
  __device__ static std::int32_t sample(const plane<const u16>& p, track_position at, int i, int j) {
    const int x = (at.x >> track_bits) + i, y = (at.y >> track_bits) + j;
    return track_sample(clamped(p, 0, x, y), clamped(p, 0, x + 1, y), clamped(p, 0, x, y + 1),
                        clamped(p, 0, x + 1, y + 1), track_fraction(at.x), track_fraction(at.y));
  }

  window_shape shape_;
  int radius_;
  tensor_scale scale_;
  float residual_;
  int lane_;
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
             const execution& how) {
  if (list.points == 0) return status::ok;
  const std::size_t bytes = window_shape(settings.radius).values() * sizeof(std::int16_t);
  const int fit = static_cast<int>(shared_limit / bytes), warps = fit < most_warps ? fit : most_warps;
  const track_job job{levels, settings, list, track_scale(settings.radius), residual_unit(settings.radius)};
  return launch<track_warps>(divide_up(list.points, warps), dim3(lanes, warps), bytes * warps, how.stream, job);
}

}  // namespace fluxel::kernels::gpu
