// SPDX-License-Identifier: Apache-2.0
// What the walks of u8 rows share: vectors, the filter of a pair of taps, the blend of two filtered rows. Included
// once per target.

#if defined(FLUXEL_LINEAR_ROWS_U8_VECTORS) == defined(HWY_TARGET_TOGGLE)
#ifdef FLUXEL_LINEAR_ROWS_U8_VECTORS
#undef FLUXEL_LINEAR_ROWS_U8_VECTORS
#else
#define FLUXEL_LINEAR_ROWS_U8_VECTORS
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

using bytes_tag = hn::ScalableTag<std::uint8_t>;
using words_tag = hn::ScalableTag<std::int16_t>;
using bytes = hn::Vec<bytes_tag>;
using words = hn::Vec<words_tag>;
constexpr bytes_tag d8;
constexpr words_tag d16;
constexpr int lanes_of_words = static_cast<int>(HWY_LANES(std::int16_t));
constexpr int block_elements = 2 * lanes_of_words;

/// x86 multiplies and adds pairs of bytes, if the weights fit i8: so weights are split (`linear_tables`).
constexpr bool split_weights = HWY_TARGET <= HWY_SSE4;

#if HWY_TARGET <= HWY_SSE4

/// a wa + b wb for pairs a, b of u8 and wa, wb of i8.
HWY_INLINE words multiply_pairs(bytes pairs, bytes weights) {
#if HWY_TARGET <= HWY_AVX3
  return words{_mm512_maddubs_epi16(pairs.raw, weights.raw)};
#elif HWY_TARGET == HWY_AVX2
  return words{_mm256_maddubs_epi16(pairs.raw, weights.raw)};
#else
  return words{_mm_maddubs_epi16(pairs.raw, weights.raw)};
#endif
}

/// The weights of a vector of outputs; called with their pairs of taps, gives the filtered values.
template <bool dyadic>
struct byte_weights {
  bytes coarse;
  words fine;
  HWY_INLINE byte_weights(const linear_tables& t, std::size_t vector)
      : coarse(hn::Load(d8, reinterpret_cast<const std::uint8_t*>(t.coarse) + vector * 2 * lanes_of_words)),
        fine(hn::Load(d16, t.fine + vector * lanes_of_words)) {}
  HWY_INLINE words operator()(bytes pairs) const {
    if constexpr (dyadic) return multiply_pairs(pairs, coarse);
    const auto difference = multiply_pairs(pairs, hn::BitCast(d8, hn::Set(d16, 0x40c0)));  // 64 (b - a)
    return hn::Sub(hn::MulFixedPoint15(difference, fine), multiply_pairs(pairs, coarse));
  }
};

/// Within each 128-bit lane: the lane of `first`, then that of `second`.
HWY_INLINE bytes pack(words first, words second) {
#if HWY_TARGET <= HWY_AVX3
  return bytes{_mm512_packus_epi16(first.raw, second.raw)};
#elif HWY_TARGET == HWY_AVX2
  return bytes{_mm256_packus_epi16(first.raw, second.raw)};
#else
  return bytes{_mm_packus_epi16(first.raw, second.raw)};
#endif
}

HWY_INLINE bytes round_and_pack(words first, words second) {
  const auto rounding = hn::Set(d16, 256);  // (x + 64) >> 7 as one product
  return pack(hn::MulFixedPoint15(first, rounding), hn::MulFixedPoint15(second, rounding));
}

#else

template <bool dyadic>
struct byte_weights {
  words weight;
  HWY_INLINE byte_weights(const linear_tables& t, std::size_t vector)
      : weight(hn::Load(d16, t.fine + vector * lanes_of_words)) {}
  HWY_INLINE words operator()(bytes pairs) const {
    const hn::RebindToUnsigned<words_tag> du;
    const auto ab = hn::BitCast(du, pairs);
    const auto a = hn::BitCast(d16, hn::And(ab, hn::Set(du, 0xff)));
    const auto b = hn::BitCast(d16, hn::ShiftRight<8>(ab));
    const auto difference = hn::ShiftLeft<7>(hn::Sub(b, a));
    return hn::Add(hn::ShiftLeft<7>(a), hn::MulFixedPoint15(difference, weight));
  }
};

HWY_INLINE bytes pack(words first, words second) {
  const hn::Half<bytes_tag> half;
  return hn::Combine(d8, hn::DemoteTo(half, second), hn::DemoteTo(half, first));
}

HWY_INLINE bytes round_and_pack(words first, words second) {
#if HWY_TARGET == HWY_NEON
  return bytes{vcombine_u8(vqrshrun_n_s16(first.raw, 7), vqrshrun_n_s16(second.raw, 7))};
#else
  auto rounded = [&](words v) { return hn::ShiftRight<7>(hn::Add(v, hn::Set(d16, 64))); };
  return pack(rounded(first), rounded(second));
#endif
}

#endif

/// Bytes packed from two vectors in the order of these, instead of by lanes.
HWY_INLINE bytes in_order(bytes packed) {
#if HWY_TARGET <= HWY_AVX3
  return bytes{_mm512_permutexvar_epi64(_mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7), packed.raw)};
#elif HWY_TARGET == HWY_AVX2
  return bytes{_mm256_permute4x64_epi64(packed.raw, 0xd8)};
#else
  return packed;
#endif
}

/// Pairs of elements from two whole pixels of 2 or 4 channels, one after the other.
template <int channels>
HWY_INLINE bytes ordered(bytes pixels) {
  alignas(16) static constexpr std::uint8_t two[16] = {0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15};
  alignas(16) static constexpr std::uint8_t four[16] = {0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15};
  if constexpr (channels == 2) return hn::TableLookupBytes(pixels, hn::LoadDup128(d8, two));
  if constexpr (channels == 4) return hn::TableLookupBytes(pixels, hn::LoadDup128(d8, four));
  return pixels;
}

/// Blends two filtered rows. The weight w in 1/2^15 counts from the nearer row, so that it fits i16. The step between
/// the rows is rounded down, as the high half of a product by 2 w; or half up, which lifts it by 1/2.
template <bool biased>
HWY_INLINE words blend(words upper, words lower, words nearer, words factor) {
  const auto difference = hn::Sub(lower, upper);
  return hn::Add(nearer, biased ? hn::MulFixedPoint15(difference, factor) : hn::MulHigh(difference, factor));
}

HWY_INLINE void store(bytes v, std::uint8_t* out, std::ptrdiff_t count) {
  if (count >= block_elements) return hn::StoreU(v, d8, out);
#if HWY_TARGET <= HWY_AVX3
  hn::BlendedStore(v, hn::FirstN(d8, count), d8, out);  // a masked store: touches nothing else
#else
  alignas(64) std::uint8_t tail[block_elements];
  hn::Store(v, d8, tail);
  std::memcpy(out, tail, count);
#endif
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fluxel::kernels
HWY_AFTER_NAMESPACE();

#endif  // HWY_TARGET != HWY_SCALAR
#endif  // per-target guard
