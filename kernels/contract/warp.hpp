// SPDX-License-Identifier: Apache-2.0
#pragma once

// Images moved along a flow.

#include <cstdint>

#include "fluxel/types.hpp"
#include "kernels/contract/flow_color.hpp"
#include "kernels/contract/image.hpp"
#include "kernels/contract/launch.hpp"

namespace fluxel::kernels {

struct warp_job {
  image src;  ///< never written; of any size
  flow_images flow;
  image dst;
  float per_pixel_x = 256;  ///< units of 1/256 px for each pixel of u: 256 times the scale
  float per_pixel_y = 256;  ///< of v
  bool bicubic = false;
  int largest = 65535;  ///< of u16: what bicubic clamps to
};

/// Which source pixel a pixel of the output shows: 0 where none arrives, else see common/warp/splat.hpp. One for each
/// pixel of each image, packed.
using splat_winner = std::uint64_t;

struct splat_claims {
  flow_images flow;
  image priority;  ///< u8, of one plane; null data: all alike
  float per_pixel_x = 256, per_pixel_y = 256;
  splat_winner* winners = nullptr;  ///< of the flow's size and count
};

/// What pixels show, from the winners of splats.
struct splat_picture {
  image src;  ///< never written
  const splat_winner* winners = nullptr;
  image dst;
  image covered;  ///< u8: 255 where a pixel arrived, else 0; null data: not wanted
};

/// a + (b - a) * weight / 255.
struct blend_job {
  image a, b;
  image weight;  ///< u8, of one plane
  image dst;
  int low_zero_bits = 0;  ///< u16: the result is a multiple of 1 << this
};

/// How alike both frames of a pair are, one number for each image.
struct pair_likeness {
  const u8 *forward_agreement = nullptr, *back_agreement = nullptr;  ///< means; null: any pair is one scene
  const float *forward_score = nullptr, *back_score = nullptr;  ///< flow_result::cut_score; null: they do not count
};
/// When a pair shows two scenes.
struct cut_rule {
  int least_agreement = 0;  ///< of both together: below, always
  int least_agreement_by_score =
      0;               ///< below, where both scores are at least `score`: scenes in the dark differ by less
  float score = 0.5f;  ///< 0.25 is the most of large motion that is not found; cuts have 1
};

/// A pair of frames beside the one that a moment lies in.
struct pair_beside {
  flow_images flow;  ///< from the frame that both pairs share to the other one; null data: there is no such pair
  int ratio = 256;   ///< how long the moment's pair lasts beside this one, in 1/256
  pair_likeness likeness;
};

/// Motion between two frames is kept for cells of so many pixels across and down: see common/warp/cells.hpp.
inline constexpr int cell_side = 3;
constexpr int cells_of(int pixels) { return (pixels + cell_side - 1) / cell_side; }

/// Where the middles of cells are in both frames, and how these count: images of one plane.
struct moment_cells {
  image paths;       ///< f32, 4 channels: displacements to prev, and to next, in pixels of the measured frames
  image weight;      ///< u8: of next
  image confidence;  ///< u8: that the path is right
};

/// The motion at a moment between two frames: see common/warp/between.hpp.
struct between_job {
  image prev, next;  ///< intensities in Q8.4 as u16, one plane
  flow_images forward, back;
  const splat_winner* from_prev = nullptr;  ///< of the forward flow, at the moment
  const splat_winner* from_next = nullptr;  ///< of the flow back
  int moment = 128;                         ///< 0: prev; 256: next
  pair_likeness likeness;
  cut_rule cut;
  pair_beside before, after;
  moment_cells cells;
};

/// What is seen at a moment, of one plane of the frames: see common/warp/overlap.hpp.
struct overlap_job {
  image prev, next;  ///< never written; of dst's size, of at most 4 channels
  moment_cells cells;
  int flow_width = 0, flow_height = 0;         ///< of the measured frames
  float per_pixel_x = 256, per_pixel_y = 256;  ///< units of 1/256 px of dst for each pixel of the measured frames
  image dst;
  int largest = 65535;    ///< of u16
  int low_zero_bits = 0;  ///< u16: the result is a multiple of 1 << this
};

struct warp_functions {
  status (*warp)(const warp_job& job, element_type type, const launch_options& launch);
  status (*claim)(const splat_claims& claims, const launch_options& launch);
  status (*show)(const splat_picture& picture, int element_bytes, const launch_options& launch);
  status (*blend)(const blend_job& job, element_type type, const launch_options& launch);
  /// How well a flow's pixels agree: 255 where the next frame looks the same, less by a grey level each. All images
  /// have one plane; prev and next are Q8.4 as u16.
  status (*agreement)(const image& prev, const image& next, const flow_images& flow, const image& agreement,
                      const launch_options& launch);
  status (*between)(const between_job& job, const launch_options& launch);
  status (*overlap)(const overlap_job& job, element_type type, const launch_options& launch);
};

}  // namespace fluxel::kernels
