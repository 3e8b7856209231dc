// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>

#include "fluxel/device.hpp"
#include "fluxel/error.hpp"
#include "fluxel/export.h"
#include "fluxel/flow_options.hpp"
#include "fluxel/frame.hpp"
#include "fluxel/placement.hpp"
#include "fluxel/stream.hpp"

namespace fluxel {
inline namespace v0 {

struct interpolation_options {
  flow_quality quality = flow_quality::fast;  ///< of the motion, by `horn_schunck`
  int longest_side = 256;      ///< motion is measured on frames whose longer side is at most this; 16 to 524,288
  double cut_difference = 28;  ///< two frames differ by this many grey levels on average, motion compensated: they
                               ///< are two scenes, and so are those that differ by a quarter of it and have cut
                               ///< scores (flow_result) of 0.5 or more; 0 to 255; 255: never
};

/// Frame interpolation: a sequence goes in; what is seen at any moment between its last frames comes out.
///
///     fluxel::interpolator between(format);
///     between.advance(first);
///     between.advance(second);      // measures the motion, forward and back
///     between.run(0.5, middle);     // of first and second
///     between.advance(third);
///     between.run(-0.5, middle);    // the same, better: the motion after is known too
///
/// Both flows are splatted to the moment; where they disagree, the motion under which the frames look more alike is
/// taken. Cells of 3 x 3 pixels choose likewise among their own motion, those of their neighbors, and rest. Both
/// frames are warped along the chosen motion and blended; a pixel that one frame does not show, because it is covered
/// there or beyond the border, is taken from the other one. Where neighboring cells move apart, their predictions are
/// averaged (overlapped blocks). Between two scenes the nearer frame is shown. Paths are curved: by the mean of how
/// the velocity changes from the pair of frames before and to the pair after.
///
/// Frames are copied when they come. On a device calls only enqueue, and allocate nothing after the first; host
/// frames of an object that runs on CUDA are staged, and finished on return. One call at a time; the destructor
/// requires that the work it enqueued has finished. The same bytes on every processor.
class FLUXEL_API interpolator {
 public:
  /// @param format  of all frames. Fields are not told apart: deinterlace first.
  /// @throws fluxel::error invalid_argument  not a frame format, or an option out of its range; no_device.
  explicit interpolator(const frame_format& format, const interpolation_options& options = {},
                        const placement& where = {});
  interpolator(interpolator&&) noexcept;
  interpolator& operator=(interpolator&&) noexcept;
  ~interpolator();

  /// The next frame.
  /// @param duration  the time from the frame before to this one, in any unit; above 0. Motions of pairs that last
  ///                  differently are compared by it.
  /// @returns false for the first one after construction or `restart`: nothing lies between yet.
  bool advance(const frame_view<const void>& next, double duration = 1, stream_ref stream = {});

  /// What is seen between the last two frames, or between the two before that.
  /// @param moment  from 0, the frame before the last one, to 1, the last frame; from -1, the frame before these, to
  ///                0, when three frames have come: what lies there is better known when the frame after it is.
  ///                Rounded to 1/256. At -1, 0 and 1: the frame itself.
  /// @throws fluxel::error invalid_argument  a moment out of its range, a frame of another format, fewer than two
  ///                                         frames have come, or memory that is not that of the frames.
  void run(double moment, const frame_view<void>& dst, stream_ref stream = {});

  /// The next `advance` begins a sequence.
  void restart();

  /// Make ahead what calls on such memory need, so that the first of them allocates nothing either.
  void prepare(memory_kind memory);

  /// The processor that calls on host frames use.
  fluxel::backend backend() const;

  /// Bytes of working memory that the object holds now, on all processors.
  std::size_t workspace_size() const;

 private:
  struct impl;
  impl& self() const;
  std::unique_ptr<impl> impl_;
};

}  // namespace v0
}  // namespace fluxel
