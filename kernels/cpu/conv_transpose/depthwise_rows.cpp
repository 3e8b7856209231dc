// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/conv_transpose/depthwise_rows.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/conv_transpose/depthwise_rows.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/cpu/conv_transpose/source_rows-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {
namespace {

int lane_count() { return lanes; }

/// A source row that the output row meets, and the kernel row that brings it.
struct met_row {
  const std::byte* pixels;
  const float* weights;  ///< (x.kernel, channels)
};

/// One output row; lanes are channels.
class depthwise_row {
 public:
  depthwise_row(const conv_rows_job& job, const float* weights) : job_(job), weights_(weights) {}

  void run(const std::byte* src, std::byte* dst, int y) {
    const conv_axis& a = job_.call.y;
    rows_.clear();
    const bool dense = a.dilation == 1;  // then every stride-th tap meets a row
    for (int ky = dense ? (y + a.pad) % a.stride : 0; ky < a.kernel; ky += dense ? a.stride : 1) {
      const int sy = conv_source(a, y, ky, job_.src.height);
      if (sy >= 0)
        rows_.push_back(
            {src + sy * job_.src.row, weights_ + std::size_t(ky) * job_.call.x.kernel * job_.dst.channels});
    }
    for (int x = 0; x < job_.dst.width; ++x) pixel(x, reinterpret_cast<float*>(dst + x * job_.dst.pixel));
  }

 private:
  void pixel(int x, float* dst) const {
    const int channels = job_.dst.channels;
    int c = 0;
    for (; c + 4 * lanes <= channels; c += 4 * lanes) block<4>(x, c, dst);
    for (; c + lanes <= channels; c += lanes) block<1>(x, c, dst);
    if (c < channels) block<1>(x, channels - lanes, dst);  // over channels that are done already
  }

  /// `vectors` vectors of channels from c on.
  template <int vectors>
  HWY_INLINE void block(int x, int c, float* dst) const {
    const D d;
    const int phase = x % job_.call.x.stride;
    const int m = x / job_.call.x.stride;
    const conv_tap* begin = job_.x.taps.data() + job_.x.first[phase];
    const conv_tap* end = job_.x.taps.data() + job_.x.first[phase + 1];
    V sum[vectors];
    unrolled<vectors>([&](auto v) FLUXEL_INLINE_LAMBDA {
      sum[v] = job_.bias != nullptr ? hn::LoadU(d, job_.bias + c + v * lanes) : hn::Zero(d);
    });
    for (const met_row& row : rows_) {
      for (const conv_tap* t = begin; t != end; ++t) {
        const int sx = m + t->offset;
        if (sx < 0 || sx >= job_.src.width) continue;
        const auto* from = reinterpret_cast<const float*>(row.pixels + sx * job_.src.pixel) + c;
        const float* w = row.weights + std::size_t(t->k) * job_.dst.channels + c;
        unrolled<vectors>([&](auto v) FLUXEL_INLINE_LAMBDA {
          sum[v] = hn::MulAdd(hn::LoadU(d, w + v * lanes), hn::LoadU(d, from + v * lanes), sum[v]);
        });
      }
    }
    unrolled<vectors>([&](auto v) FLUXEL_INLINE_LAMBDA { hn::StoreU(sum[v], d, dst + c + v * lanes); });
  }

  const conv_rows_job& job_;
  const float* weights_;
  working_vector<met_row> rows_;
};

void run_depthwise(const conv_rows_job& job, const float* weights, std::int64_t first, std::int64_t last) {
  depthwise_row row(job, weights);
  for (std::int64_t i = first; i < last; ++i) {
    const int y = static_cast<int>(i % job.dst.height);
    const auto n = static_cast<std::ptrdiff_t>(i / job.dst.height);
    row.run(job.src.data + n * job.src.image, job.dst.data + n * job.dst.image + y * job.dst.row, y);
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
