// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is seen at a moment between two frames, from the paths of cells. Part of revision 4 of the bytes of
// `interpolation`.
//
// A pixel lies between the middles of four cells. Where their paths are alike, so is the pixel's, which lies between
// them; its two ends in the frames are blended. Where they are not, each of the four paths has a prediction, and the
// pixel is the mean of these, by nearness and confidence (overlapped block motion compensation: Orchard and Sullivan
// 1994).

#include <cstdint>

#include "kernels/common/runtime/pixel.hpp"
#include "kernels/common/warp/blend.hpp"
#include "kernels/common/warp/sample.hpp"
#include "kernels/contract/warp.hpp"

namespace fluxel::kernels {

inline constexpr std::int32_t alike_paths = warp_one;  ///< 1 px
inline constexpr int most_overlap_channels = 4;

/// Where a pixel lies between the middles of cells, in 1/256 cell: the cell before may be -1.
/// @param pixels   of the picture's side
/// @param measured  pixels of the measured frame's side
FLUXEL_HD warp_position cell_position(int pixel, int pixels, int measured) {
  const std::int64_t whole = std::int64_t{cell_side} * pixels;
  const std::int64_t from_first =
      (2 * std::int64_t{pixel} + 1) * measured - whole;  // to its middle, 2 whole to a cell
  std::int64_t units = from_first * (warp_one / 2) / whole;
  if (units * whole > from_first * (warp_one / 2)) --units;  // down
  return {units >> warp_bits, static_cast<std::int32_t>(units & (warp_one - 1))};
}

/// The path of a cell in the picture, in 1/256 px.
struct cell_path {
  std::int32_t prev_x, prev_y, next_x, next_y;
  std::int32_t weight, confidence;
};

/// @param x, y  clamped to the cells there are
FLUXEL_HD cell_path cell_path_at(const overlap_job& job, int n, std::int64_t x, std::int64_t y) {
  const int cell_x = clamp_position(x, job.cells.paths.width), cell_y = clamp_position(y, job.cells.paths.height);
  const float* p = pixel_at<const float>(job.cells.paths, n, cell_x, cell_y);
  const auto units = [](float part, float per_pixel) {
    return is_known_flow(bits_of_float(part), 0) ? displacement(part, per_pixel) : 0;
  };
  return {units(p[0], job.per_pixel_x),
          units(p[1], job.per_pixel_y),
          units(p[2], job.per_pixel_x),
          units(p[3], job.per_pixel_y),
          *pixel_at<const u8>(job.cells.weight, n, cell_x, cell_y),
          *pixel_at<const u8>(job.cells.confidence, n, cell_x, cell_y)};
}

/// The four cells around pixels, the upper ones first.
struct cell_paths {
  cell_path of[4];

  FLUXEL_HD cell_paths(const overlap_job& job, int n, std::int64_t x, std::int64_t y)
      : of{cell_path_at(job, n, x, y), cell_path_at(job, n, x + 1, y), cell_path_at(job, n, x, y + 1),
           cell_path_at(job, n, x + 1, y + 1)} {}

  FLUXEL_HD bool are_alike() const {
    const auto near = [](std::int32_t a, std::int32_t b) { return a - b <= alike_paths && b - a <= alike_paths; };
    bool alike = true;
    for (int k = 1; k < 4; ++k)
      alike = alike && near(of[k].prev_x, of[0].prev_x) && near(of[k].prev_y, of[0].prev_y) &&
              near(of[k].next_x, of[0].next_x) && near(of[k].next_y, of[0].next_y);
    return alike;
  }
};

/// How near a pixel is to the middle of each of the four cells; they sum to 2^16.
struct cell_shares {
  std::int32_t of[4];

  FLUXEL_HD cell_shares(std::int32_t x, std::int32_t y)
      : of{(warp_one - x) * (warp_one - y), x * (warp_one - y), (warp_one - x) * y, x * y} {}
};

/// Between paths that are alike.
FLUXEL_HD cell_path path_between(const cell_paths& cells, const cell_shares& share) {
  const cell_path* c = cells.of;
  const auto between = [&](std::int32_t cell_path::*part) {
    std::int32_t sum = 1 << 15;
    for (int k = 1; k < 4; ++k) sum += share.of[k] * (c[k].*part - c[0].*part);
    return c[0].*part + (sum >> 16);
  };
  return {between(&cell_path::prev_x), between(&cell_path::prev_y), between(&cell_path::next_x),
          between(&cell_path::next_y), between(&cell_path::weight), 0};
}

/// What a path shows.
template <class T>
FLUXEL_HD void show_path(const overlap_job& job, int n, int x, int y, const cell_path& path, T* to) {
  T prev[most_overlap_channels], next[most_overlap_channels];
  const auto sample = [&](const image& from, std::int32_t dx, std::int32_t dy, T* pixel) {
    const auto row = [&](int i) { return row_at<const T>(from, n, 0, i); };
    sample_cubic<T>(from, row, {position_from(x, dx), position_from(y, dy)}, job.largest, pixel);
  };
  sample(job.prev, path.prev_x, path.prev_y, prev);
  sample(job.next, path.next_x, path.next_y, next);
  for (int c = 0; c < job.dst.channels; ++c)
    to[c] = blend_pixel<T>(prev[c], next[c], static_cast<u8>(path.weight), job.low_zero_bits);
}

/// How much each of four predictions counts.
struct prediction_weights {
  std::uint32_t of[4], sum = 0;  ///< at most 2^24 together

  FLUXEL_HD prediction_weights(const cell_paths& cells, const cell_shares& share) {
    for (int k = 0; k < 4; ++k) {
      of[k] = static_cast<std::uint32_t>(share.of[k] * (cells.of[k].confidence + 1));
      sum += of[k];
    }
  }
};

template <class T>
FLUXEL_HD T mean_of_predictions(T a, T b, T c, T d, const prediction_weights& w, int low_zero_bits) {
  if constexpr (sizeof(T) == 1) {
    return static_cast<T>((a * w.of[0] + b * w.of[1] + c * w.of[2] + d * w.of[3] + w.sum / 2) / w.sum);
  } else if constexpr (sizeof(T) == 2 && requires { T{} + 1; }) {
    const auto part = [](T value, std::uint32_t weight) { return std::uint64_t{value} * weight; };
    const std::uint64_t unit = std::uint64_t{w.sum} << low_zero_bits;
    const std::uint64_t sum = part(a, w.of[0]) + part(b, w.of[1]) + part(c, w.of[2]) + part(d, w.of[3]);
    return static_cast<T>((sum + unit / 2) / unit << low_zero_bits);
  } else {
    const float first = to_float(a), whole = static_cast<float>(w.sum);
    float mean = first;
    const auto add = [&](T value, std::uint32_t weight) {
      if (weight != 0) mean = fused(static_cast<float>(weight) / whole, to_float(value) - first, mean);
    };
    add(b, w.of[1]);
    add(c, w.of[2]);
    add(d, w.of[3]);
    return from_float<T>(mean);
  }
}

template <class T>
FLUXEL_HD void overlap_pixel(const overlap_job& job, int n, int x, int y) {
  const warp_position cell_x = cell_position(x, job.dst.width, job.flow_width);
  const warp_position cell_y = cell_position(y, job.dst.height, job.flow_height);
  const cell_paths cells(job, n, cell_x.first, cell_y.first);
  const cell_shares share(cell_x.fraction, cell_y.fraction);
  T* to = row_at<T>(job.dst, n, 0, y) + std::ptrdiff_t{x} * job.dst.channels;
  if (cells.are_alike()) return show_path<T>(job, n, x, y, path_between(cells, share), to);
  T shown[4][most_overlap_channels];
  for (int k = 0; k < 4; ++k) show_path<T>(job, n, x, y, cells.of[k], shown[k]);
  const prediction_weights weights(cells, share);
  for (int c = 0; c < job.dst.channels; ++c)
    to[c] = mean_of_predictions<T>(shown[0][c], shown[1][c], shown[2][c], shown[3][c], weights, job.low_zero_bits);
}

}  // namespace fluxel::kernels
