// SPDX-License-Identifier: Apache-2.0
// Bilinear rows of types computed in 32-bit lanes, once per target.

#include "kernels/cpu/resize/linear_functions.hpp"
#include "kernels/cpu/runtime/target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/resize/linear_rows_wide.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/cpu/resize/linear_rows_wide_pixels-inl.hpp"
#include "kernels/cpu/resize/linear_rows_wide_types-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels {
namespace HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_SCALAR

word_functions functions(element_type) { return {}; }

#else

using floats = hn::Vec<float_tag>;
using ints = hn::Vec<int_tag>;

// ---- Permuting a window.

#if HWY_TARGET <= HWY_AVX3
HWY_INLINE floats pick(floats window, ints index) { return floats{_mm512_permutexvar_ps(index.raw, window.raw)}; }
HWY_INLINE floats pick(floats low, floats high, ints index) {
  return floats{_mm512_permutex2var_ps(low.raw, index.raw, high.raw)};
}
#else
HWY_INLINE floats pick(floats window, ints index) {
#if HWY_TARGET == HWY_AVX2
  return floats{_mm256_permutevar8x32_ps(window.raw, index.raw)};
#else
  return hn::TableLookupLanes(window, hn::IndicesFromVec(df, hn::And(index, hn::Set(di, lanes - 1))));
#endif
}
HWY_INLINE floats pick(floats low, floats high, ints index) {
  const auto in_high = hn::RebindMask(df, hn::Gt(index, hn::Set(di, lanes - 1)));
  return hn::IfThenElse(in_high, pick(high, index), pick(low, index));
}
#endif

// ---- The taps of a block.

template <class Of>
using value_tag_of = typename Of::template value_tag<int_tag>;

/// Four elements of 16 bits, joined in a register: a vector load would wait for narrow stores.
template <class T>
HWY_INLINE std::uint64_t four_elements(const T* row, const std::int32_t* at, const std::int32_t* further) {
  std::uint64_t four = 0;
  for (int k = 0; k < 4; ++k) {
    std::uint16_t bits;
    std::memcpy(&bits, row + at[k] + further[k], sizeof bits);
    four |= std::uint64_t{bits} << (16 * k);
  }
  return four;
}

/// One by one.
template <class Of>
struct single_taps {
  using raw_tag = typename Of::template raw_tag<int_tag>;
  const std::int32_t* left;
  alignas(64) std::int32_t step[lanes];  ///< to the right tap
  int bits;
  HWY_INLINE single_taps(const linear_tables& t, std::size_t block, ints weight)
      : left(t.left + block * lanes), bits(t.low_zero_bits) {
    hn::Store(hn::IfThenZeroElse(hn::Eq(weight, hn::Zero(di)), hn::Set(di, t.channels)), di, step);
  }
  HWY_INLINE void operator()(const typename Of::element* row, value_of<Of>& a, value_of<Of>& b) const {
    alignas(64) static constexpr std::int32_t none[lanes] = {};
    a = Of::value(di, gathered(row, none), bits);
    b = Of::value(di, gathered(row, step), bits);
  }

 private:
  HWY_INLINE raw_of<Of> gathered(const typename Of::element* row, const std::int32_t* further) const {
    if constexpr (sizeof(typename Of::element) == 2) {
      const hn::Repartition<std::uint64_t, raw_tag> d;
      std::uint64_t fours[lanes / 4];
      for (int k = 0; k < lanes / 4; ++k) fours[k] = four_elements(row, left + 4 * k, further + 4 * k);
      return hn::BitCast(raw_tag(), from_fours(d, fours));
    } else {
      alignas(64) typename Of::element taps[lanes];
      for (int k = 0; k < lanes; ++k) taps[k] = row[left[k] + further[k]];
      return hn::Load(raw_tag(), taps);
    }
  }
  template <class D>
  static HWY_INLINE hn::Vec<D> from_fours(D d, const std::uint64_t* fours) {
    if constexpr (hn::MaxLanes(D()) == 1) {
      return hn::Set(d, fours[0]);
    } else {
      const hn::Half<D> half;
      return hn::Combine(d, from_fours(half, fours + hn::MaxLanes(half)), from_fours(half, fours));
    }
  }
};

/// From a window of `vectors` vectors, or of any number if 0.
template <class Of, int vectors>
struct window_taps {
  ints left, right;
  std::ptrdiff_t start;
  int window, bits;
  HWY_INLINE window_taps(const linear_tables& t, std::size_t block, ints weight)
      : left(hn::Load(di, t.left + block * lanes)),
        right(hn::Add(left, hn::IfThenZeroElse(hn::Eq(weight, hn::Zero(di)), hn::Set(di, t.channels)))),
        start(t.start[block]),
        window(t.window),
        bits(t.low_zero_bits) {}

  HWY_INLINE void operator()(const typename Of::element* row, value_of<Of>& a, value_of<Of>& b) const {
    const value_tag_of<Of> d;
    const auto* p = row + start;
    const auto low = vector_at(p, 0);
    if constexpr (vectors == 1) {
      a = hn::BitCast(d, pick(low, left)), b = hn::BitCast(d, pick(low, right));
    } else {
      const auto high = vector_at(p, 1);
      auto x = pick(low, high, left);
      auto y = pick(low, high, right);
      const int all = vectors == 0 ? window / lanes : vectors;
      for (int k = 2; k < all; k += 2) {
        const auto third = vector_at(p, k);
        const auto fourth = k + 1 < all ? vector_at(p, k + 1) : third;
        x = replaced(x, third, fourth, left, k);
        y = replaced(y, third, fourth, right, k);
      }
      a = hn::BitCast(d, x), b = hn::BitCast(d, y);
    }
  }

 private:
  HWY_INLINE floats vector_at(const typename Of::element* p, int k) const {
    return hn::BitCast(df, load<Of>(di, p + k * lanes, bits));
  }
  /// The taps that lie in vectors k and k + 1 of the window, or beyond.
  static HWY_INLINE floats replaced(floats found, floats low, floats high, ints index, int k) {
    const auto here = hn::RebindMask(df, hn::Gt(index, hn::Set(di, k * lanes - 1)));
#if HWY_TARGET <= HWY_AVX3
    // Lanes beyond wrap round: they are replaced in their own turn.
    return hn::IfThenElse(here, pick(low, high, index), found);
#else
    return hn::IfThenElse(here, pick(low, high, hn::Sub(index, hn::Set(di, k * lanes))), found);
#endif
  }
};

// ---- The walk.

template <class Of, class Taps>
struct block_filter {
  ints weight;
  Taps taps;
  HWY_INLINE block_filter(const linear_tables& t, std::size_t block)
      : weight(hn::Load(di, reinterpret_cast<const std::int32_t*>(t.weight) + block * lanes)),
        taps(t, block, weight) {}
  HWY_INLINE value_of<Of> operator()(const void* row) const {
    value_of<Of> a, b;
    taps(static_cast<const typename Of::element*>(row), a, b);
    return Of::horizontal(a, b, weight);
  }
};

template <class Of>
HWY_INLINE void store(raw_of<Of> v, typename Of::element* out, std::ptrdiff_t count) {
  const typename Of::template raw_tag<int_tag> d;
  if (count >= lanes) return hn::StoreU(v, d, out);
  alignas(64) typename Of::element tail[lanes];
  hn::Store(v, d, tail);
  std::memcpy(out, tail, count * sizeof(typename Of::element));
}

template <class Of, class Taps>
void columns(const linear_tables& tables, const row_step* steps, int rows) {
  const linear_tables t = tables;  // a copy, which no store can change
  std::ptrdiff_t count = t.dst_elements;
  for (std::size_t block = 0; count > 0; ++block, count -= lanes) {
    const block_filter<Of, Taps> filter(t, block);
    auto upper = hn::Zero(value_tag_of<Of>());
    auto lower = upper;
    for (const row_step* s = steps; s != steps + rows; ++s) {
      if (s->reuse != row_reuse::both) {
        upper = s->reuse == row_reuse::lower ? lower : filter(s->upper);
        lower = s->reuse == row_reuse::none_of_one ? upper : filter(s->lower);
      }
      const auto value = blended<Of>(upper, lower, *s, t.addend);
      store<Of>(Of::raw(di, value, t.low_zero_bits), static_cast<typename Of::element*>(s->out) + block * lanes,
                count);
    }
  }
}

template <class Of>
row_walk walk(const linear_tables& t) {
  if (t.source == tap_source::pixels) return pixels_of<Of>(t.channels);
  if (t.source == tap_source::pairs) return single_rows;
  if (t.source == tap_source::elements) return columns<Of, single_taps<Of> >;
  switch (t.window / lanes) {
    case 1:
      return columns<Of, window_taps<Of, 1> >;
    case 2:
      return columns<Of, window_taps<Of, 2> >;
    case 3:
      return columns<Of, window_taps<Of, 3> >;
    case 4:
      return columns<Of, window_taps<Of, 4> >;
    default:
      return columns<Of, window_taps<Of, 0> >;
  }
}

// ---- Exact halves of single floats: taps are the even and odd elements, both weights 1/2.

HWY_INLINE floats halved_row(const float* p) {
#if HWY_TARGET == HWY_NEON
  floats left, right;
  hn::LoadInterleaved2(df, p, left, right);
#else
  const auto low = hn::LoadU(df, p);
  const auto high = hn::LoadU(df, p + lanes);
  const auto left = hn::ConcatEven(df, high, low), right = hn::ConcatOdd(df, high, low);
#endif
  return hn::MulAdd(hn::Set(df, 0.5f), hn::Sub(right, left), left);
}
HWY_INLINE floats mean(const float* upper, const float* lower) {
  const auto a = halved_row(upper);
  return hn::MulAdd(hn::Set(df, 0.5f), hn::Sub(halved_row(lower), a), a);
}

/// Fewer than a vector.
void halve_some(const float* upper, const float* lower, float* out, std::ptrdiff_t count) {
  alignas(64) float ends[3][2 * lanes] = {};
  std::memcpy(ends[0], upper, 2 * count * sizeof(float));
  std::memcpy(ends[1], lower, 2 * count * sizeof(float));
  hn::Store(mean(ends[0], ends[1]), df, ends[2]);
  std::memcpy(out, ends[2], count * sizeof(float));
}

void halve_row(const float* upper, const float* lower, float* out, std::ptrdiff_t count) {
  // Whole vectors start where no load straddles two cache lines: a tenth of the time where rows lie badly.
  constexpr std::uintptr_t line = lanes * sizeof(float), pixel_pair = 2 * sizeof(float);
  const auto before = static_cast<std::ptrdiff_t>(-reinterpret_cast<std::uintptr_t>(upper) % line / pixel_pair);
  std::ptrdiff_t i = before < count ? before : count;
  if (i > 0) halve_some(upper, lower, out, i);
  for (; i + lanes <= count; i += lanes) hn::StoreU(mean(upper + 2 * i, lower + 2 * i), df, out + i);
  if (i < count) halve_some(upper + 2 * i, lower + 2 * i, out + i, count - i);
}

void halves(const linear_tables& t, const row_step* steps, int count) {
  const std::ptrdiff_t elements = t.dst_elements;
  for (const row_step* s = steps; s != steps + count; ++s)
    halve_row(static_cast<const float*>(s->upper), static_cast<const float*>(s->lower), static_cast<float*>(s->out),
              elements);
}

word_functions functions(element_type type) {
  word_functions f{{lanes, 4, 4, true}, nullptr, halves};
#if HWY_TARGET <= HWY_AVX3
  f.layout = {lanes, 16, 4, false};
#endif
  switch (type) {
    case element_type::u16:
      f.walk = walk<of_u16>;
      break;
#if FLUXEL_FUSED_LANES
    case element_type::f16:
      f.walk = walk<of_f16>;
      break;
    case element_type::bf16:
      f.walk = walk<of_bf16>;
      break;
    case element_type::f32:
      f.walk = walk<of_f32>;
      break;
#endif
    default:
      break;
  }
  return f;
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
