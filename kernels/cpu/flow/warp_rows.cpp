// SPDX-License-Identifier: Apache-2.0
// Warping: the taps of a chunk of pixels are copied side by side, four in 64 bits, and weighted a vector of pixels at
// a time. Where a pixel's taps reach over the border, they are copied one by one.

#include <algorithm>
#include <array>
#include <cstring>

#include "kernels/cpu/flow/rows.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/flow/warp_rows.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#if HWY_TARGET != HWY_SCALAR
#include "kernels/cpu/flow/lanes-inl.hpp"
#endif

#ifndef FLUXEL_FLOW_WARP_ONCE
#define FLUXEL_FLOW_WARP_ONCE
namespace fluxel::kernels {
namespace {

/// Weights of every phase, as four 16-bit numbers.
struct cubic_tables {
  std::array<std::uint64_t, flow_one> across;  ///< w0 w1 w2 w3
  std::array<std::uint64_t, flow_one> along;   ///< w0 w2 w1 w3: the order in which the rows are packed
};
constexpr std::uint64_t packed(std::int32_t a, std::int32_t b, std::int32_t c, std::int32_t d) {
  auto bits = [](std::int32_t v) { return static_cast<std::uint64_t>(static_cast<std::uint16_t>(v)); };
  return bits(a) | bits(b) << 16 | bits(c) << 32 | bits(d) << 48;
}
cubic_tables make_cubic_tables() {
  cubic_tables t{};
  for (int k = 0; k < flow_one; ++k) {
    const cubic_phase p = cubic_weights(k);
    t.across[k] = packed(p.w[0], p.w[1], p.w[2], p.w[3]);
    t.along[k] = packed(p.w[0], p.w[2], p.w[1], p.w[3]);
  }
  return t;
}
const cubic_tables cubic = make_cubic_tables();

constexpr int chunk = 64;

/// Where the pixels of a chunk lie in the next frame.
struct warp_targets {
  std::int32_t x[chunk], y[chunk], phase_x[chunk], phase_y[chunk];
  std::int32_t inside[chunk];  ///< 0: outside
  std::int32_t whole[chunk];   ///< 0: taps reach over the border
};

struct staged_taps {
  alignas(64) std::uint64_t row[4][chunk];
  alignas(64) std::uint64_t across[chunk], along[chunk];
};

}  // namespace
}  // namespace fluxel::kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

warp_row_function warp_function() { return nullptr; }

#else

namespace {

/// a0 b0 + a1 b1 of the two shorts of every 32 bits.
HWY_INLINE ints pair_sums(shorts a, shorts b) {
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  return ints{_mm512_madd_epi16(a.raw, b.raw)};
#elif HWY_TARGET == HWY_AVX2
  return ints{_mm256_madd_epi16(a.raw, b.raw)};
#else
  return hn::Add(hn::Mul(half_of<0>(a), half_of<0>(b)), hn::Mul(half_of<1>(a), half_of<1>(b)));
#endif
}

using long_tag = hn::RepartitionToWide<hn::RebindToUnsigned<int_tag> >;
using longs = hn::Vec<long_tag>;
HWY_INLINE ints low_to_high(ints v) { return hn::BitCast(int_tag(), hn::ShiftLeft<32>(hn::BitCast(long_tag(), v))); }
HWY_INLINE ints high_to_low(ints v) { return hn::BitCast(int_tag(), hn::ShiftRight<32>(hn::BitCast(long_tag(), v))); }

/// cubic_row of two rows of taps: in every 64 bits the result of `a`, then that of `b`.
HWY_INLINE ints two_rows(shorts a, shorts b, shorts weights) {
  const ints pa = pair_sums(a, weights), pb = pair_sums(b, weights);
  const ints sums = hn::Add(hn::OddEven(low_to_high(pb), pa), hn::OddEven(pb, high_to_low(pa)));
  return hn::ShiftRight<10>(hn::Add(sums, hn::Set(int_tag(), 1 << 9)));
}

/// The samples of as many pixels as a vector has 64-bit lanes, in their lower halves.
HWY_INLINE ints sample(const staged_taps& taps, int i) {
  auto at = [&](const std::uint64_t* p) HWY_ATTR { return hn::BitCast(short_tag(), hn::Load(long_tag(), p + i)); };
  const shorts across = at(taps.across);
  const ints r01 = two_rows(at(taps.row[0]), at(taps.row[1]), across);
  const ints r23 = two_rows(at(taps.row[2]), at(taps.row[3]), across);
  const ints sums = pair_sums(joined(r01, r23), at(taps.along));  // rows 0 2 1 3
  return hn::ShiftRight<14>(hn::Add(hn::Add(sums, high_to_low(sums)), hn::Set(int_tag(), 1 << 13)));
}

void find_targets(const warp_row_input& in, int begin, int count, warp_targets& to) {
  const int width = in.next.width, height = in.next.height;
  const std::int16_t *u = in.u + begin, *v = in.v + begin;
  const int y = in.y;
  HWY_FULL(std::int32_t) d;
  const hn::Rebind<std::int16_t, decltype(d)> ds;
  const int step = static_cast<int>(hn::Lanes(d));
  const auto zero = hn::Zero(d), most_x = hn::Set(d, (width - 1) * flow_one),
             most_y = hn::Set(d, (height - 1) * flow_one);
  auto between = [](auto v, auto low, auto high)
                     HWY_ATTR { return hn::Not(hn::Or(hn::Lt(v, low), hn::Gt(v, high))); };
  auto clamped = [](auto v, auto low, auto high) HWY_ATTR { return hn::Max(low, hn::Min(v, high)); };
  for (int i = 0; i < count; i += step) {
    const auto px = hn::Add(hn::ShiftLeft<6>(hn::Iota(d, begin + i)), hn::PromoteTo(d, hn::LoadU(ds, u + i)));
    const auto py = hn::Add(hn::Set(d, y * flow_one), hn::PromoteTo(d, hn::LoadU(ds, v + i)));
    const auto ix = hn::ShiftRight<6>(px), iy = hn::ShiftRight<6>(py);
    const auto inside = hn::And(between(px, zero, most_x), between(py, zero, most_y));
    const auto last_x = hn::Set(d, width - 3), last_y = hn::Set(d, height - 3), one = hn::Set(d, 1);
    const auto whole = hn::And(between(ix, one, last_x), between(iy, one, last_y));
    hn::StoreU(hn::VecFromMask(d, inside), d, to.inside + i);
    hn::StoreU(hn::VecFromMask(d, whole), d, to.whole + i);
    hn::StoreU(clamped(ix, zero, hn::Set(d, width - 1)), d, to.x + i);
    hn::StoreU(clamped(iy, zero, hn::Set(d, height - 1)), d, to.y + i);
    hn::StoreU(hn::And(px, hn::Set(d, 63)), d, to.phase_x + i);
    hn::StoreU(hn::And(py, hn::Set(d, 63)), d, to.phase_y + i);
  }
}

/// Row j of the taps of a pixel at (x, y), repeated at the border.
std::uint64_t border_taps(const plane<const u16>& next, int x, int y, int j) {
  const u16* p = next.data + clamp_index(y - 1 + j, next.height) * next.pitch;
  auto tap = [&](int i) HWY_ATTR { return std::int32_t{p[clamp_index(x - 1 + i, next.width)]}; };
  return packed(tap(0), tap(1), tap(2), tap(3));
}

void stage(const warp_row_input& in, const warp_targets& at, int count, staged_taps& to) {
  const std::ptrdiff_t pitch = in.next.pitch;
  for (int i = 0; i < count; ++i) {
    to.across[i] = cubic.across[at.phase_x[i]];
    to.along[i] = cubic.along[at.phase_y[i]];
    if (HWY_LIKELY(at.whole[i] != 0)) {
      const u16* p = in.next.data + (at.y[i] - 1) * pitch + (at.x[i] - 1);
      for (int j = 0; j < 4; ++j) std::memcpy(&to.row[j][i], p + j * pitch, sizeof(std::uint64_t));
    } else {
      for (int j = 0; j < 4; ++j) to.row[j][i] = border_taps(in.next, at.x[i], at.y[i], j);
    }
  }
}

/// Whether one of the pixels around a target inside the frame is unknown.
bool touches_mask(const plane<const u8>& mask, const warp_targets& at, int i) {
  const u8* const above = mask.data + at.y[i] * mask.pitch + at.x[i];
  const u8* const below = above + (at.phase_y[i] != 0 ? mask.pitch : 0);
  const int right = at.phase_x[i] != 0;
  return (above[0] | above[right] | below[0] | below[right]) != 0;
}

void find_reasons(const warp_row_input& in, const warp_targets& at, int begin, int count, std::uint8_t* reason) {
  for (int i = 0; i < count; ++i) reason[i] = at.inside[i] != 0 ? 0 : flow_outside;
  if (in.prev_mask != nullptr)
    for (int i = 0; i < count; ++i) reason[i] = in.prev_mask[begin + i] != 0 ? flow_masked : reason[i];
  if (in.next_mask.data == nullptr) return;
  for (int i = 0; i < count; ++i)
    if (at.inside[i] != 0 && touches_mask(in.next_mask, at, i)) reason[i] = flow_masked;
}

void warp(const warp_row_input& in, int width, std::int16_t* warped, std::uint8_t* reason) {
  constexpr int lanes = static_cast<int>(HWY_LANES(std::uint64_t));
  const hn::Half<short_tag> dh;
  warp_targets at;
  staged_taps taps{};
  for (int begin = 0; begin < width; begin += chunk) {
    const int count = std::min(chunk, width - begin);
    find_targets(in, begin, count, at);
    stage(in, at, count, taps);
    std::int16_t samples[chunk];
    for (int i = 0; i < chunk; i += 2 * lanes) {
      const ints both = hn::ConcatEven(int_tag(), sample(taps, i + lanes), sample(taps, i));
      hn::StoreU(hn::DemoteTo(dh, both), dh, samples + i);
    }
    find_reasons(in, at, begin, count, reason + begin);
    for (int i = 0; i < count; ++i)
      warped[begin + i] = at.inside[i] != 0 ? samples[i] : static_cast<std::int16_t>(in.prev[begin + i]);
  }
}

}  // namespace

warp_row_function warp_function() { return warp; }

#endif

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/cpu/runtime/target.hpp"

namespace fluxel::kernels {

HWY_EXPORT(warp_function);

warp_row_function flow_warp_row() { return for_target(HWY_DISPATCH_TABLE(warp_function))(); }

}  // namespace fluxel::kernels
#endif
