// SPDX-License-Identifier: Apache-2.0
// Bilinear rows of u8, once per target. Filtered rows are i16 with 7 fraction bits.

#include "hwy/cache_control.h"
#include "kernels/cpu/resize/linear_functions.hpp"
#include "kernels/cpu/runtime/target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/resize/linear_rows_u8.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/cpu/resize/linear_rows_u8_doubles-inl.hpp"
#include "kernels/cpu/resize/linear_rows_u8_halves-inl.hpp"
#include "kernels/cpu/resize/linear_rows_u8_pairs-inl.hpp"
#include "kernels/cpu/resize/linear_rows_u8_vectors-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels {
namespace HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_SCALAR

byte_functions functions() { return {}; }

#else

// ---- The pairs of taps of a block, `first` and `second` vector. Tables are loaded once.

#if HWY_TARGET == HWY_AVX3_DL

HWY_INLINE bytes load_taps(const linear_tables& t, std::size_t vector) {
  return hn::Load(d8, t.taps + 2 * lanes_of_words * vector);
}

/// A window of `units` times 64 bytes for each vector.
template <int units>
struct vector_windows_of {
  bytes taps0, taps1;
  std::ptrdiff_t start0, start1;
  HWY_INLINE vector_windows_of(const linear_tables& t, std::size_t block)
      : taps0(load_taps(t, 2 * block)),
        taps1(load_taps(t, 2 * block + 1)),
        start0(t.start[2 * block]),
        start1(t.start[2 * block + 1]) {}
  static HWY_INLINE bytes permuted(const std::uint8_t* p, bytes taps) {
    if constexpr (units == 1) return bytes{_mm512_permutexvar_epi8(taps.raw, _mm512_loadu_si512(p))};
    return bytes{_mm512_permutex2var_epi8(_mm512_loadu_si512(p), taps.raw, _mm512_loadu_si512(p + 64))};
  }
  HWY_INLINE void operator()(const std::uint8_t* src, bytes& first, bytes& second) const {
    first = permuted(src + start0, taps0);
    second = permuted(src + start1, taps1);
  }
};

/// Into a register: the compiler would load again for every permutation, and loads are what these wait for.
HWY_INLINE __m512i load_once(const std::uint8_t* p) {
  auto v = _mm512_loadu_si512(p);
  asm("" : "+v"(v));
  return v;
}

/// A window of several times 128 bytes for both vectors. Each 128 bytes replace the taps that lie in them; the others
/// keep their index for their own turn.
struct long_window {
  bytes taps0, taps1;
  std::ptrdiff_t start;
  const std::uint64_t* parts;
  int count;
  HWY_INLINE long_window(const linear_tables& t, std::size_t block)
      : taps0(load_taps(t, 2 * block)),
        taps1(load_taps(t, 2 * block + 1)),
        start(t.start[block]),
        parts(t.parts + block * (t.window / 64)),
        count(t.window / 128) {}
  HWY_INLINE void operator()(const std::uint8_t* src, bytes& first, bytes& second) const {
    first = taps0;
    second = taps1;
    for (int k = 0; k < count; ++k) {
      const auto low = load_once(src + start + 128 * k);
      const auto high = load_once(src + start + 128 * k + 64);
      first.raw = _mm512_mask2_permutex2var_epi8(low, first.raw, parts[2 * k], high);
      second.raw = _mm512_mask2_permutex2var_epi8(low, second.raw, parts[2 * k + 1], high);
    }
  }
};
constexpr bool vector_windows = true;

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

constexpr bool vector_windows = false;

template <int windows>
struct lane_windows {
  static constexpr int lanes = lanes_of_words / 8;
  bytes taps0, taps1, more0, more1;
  const std::int32_t* start;
  HWY_INLINE lane_windows(const linear_tables& t, std::size_t block)
      : taps0(hn::Load(d8, t.taps + 2 * block_elements * block)),
        taps1(hn::Load(d8, t.taps + 2 * block_elements * block + block_elements)),
        more0(windows == 1 ? taps0 : hn::Load(d8, t.more_taps + 2 * block_elements * block)),
        more1(windows == 1 ? taps1 : hn::Load(d8, t.more_taps + 2 * block_elements * block + block_elements)),
        start(t.start + 2 * lanes * block) {}
  static HWY_INLINE bytes permuted(const std::uint8_t* src, const std::int32_t* start, bytes taps, bytes more) {
    const auto found = hn::TableLookupBytesOr0(load_lanes(src, start), taps);
    if constexpr (windows == 1) return found;
    return hn::Or(found, hn::TableLookupBytesOr0(load_lanes(src + 16, start), more));
  }
  HWY_INLINE void operator()(const std::uint8_t* src, bytes& first, bytes& second) const {
    first = permuted(src, start, taps0, more0);
    second = permuted(src, start + lanes, taps1, more1);
  }
};

#endif

// ---- The walk.

template <class Window, bool dyadic>
struct block_filter {
  Window window;
  byte_weights<dyadic> weights0, weights1;
  HWY_INLINE block_filter(const linear_tables& t, std::size_t block)
      : window(t, block), weights0(t, 2 * block), weights1(t, 2 * block + 1) {}
  HWY_INLINE void operator()(const void* row, words& first, words& second) const {
    bytes pairs0, pairs1;
    window(static_cast<const std::uint8_t*>(row), pairs0, pairs1);
    first = weights0(pairs0);
    second = weights1(pairs1);
  }
};

template <class Window, bool dyadic, bool biased>
void columns(const linear_tables& tables, const row_step* steps, int rows) {
  const linear_tables t = tables;  // a copy, which no store can change
  std::ptrdiff_t count = t.dst_elements;
  for (std::size_t block = 0; count > 0; ++block, count -= block_elements) {
    const block_filter<Window, dyadic> filter(t, block);
    words upper0 = hn::Zero(d16), upper1 = upper0, lower0 = upper0, lower1 = upper0;
    for (const row_step* s = steps; s != steps + rows; ++s) {
      if (s->reuse != row_reuse::both) {
        if (s->reuse == row_reuse::lower)
          upper0 = lower0, upper1 = lower1;
        else
          filter(s->upper, upper0, upper1);
        if (s->reuse == row_reuse::none_of_one)
          lower0 = upper0, lower1 = upper1;
        else
          filter(s->lower, lower0, lower1);
      }
      const auto factor = hn::Set(d16, static_cast<std::int16_t>(s->weight));
      words nearer0 = upper0, nearer1 = upper1;
      if (s->lower_is_nearer) nearer0 = lower0, nearer1 = lower1;
      const auto first = blend<biased>(upper0, lower0, nearer0, factor);
      const auto second = blend<biased>(upper1, lower1, nearer1, factor);
      auto packed = round_and_pack(first, second);
      if constexpr (vector_windows) packed = in_order(packed);
      store(packed, static_cast<std::uint8_t*>(s->out) + block * block_elements, count);
    }
  }
}

template <class Window>
row_walk columns_of(const linear_tables& t) {
  if constexpr (split_weights)
    if (t.dyadic) return t.biased ? columns<Window, true, true> : columns<Window, true, false>;
  return t.biased ? columns<Window, false, true> : columns<Window, false, false>;
}

row_walk walk(const linear_tables& t) {
  if (t.source == tap_source::pairs) return pairs_of(t);
#if HWY_TARGET == HWY_AVX3_DL
  if (t.window == 64) return columns_of<vector_windows_of<1> >(t);
  if (t.window == 128) return columns_of<vector_windows_of<2> >(t);
  return columns_of<long_window>(t);
#else
  if (t.window == 16) return columns_of<lane_windows<1> >(t);
  return columns_of<lane_windows<2> >(t);
#endif
}

byte_functions functions() {
#if HWY_TARGET == HWY_AVX3_DL
  constexpr byte_layout layout{32, 32, 64, 2048, !split_weights};
#else
  constexpr byte_layout layout{lanes_of_words, 8, 16, 0, !split_weights};
#endif
  return {layout, walk, halves, doubles};
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
