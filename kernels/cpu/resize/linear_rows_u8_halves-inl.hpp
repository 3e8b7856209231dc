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

/// A block of outputs.
template <int channels>
HWY_INLINE bytes halve_block(const std::uint8_t* upper, const std::uint8_t* lower) {
  auto mean = [&](std::ptrdiff_t at) {
    const auto sum = hn::Add(sum_pairs<channels>(upper + at), sum_pairs<channels>(lower + at));
    return hn::ShiftRight<2>(hn::Add(sum, hn::Set(d16, 2)));
  };
  return in_order(pack(mean(0), mean(block_elements)));
}

template <int channels>
void halve_rows(const linear_tables& tables, const row_step* steps, int count) {
  const std::ptrdiff_t elements = tables.dst_elements;
  for (const row_step* s = steps; s != steps + count; ++s) {
    const auto* upper = static_cast<const std::uint8_t*>(s->upper);
    const auto* lower = static_cast<const std::uint8_t*>(s->lower);
    auto* out = static_cast<std::uint8_t*>(s->out);
    std::ptrdiff_t i = 0;
    for (; i + block_elements <= elements; i += block_elements)
      hn::StoreU(halve_block<channels>(upper + 2 * i, lower + 2 * i), d8, out + i);
    if (i == elements) continue;
    alignas(64) std::uint8_t ends[2][2 * block_elements] = {};
    std::memcpy(ends[0], upper + 2 * i, 2 * (elements - i));
    std::memcpy(ends[1], lower + 2 * i, 2 * (elements - i));
    store(halve_block<channels>(ends[0], ends[1]), out + i, elements - i);
  }
}

row_walk halves(int channels) {
  if (channels == 1) return halve_rows<1>;
  if (channels == 2) return halve_rows<2>;
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
