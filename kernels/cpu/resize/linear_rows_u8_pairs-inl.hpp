// SPDX-License-Identifier: Apache-2.0
// Bilinear rows of u8 whose taps lie too far apart for a window: both taps of each pixel are copied to a short buffer
// and filtered from there. Included once per target.

#if defined(FLUXEL_LINEAR_ROWS_U8_PAIRS) == defined(HWY_TARGET_TOGGLE)
#ifdef FLUXEL_LINEAR_ROWS_U8_PAIRS
#undef FLUXEL_LINEAR_ROWS_U8_PAIRS
#else
#define FLUXEL_LINEAR_ROWS_U8_PAIRS
#endif

#include "kernels/cpu/resize/linear_rows_u8_vectors-inl.hpp"

#if HWY_TARGET != HWY_SCALAR

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels {
namespace HWY_NAMESPACE {
namespace {

constexpr int pairs_at_once = 2048;  ///< so that the buffers of two rows stay in the first-level cache
constexpr int pairs_buffer = 2 * pairs_at_once + 64;

/// Elements that are filtered at once: whole pixels and whole blocks.
template <int channels>
constexpr int elements_at_once = pairs_at_once / (channels * 64) * (channels * 64);

/// The byte pairs of `count` pixels from pixel `first` on. Of 2 and 4 channels pixels stay whole, and `ordered` makes
/// the pairs.
template <int channels>
HWY_INLINE void collect_whole(const std::int32_t* left, int count, const std::uint8_t* row, std::uint8_t* to) {
  if constexpr (channels == 3) {
    const hn::Full64<std::uint8_t> d;
    alignas(8) static constexpr std::uint8_t order[8] = {0, 3, 1, 4, 2, 5, 0, 0};
    const auto pairs = hn::Load(d, order);
    for (int i = 0; i < count; ++i)
      hn::StoreU(hn::TableLookupBytes(hn::LoadU(d, row + left[i]), pairs), d, to + 6 * i);
  } else {
    constexpr int size = 2 * channels;
    int i = 0;
    for (; i + 4 <= count; i += 4) {
      std::uint8_t pixels[4 * size];
      for (int k = 0; k < 4; ++k) std::memcpy(pixels + k * size, row + left[i + k], size);
      std::memcpy(to + i * size, pixels, 4 * size);
    }
    for (; i < count; ++i) std::memcpy(to + i * size, row + left[i], size);
  }
}

/// One pixel whose right tap may not exist.
template <int channels>
HWY_INLINE void collect_last(const linear_tables& t, std::int32_t left, const std::uint8_t* row, std::uint8_t* to) {
  const std::int32_t right = left + 2 * channels <= t.src_elements ? left + channels : left;
  for (int c = 0; c < channels; ++c) {
    const bool in_pairs = channels == 1 || channels == 3;
    to[in_pairs ? 2 * c : c] = row[left + c];
    to[in_pairs ? 2 * c + 1 : channels + c] = row[right + c];
  }
}

template <int channels>
HWY_INLINE void collect(const linear_tables& t, int element, int count, const std::uint8_t* row, std::uint8_t* to) {
  const int first = element / channels;
  const int pixels = count / channels;
  const int whole = t.whole - first < 0 ? 0 : t.whole - first < pixels ? t.whole - first : pixels;
  collect_whole<channels>(t.left + first, whole, row, to);
  for (int i = whole; i < pixels; ++i) collect_last<channels>(t, t.left[first + i], row, to + 2 * channels * i);
}

/// Any number of channels.
template <>
HWY_INLINE void collect<0>(const linear_tables& t, int element, int count, const std::uint8_t* row,
                           std::uint8_t* to) {
  int pixel = element / t.channels;
  int c = element % t.channels;
  for (int i = 0; i < count; ++i) {
    const std::int32_t left = t.left[pixel];
    const std::int32_t right = left + 2 * t.channels <= t.src_elements ? left + t.channels : left;
    to[2 * i] = row[left + c];
    to[2 * i + 1] = row[right + c];
    if (++c == t.channels) c = 0, ++pixel;
  }
}

/// The vector `vector` of a row, filtered from collected pairs.
template <int channels>
HWY_INLINE words filtered(const linear_tables& t, std::size_t vector, const std::uint8_t* pairs) {
  return byte_weights<false>(t, vector)(ordered<channels>(hn::LoadU(d8, pairs)));
}

template <int channels, bool biased>
void pair_rows(const linear_tables& tables, const row_step* steps, int rows) {
  const linear_tables t = tables;
  constexpr int at_once = channels == 0 ? pairs_at_once : elements_at_once < channels == 0 ? 1 : channels > ;
  alignas(64) std::uint8_t upper[pairs_buffer], lower[pairs_buffer];
  for (int y = 0; y < rows; ++y) {
    const row_step& s = steps[y];
    const auto factor = hn::Set(d16, static_cast<std::int16_t>(s.weight));
    const bool one_row = s.lower == s.upper;
    for (int e = 0; e < t.dst_elements; e += at_once) {
      const int count = t.dst_elements - e < at_once ? static_cast<int>(t.dst_elements - e) : at_once;
      collect<channels>(t, e, count, static_cast<const std::uint8_t*>(s.upper), upper);
      if (!one_row) collect<channels>(t, e, count, static_cast<const std::uint8_t*>(s.lower), lower);
      const std::uint8_t* below = one_row ? upper : lower;
      auto* out = static_cast<std::uint8_t*>(s.out) + e;
      for (int k = 0; k < count; k += block_elements) {
        const std::size_t vector = (e + k) / lanes_of_words;
        words sum[2];
        for (int half = 0; half < 2; ++half) {
          const int at = 2 * (k + half * lanes_of_words);
          const auto a = filtered<channels>(t, vector + half, upper + at);
          const auto b = filtered<channels>(t, vector + half, below + at);
          sum[half] = blend<biased>(a, b, s.lower_is_nearer ? b : a, factor);
        }
        store(in_order(round_and_pack(sum[0], sum[1])), out + k, count - k);
      }
    }
  }
}

template <bool biased>
row_walk pairs_of_channels(int channels) {
  switch (channels) {
    case 1:
      return pair_rows<1, biased>;
    case 2:
      return pair_rows<2, biased>;
    case 3:
      return pair_rows<3, biased>;
    case 4:
      return pair_rows<4, biased>;
    default:
      return pair_rows<0, biased>;
  }
}
row_walk pairs_of(const linear_tables& t) {
  return t.biased ? pairs_of_channels<true>(t.channels) : pairs_of_channels<false>(t.channels);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fluxel::kernels
HWY_AFTER_NAMESPACE();

#endif  // HWY_TARGET != HWY_SCALAR
#endif  // per-target guard
