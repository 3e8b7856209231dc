// SPDX-License-Identifier: Apache-2.0
// Both passes of bilinear floats whose taps lie so far apart that they are loaded one by one. Included once per
// target.

#if defined(FLUXEL_LINEAR_SPACED) == defined(HWY_TARGET_TOGGLE)
#ifdef FLUXEL_LINEAR_SPACED
#undef FLUXEL_LINEAR_SPACED
#else
#define FLUXEL_LINEAR_SPACED
#endif

#include <cstring>

#include "hwy/highway.h"
#include "kernels/cpu/resize/linear_functions.hpp"

#if HWY_TARGET != HWY_SCALAR

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

constexpr int block_lanes = static_cast<int>(HWY_LANES(float));  // outputs of a window of `word_tables`
constexpr hn::Full128<float> d4;
using four_floats = hn::Vec<hn::Full128<float> >;

HWY_INLINE four_floats blend_four(four_floats a, four_floats b, four_floats weight) {
  return hn::IfThenElse(hn::Eq(weight, hn::Zero(d4)), a, hn::MulAdd(weight, hn::Sub(b, a), a));
}

/// Where element e of a row comes from. `count` are read from there on.
struct spaced_tap {
  std::ptrdiff_t left;
  bool inside;  ///< so are both taps, with all that is read
  HWY_INLINE spaced_tap(const word_tables& t, int e, int count)
      : left(t.index[e] + (t.window != 0 ? t.start[e / block_lanes] : 0)),
        inside(left + t.channels + count <= t.src_elements) {}
};

/// Pixels of 3 or 4 channels: each is a vector of its own.
void both_of_spaced_pixels(const word_tables& t, const word_rows_pair& rows, float* out, int count) {
  const auto* upper = static_cast<const float*>(rows.upper);
  const auto* lower = static_cast<const float*>(rows.lower);
  const auto vertical = hn::BitCast(d4, hn::Set(hn::Full128<std::uint32_t>(), rows.weight));
  const auto* weights = reinterpret_cast<const float*>(t.weight);
  auto blend = [&](const float* above_left, const float* above_right, const float* below_left,
                   const float* below_right, float w) {
    const auto weight = hn::Set(d4, w);
    const auto above = blend_four(hn::LoadU(d4, above_left), hn::LoadU(d4, above_right), weight);
    const auto below = blend_four(hn::LoadU(d4, below_left), hn::LoadU(d4, below_right), weight);
    return blend_four(above, below, vertical);
  };
  int e = 0;
  // Four elements are read and written for a pixel of three: not at the ends.
  for (; e + 4 <= count; e += t.channels) {
    const spaced_tap at(t, e, 4);
    if (!at.inside) break;
    const float* above = upper + at.left;
    const float* below = lower + at.left;
    hn::StoreU(blend(above, above + t.channels, below, below + t.channels, weights[e]), d4, out + e);
  }
  for (; e < count; e += t.channels) {
    const std::ptrdiff_t left = spaced_tap(t, e, 0).left;
    const std::ptrdiff_t right = weights[e] == 0 ? left : left + t.channels;
    alignas(16) float pixel[5][4] = {};
    const auto bytes = static_cast<std::size_t>(t.channels) * sizeof(float);
    std::memcpy(pixel[0], upper + left, bytes);
    std::memcpy(pixel[1], upper + right, bytes);
    std::memcpy(pixel[2], lower + left, bytes);
    std::memcpy(pixel[3], lower + right, bytes);
    hn::Store(blend(pixel[0], pixel[1], pixel[2], pixel[3], weights[e]), d4, pixel[4]);
    std::memcpy(out + e, pixel[4], bytes);
  }
}

/// Single floats: both taps of an output are loaded as a pair, and four outputs make a vector.
struct spaced_singles {
  const word_tables& t;
  const float* upper;
  const float* lower;
  four_floats vertical;

  HWY_INLINE spaced_singles(const word_tables& t, const word_rows_pair& rows)
      : t(t),
        upper(static_cast<const float*>(rows.upper)),
        lower(static_cast<const float*>(rows.lower)),
        vertical(hn::BitCast(d4, hn::Set(hn::Full128<std::uint32_t>(), rows.weight))) {}

  HWY_INLINE four_floats four(std::ptrdiff_t start, const std::int32_t* index, int e) const {
    const std::ptrdiff_t at[4] = {index[0], index[1], index[2], index[3]};
    const auto weight = hn::Load(d4, reinterpret_cast<const float*>(t.weight) + e);
    return blend_four(filtered(upper + start, at, weight), filtered(lower + start, at, weight), vertical);
  }
  static HWY_INLINE four_floats filtered(const float* row, const std::ptrdiff_t (&at)[4], four_floats weight) {
    const auto low = pairs(row + at[0], row + at[1]);
    const auto high = pairs(row + at[2], row + at[3]);
    return blend_four(hn::ConcatEven(d4, high, low), hn::ConcatOdd(d4, high, low), weight);
  }
  static HWY_INLINE four_floats pairs(const float* first, const float* second) {
#if HWY_ARCH_X86 && HWY_TARGET != HWY_EMU128
    const auto low = _mm_castsi128_ps(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(first)));
    return four_floats{_mm_loadh_pi(low, reinterpret_cast<const __m64*>(second))};
#else
    const hn::Half<hn::Full128<float> > pair;
    return hn::Combine(d4, hn::LoadU(pair, second), hn::LoadU(pair, first));
#endif
  }
};

void both_of_spaced_singles(const word_tables& t, const word_rows_pair& rows, float* out, int count) {
  const spaced_singles singles(t, rows);
  int e = 0;
  for (; e + block_lanes <= count && e + block_lanes <= t.whole; e += block_lanes) {
    const std::ptrdiff_t start = t.window != 0 ? t.start[e / block_lanes] : 0;
    for (int k = e; k < e + block_lanes; k += 4) hn::StoreU(singles.four(start, t.index + k, k), d4, out + k);
  }
  for (; e < count; e += 4) {
    alignas(16) float taps[3][8] = {};
    constexpr std::int32_t index[4] = {0, 2, 4, 6};
    const int n = count - e < 4 ? count - e : 4;
    for (int k = 0; k < n; ++k) {
      const spaced_tap at(t, e + k, 1);
      const auto bytes = (at.inside ? 2 : 1) * sizeof(float);
      std::memcpy(taps[0] + 2 * k, singles.upper + at.left, bytes);
      std::memcpy(taps[1] + 2 * k, singles.lower + at.left, bytes);
    }
    const spaced_singles copied(t, {taps[0], taps[1], rows.weight});
    hn::Store(copied.four(0, index, e), d4, taps[2]);
    std::memcpy(out + e, taps[2], static_cast<std::size_t>(n) * sizeof(float));
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fluxel::kernels
HWY_AFTER_NAMESPACE();

#endif  // HWY_TARGET != HWY_SCALAR
#endif  // per-target guard
