// SPDX-License-Identifier: Apache-2.0
// Exact halves of u8 along both axes: the mean of 2 x 2 pixels, (a + b + c + d + 2) >> 2, which is what the formulas
// give. Included once per target.

#if defined(FLUXEL_LINEAR_ROWS_U8_HALVES) == defined(HWY_TARGET_TOGGLE)
#ifdef FLUXEL_LINEAR_ROWS_U8_HALVES
#undef FLUXEL_LINEAR_ROWS_U8_HALVES
#else
#define FLUXEL_LINEAR_ROWS_U8_HALVES
#endif

#include "kernels/cpu/resize/linear_rows_u8_vectors-inl.hpp"

#if HWY_TARGET != HWY_SCALAR

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels {
namespace HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_AVX3_DL

HWY_INLINE __m512i sum_pairs(__m512i src, __m512i order) {
  return _mm512_maddubs_epi16(_mm512_permutexvar_epi8(order, src), _mm512_set1_epi8(1));
}

HWY_INLINE __m512i halve_vector(__m512i upper, __m512i lower, __m512i order) {
  const auto sum = _mm512_add_epi16(sum_pairs(upper, order), sum_pairs(lower, order));
  return _mm512_srli_epi16(_mm512_add_epi16(sum, _mm512_set1_epi16(2)), 2);
}

void halve_row(const linear_tables& t, const std::uint8_t* upper, const std::uint8_t* lower, std::uint8_t* out) {
  const auto order = _mm512_load_si512(t.taps);
  const auto packed = _mm512_load_si512(t.more_taps);
  const int step = 2 * t.window;  // bytes read for a vector, and outputs of a block
  std::ptrdiff_t count = t.dst_elements;
  for (; count >= 64; count -= step, upper += 2 * step, lower += 2 * step, out += step) {
    const auto low = halve_vector(_mm512_loadu_si512(upper), _mm512_loadu_si512(lower), order);
    const auto high = halve_vector(_mm512_loadu_si512(upper + step), _mm512_loadu_si512(lower + step), order);
    _mm512_storeu_si512(out, _mm512_permutexvar_epi8(packed, _mm512_packus_epi16(low, high)));
  }
  for (; count > 0; count -= t.window, upper += step, lower += step, out += t.window) {
    const int outputs = count < t.window ? static_cast<int>(count) : t.window;
    const __mmask64 taps = ~std::uint64_t{0} >> (64 - 2 * outputs);
    const auto mean = halve_vector(_mm512_maskz_loadu_epi8(taps, upper), _mm512_maskz_loadu_epi8(taps, lower), order);
    _mm256_mask_storeu_epi8(out, static_cast<__mmask32>(~std::uint32_t{0} >> (32 - outputs)),
                            _mm512_cvtepi16_epi8(mean));
  }
}
void halve_rows(const linear_tables& t, const row_step* steps, int count) {
  for (int y = 0; y < count; ++y)
    halve_row(t, static_cast<const std::uint8_t*>(steps[y].upper), static_cast<const std::uint8_t*>(steps[y].lower),
              static_cast<std::uint8_t*>(steps[y].out));
}

row_walk halves(int channels) { return channels <= 8 ? halve_rows : nullptr; }

#elif HWY_TARGET == HWY_NEON

/// The means of 2 x 2 elements of one channel, 16 of them from 32 of each row.
HWY_INLINE uint8x16_t halve_channel(uint8x16_t upper0, uint8x16_t upper1, uint8x16_t lower0, uint8x16_t lower1) {
  const auto sum0 = vpadalq_u8(vpaddlq_u8(upper0), lower0);
  const auto sum1 = vpadalq_u8(vpaddlq_u8(upper1), lower1);
  return vcombine_u8(vrshrn_n_u16(sum0, 2), vrshrn_n_u16(sum1, 2));
}

/// Loads that part the channels, and stores that join them.
template <int channels>
struct parted;
template <>
struct parted<1> {
  uint8x16_t val[1];
  static HWY_INLINE parted load(const std::uint8_t* p) { return {{vld1q_u8(p)}}; }
  HWY_INLINE void store(std::uint8_t* p) const { vst1q_u8(p, val[0]); }
};
template <>
struct parted<2> : uint8x16x2_t {
  static HWY_INLINE parted load(const std::uint8_t* p) { return {vld2q_u8(p)}; }
  HWY_INLINE void store(std::uint8_t* p) const { vst2q_u8(p, *this); }
};
template <>
struct parted<3> : uint8x16x3_t {
  static HWY_INLINE parted load(const std::uint8_t* p) { return {vld3q_u8(p)}; }
  HWY_INLINE void store(std::uint8_t* p) const { vst3q_u8(p, *this); }
};
template <>
struct parted<4> : uint8x16x4_t {
  static HWY_INLINE parted load(const std::uint8_t* p) { return {vld4q_u8(p)}; }
  HWY_INLINE void store(std::uint8_t* p) const { vst4q_u8(p, *this); }
};

/// 16 pixels.
template <int channels>
HWY_INLINE void halve_block(const std::uint8_t* upper, const std::uint8_t* lower, std::uint8_t* out) {
  const auto upper0 = parted<channels>::load(upper), upper1 = parted<channels>::load(upper + 16 * channels);
  const auto lower0 = parted<channels>::load(lower), lower1 = parted<channels>::load(lower + 16 * channels);
  parted<channels> mean;
  for (int c = 0; c < channels; ++c)
    mean.val[c] = halve_channel(upper0.val[c], upper1.val[c], lower0.val[c], lower1.val[c]);
  mean.store(out);
}

template <int channels>
struct halved_block {
  static constexpr std::ptrdiff_t outputs = 16 * channels;
  static constexpr std::ptrdiff_t reach = outputs;
  static HWY_INLINE void make(const std::uint8_t* upper, const std::uint8_t* lower, std::uint8_t* out) {
    halve_block<channels>(upper, lower, out);
  }
};

#else

/// The sums of neighboring pixels.
template <int channels>
HWY_INLINE words sum_pairs(const std::uint8_t* p) {
  const auto pairs = ordered<channels>(hn::LoadU(d8, p));
#if HWY_TARGET <= HWY_SSE4
  return multiply_pairs(pairs, hn::Set(d8, 1));
#else
  const hn::RebindToUnsigned<words_tag> du;
  const auto v = hn::BitCast(du, pairs);
  return hn::BitCast(d16, hn::Add(hn::And(v, hn::Set(du, 0xff)), hn::ShiftRight<8>(v)));
#endif
}

/// (x + 2) >> 2.
HWY_INLINE words quarter_of(words sum) {
#if HWY_TARGET <= HWY_SSE4
  return hn::MulFixedPoint15(sum, hn::Set(d16, 1 << 13));
#else
  return hn::ShiftRight<2>(hn::Add(sum, hn::Set(d16, 2)));
#endif
}

/// What a step of the loop writes, `outputs` of them; it may touch `reach` outputs and read the pixels of as many.
template <int channels>
struct halved_block {
  static constexpr std::ptrdiff_t outputs = block_elements;
  static constexpr std::ptrdiff_t reach = outputs;
  static HWY_INLINE void make(const std::uint8_t* upper, const std::uint8_t* lower, std::uint8_t* out) {
    auto mean = [&](std::ptrdiff_t at) {
      return quarter_of(hn::Add(sum_pairs<channels>(upper + at), sum_pairs<channels>(lower + at)));
    };
    hn::StoreU(in_order(pack(mean(0), mean(block_elements))), d8, out);
  }
};

#if HWY_TARGET <= HWY_SSE4

/// Of 16 bytes in a lane, the 12 of four pixels serve, for two outputs. Lanes of the first vector take every other
/// four pixels, so that packing it with the second restores the order.
template <>
struct halved_block<3> {
  static constexpr int lanes = lanes_of_words / 8;
  static constexpr std::ptrdiff_t outputs = 12 * lanes;
  static constexpr std::ptrdiff_t reach = outputs + 4;

  static HWY_INLINE bytes load(const std::uint8_t* p) {
    const hn::Full128<std::uint8_t> lane;
#if HWY_TARGET <= HWY_AVX3
    const hn::Full256<std::uint8_t> pair;
    return hn::Combine(d8, hn::Combine(pair, hn::LoadU(lane, p + 72), hn::LoadU(lane, p + 48)),
                       hn::Combine(pair, hn::LoadU(lane, p + 24), hn::LoadU(lane, p)));
#elif HWY_TARGET == HWY_AVX2
    return hn::Combine(d8, hn::LoadU(lane, p + 24), hn::LoadU(lane, p));
#else
    return hn::LoadU(lane, p);
#endif
  }
  static HWY_INLINE words sum(const std::uint8_t* p) {
    alignas(16) static constexpr std::uint8_t pairs[16] = {0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11, 12, 12, 12, 12};
    return multiply_pairs(hn::TableLookupBytes(load(p), hn::LoadDup128(d8, pairs)), hn::Set(d8, 1));
  }
  static HWY_INLINE void make(const std::uint8_t* upper, const std::uint8_t* lower, std::uint8_t* out) {
    alignas(16) static constexpr std::uint8_t used[16] = {0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, 6, 7, 14, 15};
    auto mean = [&](std::ptrdiff_t at) { return quarter_of(hn::Add(sum(upper + at), sum(lower + at))); };
    const auto packed = hn::TableLookupBytes(pack(mean(0), mean(12)), hn::LoadDup128(d8, used));
    alignas(64) std::uint8_t all[block_elements];
    hn::Store(packed, d8, all);
    for (int k = 0; k < lanes; ++k) std::memcpy(out + 12 * k, all + 16 * k, 16);
  }
};

#endif

#endif  // the ways of targets

#if HWY_TARGET != HWY_AVX3_DL

template <int channels>
void halve_rows(const linear_tables& tables, const row_step* steps, int count) {
  using block = halved_block<channels>;
  const std::ptrdiff_t elements = tables.dst_elements;
  for (const row_step* s = steps; s != steps + count; ++s) {
    const auto* upper = static_cast<const std::uint8_t*>(s->upper);
    const auto* lower = static_cast<const std::uint8_t*>(s->lower);
    auto* out = static_cast<std::uint8_t*>(s->out);
    std::ptrdiff_t i = 0;
#pragma GCC unroll 4
    for (; i + block::reach <= elements; i += block::outputs) block::make(upper + 2 * i, lower + 2 * i, out + i);
    for (; i < elements; i += block::outputs) {
      const std::ptrdiff_t rest = elements - i < block::outputs ? elements - i : block::outputs;
      alignas(64) std::uint8_t ends[2][2 * block::reach] = {};
      alignas(64) std::uint8_t end[block::reach];
      std::memcpy(ends[0], upper + 2 * i, 2 * rest);
      std::memcpy(ends[1], lower + 2 * i, 2 * rest);
      block::make(ends[0], ends[1], end);
      std::memcpy(out + i, end, rest);
    }
  }
}

row_walk halves(int channels) {
  if (channels == 1) return halve_rows<1>;
  if (channels == 2) return halve_rows<2>;
#if HWY_TARGET <= HWY_SSE4 || HWY_TARGET == HWY_NEON
  if (channels == 3) return halve_rows<3>;
#endif
  if (channels == 4) return halve_rows<4>;
  return nullptr;
}

#endif

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fluxel::kernels
HWY_AFTER_NAMESPACE();

#endif  // HWY_TARGET != HWY_SCALAR
#endif  // per-target guard
