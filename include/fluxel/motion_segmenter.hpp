// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "fluxel/device.hpp"
#include "fluxel/error.hpp"
#include "fluxel/export.h"
#include "fluxel/flow_options.hpp"
#include "fluxel/frame.hpp"
#include "fluxel/global_motion.hpp"
#include "fluxel/image_view.hpp"
#include "fluxel/placement.hpp"

namespace fluxel {
inline namespace v0 {

/// Parameters of `motion_segmenter`. Lengths are pixels of the frames.
struct segment_options {
  motion_model model = motion_model::homography;  ///< of the background's motion between two frames
  flow_quality quality = flow_quality::fast;      ///< of the motion, by `horn_schunck`
  int longest_side = 480;      ///< motion is measured on frames whose longer side is at most this; 16 to 524,288
  double least_motion = 0.75;  ///< per frame, against the background; slower things count as background; 0 to 512
  double noise = 5;            ///< the same in standard deviations of the background's flow; 0 to 1000
  double least_area = 0.0005;  ///< regions that cover less of the frame are left out; 0 to 1
  int memory = 12;             ///< frames that a region may be out of sight, and keep its id; 0 to 1000
  int min_frames = 3;          ///< in a row, in which a region must be seen before it is listed; 1 to 1000
};

/// A connected part of a frame that moves against the background.
struct moving_region {
  int id = 0;                               ///< from 1; the same as long as the region can be followed
  int x = 0, y = 0, width = 0, height = 0;  ///< of the pixels that bound it
  int area = 0;                             ///< pixels of the mask
  float u = 0, v = 0;                       ///< mean motion against the background, pixels per frame
};

/// Finds what moves against the dominant motion of a video: people and cars before a camera that stands, turns or
/// flies.
///
/// Dense flow is measured from each frame to the next and back (`horn_schunck`); the background's motion is what most
/// of its vectors follow (`fit_global_motion`). A pixel moves when its vector differs from that by more than the
/// noise of the flow, to the frame before and to the one after, so that what is only hidden or uncovered does not;
/// one direction is enough where the other is not known. Pixels of half that motion belong to a region with a moving
/// one (hysteresis), or where the region was in the frame before, followed by the flow. Flow that is not valid counts
/// only where both frames clearly differ from what the background's motion shows. What the model does not hold, as
/// near things before a camera that walks (parallax), counts as moving.
///
/// Masks show every region at once; `regions` lists one from the `min_frames`th frame in a row that shows it, so that
/// what flickers for a frame or two gets no id. The first frames of a thing, and of a scene, have only a mask.
///
/// Frames come in host memory, progressive; the mask of a frame is due `delay()` frames later, as it depends on the
/// next one. Frames between which the scene changes are told apart. The same bytes on every processor and for any
/// number of threads. One call at a time per object.
class FLUXEL_API motion_segmenter {
 public:
  /// @throws fluxel::error invalid_argument  an invalid or interlaced format; an option out of its range.
  /// @throws fluxel::error no_device         CUDA is demanded and cannot be used.
  explicit motion_segmenter(const frame_format& format, const segment_options& options = {},
                            const placement& where = {});
  motion_segmenter(motion_segmenter&&) noexcept;
  motion_segmenter& operator=(motion_segmenter&&) noexcept;
  ~motion_segmenter();

  /// How many frames later a mask comes: 1.
  int delay() const;

  /// Takes the next frame.
  /// @param mask  of the luma's size, 1 channel, in host memory: 255 where the frame of the call before moves, 0
  ///              elsewhere.
  /// @returns whether it has been written: not by the first call.
  /// @throws fluxel::error invalid_argument  a frame of another format or size, or views in device memory.
  bool advance(const frame_view<const void>& next, const image_view<u8>& mask);

  /// After the last frame: its mask. @returns false, with nothing written, when no frame is left; the object then
  /// begins anew.
  bool flush(const image_view<u8>& mask);

  /// The regions of the last mask that have been seen in `min_frames` frames in a row, by id. Valid until the next
  /// call.
  std::span<const moving_region> regions() const;

  /// Whether the frame of the last mask is the first one of a scene.
  bool begins_scene() const;

  /// Forgets all frames and regions. Ids count on.
  void restart();

  fluxel::backend backend() const;
  /// Bytes of memory that the object holds.
  std::size_t workspace_size() const;

 private:
  struct impl;
  impl& self() const;
  std::unique_ptr<impl> impl_;
};

}  // namespace v0
}  // namespace fluxel
