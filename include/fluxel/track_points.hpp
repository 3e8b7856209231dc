// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <type_traits>

#include "fluxel/device.hpp"
#include "fluxel/error.hpp"
#include "fluxel/export.h"
#include "fluxel/flow.hpp"
#include "fluxel/image_view.hpp"
#include "fluxel/stream.hpp"

namespace fluxel {
inline namespace v0 {

/// Parameters of `point_tracker`. Grey levels are on [0, 255] whatever the pixels' type; lengths are pixels.
struct track_options {
  int window = 21;              ///< side of the square window; odd, 3 to 63
  int max_levels = 4;           ///< of the pyramid, each half the size of the one before; 1 to 16
  int iterations = 30;          ///< most per level; >= 1
  double epsilon = 0.01;        ///< converged when a step is not longer; in [0, 1]
  double min_eigenvalue = 0.1;  ///< below it a window is flat, (grey levels / px)^2; > 0
  double forward_backward = 0;  ///< how far the way back may end from the start; 0: it is not taken; at most 1000

  int bit_depth = 16;  ///< of u16 pixels; 8 to 16
  double white = 1.0;  ///< of f32 pixels; > 0
  int threads = 0;     ///< CPU: 0 uses the process-wide pool, 1 only the caller's thread
};

/// What became of a point. The first that applies.
enum class track_status : u8 {
  tracked = 0,
  invalid = 1,        ///< a coordinate is NaN or infinite, or the point is beyond the list's count
  outside = 2,        ///< it is not within the outermost pixel centres, before or after
  flat = 3,           ///< too little texture in its window, or in one direction only
  not_converged = 4,  ///< the last iteration still moved it
  inconsistent = 5,   ///< the way back does not return to it
};

/// Points of the previous frame and what is found in the next. All in the frames' memory and of the same length, at
/// most the tracker's capacity; `from` and `to` may be the same points.
struct point_tracks {
  std::span<const point> from = {};
  std::span<point> to = {};  ///< where they are; the best known place of one that is not tracked
  std::span<track_status> status = {};
  std::span<float> error = {};           ///< mean absolute difference of the windows, grey levels; empty: not wanted
  std::span<float> min_eigenvalue = {};  ///< of the window's mean structure tensor, (grey levels / px)^2
  std::span<const point> guess = {};     ///< where the search starts in the next frame; empty: at `from`
  const int* count = nullptr;            ///< how many of `from` are points, as feature_detector writes it; null: all
};

/// Sparse optical flow: the pyramidal method of Lucas and Kanade (1981; Bouguet 2001) at given points.
///
/// A window of the previous frame is compared with the next frame's, bilinear between pixels, and moved by
/// Gauss-Newton steps, coarse to fine. The border pixel repeats, so that windows may reach over the border and be
/// larger than the image; a tracked point is never outside. Positions are kept in 1/1024 px. The sums over a window
/// are integers and the 2 x 2 solve has one written order: the same bytes on every processor, for each point whatever
/// the others are.
///
/// `error` is 0 where no windows were compared (invalid, outside before, flat). NaN pixels count as mid-grey. With
/// `forward_backward` found points are tracked back (from no motion, or from the opposite of the guess) in the same
/// pyramids (Kalal, Mikolajczyk and Matas 2010).
///
/// Built once per geometry. On a device calls only enqueue and allocate nothing, and can be captured in a graph; host
/// views of an object that runs on CUDA are staged through memory it owns, and finished on return. On the CPU calls
/// allocate working rows. One call at a time per object. The destructor requires that the enqueued work has finished.
class FLUXEL_API point_tracker {
 public:
  /// @param geometry  count must be 1; sides at most 2^19.
  /// @param capacity  most points of a call; >= 1.
  /// @throws fluxel::error invalid_argument  a geometry, capacity or option out of its range, named.
  /// @throws fluxel::error no_device         `run_on::cuda` and CUDA cannot be used.
  point_tracker(const flow_geometry& geometry, int capacity, const track_options& options = {},
                run_on device = run_on::automatic);
  point_tracker(point_tracker&&) noexcept;
  point_tracker& operator=(point_tracker&&) noexcept;
  ~point_tracker();

  /// @throws fluxel::error invalid_argument  frames that do not fit the geometry, or lists that do not fit together.
  template <class T>
  void track(std::type_identity_t<image_view<const T>> prev, image_view<const T> next, const point_tracks& points,
             stream_ref stream = {});

  /// A sequence: from the frame of the call before to this one, whose pyramid has been kept.
  /// @returns false, with nothing written, on the first call after construction, `restart` or `track`.
  template <class T>
  bool advance(image_view<const T> frame, const point_tracks& points, stream_ref stream = {});

  /// The next `advance` begins a sequence.
  void restart();

  fluxel::backend backend() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace v0
}  // namespace fluxel
