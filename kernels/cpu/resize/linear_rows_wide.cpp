// SPDX-License-Identifier: Apache-2.0
// Bilinear rows of types computed in 32-bit lanes, once per target. Between the passes a row is f32, or i32 with 12
// fraction bits for u16.

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "kernels/cpu/resize/linear_functions.hpp"
#include "kernels/cpu/runtime/target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/resize/linear_rows_wide.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/cpu/resize/linear_sparse_taps-inl.hpp"

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
  static HWY_INLINE vector vertical(vector a, vector b, ints weight, int) {
    return blend(a, b, hn::BitCast(df, weight));
  }
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
  static HWY_INLINE ints vertical(ints a, ints b, ints weight, int rounding) {
    const hn::Repartition<std::uint64_t, int_tag> dw;
    const auto d = hn::Sub(b, a);
    const auto odd_d = hn::BitCast(di, hn::ShiftRight<32>(hn::BitCast(dw, d)));
    const auto even = hn::ShiftRight<24>(hn::BitCast(dw, hn::MulEven(d, weight)));
    const auto odd = hn::ShiftLeft<8>(hn::BitCast(dw, hn::MulEven(odd_d, weight)));
    const auto step = hn::OddEven(hn::BitCast(di, odd), hn::BitCast(di, even));
    return hn::ShiftRight<12>(hn::Add(hn::Add(a, step), hn::Set(di, rounding)));
  }
};

// ---- Permuting a window.

#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
HWY_INLINE floats pick(floats window, ints index) { return floats{_mm512_permutexvar_ps(index.raw, window.raw)}; }
HWY_INLINE floats pick(floats low, floats high, ints index) {
  return floats{_mm512_permutex2var_ps(low.raw, index.raw, high.raw)};
}
constexpr int most_windows = 16;
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

// ---- The taps of a block.

template <class Of>
struct fetched {
  alignas(64) typename Of::element left_taps[lanes];
  alignas(64) typename Of::element right_taps[lanes];
  int bits;
  fetched(const word_tables& t, const void* src_row, std::size_t block, ints) : bits(t.low_zero_bits) {
    const auto* src = static_cast<const typename Of::element*>(src_row);
    for (int k = 0; k < lanes; ++k) {
      const auto i = t.index[block * lanes + k];
      left_taps[k] = src[i];
      right_taps[k] = src[t.weight[block * lanes + k] == 0 ? i : i + t.channels];
    }
  }
  HWY_INLINE typename Of::vector left(ints) const { return Of::load(left_taps, bits); }
  HWY_INLINE typename Of::vector right(ints) const { return Of::load(right_taps, bits); }
};

template <class Of>
const typename Of::element* window_start(const word_tables& t, const void* src_row, std::size_t block) {
  return static_cast<const typename Of::element*>(src_row) + t.start[block];
}

template <class Of>
struct window_of_one {
  typename Of::vector v;
  ints step;
  HWY_INLINE window_of_one(const word_tables& t, const void* src_row, std::size_t block, ints step)
      : v(Of::load(window_start<Of>(t, src_row, block), t.low_zero_bits)), step(step) {}
  HWY_INLINE typename Of::vector left(ints index) const { return pick(v, index); }
  HWY_INLINE typename Of::vector right(ints index) const { return pick(v, hn::Add(index, step)); }
};

template <class Of>
struct window_of_two {
  typename Of::vector low, high;
  ints step;
  HWY_INLINE window_of_two(const word_tables& t, const void* src_row, std::size_t block, ints step)
      : low(Of::load(window_start<Of>(t, src_row, block), t.low_zero_bits)),
        high(Of::load(window_start<Of>(t, src_row, block) + lanes, t.low_zero_bits)),
        step(step) {}
  HWY_INLINE typename Of::vector left(ints index) const { return pick(low, high, index); }
  HWY_INLINE typename Of::vector right(ints index) const { return pick(low, high, hn::Add(index, step)); }
};

/// Taps from a window of several vectors: each two of them replace the taps that lie in them.
template <class Of>
struct long_window {
  using vector = typename Of::vector;
  struct taps {
    vector left, right;
    HWY_INLINE taps() {}  // written out, so that it is compiled for the target
  };
  const word_tables& t;
  std::size_t block;
  ints left, right;

  HWY_INLINE long_window(const word_tables& t, std::size_t block, ints index, ints step)
      : t(t), block(block), left(index), right(hn::Add(index, step)) {}

  template <int rows>
  HWY_INLINE void gather(const void* const (&src)[rows], taps (&found)[rows]) const {
    const typename Of::tag d;
    for (auto& f : found) f.left = hn::BitCast(d, left), f.right = hn::BitCast(d, right);
    constexpr int log2_part = lanes == 16 ? 5 : lanes == 8 ? 4 : 3;
    static_assert(1 << log2_part == 2 * lanes);
    const auto left_part = hn::ShiftRight<log2_part>(left);
    const auto right_part = hn::ShiftRight<log2_part>(right);
    for (int k = 0; k * 2 * lanes < t.window; ++k) {
      const auto in_left = hn::Eq(left_part, hn::Set(di, k));
      const auto in_right = hn::Eq(right_part, hn::Set(di, k));
      for (int r = 0; r < rows; ++r) {
        const auto* p = window_start<Of>(t, src[r], block) + k * 2 * lanes;
        const auto low = Of::load(p, t.low_zero_bits);
        const auto high = (2 * k + 1) * lanes < t.window ? Of::load(p + lanes, t.low_zero_bits) : low;
        found[r].left = replace(found[r].left, in_left, low, high, left);
        found[r].right = replace(found[r].right, in_right, low, high, right);
      }
    }
  }

 private:
  static HWY_INLINE vector replace(vector found, hn::Mask<int_tag> here, vector low, vector high, ints index) {
    const typename Of::tag d;
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
    // Lanes that wait for their turn still hold their index.
    (void)index;
    return hn::BitCast(d, floats{_mm512_mask2_permutex2var_ps(hn::BitCast(df, low).raw, hn::BitCast(di, found).raw,
                                                              here.raw, hn::BitCast(df, high).raw)});
#else
    const auto part = hn::And(index, hn::Set(di, 2 * lanes - 1));
    return hn::IfThenElse(hn::RebindMask(d, here), pick(low, high, part), found);
#endif
  }
};

// ---- The passes.

/// What the rows of a block share.
struct block_tables {
  ints index, weight, step;
  HWY_INLINE block_tables(const word_tables& t, std::size_t block)
      : index(hn::Load(di, t.index + block * lanes)),
        weight(hn::Load(di, reinterpret_cast<const std::int32_t*>(t.weight) + block * lanes)),
        step(hn::IfThenZeroElse(hn::Eq(weight, hn::Zero(di)), hn::Set(di, t.channels))) {}
};

/// One block of each row, filtered.
template <class Of, class Window, int rows>
HWY_INLINE void filter(const word_tables& t, const void* const (&src)[rows], std::size_t block,
                       typename Of::vector (&out)[rows]) {
  const block_tables b(t, block);
  if constexpr (std::is_same_v<Window, long_window<Of> >) {
    typename Window::taps taps[rows];
    Window(t, block, b.index, b.step).gather(src, taps);
    for (int r = 0; r < rows; ++r) out[r] = Of::horizontal(taps[r].left, taps[r].right, b.weight);
  } else {
    for (int r = 0; r < rows; ++r) {
      const Window window(t, src[r], block, b.step);
      out[r] = Of::horizontal(window.left(b.index), window.right(b.index), b.weight);
    }
  }
}

template <class Of>
HWY_INLINE void store(typename Of::vector v, typename Of::element* out, int count, int bits) {
  if (count >= lanes) return Of::store(v, out, bits);
  alignas(64) typename Of::element tail[lanes];
  Of::store(v, tail, bits);
  std::memcpy(out, tail, count * sizeof(typename Of::element));
}

template <class Of, class Window>
void horizontal_in(const word_tables& t, const void* src, int first, int last, void* between) {
  const typename Of::tag d;
  auto* out = static_cast<hn::TFromD<typename Of::tag>*>(between);
  const void* const rows[1] = {src};
  for (std::size_t b = first; b < std::size_t(last); ++b, out += lanes) {
    typename Of::vector filtered[1];
    filter<Of, Window>(t, rows, b, filtered);
    hn::Store(filtered[0], d, out);
  }
}

template <class Of, class Window>
void both_in(const word_tables& t, const word_rows_pair& rows, void* dst, int count) {
  auto* out = static_cast<typename Of::element*>(dst);
  const auto weight = hn::Set(di, static_cast<std::int32_t>(rows.weight));
  const void* const src[2] = {rows.upper, rows.lower};
  for (std::size_t b = 0; count > 0; ++b, out += lanes, count -= lanes) {
    typename Of::vector filtered[2];
    filter<Of, Window>(t, src, b, filtered);
    store<Of>(Of::vertical(filtered[0], filtered[1], weight, t.rounding), out, count, t.low_zero_bits);
  }
}

/// Calls f with the kind of window that the tables were made for.
template <class Of, class F>
void with_window_of(const word_tables& t, F&& f) {
  if (t.window == 0) return f(static_cast<fetched<Of>*>(nullptr));
  if (t.window == lanes) return f(static_cast<window_of_one<Of>*>(nullptr));
  if (t.window == 2 * lanes) return f(static_cast<window_of_two<Of>*>(nullptr));
  f(static_cast<long_window<Of>*>(nullptr));
}

template <class Of>
void horizontal(const word_tables& t, const void* src, int first, int last, void* between) {
  with_window_of<Of>(t, [&]<class Window>(Window*) { horizontal_in<Of, Window>(t, src, first, last, between); });
}

template <class Of>
void both(const word_tables& t, const word_rows_pair& rows, void* dst, int count) {
  if constexpr (std::is_same_v<Of, of_f32>) {
    const bool sparse_taps = t.window == 0 || t.window > 4 * lanes;
    if (sparse_taps && (t.channels == 3 || t.channels == 4))
      return both_of_spaced_pixels(t, rows, static_cast<float*>(dst), count);
    if (sparse_taps && t.channels == 1) return both_of_spaced_singles(t, rows, static_cast<float*>(dst), count);
  }
  with_window_of<Of>(t, [&]<class Window>(Window*) { both_in<Of, Window>(t, rows, dst, count); });
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
  for (; count > 0; up += lanes, low += lanes, out += lanes, count -= lanes)
    store<Of>(Of::vertical(hn::Load(d, up), hn::Load(d, low), w, t.rounding), out, count, t.low_zero_bits);
}

// ---- Exact halves of single floats: taps are the even and odd elements, both weights 1/2.

void halve_floats(const float* upper, const float* lower, float* out, int count) {
  const auto half = hn::Set(df, 0.5f);
  auto filtered = [&](const float* p) {
    const auto low = hn::LoadU(df, p);
    const auto high = hn::LoadU(df, p + lanes);
    const auto left = hn::ConcatEven(df, high, low);
    return hn::MulAdd(half, hn::Sub(hn::ConcatOdd(df, high, low), left), left);
  };
  auto mean = [&](const float* up, const float* low) {
    const auto a = filtered(up);
    return hn::MulAdd(half, hn::Sub(filtered(low), a), a);
  };
  auto some = [&](int i, int n) {
    alignas(64) float ends[3][2 * lanes] = {};
    std::memcpy(ends[0], upper + 2 * i, 2 * n * sizeof(float));
    std::memcpy(ends[1], lower + 2 * i, 2 * n * sizeof(float));
    hn::Store(mean(ends[0], ends[1]), df, ends[2]);
    std::memcpy(out + i, ends[2], n * sizeof(float));
  };
  // Whole vectors start where no load straddles two cache lines: a tenth of the time where rows lie badly.
  constexpr std::uintptr_t line = lanes * sizeof(float), pixel_pair = 2 * sizeof(float);
  const std::uintptr_t before = -reinterpret_cast<std::uintptr_t>(upper) % line;
  int i = std::min(count, static_cast<int>(before / pixel_pair));
  if (i > 0) some(0, i);
  for (; i + lanes <= count; i += lanes) hn::StoreU(mean(upper + 2 * i, lower + 2 * i), df, out + i);
  if (i < count) some(i, count - i);
}

template <class Of>
word_functions functions_of() {
  return {lanes, most_windows, horizontal<Of>, vertical<Of>, both<Of>, halve_floats};
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
