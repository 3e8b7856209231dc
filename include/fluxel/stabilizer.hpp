// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>

#include "fluxel/device.hpp"
#include "fluxel/error.hpp"
#include "fluxel/export.h"
#include "fluxel/frame.hpp"
#include "fluxel/global_motion.hpp"
#include "fluxel/placement.hpp"
#include "fluxel/warp.hpp"

namespace fluxel {
inline namespace v0 {

/// What becomes of the border that moves into view.
enum class stabilize_border : int {
  crop = 0,   ///< out of view: frames are enlarged, and moved no farther than that allows
  black = 1,  ///< black
  fill = 2,   ///< taken from neighbouring frames, and where they have nothing the frame's edge is repeated
};

struct stabilize_options {
  motion_model model = motion_model::similarity;  ///< of the camera's motion between two frames
  double smoothing = 12;  ///< of the camera's path: standard deviation of the Gaussian, frames; 1 to 100
  stabilize_border border = stabilize_border::crop;
  double margin = 0.15;  ///< crop: the part of width and height that is cut off; 0 to 0.5
  warp_filter filter = warp_filter::bicubic;
  double pixel_aspect = 1;  ///< width of a pixel over its height; 0.01 to 100
};

/// Steadies the frames of a shaky video.
///
/// Corners of the luma are tracked forward and backward from frame to frame (`feature_detector`, `point_tracker`;
/// wide frames are reduced to about 960 pixels first). Of the motions that groups of them follow
/// (`fit_global_motion`), cells of a grid over the frame vote for the camera's, plain ones by how alike the frames
/// look there; cells at the border and those that were background before weigh more. So something large and
/// textured in front does not carry the picture along. Motion below the error of the fit counts as none. The camera's
/// path, past and future, is averaged with Gaussian weights (Matsushita et al. 2006), and each frame is resampled
/// once, by `warp_perspective`, to the averaged path. A frame that hardly any track reaches begins another scene,
/// across which nothing is averaged. Motion within a frame (rolling shutter) is not undone.
///
/// Frames are progressive; `in` and `out` lie in host memory, or on a device, where they are read and written in the
/// order of the legacy stream: only small pictures and lists of points go to the host then. The result of a frame is
/// due `delay()` frames later: the object keeps as many. On the CPU the motion of the newest frame is measured while
/// the one that is due is resampled, unless the placement has one thread. The same bytes on every processor. One call
/// at a time per object.
class FLUXEL_API stabilizer {
 public:
  /// @throws fluxel::error invalid_argument  an invalid or interlaced format, or an option out of its range; the
  ///                                         message names it.
  /// @throws fluxel::error no_device         CUDA is demanded and cannot be used.
  explicit stabilizer(const frame_format& format, const stabilize_options& options = {}, const placement& where = {});
  stabilizer(stabilizer&&) noexcept;
  stabilizer& operator=(stabilizer&&) noexcept;
  ~stabilizer();

  /// How many frames later a result comes.
  int delay() const;

  /// Takes the next frame. @returns whether `out` has a result: that of the frame `delay()` calls ago. `out` may be
  /// the memory of `in`.
  /// @throws fluxel::error invalid_argument  frames of another format or size, or not all in one kind of memory.
  bool advance(const frame_view<const void>& in, const frame_view<void>& out);

  /// After the last frame: the next result that is still due. @returns false, with nothing written, when there is
  /// none; the object then begins anew.
  bool flush(const frame_view<void>& out);

  /// Forgets all frames.
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
