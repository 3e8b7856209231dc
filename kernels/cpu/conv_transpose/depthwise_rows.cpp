// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/conv_transpose/depthwise_rows.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/conv_transpose/depthwise_rows.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

constexpr int lanes = static_cast<int>(hn::MaxLanes(D()));

int lane_count() { return lanes; }

/// One output pixel, `vectors` vectors of channels from c on.
struct depthwise_pixel {
  const conv_rows_job& job;
  const float* weights;  ///< (y.kernel, x.kernel, channels)
  const std::byte* src;  ///< of the image
  float* dst;
  int y;
  int x;

  void run() const {
    const int channels = job.dst.channels;
    int c = 0;
    for (; c + 4 * lanes <= channels; c += 4 * lanes) block<4>(c);
    for (; c + lanes <= channels; c += lanes) block<1>(c);
    if (c < channels) block<1>(channels - lanes);  // over channels that are done already
  }

 private:
  template <int vectors>
  HWY_INLINE void block(int c) const {
    const D d;
    const conv_axis& ay = job.call.y;
    const int phase = x % job.call.x.stride;
    const int m = x / job.call.x.stride;
    const conv_tap* begin = job.x.taps.data() + job.x.first[phase];
    const conv_tap* end = job.x.taps.data() + job.x.first[phase + 1];
    V sum[vectors];
    for (int v = 0; v < vectors; ++v) sum[v] = job.bias ? hn::LoadU(d, job.bias + c + v * lanes) : hn::Zero(d);
    const bool dense = ay.dilation == 1;  // then every stride-th tap meets a row
    for (int ky = dense ? (y + ay.pad) % ay.stride : 0; ky < ay.kernel; ky += dense ? ay.stride : 1) {
      const int sy = conv_source(ay, y, ky, job.src.height);
      if (sy < 0) continue;
      const std::byte* row = src + sy * job.src.row;
      for (const conv_tap* t = begin; t != end; ++t) {
        const int sx = m + t->offset;
        if (sx < 0 || sx >= job.src.width) continue;
        const auto* pixel = reinterpret_cast<const float*>(row + sx * job.src.pixel) + c;
        const float* w = weights + (std::size_t(ky) * job.call.x.kernel + t->k) * job.dst.channels + c;
        for (int v = 0; v < vectors; ++v)
          sum[v] = hn::MulAdd(hn::LoadU(d, w + v * lanes), hn::LoadU(d, pixel + v * lanes), sum[v]);
      }
    }
    for (int v = 0; v < vectors; ++v) hn::StoreU(sum[v], d, dst + c + v * lanes);
  }
};

void run_depthwise(const conv_rows_job& job, const float* weights, std::int64_t first, std::int64_t last) {
  for (std::int64_t i = first; i < last; ++i) {
    const int y = static_cast<int>(i % job.dst.height);
    const auto n = static_cast<std::ptrdiff_t>(i / job.dst.height);
    const std::byte* src = job.src.data + n * job.src.image;
    std::byte* row = job.dst.data + n * job.dst.image + y * job.dst.row;
    for (int x = 0; x < job.dst.width; ++x)
      depthwise_pixel{job, weights, src, reinterpret_cast<float*>(row + x * job.dst.pixel), y, x}.run();
  }
}

}  // namespace
}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/cpu/runtime/target.hpp"

namespace fluxel::kernels {

namespace {

HWY_EXPORT(lane_count);
HWY_EXPORT(run_depthwise);

int lanes_of_target() { return for_target(HWY_DISPATCH_TABLE(lane_count))(); }

}  // namespace

bool fits_depthwise(const conv_rows_job& job) {
  return job.call.type == element_type::f32 && job.in_per_group == 1 && job.out_per_group == 1 &&
         job.src.channel == sizeof(float) && job.dst.channel == sizeof(float) &&
         job.dst.channels >= lanes_of_target();
}
void conv_depthwise(const conv_rows_job& job, const float* weights, std::int64_t first, std::int64_t last) {
  for_target(HWY_DISPATCH_TABLE(run_depthwise))(job, weights, first, last);
}

}  // namespace fluxel::kernels
#endif
