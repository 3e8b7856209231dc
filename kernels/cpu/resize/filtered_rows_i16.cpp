// SPDX-License-Identifier: Apache-2.0
// Filter passes of u8 where weights and kept rows fit i16 and sums i32: pairs of taps by one multiply-add.

#include "kernels/cpu/runtime/target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/resize/filtered_rows_i16.cpp"
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

const hn::ScalableTag<std::int16_t> d16;
const hn::ScalableTag<std::int32_t> d32;
using shorts = hn::Vec<decltype(d16)>;
using words = hn::Vec<decltype(d32)>;

struct i16_engine {
  using pixel = std::uint8_t;
  using kept = std::int16_t;
  using stored = std::uint8_t;
  static constexpr int step = 2;

  /// Of the lower and the upper lanes of each 128-bit block; the second sum of each is for targets that need it.
  struct sums {
    words low, low_more, high, high_more;
  };

  explicit i16_engine(const filter_rounding& r)
      : drop(r.first_bits - r.intermediate_bits),
        fraction(r.second_bits + r.intermediate_bits),
        max_value(r.max_value) {}

  template <class D>
  static HWY_INLINE hn::Vec<D> load(D d, const pixel* p) {
    return hn::PromoteTo(d, hn::LoadU(hn::Rebind<pixel, D>(), p));
  }
  static HWY_INLINE sums start() {
    const auto zero = hn::Zero(d32);
    return {zero, zero, zero, zero};
  }
  template <class Get>
  static HWY_INLINE void add(sums& s, const Get& get, const std::int32_t* weights, int k) {
    const auto a = get(k);
    const auto b = get(k + 1);
    const auto w = hn::BitCast(d16, hn::Set(d32, weights[k / 2]));
    s.low = hn::ReorderWidenMulAccumulate(d32, hn::InterleaveLower(d16, a, b), w, s.low, s.low_more);
    s.high = hn::ReorderWidenMulAccumulate(d32, hn::InterleaveUpper(d16, a, b), w, s.high, s.high_more);
  }
  static HWY_INLINE shorts round(const sums& s, int bits) {
    const auto half = hn::Set(d32, 1 << (bits - 1));
    const auto low = hn::Add(hn::RearrangeToOddPlusEven(s.low, s.low_more), half);
    const auto high = hn::Add(hn::RearrangeToOddPlusEven(s.high, s.high_more), half);
    return hn::ReorderDemote2To(d16, hn::ShiftRightSame(low, bits), hn::ShiftRightSame(high, bits));
  }
  HWY_INLINE shorts keep(const sums& s) const { return round(s, drop); }
  HWY_INLINE shorts result(const sums& s) const {
    return hn::Min(hn::Max(round(s, fraction), hn::Zero(d16)), hn::Set(d16, static_cast<std::int16_t>(max_value)));
  }
  static HWY_INLINE void store(shorts v, pixel* p) {
    const hn::Rebind<pixel, decltype(d16)> d8;
    hn::StoreU(hn::DemoteTo(d8, v), d8, p);
  }
  template <class D>
  static HWY_INLINE hn::Vec<D> pack(D d, const shorts (&v)[2]) {
    return pack_blocks(d, v[0], v[1]);
  }

  int drop, fraction, max_value;
};

filter_passes passes(element_type) { return passes_of<i16_engine>(); }

#endif

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fluxel::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
FLUXEL_PASSES_OF_TARGET(i16_passes)
#endif
