// SPDX-License-Identifier: Apache-2.0
// f32 lanes rounded to halves. Included once per target.

#if defined(FLUXEL_HALF_LANES) == defined(HWY_TARGET_TOGGLE)
#ifdef FLUXEL_HALF_LANES
#undef FLUXEL_HALF_LANES
#else
#define FLUXEL_HALF_LANES
#endif

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {
namespace {

/// The bits of bf16 in the low half of each lane: half to even; NaN stays one, quiet.
template <class V>
HWY_INLINE auto bf16_bits(V value) {
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::RebindToUnsigned<hn::DFromV<V> > du;
  const auto bits = hn::BitCast(du, value);
  const auto top = hn::ShiftRight<16>(bits);
  const auto even = hn::And(top, hn::Set(du, 1));
  const auto rounded = hn::ShiftRight<16>(hn::Add(hn::Add(bits, hn::Set(du, 0x7fff)), even));
  return hn::IfThenElse(hn::RebindMask(du, hn::Ne(value, value)), hn::Or(top, hn::Set(du, 0x40)), rounded);
}

}  // namespace
}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
