// SPDX-License-Identifier: Apache-2.0
// Bilinear rows of 32-bit lanes without permutations: pixels of 3 or 4 elements loaded whole, and single floats far
// apart, whose two taps are loaded as a pair. Included once per target.

#if defined(FLUXEL_LINEAR_ROWS_WIDE_PIXELS) == defined(HWY_TARGET_TOGGLE)
#ifdef FLUXEL_LINEAR_ROWS_WIDE_PIXELS
#undef FLUXEL_LINEAR_ROWS_WIDE_PIXELS
#else
#define FLUXEL_LINEAR_ROWS_WIDE_PIXELS
#endif

#include "kernels/cpu/resize/linear_rows_wide_types-inl.hpp"

#if HWY_TARGET != HWY_SCALAR

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels {
namespace HWY_NAMESPACE {
namespace {

using four_ints = hn::Full128<std::int32_t>;
constexpr int pixels_together = 4;  ///< outputs of a block, so that loads overlap
constexpr int pixels_of_vector = lanes / 4;
constexpr int vectors_of_block = pixels_together / pixels_of_vector;

/// Four elements from each of the places, one for every 128 bits of a vector of 32-bit lanes.
template <class Of>
HWY_INLINE raw_of<Of> load_pixels(const typename Of::element* row, const std::ptrdiff_t* at) {
  using raw_tag = typename Of::template raw_tag<int_tag>;
  const hn::Simd<hn::TFromD<raw_tag>, 4, 0> four;
#if HWY_TARGET <= HWY_AVX3
  const hn::Simd<hn::TFromD<raw_tag>, 8, 0> eight;
  return hn::Combine(raw_tag(), hn::Combine(eight, hn::LoadU(four, row + at[3]), hn::LoadU(four, row + at[2])),
                     hn::Combine(eight, hn::LoadU(four, row + at[1]), hn::LoadU(four, row + at[0])));
#elif HWY_TARGET == HWY_AVX2
  return hn::Combine(raw_tag(), hn::LoadU(four, row + at[1]), hn::LoadU(four, row + at[0]));
#else
  return hn::LoadU(four, row + at[0]);
#endif
}

/// Stores the pixels of a vector `channels` elements apart, in order: with 3, each overwrites the end of the former.
template <int channels, class V, class T>
HWY_INLINE void store_pixels(V raw, T* out) {
  const hn::DFromV<V> d;
  constexpr std::size_t n = hn::MaxLanes(decltype(d)());
  if constexpr (channels == 4 || n == 4) {
    hn::StoreU(raw, d, out);
  } else {
    const hn::Half<decltype(d)> half;
    store_pixels<channels>(hn::LowerHalf(half, raw), out);
    store_pixels<channels>(hn::UpperHalf(half, raw), out + channels * (n / 8));
  }
}

/// Four pixels: where their taps are, and their weights.
template <class Of>
struct pixel_filter {
  std::ptrdiff_t left[pixels_together], right[pixels_together];
  hn::Vec<int_tag> weight[vectors_of_block];
  int bits;
  HWY_INLINE pixel_filter(const linear_tables& t, int pixel) : bits(t.low_zero_bits) {
    for (int k = 0; k < pixels_together; ++k) {
      left[k] = t.left[pixel + k];
      right[k] = t.weight[pixel + k] == 0 ? left[k] : left[k] + t.channels;
    }
    for (int v = 0; v < vectors_of_block; ++v) weight[v] = weights(t.weight + pixel + v * pixels_of_vector);
  }
  /// Each for the four lanes of its pixel; tables have room for a whole vector.
  static HWY_INLINE hn::Vec<int_tag> weights(const std::uint32_t* w) {
    const auto all = hn::LoadU(di, reinterpret_cast<const std::int32_t*>(w));
    return hn::TableLookupLanes(all, hn::IndicesFromVec(di, hn::ShiftRight<2>(hn::Iota(di, 0))));
  }
  HWY_INLINE void operator()(const void* src, value_of<Of>* to) const {
    const auto* row = static_cast<const typename Of::element*>(src);
    for (int v = 0; v < vectors_of_block; ++v) {
      const auto a = Of::value(di, load_pixels<Of>(row, left + v * pixels_of_vector), bits);
      const auto b = Of::value(di, load_pixels<Of>(row, right + v * pixels_of_vector), bits);
      to[v] = Of::horizontal(a, b, weight[v]);
    }
  }
};

/// One pixel, from where nothing beyond its elements may be read or written.
template <class Of>
void last_pixel(const linear_tables& t, const row_step& s, int pixel) {
  using element = typename Of::element;
  const four_ints d;
  const std::ptrdiff_t left = t.left[pixel];
  const std::ptrdiff_t right = t.weight[pixel] == 0 ? left : left + t.channels;
  const auto weight = hn::Set(d, static_cast<std::int32_t>(t.weight[pixel]));
  const std::size_t bytes = t.channels * sizeof(element);
  auto filtered = [&](const void* src) {
    const auto* row = static_cast<const element*>(src);
    element taps[2][4] = {};
    std::memcpy(taps[0], row + left, bytes);
    std::memcpy(taps[1], row + right, bytes);
    return Of::horizontal(load<Of>(d, taps[0], t.low_zero_bits), load<Of>(d, taps[1], t.low_zero_bits), weight);
  };
  element result[4];
  const auto value = blended<Of>(filtered(s.upper), filtered(s.lower), s, t.addend);
  hn::StoreU(Of::raw(d, value, t.low_zero_bits), typename Of::template raw_tag<four_ints>(), result);
  std::memcpy(static_cast<element*>(s.out) + std::ptrdiff_t{pixel} * t.channels, result, bytes);
}

template <class Of, int channels>
void pixel_columns(const linear_tables& tables, const row_step* steps, int rows) {
  const linear_tables t = tables;
  const auto pixels = static_cast<int>(t.dst_elements / channels);
  int pixel = 0;
  // The last pixel of a block writes four elements.
  for (; pixel + pixels_together <= t.whole &&
         (pixel + pixels_together) * channels + 1 <= t.dst_elements + (channels == 4);
       pixel += pixels_together) {
    const pixel_filter<Of> filter(t, pixel);
    value_of<Of> upper[vectors_of_block], lower[vectors_of_block];
    for (int v = 0; v < vectors_of_block; ++v)
      upper[v] = lower[v] = hn::Zero(typename Of::template value_tag<int_tag>());
    for (const row_step* s = steps; s != steps + rows; ++s) {
      if (s->reuse != row_reuse::both) {
        if (s->reuse == row_reuse::lower)
          for (int v = 0; v < vectors_of_block; ++v) upper[v] = lower[v];
        else
          filter(s->upper, upper);
        if (s->reuse == row_reuse::none_of_one)
          for (int v = 0; v < vectors_of_block; ++v) lower[v] = upper[v];
        else
          filter(s->lower, lower);
      }
      auto* out = static_cast<typename Of::element*>(s->out) + std::ptrdiff_t{pixel} * channels;
      for (int v = 0; v < vectors_of_block; ++v) {
        const auto value = blended<Of>(upper[v], lower[v], *s, t.addend);
        store_pixels<channels>(Of::raw(di, value, t.low_zero_bits), out + v * pixels_of_vector * channels);
      }
    }
  }
  for (const row_step* s = steps; s != steps + rows; ++s)
    for (int i = pixel; i < pixels; ++i) last_pixel<Of>(t, *s, i);
}

template <class Of>
row_walk pixels_of(int channels) {
  return channels == 3 ? pixel_columns<Of, 3> : pixel_columns<Of, 4>;
}

// ---- Single floats: both taps of an output are loaded as a pair, and four outputs make a vector.

struct single_floats {
  using tag = hn::Full128<float>;
  using vector = hn::Vec<tag>;

  static HWY_INLINE vector four(const float* row, const std::int32_t* index, const std::uint32_t* weight) {
    const tag d;
    const std::ptrdiff_t at[4] = {index[0], index[1], index[2], index[3]};
    const auto low = pairs(row + at[0], row + at[1]);
    const auto high = pairs(row + at[2], row + at[3]);
    const auto w = hn::LoadU(hn::Full128<std::uint32_t>(), weight);
    return float_blend::blend(hn::ConcatEven(d, high, low), hn::ConcatOdd(d, high, low), w);
  }
  static HWY_INLINE vector pairs(const float* first, const float* second) {
#if HWY_TARGET <= HWY_SSE4
    const auto low = _mm_castsi128_ps(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(first)));
    return vector{_mm_loadh_pi(low, reinterpret_cast<const __m64*>(second))};
#else
    const hn::Half<tag> pair;
    return hn::Combine(tag(), hn::LoadU(pair, second), hn::LoadU(pair, first));
#endif
  }
  /// The last outputs of a row, whose right taps may not exist.
  static void rest(const linear_tables& t, const row_step& s, int e) {
    constexpr std::int32_t index[4] = {0, 2, 4, 6};
    const int n = t.dst_elements - e < 4 ? static_cast<int>(t.dst_elements - e) : 4;
    auto filtered = [&](const void* row) {
      alignas(16) float taps[8] = {};
      for (int k = 0; k < n; ++k) {
        const std::ptrdiff_t left = t.left[e + k];
        const std::size_t there = left + 1 < t.src_elements ? 2 : 1;
        std::memcpy(taps + 2 * k, static_cast<const float*>(row) + left, there * sizeof(float));
      }
      return four(taps, index, t.weight + e);
    };
    alignas(16) float result[4];
    hn::Store(blended<of_f32>(filtered(s.upper), filtered(s.lower), s, 0), tag(), result);
    std::memcpy(static_cast<float*>(s.out) + e, result, n * sizeof(float));
  }
};

void single_rows(const linear_tables& tables, const row_step* steps, int rows) {
  const linear_tables t = tables;
  for (const row_step* s = steps; s != steps + rows; ++s) {
    const auto* upper = static_cast<const float*>(s->upper);
    const auto* lower = static_cast<const float*>(s->lower);
    auto* out = static_cast<float*>(s->out);
    int e = 0;
    for (; e + 4 <= t.whole; e += 4) {
      const auto a = single_floats::four(upper, t.left + e, t.weight + e);
      const auto b = single_floats::four(lower, t.left + e, t.weight + e);
      hn::StoreU(blended<of_f32>(a, b, *s, 0), single_floats::tag(), out + e);
    }
    for (; e < t.dst_elements; e += 4) single_floats::rest(t, *s, e);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fluxel::kernels
HWY_AFTER_NAMESPACE();

#endif  // HWY_TARGET != HWY_SCALAR
#endif  // per-target guard
