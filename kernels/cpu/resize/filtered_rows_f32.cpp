// SPDX-License-Identifier: Apache-2.0
// Filter passes of f32, f16 and bf16: chains of fma in f32, taps ascending, weights of 0 skipped.

#include "kernels/cpu/runtime/target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/resize/filtered_rows_f32.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/common/resize/filter.hpp"
#include "kernels/cpu/resize/filtered_rows-inl.hpp"
#include "kernels/cpu/runtime/half_lanes-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels {
namespace HWY_NAMESPACE {
namespace {

#if !FLUXEL_FUSED_LANES
filter_passes passes(element_type) { return {}; }
#else

const hn::ScalableTag<float> df;
const hn::ScalableTag<std::int32_t> di;
const hn::ScalableTag<std::uint32_t> du;
using floats = hn::Vec<decltype(df)>;

struct of_f32 {
  using pixel = float;
  template <class D>
  static HWY_INLINE hn::Vec<D> load(D d, const pixel* p) {
    return hn::LoadU(d, p);
  }
  static HWY_INLINE void store(floats v, pixel* p) { hn::StoreU(v, df, p); }
};

template <class Half>
struct of_half {
  using pixel = std::uint16_t;
  static HWY_INLINE void store(floats v, pixel* p) {
    const hn::Rebind<std::uint16_t, decltype(di)> d16;
    hn::StoreU(hn::DemoteTo(d16, hn::BitCast(di, Half::bits(v))), d16, p);
  }
  template <class D>
  static HWY_INLINE hn::Vec<D> pack(D d, const floats (&v)[2]) {
    return pack_blocks(d, Half::bits(v[0]), Half::bits(v[1]));
  }
};

struct of_f16 : of_half<of_f16> {
  template <class D>
  static HWY_INLINE hn::Vec<D> load(D d, const pixel* p) {
    return hn::PromoteTo(d, hn::LoadU(hn::Rebind<hwy::float16_t, D>(), reinterpret_cast<const hwy::float16_t*>(p)));
  }
  static HWY_INLINE hn::Vec<decltype(du)> bits(floats v) {
    const hn::Rebind<hwy::float16_t, decltype(df)> dh;
    const hn::Rebind<std::uint16_t, decltype(df)> d16;
    return hn::PromoteTo(du, hn::BitCast(d16, hn::DemoteTo(dh, v)));
  }
};

struct of_bf16 : of_half<of_bf16> {
  template <class D>
  static HWY_INLINE hn::Vec<D> load(D d, const pixel* p) {
    const hn::Rebind<std::uint32_t, D> words;
    return hn::BitCast(d, hn::ShiftLeft<16>(hn::PromoteTo(words, hn::LoadU(hn::Rebind<pixel, D>(), p))));
  }
  static HWY_INLINE hn::Vec<decltype(du)> bits(floats v) { return bf16_bits(v); }
};

template <class Of>
struct chain : Of {
  using kept = float;
  using stored = typename Of::pixel;
  using sums = floats;
  static constexpr int step = 1;

  explicit chain(const filter_rounding&) {}
  static HWY_INLINE sums start() { return hn::Set(df, empty_sum); }
  template <class Get>
  static HWY_INLINE void add(sums& s, const Get& get, const std::int32_t* weights, int k) {
    float w;
    std::memcpy(&w, weights + k, sizeof w);
    if (w != 0) s = hn::MulAdd(hn::Set(df, w), get(k), s);
  }
  static HWY_INLINE floats keep(const sums& s) { return s; }
  static HWY_INLINE floats result(const sums& s) { return s; }
};

filter_passes passes(element_type type) {
  switch (type) {
    case element_type::f16:
      return passes_of<chain<of_f16> >();
    case element_type::bf16:
      return passes_of<chain<of_bf16> >();
    default:
      return passes_of<chain<of_f32> >();
  }
}

#endif

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fluxel::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
FLUXEL_PASSES_OF_TARGET(f32_passes)
#endif
