// SPDX-License-Identifier: Apache-2.0
// Warping. Flow is smooth: mostly the whole pixels that a vector of neighbours lies at are neighbours too, or one of
// them is repeated or left out. Their taps are then read as they lie. Elsewhere the taps of a chunk of pixels are
// copied side by side, four in 64 bits, and weighted a vector of pixels at a time. Where a pixel's taps reach over
// the border, they are copied one by one.

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

/// Catmull-Rom weights in pairs: those of taps 0 and 1, and of taps 2 and 3, of even and of odd pixels.
struct paired_weights {
  shorts even01, even23, odd01, odd23;
};
HWY_INLINE shorts pair_of_even(shorts a, shorts b) {
  return hn::OddEven(hn::BitCast(short_tag(), hn::ShiftLeft<16>(hn::BitCast(int_tag(), b))), a);
}
HWY_INLINE shorts pair_of_odd(shorts a, shorts b) {
  const hn::RebindToUnsigned<int_tag> d;
  return hn::OddEven(b, hn::BitCast(short_tag(), hn::ShiftRight<16>(hn::BitCast(d, a))));
}

/// cubic_weights: with m of 64 to the nearer tap, m (64 - m)^2 and the like are 2^7 times a weight.
HWY_INLINE paired_weights weights_of_phases(shorts phase) {
  const short_tag d;
  const shorts whole = hn::Set(d, 64);
  const shorts m = hn::Min(phase, hn::Sub(whole, phase)), rest = hn::Sub(whole, m), squared = hn::Mul(m, m);
  const shorts m8 = hn::ShiftLeft<8>(m), zero = hn::Zero(d);
  const shorts beyond_near = hn::MulFixedPoint15(hn::Sub(zero, m8), hn::Mul(rest, rest));
  const shorts three = hn::Add(m, hn::Add(m, m));
  const shorts far = hn::MulFixedPoint15(m8, hn::Add(hn::Set(d, 4096), hn::Mul(m, hn::Sub(hn::Set(d, 256), three))));
  const shorts beyond_far = hn::MulFixedPoint15(hn::Sub(zero, squared), hn::ShiftLeft<8>(rest));
  const shorts nearest = hn::Sub(hn::Sub(hn::Set(d, 4096), beyond_near), hn::Add(far, beyond_far));
  const auto near = hn::Eq(m, phase);
  const shorts w0 = hn::IfThenElse(near, beyond_near, beyond_far), w1 = hn::IfThenElse(near, nearest, far),
               w2 = hn::IfThenElse(near, far, nearest), w3 = hn::IfThenElse(near, beyond_far, beyond_near);
  return {pair_of_even(w0, w1), pair_of_even(w2, w3), pair_of_odd(w0, w1), pair_of_odd(w2, w3)};
}

/// A vector of neighbours whose whole pixels are at `taps` or one further, in either direction; by even and odd
/// pixels.
struct neighbours {
  const u16* taps;  ///< of the first pixel, if it is not one further
  std::ptrdiff_t pitch;
  paired_weights across, along;
  decltype(hn::Lt(ints(), ints())) even_right, odd_right, even_down, odd_down;  ///< one further
};

struct rounded_rows {
  ints even, odd;
};
/// cubic_row of one row of taps.
template <bool mixed>
HWY_INLINE rounded_rows row_of_taps(const neighbours& at, const u16* p) {
  auto load = [&](int i)
                  HWY_ATTR { return hn::BitCast(int_tag(), hn::LoadU(hn::RebindToUnsigned<short_tag>(), p + i)); };
  ints even01 = load(0), odd01 = load(1), even23 = load(2), odd23 = load(3);
  if constexpr (mixed) {
    const ints beyond = load(4);
    even01 = hn::IfThenElse(at.even_right, odd01, even01);
    odd01 = hn::IfThenElse(at.odd_right, even23, odd01);
    even23 = hn::IfThenElse(at.even_right, odd23, even23);
    odd23 = hn::IfThenElse(at.odd_right, beyond, odd23);
  }
  auto sum = [](ints t01, ints t23, shorts w01, shorts w23) HWY_ATTR {
    const ints all =
        hn::Add(pair_sums(hn::BitCast(short_tag(), t01), w01), pair_sums(hn::BitCast(short_tag(), t23), w23));
    return hn::ShiftRight<10>(hn::Add(all, hn::Set(int_tag(), 1 << 9)));
  };
  return {sum(even01, even23, at.across.even01, at.across.even23),
          sum(odd01, odd23, at.across.odd01, at.across.odd23)};
}

template <bool mixed_x, bool mixed_y>
void sample_neighbours(const neighbours& at, std::int16_t* to) {
  auto row = [&](int j) HWY_ATTR { return row_of_taps<mixed_x>(at, at.taps + j * at.pitch); };
  rounded_rows r0 = row(0), r1 = row(1), r2 = row(2), r3 = row(3);
  if constexpr (mixed_y) {
    auto lower = [&](const rounded_rows& own, const rounded_rows& below) HWY_ATTR -> rounded_rows {
      return {hn::IfThenElse(at.even_down, below.even, own.even), hn::IfThenElse(at.odd_down, below.odd, own.odd)};
    };
    const rounded_rows r4 = row(4);
    r0 = lower(r0, r1);
    r1 = lower(r1, r2);
    r2 = lower(r2, r3);
    r3 = lower(r3, r4);
  }
  auto sum = [](ints a, ints b, ints c, ints d, shorts w01, shorts w23) HWY_ATTR {
    const ints all = hn::Add(pair_sums(joined(a, b), w01), pair_sums(joined(c, d), w23));
    return hn::ShiftRight<14>(hn::Add(all, hn::Set(int_tag(), 1 << 13)));
  };
  hn::StoreU(joined(sum(r0.even, r1.even, r2.even, r3.even, at.along.even01, at.along.even23),
                    sum(r0.odd, r1.odd, r2.odd, r3.odd, at.along.odd01, at.along.odd23)),
             short_tag(), to);
}

/// Of a vector's whole parts of flow: the least one, if all are that or one more.
struct whole_parts {
  bool close;  ///< all of them are
  bool mixed;  ///< not all are the least one
  int least;
};
HWY_INLINE whole_parts close_parts(shorts whole, std::int16_t first) {
  const short_tag d;
  const shorts to_first = hn::Sub(whole, hn::Set(d, first)), zero = hn::Zero(d);
  const bool lower = !hn::AllFalse(d, hn::Lt(to_first, zero)), upper = !hn::AllFalse(d, hn::Gt(to_first, zero));
  const bool far = !hn::AllFalse(d, hn::Gt(hn::Abs(to_first), hn::Set(d, 1)));
  return {!far && !(lower && upper), lower || upper, first - static_cast<int>(lower)};
}

/// The samples of a vector of pixels from column x on, if they are neighbours and all their taps inside the frame.
bool warp_neighbours(const warp_row_input& in, int x, std::int16_t* warped) {
  const short_tag d;
  const shorts u = hn::LoadU(d, in.u + x), v = hn::LoadU(d, in.v + x);
  const shorts whole_u = hn::ShiftRight<6>(u), whole_v = hn::ShiftRight<6>(v);
  const auto across = close_parts(whole_u, in.u[x] >> 6), along = close_parts(whole_v, in.v[x] >> 6);
  if (!across.close || !along.close) return false;
  const int left = x + across.least - 1, top = in.y + along.least - 1;
  if (left < 0 || left + short_lanes + 4 > in.next.width || top < 0 || top + 5 > in.next.height) return false;
  const shorts phases = hn::Set(d, 63);
  auto even_further = [](shorts whole, int least)
                          HWY_ATTR { return hn::Gt(half_of<0>(whole), hn::Set(int_tag(), least)); };
  auto odd_further = [](shorts whole, int least)
                         HWY_ATTR { return hn::Gt(half_of<1>(whole), hn::Set(int_tag(), least)); };
  const neighbours at{in.next.data + top * in.next.pitch + left, in.next.pitch,
                      weights_of_phases(hn::And(u, phases)),     weights_of_phases(hn::And(v, phases)),
                      even_further(whole_u, across.least),       odd_further(whole_u, across.least),
                      even_further(whole_v, along.least),        odd_further(whole_v, along.least)};
  if (across.mixed)
    along.mixed ? sample_neighbours<true, true>(at, warped) : sample_neighbours<true, false>(at, warped);
  else
    along.mixed ? sample_neighbours<false, true>(at, warped) : sample_neighbours<false, false>(at, warped);
  return true;
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

/// Any pixels, from column `begin` on.
void warp_chunk(const warp_row_input& in, int begin, int count, staged_taps& taps, std::int16_t* warped,
                std::uint8_t* reason) {
  constexpr int lanes = static_cast<int>(HWY_LANES(std::uint64_t));
  const hn::Half<short_tag> dh;
  warp_targets at;
  find_targets(in, begin, count, at);
  stage(in, at, count, taps);
  std::int16_t samples[chunk];
  for (int i = 0; i < count; i += 2 * lanes) {
    const ints both = hn::ConcatEven(int_tag(), sample(taps, i + lanes), sample(taps, i));
    hn::StoreU(hn::DemoteTo(dh, both), dh, samples + i);
  }
  find_reasons(in, at, begin, count, reason + begin);
  for (int i = 0; i < count; ++i)
    warped[begin + i] = at.inside[i] != 0 ? samples[i] : static_cast<std::int16_t>(in.prev[begin + i]);
}

void warp(const warp_row_input& in, int width, std::int16_t* warped, std::uint8_t* reason) {
  const bool masked = in.prev_mask != nullptr || in.next_mask.data != nullptr;
  auto together = [&](int x) { return !masked && x + short_lanes <= width && warp_neighbours(in, x, warped + x); };
  staged_taps taps{};
  for (int x = 0; x < width;) {
    if (together(x)) {
      std::fill_n(reason + x, short_lanes, std::uint8_t{0});
      x += short_lanes;
      continue;
    }
    const int count = std::min({masked ? chunk : short_lanes, chunk, width - x});
    warp_chunk(in, x, count, taps, warped, reason);
    x += count;
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
