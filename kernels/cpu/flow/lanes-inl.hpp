// SPDX-License-Identifier: Apache-2.0
// Split rows: what the solver's rows of floats look like on the CPU, once per target. A row is its even columns, then
// from flow_row_elements(width) / 2 on its odd ones, so that the pixels of one color lie together. A vector of
// 16-bit elements falls apart into both halves by shifts.

#if defined(FLUXEL_FLOW_LANES_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef FLUXEL_FLOW_LANES_INL
#undef FLUXEL_FLOW_LANES_INL
#else
#define FLUXEL_FLOW_LANES_INL
#endif

#include <cstdint>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using short_tag = hn::ScalableTag<std::int16_t>;
using int_tag = hn::ScalableTag<std::int32_t>;
using float_tag = hn::ScalableTag<float>;
using shorts = hn::Vec<short_tag>;
using ints = hn::Vec<int_tag>;
using floats = hn::Vec<float_tag>;
constexpr int short_lanes = static_cast<int>(HWY_LANES(std::int16_t));
constexpr int float_lanes = static_cast<int>(HWY_LANES(float));
static_assert(32 % short_lanes == 0, "rows are padded to 32 elements");

template <int odd>
HWY_INLINE ints half_of(shorts v) {
  const ints pairs = hn::BitCast(int_tag(), v);
  return odd != 0 ? hn::ShiftRight<16>(pairs) : hn::ShiftRight<16>(hn::ShiftLeft<16>(pairs));
}
template <int odd>
HWY_INLINE floats half_to_float(shorts v) {
  return hn::ConvertTo(float_tag(), half_of<odd>(v));
}
/// Both halves fit 16 bits.
HWY_INLINE shorts joined(ints even, ints odd) {
  return hn::OddEven(hn::BitCast(short_tag(), hn::ShiftLeft<16>(odd)), hn::BitCast(short_tag(), even));
}

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
