// SPDX-License-Identifier: Apache-2.0
// Filter passes of integer pixels by 64-bit sums: all of u16, and u8 whose tables are too long for i16 weights.

#include "kernels/cpu/runtime/target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/resize/filtered_rows_i64.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/cpu/resize/filtered_rows-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels {
namespace HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_SCALAR
filter_passes passes(element_type) { return {}; }
#else

const hn::ScalableTag<std::int32_t> d32;
const hn::ScalableTag<std::int64_t> d64;
const hn::ScalableTag<std::uint64_t> du64;
using words = hn::Vec<decltype(d32)>;
using longs = hn::Vec<decltype(d64)>;

template <class T>
struct i64_engine {
  using pixel = T;
  using kept = std::int32_t;
  using stored = T;
  static constexpr int step = 1;

  struct sums {
    longs even, odd;
  };

  explicit i64_engine(const filter_rounding& r)
      : drop(r.first_bits - r.intermediate_bits),
        fraction(r.second_bits + r.intermediate_bits),
        max_value(r.max_value),
        low_zero_bits(r.low_zero_bits) {}

  template <class D>
  HWY_INLINE hn::Vec<D> load(D d, const pixel* p) const {
    return hn::ShiftRightSame(hn::PromoteTo(d, hn::LoadU(hn::Rebind<pixel, D>(), p)), low_zero_bits);
  }
  static HWY_INLINE sums start() { return {hn::Zero(d64), hn::Zero(d64)}; }
  template <class Get>
  static HWY_INLINE void add(sums& s, const Get& get, const std::int32_t* weights, int k) {
    const auto v = get(k);
    const auto w = hn::Set(d32, weights[k]);
    const auto odd = hn::BitCast(d32, hn::ShiftRight<32>(hn::BitCast(du64, v)));
    s.even = hn::Add(s.even, hn::MulEven(v, w));
    s.odd = hn::Add(s.odd, hn::MulEven(odd, w));
  }
  /// The results fit i32, so that logical shifts by up to 32 leave all of their bits in the lower word.
  static HWY_INLINE words round(const sums& s, int bits) {
    const auto half = hn::Set(d64, (std::int64_t{1} << bits) >> 1);
    const int at_once = bits < 32 ? bits : 32;
    const auto even = hn::ShiftRightSame(hn::BitCast(du64, hn::Add(s.even, half)), at_once);
    const auto odd = hn::ShiftRightSame(hn::BitCast(du64, hn::Add(s.odd, half)), at_once);
    const auto both = hn::OddEven(hn::BitCast(d32, hn::ShiftLeft<32>(odd)), hn::BitCast(d32, even));
    return hn::ShiftRightSame(both, bits - at_once);
  }
  HWY_INLINE words keep(const sums& s) const { return round(s, drop); }
  HWY_INLINE words result(const sums& s) const {
    const auto clamped = hn::Min(hn::Max(round(s, fraction), hn::Zero(d32)), hn::Set(d32, max_value));
    return hn::ShiftLeftSame(clamped, low_zero_bits);
  }
  static HWY_INLINE void store(words v, pixel* p) {
    const hn::Rebind<pixel, decltype(d32)> d;
    hn::StoreU(hn::DemoteTo(d, v), d, p);
  }
  template <class D>
  static HWY_INLINE hn::Vec<D> pack(D d, const words (&v)[2]) {
    return pack_blocks(d, v[0], v[1]);
  }
  template <class D>
  static HWY_INLINE hn::Vec<D> pack(D d, const words (&v)[4]) {
    const hn::Repartition<std::uint16_t, D> d16;
    return pack_blocks(d, pack_blocks(d16, v[0], v[1]), pack_blocks(d16, v[2], v[3]));
  }

  int drop, fraction, max_value, low_zero_bits;
};

filter_passes passes(element_type type) {
  return type == element_type::u8 ? passes_of<i64_engine<std::uint8_t> >() : passes_of<i64_engine<std::uint16_t> >();
}

#endif

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fluxel::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
FLUXEL_PASSES_OF_TARGET(i64_passes)
#endif
