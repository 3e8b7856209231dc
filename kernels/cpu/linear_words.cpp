// Bilinear rows of types computed in 32-bit lanes, once per target. Between the passes a row is f32, or i32 with 12
// fraction bits for u16.

#include <cstring>

#include "kernels/cpu/linear_functions.hpp"
#include "kernels/cpu/target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/linear_words.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels {
namespace HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_SCALAR

word_functions functions(element_type) { return {}; }

#else

namespace hn = hwy::HWY_NAMESPACE;

using float_tag = hn::ScalableTag<float>;
using int_tag = hn::ScalableTag<std::int32_t>;
using short_tag = hn::Rebind<std::uint16_t, float_tag>;
constexpr float_tag df;
constexpr int_tag di;
constexpr short_tag ds;
using floats = hn::Vec<float_tag>;
using ints = hn::Vec<int_tag>;
constexpr int lanes = static_cast<int>(HWY_LANES(float));

// ---- How a type is loaded, blended and stored. `bits` is the count of low zero bits.

struct lerp_floats {
  using tag = float_tag;
  using vector = floats;
  static HWY_INLINE vector blend(vector a, vector b, floats weight) {
    const auto moved = hn::MulAdd(weight, hn::Sub(b, a), a);
    return hn::IfThenElse(hn::Eq(weight, hn::Zero(df)), a, moved);
  }
  static HWY_INLINE vector horizontal(vector a, vector b, ints weight) {
    return blend(a, b, hn::BitCast(df, weight));
  }
  static HWY_INLINE vector vertical(vector a, vector b, ints weight) { return blend(a, b, hn::BitCast(df, weight)); }
};

struct of_f32 : lerp_floats {
  using element = float;
  static HWY_INLINE floats load(const element* p, int) { return hn::LoadU(df, p); }
  static HWY_INLINE void store(floats v, element* p, int) { hn::StoreU(v, df, p); }
};

struct of_f16 : lerp_floats {
  using element = std::uint16_t;
  static constexpr hn::Rebind<hwy::float16_t, float_tag> dh{};
  static HWY_INLINE floats load(const element* p, int) {
    return hn::PromoteTo(df, hn::LoadU(dh, reinterpret_cast<const hwy::float16_t*>(p)));
  }
  static HWY_INLINE void store(floats v, element* p, int) {
    hn::StoreU(hn::DemoteTo(dh, v), dh, reinterpret_cast<hwy::float16_t*>(p));
  }
};

struct of_bf16 : lerp_floats {
  using element = std::uint16_t;
  static HWY_INLINE floats load(const element* p, int) {
    return hn::BitCast(df, hn::ShiftLeft<16>(hn::PromoteTo(di, hn::LoadU(ds, p))));
  }
  static HWY_INLINE void store(floats v, element* p, int) {
    const hn::RebindToUnsigned<int_tag> du;
    const auto bits = hn::BitCast(du, v);
    const auto top = hn::ShiftRight<16>(bits);
    const auto even = hn::And(top, hn::Set(du, 1));
    const auto rounded = hn::ShiftRight<16>(hn::Add(hn::Add(bits, hn::Set(du, 0x7fff)), even));
    const auto nan = hn::Ne(v, v);
    const auto quiet = hn::Or(top, hn::Set(du, 0x40));
    const auto result = hn::IfThenElse(hn::RebindMask(du, nan), quiet, rounded);
    hn::StoreU(hn::DemoteTo(ds, hn::BitCast(di, result)), ds, p);
  }
};

struct of_u16 {
  using element = std::uint16_t;
  using tag = int_tag;
  using vector = ints;
  static HWY_INLINE ints load(const element* p, int bits) {
    return hn::ShiftRightSame(hn::PromoteTo(di, hn::LoadU(ds, p)), bits);
  }
  static HWY_INLINE void store(ints v, element* p, int bits) {
    hn::StoreU(hn::DemoteTo(ds, hn::ShiftLeftSame(v, bits)), ds, p);
  }
  // The weight is split at 12 bits: (d w + 2^11) >> 12 = d (w >> 12) + ((d (w & 4095) + 2^11) >> 12), all in 32 bits.
  static HWY_INLINE ints horizontal(ints a, ints b, ints weight) {
    const auto d = hn::Sub(b, a);
    const auto low = hn::Mul(d, hn::And(weight, hn::Set(di, 4095)));
    const auto fine = hn::ShiftRight<12>(hn::Add(low, hn::Set(di, 1 << 11)));
    const auto coarse = hn::Mul(d, hn::ShiftRight<12>(weight));
    return hn::Add(hn::ShiftLeft<12>(a), hn::Add(coarse, fine));
  }
  // floor(d w / 2^24) lies in bits 24 to 55 of the 64-bit product.
  static HWY_INLINE ints vertical(ints a, ints b, ints weight) {
    const hn::Repartition<std::uint64_t, int_tag> dw;
    const auto d = hn::Sub(b, a);
    const auto odd_d = hn::BitCast(di, hn::ShiftRight<32>(hn::BitCast(dw, d)));
    const auto even = hn::ShiftRight<24>(hn::BitCast(dw, hn::MulEven(d, weight)));
    const auto odd = hn::ShiftLeft<8>(hn::BitCast(dw, hn::MulEven(odd_d, weight)));
    const auto step = hn::OddEven(hn::BitCast(di, odd), hn::BitCast(di, even));
    return hn::ShiftRight<12>(hn::Add(hn::Add(a, step), hn::Set(di, 1 << 11)));
  }
};

// ---- Permuting a window.

#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
HWY_INLINE floats pick(floats window, ints index) { return floats{_mm512_permutexvar_ps(index.raw, window.raw)}; }
HWY_INLINE floats pick(floats low, floats high, ints index) {
  return floats{_mm512_permutex2var_ps(low.raw, index.raw, high.raw)};
}
constexpr int most_windows = 8;
#elif HWY_TARGET == HWY_AVX2
HWY_INLINE floats pick(floats window, ints index) { return floats{_mm256_permutevar8x32_ps(window.raw, index.raw)}; }
HWY_INLINE floats pick(floats low, floats high, ints index) {
  const auto in_high = hn::RebindMask(df, hn::Gt(index, hn::Set(di, lanes - 1)));
  return hn::IfThenElse(in_high, pick(high, index), pick(low, index));
}
constexpr int most_windows = 4;
#else
HWY_INLINE floats pick(floats window, ints index) {
  return hn::TableLookupLanes(window, hn::IndicesFromVec(df, hn::And(index, hn::Set(di, lanes - 1))));
}
HWY_INLINE floats pick(floats low, floats high, ints index) {
  const auto in_high = hn::RebindMask(df, hn::Gt(index, hn::Set(di, lanes - 1)));
  return hn::IfThenElse(in_high, pick(high, index), pick(low, index));
}
constexpr int most_windows = 4;
#endif
HWY_INLINE ints pick(ints window, ints index) { return hn::BitCast(di, pick(hn::BitCast(df, window), index)); }
HWY_INLINE ints pick(ints low, ints high, ints index) {
  return hn::BitCast(di, pick(hn::BitCast(df, low), hn::BitCast(df, high), index));
}

// ---- The passes.

template <class Of>
struct window_of_one {
  typename Of::vector v;
  window_of_one(const typename Of::element* p, const word_tables& t) : v(Of::load(p, t.low_zero_bits)) {}
  HWY_INLINE typename Of::vector operator()(ints index) const { return pick(v, index); }
};
template <class Of>
struct window_of_two {
  typename Of::vector low, high;
  window_of_two(const typename Of::element* p, const word_tables& t)
      : low(Of::load(p, t.low_zero_bits)), high(Of::load(p + lanes, t.low_zero_bits)) {}
  HWY_INLINE typename Of::vector operator()(ints index) const { return pick(low, high, index); }
};
template <class Of>
struct window_of_many {
  const typename Of::element* p;
  const word_tables& t;
  HWY_INLINE typename Of::vector operator()(ints index) const {
    const typename Of::tag d;
    auto found = window_of_two<Of>(p, t)(index);
    for (int k = 2 * lanes; k < t.window; k += 2 * lanes) {
      const auto here = hn::Sub(index, hn::Set(di, k));
      const auto next = window_of_two<Of>(p + k, t)(here);
      found = hn::IfThenElse(hn::RebindMask(d, hn::Lt(here, hn::Zero(di))), found, next);
    }
    return found;
  }
};

template <class Of, class Window>
void permute(const word_tables& t, const void* src_row, int first, int last, void* between) {
  const auto* src = static_cast<const typename Of::element*>(src_row);
  const typename Of::tag d;
  auto* out = static_cast<hn::TFromD<typename Of::tag>*>(between);
  const auto step = hn::Set(di, t.channels);
  for (std::size_t b = first; b < std::size_t(last); ++b, out += lanes) {
    const Window window{src + t.start[b], t};
    const auto left = hn::Load(di, t.index + b * lanes);
    const auto weight = hn::Load(di, reinterpret_cast<const std::int32_t*>(t.weight) + b * lanes);
    const auto right = hn::Add(left, hn::IfThenZeroElse(hn::Eq(weight, hn::Zero(di)), step));
    hn::Store(Of::horizontal(window(left), window(right), weight), d, out);
  }
}

template <class Of>
void fetch(const word_tables& t, const void* src_row, int first, int last, void* between) {
  const auto* src = static_cast<const typename Of::element*>(src_row);
  const typename Of::tag d;
  auto* out = static_cast<hn::TFromD<typename Of::tag>*>(between);
  alignas(64) typename Of::element left[lanes];
  alignas(64) typename Of::element right[lanes];
  for (std::size_t b = first; b < std::size_t(last); ++b, out += lanes) {
    for (int k = 0; k < lanes; ++k) {
      const auto i = t.index[b * lanes + k];
      left[k] = src[i];
      right[k] = src[t.weight[b * lanes + k] == 0 ? i : i + t.channels];
    }
    const auto weight = hn::Load(di, reinterpret_cast<const std::int32_t*>(t.weight) + b * lanes);
    hn::Store(Of::horizontal(Of::load(left, t.low_zero_bits), Of::load(right, t.low_zero_bits), weight), d, out);
  }
}

template <class Of>
void horizontal(const word_tables& t, const void* src_row, int first, int last, void* between) {
  if (t.window == 0) return fetch<Of>(t, src_row, first, last, between);
  if (t.window == lanes) return permute<Of, window_of_one<Of> >(t, src_row, first, last, between);
  if (t.window == 2 * lanes) return permute<Of, window_of_two<Of> >(t, src_row, first, last, between);
  permute<Of, window_of_many<Of> >(t, src_row, first, last, between);
}

template <class Of>
void vertical(const word_tables& t, const void* upper, const void* lower, std::uint32_t weight, void* dst,
              int count) {
  const typename Of::tag d;
  using between = hn::TFromD<typename Of::tag>;
  const auto* up = static_cast<const between*>(upper);
  const auto* low = static_cast<const between*>(lower);
  auto* out = static_cast<typename Of::element*>(dst);
  const auto w = hn::Set(di, static_cast<std::int32_t>(weight));
  auto value = [&](int i) { return Of::vertical(hn::Load(d, up + i), hn::Load(d, low + i), w); };
  int i = 0;
  for (; i + lanes <= count; i += lanes) Of::store(value(i), out + i, t.low_zero_bits);
  if (i == count) return;
  alignas(64) typename Of::element tail[lanes];
  Of::store(value(i), tail, t.low_zero_bits);
  std::memcpy(out + i, tail, (count - i) * sizeof(typename Of::element));
}

template <class Of>
word_functions functions_of() {
  return {lanes, most_windows, horizontal<Of>, vertical<Of>};
}

word_functions functions(element_type type) {
  switch (type) {
    case element_type::u16:
      return functions_of<of_u16>();
    case element_type::f16:
      return functions_of<of_f16>();
    case element_type::bf16:
      return functions_of<of_bf16>();
    default:
      return functions_of<of_f32>();
  }
}

#endif  // HWY_TARGET == HWY_SCALAR

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fluxel::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fluxel::kernels {

HWY_EXPORT(functions);

word_functions word_functions_of_target(element_type type) { return for_target(HWY_DISPATCH_TABLE(functions))(type); }

}  // namespace fluxel::kernels
#endif
