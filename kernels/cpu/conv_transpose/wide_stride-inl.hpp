// SPDX-License-Identifier: Apache-2.0
// Strides of whole vectors and kernels of whole strides: lanes are the outputs between two source pixels, and
// neighbouring weights. Included once per target.

#if defined(FLUXEL_CONV_WIDE_STRIDE) == defined(HWY_TARGET_TOGGLE)
#ifdef FLUXEL_CONV_WIDE_STRIDE
#undef FLUXEL_CONV_WIDE_STRIDE
#else
#define FLUXEL_CONV_WIDE_STRIDE
#endif

#include <algorithm>

#include "hwy/highway.h"
#include "kernels/cpu/conv_transpose/source_rows-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {
namespace {

/// One output row of one channel. Output x = q * stride - pad + r meets source pixels q - t by the kernel columns
/// r + t * stride.
class wide_stride_row {
 public:
  wide_stride_row(const row_sources& sources, int o, float* row, working_vector<float>& packed)
      : s_(sources), o_(o), row_(row), packed_(packed), taps_(sources.job.call.x.kernel / sources.job.call.x.stride) {
    packed_.resize(std::size_t(s_.job.in_per_group) * s_.tap_count * taps_ * 2 * lanes);
  }

  void run() const {
    const int stride = s_.job.call.x.stride;
    for (int r = 0; r < stride;) {
      if (r + 2 * lanes <= stride) {
        columns<2>(r);
        r += 2 * lanes;
      } else {
        columns<1>(r);
        r += lanes;
      }
    }
  }

 private:
  static constexpr int most = 6;  // cells at once: 12 sums of 16 vector registers

  /// Columns [r, r + vectors * lanes) of every cell.
  template <int vectors>
  void columns(int r) const {
    pack<vectors>(r);
    const conv_axis& a = s_.job.call.x;
    const int last = (s_.job.dst.width - 1 + a.pad) / a.stride;
    for (int q = a.pad / a.stride; q <= last;) {
      const int whole = std::min(last + 1, s_.job.src.width) - q;  // cells from q on that have all their pixels
      if (q < taps_ - 1 || whole <= 0) {
        cells<1, vectors, true>(q++, r);
      } else if (whole >= most) {
        cells<most, vectors, false>(q, r);
        q += most;
      } else if (whole >= 3) {
        cells<3, vectors, false>(q, r);
        q += 3;
      } else {
        cells<1, vectors, false>(q++, r);
      }
    }
  }

  /// The weights of these columns, close together: where they lie, those of two input channels are a power of two
  /// apart and fall into the same few lines of the cache.
  template <int vectors>
  void pack(int r) const {
    const D d;
    float* to = packed_.data();
    for (int i = 0; i < s_.job.in_per_group; ++i)
      for (int k = 0; k < s_.tap_count; ++k) {
        const float* w = s_.weights(i, o_) + std::size_t(s_.taps[k].ky) * s_.job.call.x.kernel + r;
        for (int t = 0; t < taps_; ++t)
          for (int v = 0; v < vectors; ++v, to += lanes)
            hn::StoreU(hn::LoadU(d, w + t * s_.job.call.x.stride + v * lanes), d, to);
      }
  }

  template <int count, int vectors, bool checked>
  HWY_INLINE void cells(int q, int r) const {
    const D d;
    V sum[count * vectors];
    unrolled<count * vectors>([&](auto j) FLUXEL_INLINE_LAMBDA { sum[j] = hn::Set(d, s_.bias(o_)); });
    const float* w = packed_.data();
    const int rows = s_.job.in_per_group * s_.tap_count;
    for (int k = 0; k < rows; ++k) {
      const float* from = s_.rows[k] + q;
      for (int t = 0; t < taps_; ++t, w += vectors * lanes) {
        if (checked && (q - t < 0 || q - t >= s_.job.src.width)) continue;
        V weight[vectors];
        unrolled<vectors>([&](auto v) FLUXEL_INLINE_LAMBDA { weight[v] = hn::LoadU(d, w + v * lanes); });
        unrolled<count * vectors>([&](auto j) FLUXEL_INLINE_LAMBDA {
          sum[j] = hn::MulAdd(weight[j % vectors], hn::Set(d, from[j / vectors - t]), sum[j]);
        });
      }
    }
    const conv_axis& a = s_.job.call.x;
    unrolled<count * vectors>([&](auto j) FLUXEL_INLINE_LAMBDA {
      store(sum[j], (q + j / vectors) * a.stride - a.pad + r + j % vectors * lanes);
    });
  }

  /// The first and the last cell may lie partly outside the row.
  HWY_INLINE void store(V sum, int x) const {
    const D d;
    if (x >= 0 && x + lanes <= s_.job.dst.width) return hn::StoreU(sum, d, row_ + x);
    HWY_ALIGN float values[lanes];
    hn::Store(sum, d, values);
    for (int k = 0; k < lanes; ++k)
      if (x + k >= 0 && x + k < s_.job.dst.width) row_[x + k] = values[k];
  }

  const row_sources& s_;
  int o_;
  float* row_;
  working_vector<float>& packed_;
  int taps_;
};

}  // namespace
}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
