// SPDX-License-Identifier: Apache-2.0
// Bilinear rows of u8, once per target. Between the passes a row is i16 with 7 fraction bits.

#include <cstring>

#include "kernels/cpu/resize/linear_functions.hpp"
#include "kernels/cpu/runtime/target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/resize/linear_rows_u8.cpp"
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

/// A vector of filtered outputs from their pairs of taps.
HWY_INLINE words filter(const byte_tables& t, std::size_t vector, bytes pairs) {
  const std::size_t at = vector * lanes_of_words;
  const auto nearer = hn::BitCast(d16, hn::TableLookupBytesOr0(pairs, hn::Load(d8, t.side + 2 * at)));
  const auto step = hn::MulFixedPoint15(difference_times_64(pairs), hn::Load(d16, t.weight + at));
  return hn::Add(hn::ShiftLeft<7>(nearer), step);
}

// ---- The pairs of taps of a block: `first` and `second` vector.

struct fetched {
  alignas(64) std::uint8_t pairs[4 * lanes_of_words];
  fetched(const byte_tables& t, const std::uint8_t* src, std::size_t block) {
    const auto* left = t.left + block * block_elements;
    const auto* right = t.right + block * block_elements;
    for (int k = 0; k < block_elements; k += 4) {  // four pairs make a store
      std::uint64_t four = 0;
      for (int i = 0; i < 4; ++i) {
        const std::uint32_t pair = src[left[k + i]] | std::uint32_t{src[right[k + i]]} << 8;
        four |= std::uint64_t{pair} << (16 * i);
      }
      std::memcpy(pairs + 2 * k, &four, sizeof four);
    }
  }
  HWY_INLINE bytes first() const { return hn::Load(d8, pairs); }
  HWY_INLINE bytes second() const { return hn::Load(d8, pairs + 2 * lanes_of_words); }
};

#if HWY_TARGET == HWY_AVX3_DL

HWY_INLINE __m512i taps(const byte_tables& t, std::size_t vector) { return _mm512_load_si512(t.taps + 64 * vector); }

struct window_of_64 {
  __m512i window, taps0, taps1;
  HWY_INLINE window_of_64(const byte_tables& t, const std::uint8_t* src, std::size_t block)
      : window(_mm512_loadu_si512(src + t.start[block])), taps0(taps(t, 2 * block)), taps1(taps(t, 2 * block + 1)) {}
  HWY_INLINE bytes first() const { return bytes{_mm512_permutexvar_epi8(taps0, window)}; }
  HWY_INLINE bytes second() const { return bytes{_mm512_permutexvar_epi8(taps1, window)}; }
};

struct window_of_128 {
  __m512i low, high, taps0, taps1;
  HWY_INLINE window_of_128(const byte_tables& t, const std::uint8_t* src, std::size_t block)
      : low(_mm512_loadu_si512(src + t.start[block])),
        high(_mm512_loadu_si512(src + t.start[block] + 64)),
        taps0(taps(t, 2 * block)),
        taps1(taps(t, 2 * block + 1)) {}
  HWY_INLINE bytes first() const { return bytes{_mm512_permutex2var_epi8(low, taps0, high)}; }
  HWY_INLINE bytes second() const { return bytes{_mm512_permutex2var_epi8(low, taps1, high)}; }
};

/// Into a register: the compiler would load again for every permutation, and loads are what these wait for.
HWY_INLINE __m512i load_once(const std::uint8_t* p) {
  auto v = _mm512_loadu_si512(p);
  asm("" : "+v"(v));
  return v;
}

// Each 128 bytes replace the taps that lie in them; the others keep their index for their own turn.
struct long_window {
  __m512i pairs0, pairs1;
  HWY_INLINE long_window(const byte_tables& t, const std::uint8_t* src, std::size_t block)
      : pairs0(taps(t, 2 * block)), pairs1(taps(t, 2 * block + 1)) {
    const int parts = t.window / 128;
    const auto* p = src + t.start[block];
    const auto* mask = t.mask + block * parts * 2;
    for (int k = 0; k < parts; ++k, p += 128) {
      const auto low = load_once(p);
      const auto high = load_once(p + 64);
      pairs0 = _mm512_mask2_permutex2var_epi8(low, pairs0, mask[2 * k], high);
      pairs1 = _mm512_mask2_permutex2var_epi8(low, pairs1, mask[2 * k + 1], high);
    }
  }
  HWY_INLINE bytes first() const { return bytes{pairs0}; }
  HWY_INLINE bytes second() const { return bytes{pairs1}; }
};

#else

/// 16 bytes for every lane, each from its own window.
HWY_INLINE bytes load_lanes(const std::uint8_t* src, const std::int32_t* start) {
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

template <int windows>
struct lane_windows {
  static constexpr int lanes = lanes_of_words / 8;
  const byte_tables& t;
  const std::uint8_t* src;
  std::size_t block;
  HWY_INLINE lane_windows(const byte_tables& t, const std::uint8_t* src, std::size_t block)
      : t(t), src(src), block(block) {}
  HWY_INLINE bytes vector(std::size_t v) const {
    const auto taps = hn::Load(d8, t.taps + 2 * v * lanes_of_words);
    const auto found = hn::TableLookupBytes(load_lanes(src, t.start + v * lanes), hn::And(taps, hn::Set(d8, 15)));
    if constexpr (windows == 1) return found;
    const auto next = hn::TableLookupBytes(load_lanes(src + 16, t.start + v * lanes), hn::And(taps, hn::Set(d8, 15)));
    return hn::IfThenElse(hn::Eq(hn::And(taps, hn::Set(d8, 16)), hn::Zero(d8)), found, next);
  }
  HWY_INLINE bytes first() const { return vector(2 * block); }
  HWY_INLINE bytes second() const { return vector(2 * block + 1); }
};

#endif

// ---- The passes.

/// Blends two filtered rows. The weight w in 1/2^15 counts from the nearer row, so that it fits i16 (`byte_tables`).
/// The step between the rows is rounded down, as the high half of a product by 2 w; or half up, which lifts it by
/// 1/2.
template <bool lower_is_nearer, last_rounding rounding>
struct blender {
  static constexpr bool half_up_biased = rounding == last_rounding::half_up_biased;
  words factor;
  explicit HWY_INLINE blender(std::int32_t weight) {
    const std::int32_t w = lower_is_nearer ? weight - (1 << 15) : weight;
    factor = hn::Set(d16, static_cast<std::int16_t>(half_up_biased ? w : 2 * w));
  }
  HWY_INLINE words operator()(words upper, words lower) const {
    const auto difference = hn::Sub(lower, upper);
    const auto step = half_up_biased ? hn::MulFixedPoint15(difference, factor) : hn::MulHigh(difference, factor);
    const auto value = hn::Add(lower_is_nearer ? lower : upper, step);
    return hn::ShiftRight<7>(hn::Add(value, hn::Set(d16, 64)));
  }
};

template <last_rounding rounding, class F>
HWY_INLINE void with_blender_of(std::int32_t weight, F&& f) {
  if (weight < 1 << 14) return f(blender<false, rounding>(weight));
  f(blender<true, rounding>(weight));
}
template <class F>
HWY_INLINE void with_blender(byte_blend b, F&& f) {
  if (b.rounding == last_rounding::half_up_biased) return with_blender_of<last_rounding::half_up_biased>(b.weight, f);
  with_blender_of<last_rounding::half_up>(b.weight, f);
}

HWY_INLINE void store(bytes v, std::uint8_t* out, int count) {
  if (count >= block_elements) return hn::StoreU(v, d8, out);
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  hn::BlendedStore(v, hn::FirstN(d8, count), d8, out);  // a masked store: touches nothing else
#else
  alignas(64) std::uint8_t tail[block_elements];
  hn::Store(v, d8, tail);
  std::memcpy(out, tail, count);
#endif
}

template <class Window>
void horizontal_in(const byte_tables& t, const std::uint8_t* src, int first, int last, std::int16_t* out) {
  for (std::size_t b = first; b < std::size_t(last); ++b, out += block_elements) {
    const Window window(t, src, b);
    hn::Store(filter(t, 2 * b, window.first()), d16, out);
    hn::Store(filter(t, 2 * b + 1, window.second()), d16, out + lanes_of_words);
  }
}

template <class Window, class Blender>
void both_in(const byte_tables& t, const byte_rows_pair& rows, Blender blend, std::uint8_t* out, int count) {
  for (std::size_t b = 0; count > 0; ++b, out += block_elements, count -= block_elements) {
    const Window upper(t, rows.upper, b);
    const Window lower(t, rows.lower, b);
    const auto upper0 = filter(t, 2 * b, upper.first());
    const auto lower0 = filter(t, 2 * b, lower.first());
    const auto upper1 = filter(t, 2 * b + 1, upper.second());
    const auto lower1 = filter(t, 2 * b + 1, lower.second());
    store(pack(blend(upper0, lower0), blend(upper1, lower1)), out, count);
  }
}

/// Calls f with the kind of window that the tables were made for.
template <class F>
void with_window_of(const byte_tables& t, F&& f) {
  if (t.window == 0) return f(static_cast<fetched*>(nullptr));
#if HWY_TARGET == HWY_AVX3_DL
  if (t.window == 64) return f(static_cast<window_of_64*>(nullptr));
  if (t.window == 128) return f(static_cast<window_of_128*>(nullptr));
  f(static_cast<long_window*>(nullptr));
#else
  if (t.window == 16) return f(static_cast<lane_windows<1>*>(nullptr));
  f(static_cast<lane_windows<2>*>(nullptr));
#endif
}

void horizontal(const byte_tables& t, const std::uint8_t* src, int first, int last, std::int16_t* out) {
  with_window_of(t, [&]<class Window>(Window*) { horizontal_in<Window>(t, src, first, last, out); });
}

void both(const byte_tables& t, const byte_rows_pair& rows, std::uint8_t* out, int count) {
  with_window_of(t, [&]<class Window>(Window*) {
    with_blender(rows.blend, [&](const auto& blend) { both_in<Window>(t, rows, blend, out, count); });
  });
}

template <class Blender>
void vertical_in(const std::int16_t* upper, const std::int16_t* lower, Blender blend, std::uint8_t* out, int count) {
  constexpr int n = lanes_of_words;
  for (; count > 0; upper += 2 * n, lower += 2 * n, out += 2 * n, count -= 2 * n) {
    const auto a = blend(hn::Load(d16, upper), hn::Load(d16, lower));
    const auto b = blend(hn::Load(d16, upper + n), hn::Load(d16, lower + n));
    store(pack(a, b), out, count);
  }
}

void vertical(const std::int16_t* upper, const std::int16_t* lower, byte_blend b, std::uint8_t* out, int count) {
  with_blender(b, [&](const auto& blend) { vertical_in(upper, lower, blend, out, count); });
}

// ---- Exact halves: the mean of 2 x 2 pixels, (a + b + c + d + 2) >> 2, which is what the formulas give.

#if HWY_TARGET == HWY_AVX3_DL

HWY_INLINE __m512i sum_pairs(__m512i src, __m512i order) {
  return _mm512_maddubs_epi16(_mm512_permutexvar_epi8(order, src), _mm512_set1_epi8(1));
}

HWY_INLINE __m512i halve_vector(__m512i upper, __m512i lower, __m512i order) {
  const auto sum = _mm512_add_epi16(sum_pairs(upper, order), sum_pairs(lower, order));
  return _mm512_srli_epi16(_mm512_add_epi16(sum, _mm512_set1_epi16(2)), 2);
}

void halve(const halving_order& tables, const byte_rows_pair& rows, std::uint8_t* out, int count) {
  const auto order = _mm512_load_si512(tables.pairs);
  const auto packed = _mm512_load_si512(tables.packed);
  const int step = 2 * tables.outputs;  // bytes read for a vector, and outputs of a block
  const auto* upper = rows.upper;
  const auto* lower = rows.lower;
  for (; count >= 64; count -= step, upper += 2 * step, lower += 2 * step, out += step) {
    const auto low = halve_vector(_mm512_loadu_si512(upper), _mm512_loadu_si512(lower), order);
    const auto high = halve_vector(_mm512_loadu_si512(upper + step), _mm512_loadu_si512(lower + step), order);
    _mm512_storeu_si512(out, _mm512_permutexvar_epi8(packed, _mm512_packus_epi16(low, high)));
  }
  for (; count > 0; count -= tables.outputs, upper += step, lower += step, out += tables.outputs) {
    const int outputs = count < tables.outputs ? count : tables.outputs;
    const __mmask64 taps = ~std::uint64_t{0} >> (64 - 2 * outputs);
    const auto mean = halve_vector(_mm512_maskz_loadu_epi8(taps, upper), _mm512_maskz_loadu_epi8(taps, lower), order);
    _mm256_mask_storeu_epi8(out, static_cast<__mmask32>(~std::uint32_t{0} >> (32 - outputs)),
                            _mm512_cvtepi16_epi8(mean));
  }
}
constexpr int most_halving_channels = 8;

#else

void halve(const halving_order&, const byte_rows_pair& rows, std::uint8_t* out, int count) {
  const hn::Repartition<std::uint16_t, bytes_tag> du;
  const hn::Half<bytes_tag> half;
  constexpr int n = lanes_of_words;
  auto sum = [&](const std::uint8_t* p) {
    const auto v = hn::BitCast(du, hn::LoadU(d8, p));
    return hn::Add(hn::And(v, hn::Set(du, 0xff)), hn::ShiftRight<8>(v));
  };
  auto mean = [&](const std::uint8_t* upper, const std::uint8_t* lower) {
    const auto four = hn::Add(hn::Add(sum(upper), sum(lower)), hn::Set(du, 2));
    return hn::DemoteTo(half, hn::BitCast(d16, hn::ShiftRight<2>(four)));
  };
  int i = 0;
  for (; i + n <= count; i += n) hn::StoreU(mean(rows.upper + 2 * i, rows.lower + 2 * i), half, out + i);
  if (i == count) return;
  alignas(64) std::uint8_t ends[3][2 * n] = {};
  std::memcpy(ends[0], rows.upper + 2 * i, 2 * (count - i));
  std::memcpy(ends[1], rows.lower + 2 * i, 2 * (count - i));
  hn::Store(mean(ends[0], ends[1]), half, ends[2]);
  std::memcpy(out + i, ends[2], count - i);
}
constexpr int most_halving_channels = 1;

#endif

byte_functions functions() {
  constexpr byte_layout layout{.lanes = lanes_of_words / 8, .one_window = HWY_TARGET == HWY_AVX3_DL};
  return {layout, most_halving_channels, horizontal, vertical, both, halve};
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
