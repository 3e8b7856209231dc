// SPDX-License-Identifier: Apache-2.0
// Lanes of u8 pixels of one channel between pixels: the four bytes that a row has around a position are one gathered
// word. The same numbers as common/warp/sample.hpp. Included once per target.

#if defined(FLUXEL_BYTE_SAMPLES) == defined(HWY_TARGET_TOGGLE)
#ifdef FLUXEL_BYTE_SAMPLES
#undef FLUXEL_BYTE_SAMPLES
#else
#define FLUXEL_BYTE_SAMPLES
#endif

#include "hwy/highway.h"
#include "kernels/common/warp/sample.hpp"

#if HWY_TARGET != HWY_SCALAR  // which has no lanes to share words

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using sample_tag = hn::ScalableTag<std::int32_t>;
using sample_lanes = hn::Vec<sample_tag>;

/// One plane of bytes, and the positions whose four by four bytes lie inside it.
struct byte_plane {
  const std::uint8_t* first;  ///< of the first row
  std::int32_t pitch;
  int width, height;

  /// Offsets of words are 32 bits.
  static bool fits(const image& im) {
    const auto bytes = static_cast<std::int64_t>(im.pitch < 0 ? -im.pitch : im.pitch);
    return im.channels == 1 && bytes * im.height < std::int64_t{1} << 31;
  }
  HWY_INLINE hn::Mask<sample_tag> is_inside(sample_lanes x, sample_lanes y) const {
    const sample_tag d;
    const auto in_x = hn::And(hn::Gt(x, hn::Zero(d)), hn::Lt(x, hn::Set(d, width - 3)));
    return hn::And(in_x, hn::And(hn::Gt(y, hn::Zero(d)), hn::Lt(y, hn::Set(d, height - 2))));
  }
  HWY_INLINE sample_lanes words(sample_lanes offset) const {
    const sample_tag d;
    return hn::GatherOffset(d, reinterpret_cast<const std::int32_t*>(first), offset);
  }
};

HWY_INLINE sample_lanes byte_of(sample_lanes word, int which) {
  const sample_tag d;
  const hn::RebindToUnsigned<sample_tag> du;
  const auto shifted = hn::BitCast(d, hn::ShiftRightSame(hn::BitCast(du, word), which * 8));
  return hn::And(shifted, hn::Set(d, 255));
}

/// Positions are split into pixels and fractions.
HWY_INLINE sample_lanes linear_bytes(const byte_plane& from, sample_lanes x, sample_lanes y, sample_lanes fx,
                                     sample_lanes fy) {
  const sample_tag d;
  const auto offset = hn::Add(hn::Mul(y, hn::Set(d, from.pitch)), x);
  const auto across = [&](sample_lanes word) HWY_ATTR {
    const auto a = byte_of(word, 0), b = byte_of(word, 1);
    return hn::Add(hn::ShiftLeft<warp_bits>(a), hn::Mul(hn::Sub(b, a), fx));
  };
  const auto above = across(from.words(offset));
  const auto below = across(from.words(hn::Add(offset, hn::Set(d, from.pitch))));
  const auto sum = hn::Add(hn::ShiftLeft<warp_bits>(above), hn::Mul(hn::Sub(below, above), fy));
  return hn::ShiftRight<2 * warp_bits>(hn::Add(sum, hn::Set(d, 1 << (2 * warp_bits - 1))));
}

/// Of each lane's two halves: the sum of their products, in 32 bits.
HWY_INLINE sample_lanes sum_of_halves(sample_lanes a, sample_lanes b) {
  const sample_tag d;
#if HWY_ARCH_X86
  const hn::RepartitionToNarrow<sample_tag> d16;
  auto none = hn::Zero(d);
  return hn::ReorderWidenMulAccumulate(d, hn::BitCast(d16, a), hn::BitCast(d16, b), hn::Zero(d), none);
#else  // elsewhere it adds other pairs
  const auto low = [](sample_lanes v) HWY_ATTR { return hn::ShiftRight<16>(hn::ShiftLeft<16>(v)); };
  return hn::Add(hn::Mul(low(a), low(b)), hn::Mul(hn::ShiftRight<16>(a), hn::ShiftRight<16>(b)));
#endif
}
HWY_INLINE sample_lanes halves(sample_lanes low, sample_lanes high) {
  return hn::Or(hn::And(low, hn::Set(sample_tag(), 0xffff)), hn::ShiftLeft<16>(high));
}

/// Catmull-Rom weights in 2^-14, as those of u8 pixels: they fit in 16 bits, two in a lane.
struct cubic_lanes {
  sample_lanes w01, w23;

  HWY_INLINE explicit cubic_lanes(sample_lanes f) {
    const sample_tag d;
    using sample = warp_sample<std::uint8_t>;
    constexpr int cut = cubic_bits - sample::weight_bits;
    const auto rounded = [&](sample_lanes exact)
                             HWY_ATTR { return hn::ShiftRight<cut>(hn::Add(exact, hn::Set(d, 1 << cut >> 1))); };
    const auto square = hn::Mul(f, f), cube = hn::Mul(square, f);
    const auto w0 = rounded(hn::Sub(hn::Sub(hn::ShiftLeft<9>(square), cube), hn::ShiftLeft<16>(f)));
    const auto thrice = hn::Add(cube, hn::ShiftLeft<1>(cube));
    const auto squares = hn::Add(hn::ShiftLeft<10>(square), hn::ShiftLeft<8>(square));
    const auto w1 = rounded(hn::Add(hn::Sub(thrice, squares), hn::Set(d, 1 << cubic_bits)));
    const auto w3 = rounded(hn::Sub(cube, hn::ShiftLeft<8>(square)));
    const auto w2 = hn::Sub(hn::Sub(hn::Sub(hn::Set(d, 1 << sample::weight_bits), w0), w1), w3);
    w01 = halves(w0, w1);
    w23 = halves(w2, w3);
  }
  /// @param v01, v23  values of 16 bits, two in a lane
  HWY_INLINE sample_lanes sum(sample_lanes v01, sample_lanes v23) const {
    return hn::Add(sum_of_halves(v01, w01), sum_of_halves(v23, w23));
  }
};

HWY_INLINE sample_lanes cubic_bytes(const byte_plane& from, sample_lanes x, sample_lanes y, sample_lanes fx,
                                    sample_lanes fy) {
  const sample_tag d;
  const hn::Repartition<std::uint8_t, sample_tag> d8;
  using sample = warp_sample<std::uint8_t>;
  constexpr int cut = sample::weight_bits - sample::kept_bits, last_cut = sample::weight_bits + sample::kept_bits;
  // The bytes of a word as words of 16 bits: 0x80 is zero.
  alignas(16) static constexpr std::uint8_t first[16] = {0, 0x80, 1, 0x80, 4,  0x80, 5,  0x80,
                                                         8, 0x80, 9, 0x80, 12, 0x80, 13, 0x80};
  alignas(16) static constexpr std::uint8_t last[16] = {2,  0x80, 3,  0x80, 6,  0x80, 7,  0x80,
                                                        10, 0x80, 11, 0x80, 14, 0x80, 15, 0x80};
  const auto first_two = hn::LoadDup128(d8, first), last_two = hn::LoadDup128(d8, last);
  const auto pitch = hn::Set(d, from.pitch);
  auto offset = hn::Sub(hn::Add(hn::Mul(y, pitch), x), hn::Set(d, from.pitch + 1));
  const cubic_lanes across(fx), down(fy);
  sample_lanes kept[4] = {x, x, x, x};
  for (int k = 0; k < 4; ++k) {
    const auto word = hn::BitCast(d8, from.words(offset));
    const auto sum = across.sum(hn::BitCast(d, hn::TableLookupBytesOr0(word, first_two)),
                                hn::BitCast(d, hn::TableLookupBytesOr0(word, last_two)));
    kept[k] = hn::ShiftRight<cut>(hn::Add(sum, hn::Set(d, 1 << (cut - 1))));
    offset = hn::Add(offset, pitch);
  }
  const auto sum =
      hn::Add(down.sum(halves(kept[0], kept[1]), halves(kept[2], kept[3])), hn::Set(d, 1 << (last_cut - 1)));
  return hn::Min(hn::Max(hn::ShiftRight<last_cut>(sum), hn::Zero(d)), hn::Set(d, 255));
}

}  // namespace
}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
#endif  // per-target guard
