// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "fluxel/coordinates.hpp"
#include "fluxel/frame.hpp"
#include "fluxel/types.hpp"

namespace fluxel {
inline namespace v0 {

enum class filter : int {
  bilinear = 0,  ///< triangle of radius 1
  nearest = 1,
  area = 2,     ///< mean over the exact footprint of the destination pixel; antialiased by definition
  bicubic = 3,  ///< Keys' cubic convolution with `cubic_a`
  lanczos3 = 4,
  mitchell = 5,     ///< cubic of Mitchell and Netravali with `cubic_b` and `cubic_c`
  catmull_rom = 6,  ///< the same with B = 0 and C = 1/2, which is Keys' with -1/2
  gaussian = 7,     ///< exp(-2 x^2), a standard deviation of 1/2, cut at radius 2; it blurs
  hamming = 8,      ///< sinc of radius 1 in a Hamming window
  spline36 = 9,     ///< cardinal cubic spline of 6 points
};

/// Whether the filter is stretched by the scale when an axis is reduced, as Pillow and torchvision
/// (`antialias=True`) do. Taps past the border are dropped and the rest renormalised; a position beyond the border
/// counts as on it. Without it the filter keeps its width and the border pixel repeats, as it does for area.
enum class antialias : int { no = 0, yes = 1 };

/// Between stored samples and light, both from 0 to 1.
enum class transfer_function : int {
  none = 0,     ///< samples are averaged as they are stored
  srgb = 1,     ///< IEC 61966-2-1, with its straight part
  bt1886 = 2,   ///< what displays make of BT.601, BT.709 and BT.2020: a power of 2.4
  gamma22 = 3,  ///< a power of 2.2
  gamma28 = 4,  ///< a power of 2.8
  pq = 5,       ///< SMPTE ST 2084: 1 is 10,000 cd/m^2
  hlg = 6,      ///< ITU-R BT.2100, light of the scene
};

struct resize_options {
  fluxel::filter filter = fluxel::filter::bilinear;
  fluxel::antialias antialias = fluxel::antialias::no;
  fluxel::coordinates coordinates = fluxel::coordinates::half_pixel;
  nearest_rounding rounding = nearest_rounding::half_up;  ///< only for filter::nearest
  double cubic_a = -0.75;                                 ///< only for filter::bicubic; in [-2, 0]
  double cubic_b = 1.0 / 3;                               ///< only for filter::mitchell; in [0, 1], as cubic_c
  double cubic_c = 1.0 / 3;                               ///< only for filter::mitchell
  /// straight: the last of 2 or 4 channels weights the others while they are resampled, in f32; where it ends up 0,
  /// color is 0.
  fluxel::alpha alpha = fluxel::alpha::none;
  /// Average in linear light: u8 and u16 samples of grey, RGB or YUV are decoded by this function, resized in f32 and
  /// encoded again. Values outside of [0, 1] are clamped. Not for filter::nearest, which averages nothing.
  transfer_function linear_light = transfer_function::none;
  /// The part of the source that is mapped onto the destination; edges may be fractional and lie outside the
  /// image, whose border then repeats. Pixels around it are read. Not with align_corners.
  std::optional<rect> region = std::nullopt;
  /// Destination pixels per source pixel; 0 derives it from the sizes. Not with align_corners or a region.
  double scale_x = 0;
  double scale_y = 0;
};

/// What a `resizer` is built for.
struct resize_geometry {
  size src = {};
  size dst = {};
  int channels = 1;
  element_type type = element_type::u8;
  bool operator==(const resize_geometry&) const = default;
};

}  // namespace v0
}  // namespace fluxel
