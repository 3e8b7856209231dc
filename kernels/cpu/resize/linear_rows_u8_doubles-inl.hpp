// SPDX-License-Identifier: Apache-2.0
// Exact doubles of u8 along both axes. An output lies at a quarter between two source pixels and between two rows, so
// the formulas give (9 a + 3 b + 3 c + d + 8) >> 4; where the border repeats a pixel, a is b. Included once per
// target.

#if defined(FLUXEL_LINEAR_ROWS_U8_DOUBLES) == defined(HWY_TARGET_TOGGLE)
#ifdef FLUXEL_LINEAR_ROWS_U8_DOUBLES
#undef FLUXEL_LINEAR_ROWS_U8_DOUBLES
#else
#define FLUXEL_LINEAR_ROWS_U8_DOUBLES
#endif

#include "kernels/cpu/resize/linear_rows_u8_vectors-inl.hpp"

#if HWY_TARGET != HWY_SCALAR

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels {
namespace HWY_NAMESPACE {
namespace {

/// A value for each byte of a vector, in the order that `pack` takes.
struct two_words {
  words first, second;
};

/// 3 a + b.
HWY_INLINE two_words three_to_one(bytes a, bytes b) {
#if HWY_TARGET <= HWY_SSE4
  const auto weights = hn::BitCast(d8, hn::Set(d16, 0x0103));
  return {multiply_pairs(hn::InterleaveLower(d8, a, b), weights),
          multiply_pairs(hn::InterleaveUpper(d8, a, b), weights)};
#elif HWY_TARGET == HWY_NEON
  auto sum = [](uint8x8_t x, uint8x8_t y) {
    return words{vreinterpretq_s16_u16(vaddw_u8(vmull_u8(x, vdup_n_u8(3)), y))};
  };
  return {sum(vget_low_u8(a.raw), vget_low_u8(b.raw)), sum(vget_high_u8(a.raw), vget_high_u8(b.raw))};
#else
  const hn::Half<bytes_tag> half;
  auto sum = [](auto x, auto y) {
    return hn::Add(hn::Mul(hn::PromoteTo(d16, x), hn::Set(d16, 3)), hn::PromoteTo(d16, y));
  };
  return {sum(hn::LowerHalf(half, a), hn::LowerHalf(half, b)), sum(hn::UpperHalf(half, a), hn::UpperHalf(half, b))};
#endif
}

/// (3 a + b + 8) >> 4.
HWY_INLINE bytes blend_quarters(const two_words& a, const two_words& b) {
  const auto three = hn::Set(d16, 3);
  const auto first = hn::Add(hn::Mul(a.first, three), b.first);
  const auto second = hn::Add(hn::Mul(a.second, three), b.second);
#if HWY_TARGET <= HWY_SSE4
  const auto sixteenth = hn::Set(d16, 1 << 11);  // (x + 8) >> 4 as one product
  return pack(hn::MulFixedPoint15(first, sixteenth), hn::MulFixedPoint15(second, sixteenth));
#elif HWY_TARGET == HWY_NEON
  return bytes{vcombine_u8(vqrshrun_n_s16(first.raw, 4), vqrshrun_n_s16(second.raw, 4))};
#else
  auto rounded = [](words v) { return hn::ShiftRight<4>(hn::Add(v, hn::Set(d16, 8))); };
  return pack(rounded(first), rounded(second));
#endif
}

/// The row near a source row, and where `both` the one near the other row too.
struct doubled_rows {
  const std::uint8_t* near;
  const std::uint8_t* far;
  std::uint8_t* out;      ///< near `near`
  std::uint8_t* out_far;  ///< near `far`
};

/// Outputs between the pixels at `at`, a vector of elements, and their neighbors.
template <int channels, bool both>
HWY_INLINE void double_vector(const doubled_rows& rows, std::ptrdiff_t at) {
  using pixel = std::conditional_t<channels == 1, std::uint8_t,
                                   std::conditional_t<channels == 2, std::uint16_t, std::uint32_t> >;
  const hn::Repartition<pixel, bytes_tag> d;
  const auto near_left = hn::LoadU(d8, rows.near + at), near_right = hn::LoadU(d8, rows.near + at + channels);
  const auto far_left = hn::LoadU(d8, rows.far + at), far_right = hn::LoadU(d8, rows.far + at + channels);
  const two_words n0 = three_to_one(near_left, near_right), n1 = three_to_one(near_right, near_left);
  const two_words f0 = three_to_one(far_left, far_right), f1 = three_to_one(far_right, far_left);
  auto put = [&](std::uint8_t* out, bytes left, bytes right) {
    hn::StoreInterleaved2(hn::BitCast(d, left), hn::BitCast(d, right), d,
                          reinterpret_cast<pixel*>(out + 2 * at + channels));
  };
  put(rows.out, blend_quarters(n0, f0), blend_quarters(n1, f1));
  if constexpr (both) put(rows.out_far, blend_quarters(f0, n0), blend_quarters(f1, n1));
}

/// The first and the last pixel of a row.
HWY_INLINE void double_ends(const std::uint8_t* near, const std::uint8_t* far, std::uint8_t* out, std::ptrdiff_t last,
                            int channels) {
  for (int c = 0; c < channels; ++c) {
    out[c] = static_cast<std::uint8_t>((3 * near[c] + far[c] + 2) >> 2);
    out[2 * last + channels + c] = static_cast<std::uint8_t>((3 * near[last + c] + far[last + c] + 2) >> 2);
  }
}

/// `last`: where the last pixel begins, a vector from the first or more.
template <int channels, bool both>
void double_row(const doubled_rows& rows, std::ptrdiff_t last) {
  double_ends(rows.near, rows.far, rows.out, last, channels);
  if constexpr (both) double_ends(rows.far, rows.near, rows.out_far, last, channels);
  std::ptrdiff_t i = 0;
  for (; i + block_elements <= last; i += block_elements) double_vector<channels, both>(rows, i);
  if (i < last) double_vector<channels, both>(rows, last - block_elements);
}

template <int channels>
void double_rows(const linear_tables& t, const row_step* steps, int count) {
  constexpr std::uint32_t quarter = 1u << 30;
  const std::ptrdiff_t last = t.dst_elements / 2 - channels;
  for (const row_step *s = steps, *end = steps + count; s != end; ++s) {
    const auto* upper = static_cast<const std::uint8_t*>(s->upper);
    const auto* lower = s->fraction == 0 ? upper : static_cast<const std::uint8_t*>(s->lower);
    auto* out = static_cast<std::uint8_t*>(s->out);
    if (s->fraction == quarter && s + 1 != end) {  // the next output lies between the same rows
      double_row<channels, true>({upper, lower, out, static_cast<std::uint8_t*>(s[1].out)}, last);
      ++s;
    } else {
      const bool lower_is_near = s->fraction > quarter;
      double_row<channels, false>({lower_is_near ? lower : upper, lower_is_near ? upper : lower, out, nullptr}, last);
    }
  }
}

row_walk doubles(int channels, std::ptrdiff_t src_elements) {
  if (src_elements < block_elements + channels) return nullptr;
  if (channels == 1) return double_rows<1>;
  if (channels == 2) return double_rows<2>;
  if (channels == 4) return double_rows<4>;
  return nullptr;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fluxel::kernels
HWY_AFTER_NAMESPACE();

#endif  // HWY_TARGET != HWY_SCALAR
#endif  // per-target guard
