// Bilinear rows of u8, once per target. Between the passes a row is i16 with 7 fraction bits.

#include <cstring>

#include "kernels/cpu/linear_functions.hpp"
#include "kernels/cpu/target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/linear_bytes.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels {
namespace HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_SCALAR

byte_functions functions() { return {}; }

#else

namespace hn = hwy::HWY_NAMESPACE;

using bytes_tag = hn::ScalableTag<std::uint8_t>;
using words_tag = hn::ScalableTag<std::int16_t>;
using bytes = hn::Vec<bytes_tag>;
using words = hn::Vec<words_tag>;
constexpr bytes_tag d8;
constexpr words_tag d16;
constexpr int lanes_of_words = static_cast<int>(HWY_LANES(std::int16_t));
constexpr int block_elements = 2 * lanes_of_words;

/// 64 (b - a) for pairs a, b.
HWY_INLINE words difference_times_64(bytes pairs) {
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  return words{_mm512_maddubs_epi16(pairs.raw, _mm512_set1_epi16(0x40c0))};
#elif HWY_TARGET == HWY_AVX2
  return words{_mm256_maddubs_epi16(pairs.raw, _mm256_set1_epi16(0x40c0))};
#else
  const auto ab = hn::BitCast(hn::RebindToUnsigned<words_tag>(), pairs);
  const auto a = hn::BitCast(d16, hn::And(ab, hn::Set(hn::RebindToUnsigned<words_tag>(), 0xff)));
  const auto b = hn::BitCast(d16, hn::ShiftRight<8>(ab));
  return hn::ShiftLeft<6>(hn::Sub(b, a));
#endif
}

/// Within each 128-bit lane: the lane of `low`, then that of `high`.
HWY_INLINE bytes pack(words low, words high) {
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  return bytes{_mm512_packus_epi16(low.raw, high.raw)};
#elif HWY_TARGET == HWY_AVX2
  return bytes{_mm256_packus_epi16(low.raw, high.raw)};
#else
  const hn::Half<bytes_tag> half;
  return hn::Combine(d8, hn::DemoteTo(half, high), hn::DemoteTo(half, low));
#endif
}

HWY_INLINE void finish(const byte_tables& t, std::size_t vector, bytes pairs, std::int16_t* out) {
  const std::size_t at = vector * lanes_of_words;
  const auto nearer = hn::BitCast(d16, hn::TableLookupBytesOr0(pairs, hn::Load(d8, t.side + 2 * at)));
  const auto step = hn::MulFixedPoint15(difference_times_64(pairs), hn::Load(d16, t.weight + at));
  hn::Store(hn::Add(hn::ShiftLeft<7>(nearer), step), d16, out);
}

void fetch(const byte_tables& t, const std::uint8_t* src, int first, int last, std::int16_t* out) {
  alignas(64) std::uint8_t pairs[2 * lanes_of_words];
  for (std::size_t v = 2 * std::size_t(first); v < 2 * std::size_t(last); ++v, out += lanes_of_words) {
    const auto* left = t.left + v * lanes_of_words;
    const auto* right = t.right + v * lanes_of_words;
    for (int k = 0; k < lanes_of_words; ++k) {
      pairs[2 * k] = src[left[k]];
      pairs[2 * k + 1] = src[right[k]];
    }
    finish(t, v, hn::Load(d8, pairs), out);
  }
}

#if HWY_TARGET == HWY_AVX3_DL

HWY_INLINE __m512i taps(const byte_tables& t, std::size_t vector) { return _mm512_load_si512(t.taps + 64 * vector); }

void permute_one(const byte_tables& t, const std::uint8_t* src, int first, int last, std::int16_t* out) {
  for (std::size_t b = first; b < std::size_t(last); ++b, out += block_elements) {
    const auto window = _mm512_loadu_si512(src + t.start[b]);
    for (std::size_t v = 0; v < 2; ++v)
      finish(t, 2 * b + v, bytes{_mm512_permutexvar_epi8(taps(t, 2 * b + v), window)}, out + v * lanes_of_words);
  }
}

void permute_two(const byte_tables& t, const std::uint8_t* src, int first, int last, std::int16_t* out) {
  for (std::size_t b = first; b < std::size_t(last); ++b, out += block_elements) {
    const auto* p = src + t.start[b];
    const auto low = _mm512_loadu_si512(p);
    const auto high = _mm512_loadu_si512(p + 64);
    for (std::size_t v = 0; v < 2; ++v)
      finish(t, 2 * b + v, bytes{_mm512_permutex2var_epi8(low, taps(t, 2 * b + v), high)}, out + v * lanes_of_words);
  }
}

// Each 128 bytes replace the taps that lie in them; the others keep their index for their own turn.
void permute_many(const byte_tables& t, const std::uint8_t* src, int first, int last, std::int16_t* out) {
  const int parts = t.window / 128;
  for (std::size_t b = first; b < std::size_t(last); ++b, out += block_elements) {
    const auto* p = src + t.start[b];
    const auto* mask = t.mask + b * parts * 2;
    auto pairs0 = taps(t, 2 * b);
    auto pairs1 = taps(t, 2 * b + 1);
    for (int k = 0; k < parts; ++k) {
      const auto low = _mm512_loadu_si512(p + 128 * k);
      const auto high = _mm512_loadu_si512(p + 128 * k + 64);
      pairs0 = _mm512_mask2_permutex2var_epi8(low, pairs0, mask[2 * k], high);
      pairs1 = _mm512_mask2_permutex2var_epi8(low, pairs1, mask[2 * k + 1], high);
    }
    finish(t, 2 * b, bytes{pairs0}, out);
    finish(t, 2 * b + 1, bytes{pairs1}, out + lanes_of_words);
  }
}

void permute(const byte_tables& t, const std::uint8_t* src, int first, int last, std::int16_t* out) {
  if (t.window == 64) return permute_one(t, src, first, last, out);
  if (t.window == 128) return permute_two(t, src, first, last, out);
  permute_many(t, src, first, last, out);
}

#else

/// 16 bytes for every lane, each from its own window.
HWY_INLINE bytes load_windows(const std::uint8_t* src, const std::int32_t* start) {
  const hn::Full128<std::uint8_t> lane;
#if HWY_TARGET == HWY_AVX3
  const hn::Full256<std::uint8_t> pair;
  return hn::Combine(d8, hn::Combine(pair, hn::LoadU(lane, src + start[3]), hn::LoadU(lane, src + start[2])),
                     hn::Combine(pair, hn::LoadU(lane, src + start[1]), hn::LoadU(lane, src + start[0])));
#elif HWY_TARGET == HWY_AVX2
  return hn::Combine(d8, hn::LoadU(lane, src + start[1]), hn::LoadU(lane, src + start[0]));
#else
  return hn::LoadU(lane, src + start[0]);
#endif
}

void permute(const byte_tables& t, const std::uint8_t* src, int first, int last, std::int16_t* out) {
  constexpr int lanes = lanes_of_words / 8;
  for (std::size_t v = 2 * std::size_t(first); v < 2 * std::size_t(last); ++v, out += lanes_of_words) {
    const auto taps = hn::Load(d8, t.taps + 2 * v * lanes_of_words);
    finish(t, v, hn::TableLookupBytes(load_windows(src, t.start + v * lanes), taps), out);
  }
}

#endif

void horizontal(const byte_tables& t, const std::uint8_t* src, int first, int last, std::int16_t* out) {
  if (t.window == 0)
    fetch(t, src, first, last, out);
  else
    permute(t, src, first, last, out);
}

HWY_INLINE words blend(const std::int16_t* upper, const std::int16_t* lower, const std::int16_t* nearer,
                       words twice) {
  const auto difference = hn::Sub(hn::Load(d16, lower), hn::Load(d16, upper));
  const auto value = hn::Add(hn::Load(d16, nearer), hn::MulHigh(difference, twice));
  return hn::ShiftRight<7>(hn::Add(value, hn::Set(d16, 64)));
}

HWY_INLINE bytes blend_block(const std::int16_t* upper, const std::int16_t* lower, const std::int16_t* nearer,
                             words twice) {
  constexpr int n = lanes_of_words;
  return pack(blend(upper, lower, nearer, twice), blend(upper + n, lower + n, nearer + n, twice));
}

void vertical(const std::int16_t* upper, const std::int16_t* lower, std::int32_t weight, std::uint8_t* out,
              int count) {
  const auto twice = hn::Set(d16, static_cast<std::int16_t>(static_cast<std::uint16_t>(2 * weight)));
  const auto* nearer = weight < 1 << 14 ? upper : lower;
  int i = 0;
  for (; i + block_elements <= count; i += block_elements)
    hn::StoreU(blend_block(upper + i, lower + i, nearer + i, twice), d8, out + i);
  if (i == count) return;
  alignas(64) std::uint8_t tail[block_elements];
  hn::Store(blend_block(upper + i, lower + i, nearer + i, twice), d8, tail);
  std::memcpy(out + i, tail, count - i);
}

byte_functions functions() {
  return {{.lanes = lanes_of_words / 8, .one_window = HWY_TARGET == HWY_AVX3_DL}, horizontal, vertical};
}

#endif  // HWY_TARGET == HWY_SCALAR

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fluxel::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fluxel::kernels {

HWY_EXPORT(functions);

byte_functions byte_functions_of_target() { return for_target(HWY_DISPATCH_TABLE(functions))(); }

}  // namespace fluxel::kernels
#endif
