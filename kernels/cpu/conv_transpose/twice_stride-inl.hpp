// SPDX-License-Identifier: Apache-2.0
// Kernels of twice the stride, 2 or 4: two taps in a row bring every output its pixels, and all phases of
// neighbouring m are stored interleaved. Included once per target.

#if defined(FLUXEL_CONV_TWICE_STRIDE) == defined(HWY_TARGET_TOGGLE)
#ifdef FLUXEL_CONV_TWICE_STRIDE
#undef FLUXEL_CONV_TWICE_STRIDE
#else
#define FLUXEL_CONV_TWICE_STRIDE
#endif

#include <algorithm>

#include "hwy/highway.h"
#include "kernels/cpu/conv_transpose/source_rows-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {
namespace {

/// `count` output channels from `o` on, of one row, to `rows`. One phase after the other is summed, so that the sums
/// of `vectors` x `count` stay in registers and a weight is read once for `vectors` vectors.
template <int stride, int count>
class twice_stride_row {
 public:
  twice_stride_row(const row_sources& sources, int o, float* const* rows)
      : s_(sources), o_(o), rows_(rows), width_(sources.job.dst.width) {}

  void run() const {
    const int cells = width_ / stride;
    int left = cells / lanes;  // whole vectors
    int m = 0;
    while (left > 0) {
      if (left >= most && left != most + 1) {
        block<most>(m);
        m += most * lanes, left -= most;
      } else if (most > 3 && left >= 3) {
        block<3>(m);
        m += 3 * lanes, left -= 3;
      } else if (left >= 2) {
        block<2>(m);
        m += 2 * lanes, left -= 2;
      } else {
        block<1>(m);
        m += lanes, left -= 1;
      }
    }
    if (m < cells && cells >= lanes) {  // the last vector is moved back over its neighbor
      block<1>(cells - lanes);
      m = cells;
    }
    for (; m * stride < width_; m += lanes) block<1>(m);
  }

 private:
  // Sums of one phase: 12 of 16 vector registers, 16 of 32.
  static constexpr int most = count == 1 || HWY_TARGET <= HWY_AVX3 || HWY_TARGET == HWY_NEON ? 4 : 3;
  static constexpr int kernel_row = 2 * stride;
  static constexpr int kernel = 4 * stride * stride;

  /// Cells [m, m + vectors * lanes).
  template <int vectors>
  HWY_INLINE void block(int m) const {
    V sum[stride][count * vectors];
    for (int p = 0; p < stride; ++p) phase<vectors>(m, p, sum[p]);
    for (int c = 0; c < count; ++c)
      for (int v = 0; v < vectors; ++v) {
        V cells[stride];
        for (int p = 0; p < stride; ++p) cells[p] = sum[p][c * vectors + v];
        store(cells, rows_[c], (m + v * lanes) * stride);
      }
  }

  template <int vectors>
  HWY_INLINE void phase(int m, int p, V* HWY_RESTRICT sum) const {
    const int shifted = p + s_.job.call.x.pad;
    const int offset = m + shifted / stride;
    const int column = shifted % stride;
    // Some lanes have no source pixel: of one tap of one phase, at an end of the row.
    const int beyond = s_.job.src.width - vectors * lanes;
    const bool first = offset < 0 || offset > beyond;
    const bool second = offset < 1 || offset - 1 > beyond;
    if (!first && !second) return add<vectors, false, false>(offset, column, sum);
    if (!first) return add<vectors, false, true>(offset, column, sum);
    if (!second) return add<vectors, true, false>(offset, column, sum);
    add<vectors, true, true>(offset, column, sum);
  }

  /// The sums over all input channels and rows. `first` and `second`: that tap is skipped in lanes without a pixel.
  template <int vectors, bool first, bool second>
  HWY_NOINLINE void add(int offset, int column, V* HWY_RESTRICT result) const {
    const D d;
    hn::Mask<D> exists[2][vectors];
    for (int v = 0; v < vectors; ++v) {
      if constexpr (first) exists[0][v] = inside(offset + v * lanes, s_.job.src.width);
      if constexpr (second) exists[1][v] = inside(offset - 1 + v * lanes, s_.job.src.width);
    }
    V sum[count * vectors];
    unrolled<count * vectors>([&](auto i) FLUXEL_INLINE_LAMBDA { sum[i] = hn::Set(d, s_.bias(o_ + i / vectors)); });
    const float* const* row = s_.rows;
    const float* weights = s_.weights(0, o_) + column;
    const std::ptrdiff_t next_input = s_.weights(1, o_) - s_.weights(0, o_);
    for (int i = 0; i < s_.job.in_per_group; ++i, weights += next_input) {
      for (int r = 0; r < s_.tap_count; ++r) {
        const float* from = *row++ + offset;
        const float* w = weights + s_.taps[r].ky * kernel_row;
        tap<vectors, first>(from, w, exists[0], sum);
        tap<vectors, second>(from - 1, w + stride, exists[1], sum);
      }
    }
    unrolled<count * vectors>([&](auto i) FLUXEL_INLINE_LAMBDA { result[i] = sum[i]; });
  }

  template <int vectors, bool partial>
  static HWY_INLINE void tap(const float* from, const float* w, const hn::Mask<D>* exists,
                             V (&sum)[count * vectors]) {
    const D d;
    V pixels[vectors];
    unrolled<vectors>([&](auto v) FLUXEL_INLINE_LAMBDA { pixels[v] = hn::LoadU(d, from + v * lanes); });
    unrolled<count * vectors>([&](auto i) FLUXEL_INLINE_LAMBDA {
      const V next = hn::MulAdd(hn::Set(d, w[i / vectors * kernel]), pixels[i % vectors], sum[i]);
      if constexpr (partial)
        sum[i] = hn::IfThenElse(exists[i % vectors], next, sum[i]);
      else
        sum[i] = next;
    });
  }

  HWY_INLINE void store(const V* cells, float* row, int x) const {
    if (x + lanes * stride <= width_) return interleave(cells, row + x);
    HWY_ALIGN float rest[lanes * stride];
    interleave(cells, rest);
    for (int k = 0; x + k < width_; ++k) row[x + k] = rest[k];
  }
  static HWY_INLINE void interleave(const V* cells, float* to) {
    if constexpr (stride == 2)
      hn::StoreInterleaved2(cells[0], cells[1], D(), to);
    else
      hn::StoreInterleaved4(cells[0], cells[1], cells[2], cells[3], D(), to);
  }

  const row_sources& s_;
  int o_;
  float* const* rows_;
  int width_;
};

}  // namespace
}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
