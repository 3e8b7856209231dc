// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/conv_transpose/channel_rows.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/conv_transpose/channel_rows.cpp"
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

/// One output row of one channel. Output x = q * stride - pad + r meets source pixels q - t by the kernel columns
/// r + t * stride; lanes are neighbouring r.
struct wide_row {
  const conv_rows_job& job;
  const std::byte* src;  ///< the image and the first channel of the group
  const float* weights;  ///< of the first input channel of the group
  float bias;
  float* dst;
  int y;

  void run() const {
    const conv_axis& a = job.call.x;
    const int last = (job.dst.width - 1 + a.pad) / a.stride;
    const int taps = a.kernel / a.stride;
    constexpr int together = 4;
    for (int r = 0; r < a.stride; r += 2 * lanes) {
      const bool pair = r + 2 * lanes <= a.stride;
      for (int q = a.pad / a.stride; q <= last;) {
        const bool inside = q >= taps - 1 && q + together <= job.src.width;
        if (inside && q + together - 1 <= last) {
          if (pair)
            cells<together, 2, false>(q, r);
          else
            cells<together, 1, false>(q, r);
          q += together;
        } else {
          if (pair)
            cells<1, 2, true>(q, r);
          else
            cells<1, 1, true>(q, r);
          ++q;
        }
      }
    }
  }

 private:
  template <int count, int vectors, bool checked>
  HWY_INLINE void cells(int q, int r) const {
    const D d;
    const conv_axis& a = job.call.x;
    const conv_axis& ay = job.call.y;
    const std::size_t kernel = std::size_t(a.kernel) * ay.kernel;
    V sum[count * vectors];
    for (int i = 0; i < count * vectors; ++i) sum[i] = hn::Set(d, bias);
    const float* channel_weights = weights;
    const std::byte* channel = src;
    for (int i = 0; i < job.in_per_group; ++i) {
      for (int ky = (y + ay.pad) % ay.stride; ky < ay.kernel; ky += ay.stride) {
        const int sy = conv_source(ay, y, ky, job.src.height);
        if (sy < 0) continue;
        const auto* row = reinterpret_cast<const float*>(channel + sy * job.src.row) + q;
        const float* w = channel_weights + std::size_t(ky) * a.kernel + r;
        for (int t = 0; t * a.stride < a.kernel; ++t) {
          if (checked && (q - t < 0 || q - t >= job.src.width)) continue;
          for (int v = 0; v < vectors; ++v) {
            const V weight = hn::LoadU(d, w + t * a.stride + v * lanes);
            for (int c = 0; c < count; ++c) {
              V& s = sum[c * vectors + v];
              s = hn::MulAdd(weight, hn::Set(d, row[c - t]), s);
            }
          }
        }
      }
      channel_weights += kernel * job.out_per_group;
      channel += job.src.channel;
    }
    for (int c = 0; c < count; ++c)
      for (int v = 0; v < vectors; ++v) store(sum[c * vectors + v], (q + c) * a.stride - a.pad + r + v * lanes);
  }

  /// The first and the last cell may lie partly outside the row.
  HWY_INLINE void store(V sum, int x) const {
    const D d;
    if (x >= 0 && x + lanes <= job.dst.width) return hn::StoreU(sum, d, dst + x);
    HWY_ALIGN float values[lanes];
    hn::Store(sum, d, values);
    for (int k = 0; k < lanes; ++k)
      if (x + k >= 0 && x + k < job.dst.width) dst[x + k] = values[k];
  }
};

void run_wide(const conv_rows_job& job, std::int64_t first, std::int64_t last) {
  const std::size_t kernel = std::size_t(job.call.x.kernel) * job.call.y.kernel;
  for (std::int64_t i = first; i < last; ++i) {
    const int y = static_cast<int>(i % job.dst.height);
    const int group = static_cast<int>(i / job.dst.height % job.call.groups);
    const auto n = static_cast<std::ptrdiff_t>(i / job.dst.height / job.call.groups);
    const std::byte* src = job.src.data + n * job.src.image + group * job.in_per_group * job.src.channel;
    for (int o = 0; o < job.out_per_group; ++o) {
      const int channel = group * job.out_per_group + o;
      const float* weights = job.weights + (std::size_t(group) * job.in_per_group * job.out_per_group + o) * kernel;
      auto* dst =
          reinterpret_cast<float*>(job.dst.data + n * job.dst.image + channel * job.dst.channel + y * job.dst.row);
      wide_row{job, src, weights, job.bias ? job.bias[channel] : 0.0f, dst, y}.run();
    }
  }
}

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
#include <utility>

#include "kernels/cpu/runtime/target.hpp"

namespace fluxel::kernels {

namespace {

HWY_EXPORT(lane_count);
HWY_EXPORT(run_wide);
HWY_EXPORT(run_depthwise);

int lanes_of_target() { return for_target(HWY_DISPATCH_TABLE(lane_count))(); }

}  // namespace

bool fits_wide(const conv_rows_job& job) {
  const auto& [x, y] = std::pair(job.call.x, job.call.y);
  return job.call.type == element_type::f32 && job.src.pixel == sizeof(float) && job.dst.pixel == sizeof(float) &&
         x.dilation == 1 && y.dilation == 1 && x.stride % lanes_of_target() == 0 && x.kernel % x.stride == 0;
}
void conv_wide(const conv_rows_job& job, std::int64_t first, std::int64_t last) {
  for_target(HWY_DISPATCH_TABLE(run_wide))(job, first, last);
}

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
