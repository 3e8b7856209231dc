// SPDX-License-Identifier: Apache-2.0
// How the types computed in 32-bit lanes are loaded, blended and stored. Filtered rows are f32, or i32 with 12
// fraction bits for u16. Included once per target.

#if defined(FLUXEL_LINEAR_ROWS_WIDE_TYPES) == defined(HWY_TARGET_TOGGLE)
#ifdef FLUXEL_LINEAR_ROWS_WIDE_TYPES
#undef FLUXEL_LINEAR_ROWS_WIDE_TYPES
#else
#define FLUXEL_LINEAR_ROWS_WIDE_TYPES
#endif

#include <cstring>

#include "hwy/highway.h"
#include "kernels/cpu/resize/linear_functions.hpp"
#include "kernels/cpu/runtime/half_lanes-inl.hpp"

#if HWY_TARGET != HWY_SCALAR

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using float_tag = hn::ScalableTag<float>;
using int_tag = hn::ScalableTag<std::int32_t>;
constexpr float_tag df;
constexpr int_tag di;
constexpr int lanes = static_cast<int>(HWY_LANES(float));

/// `raw` is a vector of elements as they lie in memory, `value` the same in 32-bit lanes; D is the tag of i32 with as
/// many lanes. `bits` is the count of low zero bits.
struct float_blend {
  template <class D>
  using value_tag = hn::RebindToFloat<D>;
  template <class V, class W>
  static HWY_INLINE V blend(V a, V b, W weight) {
    const hn::DFromV<V> d;
    const auto w = hn::BitCast(d, weight);
    return hn::IfThenElse(hn::Eq(w, hn::Zero(d)), a, hn::MulAdd(w, hn::Sub(b, a), a));
  }
  template <class V, class W>
  static HWY_INLINE V horizontal(V a, V b, W weight) {
    return blend(a, b, weight);
  }
  /// The weight is not 0.
  template <class V, class W>
  static HWY_INLINE V vertical(V a, V b, W weight, int) {
    return hn::MulAdd(hn::BitCast(hn::DFromV<V>(), weight), hn::Sub(b, a), a);
  }
  /// What a filtered row with weight 1 gives.
  template <class V>
  static HWY_INLINE V alone(V a, int) {
    return a;
  }
};

struct of_f32 : float_blend {
  using element = float;
  template <class D>
  using raw_tag = hn::RebindToFloat<D>;
  template <class D>
  static HWY_INLINE hn::Vec<raw_tag<D> > value(D, hn::Vec<raw_tag<D> > raw, int) {
    return raw;
  }
  template <class D>
  static HWY_INLINE hn::Vec<raw_tag<D> > raw(D, hn::Vec<raw_tag<D> > value, int) {
    return value;
  }
};

struct of_f16 : float_blend {
  using element = hwy::float16_t;
  template <class D>
  using raw_tag = hn::Rebind<hwy::float16_t, D>;
  template <class D>
  static HWY_INLINE hn::Vec<value_tag<D> > value(D, hn::Vec<raw_tag<D> > raw, int) {
    return hn::PromoteTo(value_tag<D>(), raw);
  }
  template <class D>
  static HWY_INLINE hn::Vec<raw_tag<D> > raw(D, hn::Vec<value_tag<D> > value, int) {
    return hn::DemoteTo(raw_tag<D>(), value);
  }
};

struct of_bf16 : float_blend {
  using element = std::uint16_t;
  template <class D>
  using raw_tag = hn::Rebind<std::uint16_t, D>;
  template <class D>
  static HWY_INLINE hn::Vec<value_tag<D> > value(D d, hn::Vec<raw_tag<D> > raw, int) {
    return hn::BitCast(value_tag<D>(), hn::ShiftLeft<16>(hn::PromoteTo(d, raw)));
  }
  template <class D>
  static HWY_INLINE hn::Vec<raw_tag<D> > raw(D d, hn::Vec<value_tag<D> > value, int) {
    return hn::DemoteTo(raw_tag<D>(), hn::BitCast(d, bf16_bits(value)));
  }
};

struct of_u16 {
  using element = std::uint16_t;
  template <class D>
  using raw_tag = hn::Rebind<std::uint16_t, D>;
  template <class D>
  using value_tag = D;
  template <class D>
  static HWY_INLINE hn::Vec<D> value(D d, hn::Vec<raw_tag<D> > raw, int bits) {
    return hn::ShiftRightSame(hn::PromoteTo(d, raw), bits);
  }
  template <class D>
  static HWY_INLINE hn::Vec<raw_tag<D> > raw(D, hn::Vec<D> value, int bits) {
    return hn::DemoteTo(raw_tag<D>(), hn::ShiftLeftSame(value, bits));
  }
  // The weight is split at 12 bits: (d w + 2^11) >> 12 = d (w >> 12) + ((d (w & 4095) + 2^11) >> 12), all in 32 bits.
  template <class V>
  static HWY_INLINE V horizontal(V a, V b, V weight) {
    const hn::DFromV<V> d;
    const auto difference = hn::Sub(b, a);
    const auto low = hn::Mul(difference, hn::And(weight, hn::Set(d, 4095)));
    const auto fine = hn::ShiftRight<12>(hn::Add(low, hn::Set(d, 1 << 11)));
    const auto coarse = hn::Mul(difference, hn::ShiftRight<12>(weight));
    return hn::Add(hn::ShiftLeft<12>(a), hn::Add(coarse, fine));
  }
  // floor(d w / 2^24) lies in bits 24 to 55 of the 64-bit product.
  template <class V>
  static HWY_INLINE V vertical(V a, V b, V weight, int addend) {
    const hn::DFromV<V> d;
    const hn::Repartition<std::uint64_t, decltype(d)> dw;
    const auto difference = hn::Sub(b, a);
    const auto odd_difference = hn::BitCast(d, hn::ShiftRight<32>(hn::BitCast(dw, difference)));
    const auto even = hn::ShiftRight<24>(hn::BitCast(dw, hn::MulEven(difference, weight)));
    const auto odd = hn::ShiftLeft<8>(hn::BitCast(dw, hn::MulEven(odd_difference, weight)));
    const auto step = hn::OddEven(hn::BitCast(d, odd), hn::BitCast(d, even));
    return alone(hn::Add(a, step), addend);
  }
  template <class V>
  static HWY_INLINE V alone(V a, int addend) {
    return hn::ShiftRight<12>(hn::Add(a, hn::Set(hn::DFromV<V>(), addend)));
  }
};

template <class Of>
using value_of = hn::Vec<typename Of::template value_tag<int_tag> >;
template <class Of>
using raw_of = hn::Vec<typename Of::template raw_tag<int_tag> >;

template <class Of, class D>
HWY_INLINE hn::Vec<typename Of::template value_tag<D> > load(D d, const typename Of::element* p, int bits) {
  return Of::value(d, hn::LoadU(typename Of::template raw_tag<D>(), p), bits);
}

/// Blends two filtered rows.
template <class Of, class V>
HWY_INLINE V blended(V upper, V lower, const row_step& s, int addend) {
  if (s.weight == 0) return Of::alone(upper, addend);
  const hn::RebindToSigned<hn::DFromV<V> > d;
  return Of::vertical(upper, lower, hn::Set(d, s.weight), addend);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fluxel::kernels
HWY_AFTER_NAMESPACE();

#endif  // HWY_TARGET != HWY_SCALAR
#endif  // per-target guard
