// SPDX-License-Identifier: Apache-2.0
// Lanes of u8 pixels of one channel between pixels, all near each other: their bytes are picked from one load of each
// row, which takes a third of the time of gathers. The same numbers as common/warp/sample.hpp. Included once per
// target.

#if defined(FLUXEL_BYTE_SAMPLES) == defined(HWY_TARGET_TOGGLE)
#ifdef FLUXEL_BYTE_SAMPLES
#undef FLUXEL_BYTE_SAMPLES
#else
#define FLUXEL_BYTE_SAMPLES
#endif

#include "hwy/highway.h"
#include "kernels/common/warp/sample.hpp"
#include "kernels/cpu/warp/halves-inl.hpp"

#if HWY_TARGET != HWY_SCALAR  // which has no lanes to share words

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// As many lanes as their bytes can be picked from one load of 16.
using sample_tag = hn::CappedTag<std::int32_t, 8>;
using sample_lanes = hn::Vec<sample_tag>;

/// Two neighbouring bytes of each lane, as halves of 16 bits.
struct byte_pair {
  sample_lanes where;  ///< 0x80 is a byte of zero

  /// @param first  of the two, from the first byte of what is loaded
  HWY_INLINE explicit byte_pair(sample_lanes first) {
    const sample_tag d;
    where = hn::Add(hn::Or(first, hn::ShiftLeft<16>(first)), hn::Set(d, static_cast<std::int32_t>(0x80018000u)));
  }
  template <class Bytes>
  HWY_INLINE sample_lanes of(Bytes bytes) const {
    const sample_tag d;
    const hn::Repartition<std::uint8_t, sample_tag> d8;
    return hn::BitCast(d, hn::TableLookupBytesOr0(bytes, hn::BitCast(d8, where)));
  }
};

/// Lanes within 16 bytes of a few rows of pixels: most of them, where nothing gets much smaller.
struct near_bytes {
  const std::uint8_t* first;  ///< what is loaded of the highest row
  std::ptrdiff_t pitch;
  sample_lanes x;  ///< of the pixel at or before each position, from the first byte
  sample_lanes y;  ///< its row, from the highest
  int lowest;      ///< the largest of y

  HWY_INLINE auto row(int from_position) const {
    const hn::Repartition<std::uint8_t, sample_tag> d8;
    return hn::LoadDup128(d8, first + from_position * pitch);
  }
  /// A window of rows moves down, in the lanes whose row is `down` or lower.
  template <int Rows>
  HWY_INLINE void move_down(sample_lanes (&window)[Rows], int down, sample_lanes next) const {
    const auto moves = hn::Gt(y, hn::Set(sample_tag(), down - 1));
    for (int k = 0; k + 1 < Rows; ++k) window[k] = hn::IfThenElse(moves, window[k + 1], window[k]);
    window[Rows - 1] = hn::IfThenElse(moves, next, window[Rows - 1]);
  }
};

HWY_INLINE sample_lanes linear_bytes(const near_bytes& from, sample_lanes fx, sample_lanes fy) {
  const sample_tag d;
  const byte_pair pair(from.x);
  const auto across = halves(hn::Sub(hn::Set(d, warp_one), fx), fx);
  sample_lanes kept[2] = {sum_of_halves(pair.of(from.row(0)), across), sum_of_halves(pair.of(from.row(1)), across)};
  for (int down = 1; down <= from.lowest; ++down)
    from.move_down(kept, down, sum_of_halves(pair.of(from.row(down + 1)), across));
  const auto sum = hn::Add(hn::ShiftLeft<warp_bits>(kept[0]), hn::Mul(hn::Sub(kept[1], kept[0]), fy));
  return hn::ShiftRight<2 * warp_bits>(hn::Add(sum, hn::Set(d, 1 << (2 * warp_bits - 1))));
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

/// The pass along rows: what is kept of four neighbours in each lane.
struct cubic_across {
  const near_bytes& from;
  cubic_lanes weights;
  byte_pair first, last;

  HWY_INLINE cubic_across(const near_bytes& near, sample_lanes fx)
      : from(near),
        weights(fx),
        first(hn::Sub(near.x, hn::Set(sample_tag(), 1))),
        last(hn::Add(near.x, hn::Set(sample_tag(), 1))) {}
  HWY_INLINE sample_lanes operator()(int row) const {
    using sample = warp_sample<std::uint8_t>;
    constexpr int cut = sample::weight_bits - sample::kept_bits;
    const auto bytes = from.row(row);
    const auto sum = weights.sum(first.of(bytes), last.of(bytes));
    return hn::ShiftRight<cut>(hn::Add(sum, hn::Set(sample_tag(), 1 << (cut - 1))));
  }
};

HWY_INLINE sample_lanes cubic_bytes(const near_bytes& from, sample_lanes fx, sample_lanes fy) {
  const sample_tag d;
  using sample = warp_sample<std::uint8_t>;
  constexpr int cut = sample::weight_bits + sample::kept_bits;
  const cubic_across kept_of(from, fx);
  sample_lanes kept[4] = {kept_of(-1), kept_of(0), kept_of(1), kept_of(2)};
  for (int down = 1; down <= from.lowest; ++down) from.move_down(kept, down, kept_of(down + 2));
  const auto sum =
      hn::Add(cubic_lanes(fy).sum(halves(kept[0], kept[1]), halves(kept[2], kept[3])), hn::Set(d, 1 << (cut - 1)));
  return hn::Min(hn::Max(hn::ShiftRight<cut>(sum), hn::Zero(d)), hn::Set(d, 255));
}

}  // namespace
}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
#endif  // per-target guard
