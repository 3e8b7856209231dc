// SPDX-License-Identifier: Apache-2.0
// Lanes of 32 bits that hold two numbers of 16. Included once per target.

#if defined(FLUXEL_HALVES) == defined(HWY_TARGET_TOGGLE)
#ifdef FLUXEL_HALVES
#undef FLUXEL_HALVES
#else
#define FLUXEL_HALVES
#endif

#include <cstdint>

#include "hwy/highway.h"

#if HWY_TARGET != HWY_SCALAR  // which has no lanes to share words

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {
namespace {

/// Of each lane's two halves: the sum of their products, in 32 bits.
template <class V, class D = hwy::HWY_NAMESPACE::DFromV<V>>
HWY_INLINE V sum_of_halves(V a, V b) {
  namespace hn = hwy::HWY_NAMESPACE;
  const D d;
#if HWY_ARCH_X86
  const hn::RepartitionToNarrow<D> d16;
  auto none = hn::Zero(d);
  return hn::ReorderWidenMulAccumulate(d, hn::BitCast(d16, a), hn::BitCast(d16, b), hn::Zero(d), none);
#else  // elsewhere it adds other pairs
  const auto low = [](V v) HWY_ATTR { return hn::ShiftRight<16>(hn::ShiftLeft<16>(v)); };
  return hn::Add(hn::Mul(low(a), low(b)), hn::Mul(hn::ShiftRight<16>(a), hn::ShiftRight<16>(b)));
#endif
}
template <class V, class D = hwy::HWY_NAMESPACE::DFromV<V>>
HWY_INLINE V halves(V low, V high) {
  namespace hn = hwy::HWY_NAMESPACE;
  return hn::Or(hn::And(low, hn::Set(D(), 0xffff)), hn::ShiftLeft<16>(high));
}

}  // namespace
}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
#endif  // per-target guard
