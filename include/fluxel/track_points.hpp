// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "fluxel/device.hpp"
#include "fluxel/error.hpp"
#include "fluxel/export.h"
#include "fluxel/flow.hpp"
#include "fluxel/placement.hpp"
#include "fluxel/stream.hpp"

namespace fluxel {
inline namespace v0 {

/// Parameters of `point_tracker`. Grey levels are on [0, 255] whatever the pixels' type; lengths are pixels.
struct track_options {
  int window = 21;              ///< side of the square window; odd, 3 to 63
  int max_levels = 4;           ///< of the pyramid, each half the size of the one before; 1 to 16
  int iterations = 30;          ///< at most, per level; 1 to 1,000,000
  double epsilon = 0.01;        ///< converged when a step is not longer; in [0, 1]
  double min_eigenvalue = 0.1;  ///< below it a window is flat, (grey levels / px)^2; above 0, to 1e6
  double forward_backward = 0;  ///< forward-backward check: largest distance, to 1000; 0: points are not tracked back
};

/// What became of a point. The first that applies; `masked` comes after `outside`.
enum class track_status : u8 {
  tracked = 0,
  invalid = 1,        ///< a coordinate is NaN or infinite, or the point is beyond the list's count
  outside = 2,        ///< it is not within the outermost pixel centres, before or after
  flat = 3,           ///< too little texture in its window, or in one direction only
  not_converged = 4,  ///< the last iteration still moved it
  inconsistent = 5,   ///< tracked back, it does not return to its start
  masked = 6,         ///< an invalid pixel (of a mask, or NaN) is next to it, before or after
};

/// Points of the previous frame and what is found in the next. All in the frames' memory and of the same length, at
/// most the tracker's capacity; `from` and `to` may be the same points.
struct point_tracks {
  std::span<const point> from = {};
  std::span<point> to = {};  ///< their positions in the next frame; of one that is not tracked, the last estimate
  std::span<track_status> status = {};
  std::span<float> error = {};           ///< mean absolute difference of the windows, grey levels; empty: not wanted
  std::span<float> min_eigenvalue = {};  ///< of the window's mean structure tensor, (grey levels / px)^2
  std::span<const point> guess = {};     ///< initial positions in the next frame; empty: `from`
  const int* count = nullptr;            ///< how many of `from` are points, as feature_detector writes it; null: all
};

/// Sparse optical flow: the pyramidal method of Lucas and Kanade (1981; Bouguet 2001) at given points.
///
/// A window of the previous frame is matched in the next frame, bilinear between pixels, by Gauss-Newton steps,
/// coarse to fine. Windows may reach over the border and be larger than the image: what lies outside does not count;
/// a tracked point is never outside. Positions are kept in 1/1024 px. The sums over a window are integers and the 2 x
/// 2 system is solved in a fixed order: the bytes are the same on every processor, and those of a point do not depend
/// on the other points.
///
/// `error` is 0 where no windows were compared (invalid, outside or masked before, flat). Invalid pixels, whose mask
/// is 0 or which are NaN, are filled as for dense flow, so that points beside them can be tracked. With
/// `forward_backward` found points are tracked back (from no motion, or from the opposite of the guess) in the same
/// pyramids (Kalal, Mikolajczyk and Matas 2010).
///
/// Built once per geometry. On a device calls only enqueue and allocate nothing, and can be captured in a graph; host
/// views of an object that runs on CUDA are staged through memory it owns, and finished on return. One call at a time
/// per object. The destructor requires that the enqueued work has finished.
class FLUXEL_API point_tracker {
 public:
  /// @param geometry  count must be 1; sides at most 2^19.
  /// @param capacity  most points of a call; >= 1.
  /// @throws fluxel::error invalid_argument  a geometry, capacity or option out of its range, named.
  /// @throws fluxel::error no_device         CUDA is demanded and cannot be used.
  point_tracker(const flow_geometry& geometry, int capacity, const track_options& options = {},
                const placement& where = {});
  point_tracker(point_tracker&&) noexcept;
  point_tracker& operator=(point_tracker&&) noexcept;
  ~point_tracker();

  /// @throws fluxel::error invalid_argument  frames that do not fit the geometry, or lists that do not fit together.
  void run(const flow_image& prev, const flow_image& next, const point_tracks& points, stream_ref stream = {});
  /// Frames with masks; `initial` is not read.
  void run(const flow_pair& frames, const point_tracks& points, stream_ref stream = {});

  /// A sequence: from the frame of the call before, whose pyramid has been kept, to this one.
  /// @returns false, with nothing written, on the first call after construction, `restart` or `run`.
  bool advance(const flow_image& next, const point_tracks& points, stream_ref stream = {});
  /// With a mask; `start` is not read.
  bool advance(const flow_frame& next, const point_tracks& points, stream_ref stream = {});

  /// The next `advance` begins a sequence.
  void restart();

  /// As of `dense_flow`.
  void prepare(memory_kind memory);
  fluxel::backend backend() const;
  std::size_t workspace_size() const;

 private:
  struct impl;
  impl& self() const;
  std::unique_ptr<impl> impl_;
};

/// The tracks of one pair. Makes the tracker and, on a device, waits for the result: for more than one pair keep a
/// `point_tracker`. u16 pixels have 16 bits, f32 pixels white = 1.
FLUXEL_API void track_points(const flow_image& prev, const flow_image& next, const point_tracks& points,
                             const track_options& options = {}, const placement& where = {}, stream_ref stream = {});
/// Frames with masks; `initial` is not read.
FLUXEL_API void track_points(const flow_pair& frames, const point_tracks& points, const track_options& options = {},
                             const placement& where = {}, stream_ref stream = {});

}  // namespace v0
}  // namespace fluxel
