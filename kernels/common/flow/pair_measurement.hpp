// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is measured of two frames and the flow between them, in integers: how far the warped frame is from the first
// one, the noise of both, and whether they show the same scene at all. Part of the bytes of validity.
//
// Noise is estimated from second differences (Immerkaer, Fast noise variance estimation, 1996) in blocks, of which
// the smoothest tenth tells: texture only adds to it.

#include <cstdint>

#include "kernels/common/runtime/hd.hpp"
#include "kernels/common/runtime/pixel.hpp"
#include "kernels/contract/flow_validity.hpp"

namespace fluxel::kernels {

inline constexpr int noise_block = 16;         ///< px
inline constexpr int least_block_pixels = 64;  ///< a block with fewer known ones tells nothing

FLUXEL_HD std::int32_t magnitude(std::int32_t x) { return x < 0 ? -x : x; }

/// The bin of a pixel's difference; -1 where it is not known.
FLUXEL_HD int difference_bin(const pair_measurement& m, int n, int x, int y) {
  if (pixel_at(m.warped.reason, n, x, y) != 0) return -1;
  constexpr std::int32_t most = pair_histograms::largest_difference;
  const std::int32_t d = pixel_at(m.warped.grey, n, x, y) - pixel_at(m.frames.prev, n, x, y);
  return most + (d < -most ? -most : d > most ? most : d);
}
FLUXEL_HD int level_bin(const pair_measurement& m, int n, int x, int y) {
  const bool known = m.frames.prev_mask.data == nullptr || pixel_at(m.frames.prev_mask, n, x, y) == 0;
  return known ? pixel_at(m.frames.prev, n, x, y) : -1;
}
/// Counts by their bin.
template <class T>
struct bin_counts {
  const T* counts;
  FLUXEL_HD std::int64_t operator()(int k) const { return counts[k]; }
};
/// Of the difference k and of -k.
struct magnitude_counts {
  const std::uint32_t* difference;
  FLUXEL_HD std::int64_t operator()(int k) const {
    const std::uint32_t* zero = difference + pair_histograms::largest_difference;
    return k == 0 ? std::int64_t{zero[0]} : std::int64_t{zero[k]} + zero[-k];
  }
};
inline constexpr int magnitudes = pair_histograms::largest_difference + 1;

struct block_sum {
  std::int32_t sum = 0, pixels = 0;
};

/// Adds |second difference across and along| of a pixel that has neighbours all around, all known.
FLUXEL_HD void add_second(block_sum& to, const plane<const u16>& grey, const plane<const u8>& mask, int n, int x,
                          int y) {
  if (x < 1 || y < 1 || x >= grey.width - 1 || y >= grey.height - 1) return;
  std::int32_t second = 0;
  for (int j = -1; j <= 1; ++j)
    for (int i = -1; i <= 1; ++i) {
      if (mask.data != nullptr && pixel_at(mask, n, x + i, y + j) != 0) return;
      const std::int32_t weight = (i == 0 ? -2 : 1) * (j == 0 ? -2 : 1);
      second += weight * pixel_at(grey, n, x + i, y + j);
    }
  to.sum += magnitude(second);
  ++to.pixels;
}

/// @param b  of at least least_block_pixels
FLUXEL_HD int second_bin(const block_sum& b) {
  const std::int32_t mean = (4 * b.sum + b.pixels / 2) / b.pixels;
  return mean < pair_histograms::seconds ? mean : pair_histograms::seconds - 1;
}

/// What the counts come to.
struct pair_summary {
  std::int64_t known = 0, difference = 0;  ///< pixels of the warped frame; sum of |difference - mean| in 1/256 level
  std::int64_t pixels = 0, deviation = 0;  ///< of the previous frame; sum of |level - mean| in 1/256 grey level
  std::int32_t median = 0;                 ///< difference, 1/16 grey level
  std::int32_t second[2] = {0, 0};         ///< bin of the smoothest tenth of the blocks; -1: no block
};

/// The mean bin in 1/16 of a bin, which is 1/256 grey level; 0 when there is nothing.
FLUXEL_HD std::int32_t mean_bin(std::int64_t sum, std::int64_t count) {
  return count == 0 ? 0 : static_cast<std::int32_t>((16 * sum + count / 2) / count);
}
FLUXEL_HD std::int32_t from_mean(int bin, std::int32_t mean) { return magnitude(16 * bin - mean); }

inline constexpr int median_share = 2, noise_share = 10;  ///< one in so many

/// The least of `bins` bins from `first` on up to which there is one in `share` of `total`; -1 when there is nothing.
/// `before` is how many are in the bins before.
template <class Count>
FLUXEL_HD int bin_of_share(const Count& count, int first, int bins, std::int64_t total, int share,
                           std::int64_t before = 0) {
  std::int64_t sum = before;
  for (int k = first; k < first + bins; ++k) {
    sum += count(k);
    if (sum > 0 && share * sum >= total) return k;
  }
  return -1;
}

/// The limits of a pair. All but the score and the eigenvalues in integers.
FLUXEL_HD pair_limits limits_of(const pair_summary& s, const validity_rule& rule) {
  constexpr std::int32_t one = 256;  // grey level
  constexpr std::int32_t least_noise = 77, most_noise = 1 << 20;
  pair_limits to;
  const std::int64_t difference = s.known == 0 ? 0 : (s.difference + s.known / 2) / s.known;
  const std::int64_t contrast = s.pixels == 0 ? 0 : (s.deviation + s.pixels / 2) / s.pixels;
  to.score = static_cast<float>(static_cast<std::int32_t>(difference)) /
             static_cast<float>(static_cast<std::int32_t>(contrast < 1 ? 1 : contrast));
  to.cut = rule.cut_score > 0 && to.score >= rule.cut_score ? 1 : 0;

  const std::int32_t median = 16 * (s.median < 0 ? 0 : s.median);
  std::int64_t noise = (std::int64_t{rule.noise_per_difference} * median) >> 8;
  for (int i = 0; i < 2; ++i) {
    const std::int64_t of_frame =
        s.second[i] < 0 ? most_noise : (std::int64_t{rule.noise_per_second} * s.second[i]) >> 16;
    noise = of_frame < noise ? of_frame : noise;
  }
  noise = noise < least_noise ? least_noise : noise > most_noise ? most_noise : noise;
  const std::int64_t most_typical = 4 * (noise < one ? one : noise);
  const std::int64_t typical = median < most_typical ? median : most_typical;
  to.residual = static_cast<std::int32_t>((rule.residual * typical) >> 8) + one;
  const float level = static_cast<float>(static_cast<std::int32_t>(noise)) * (1.0f / one);
  to.flat = rule.flat * (level * level);
  to.aperture = rule.aperture * (level * level);
  return to;
}

/// Over the counts of one pair, one bin after the other.
inline pair_summary summary_of(const pair_histograms& h) {
  pair_summary s;
  const auto sum_up = [](const std::uint32_t* counts, int bins, std::int64_t& count, std::int64_t& deviation) {
    std::int64_t sum = 0;
    for (int k = 0; k < bins; ++k) {
      count += counts[k];
      sum += std::int64_t{k} * counts[k];
    }
    const std::int32_t mean = mean_bin(sum, count);
    for (int k = 0; k < bins; ++k) deviation += std::int64_t{from_mean(k, mean)} * counts[k];
  };
  sum_up(h.difference, pair_histograms::differences, s.known, s.difference);
  sum_up(h.level, pair_histograms::levels, s.pixels, s.deviation);
  s.median = bin_of_share(magnitude_counts{h.difference}, 0, magnitudes, s.known, median_share);
  for (int i = 0; i < 2; ++i) {
    std::int64_t blocks = 0;
    for (const std::uint32_t count : h.second[i]) blocks += count;
    s.second[i] =
        bin_of_share(bin_counts<std::uint32_t>{h.second[i]}, 0, pair_histograms::seconds, blocks, noise_share);
  }
  return s;
}

/// Where the limits and the score of pair n go.
FLUXEL_HD void store_limits(const pair_measurement& m, int n, const pair_limits& limits) {
  m.limits[n] = limits;
  if (m.score.data != nullptr) *pixel_at<float>(m.score, n, 0, 0) = limits.score;
}

}  // namespace fluxel::kernels
