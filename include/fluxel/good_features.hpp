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

/// Parameters of `feature_detector`. Lengths are pixels.
struct feature_options {
  double quality = 0.01;    ///< least strength, as a share of the frame's strongest; in [0, 1]
  double min_distance = 8;  ///< between two corners; 0 (none) to 10000
  int max_count = 1000;     ///< of corners; >= 1
  int window_radius = 1;    ///< the structure tensor's window is 2 radius + 1 wide; 1 to 15

  int bit_depth = 16;  ///< of u16 pixels; 8 to 16
  double white = 1.0;  ///< of f32 pixels; > 0
  int threads = 0;     ///< CPU: 0 uses the process-wide pool, 1 only the caller's thread
};

/// Where the corners go, in the frame's memory. Entries from the count on are 0.
struct feature_result {
  std::span<point> points = {};    ///< max_count
  std::span<float> strength = {};  ///< max_count; empty: not wanted
  int* count = nullptr;            ///< one; on a device it stays there, for `point_tracker` to read
};

/// Corners that are good to track (Shi and Tomasi, Good features to track, 1994).
///
/// A pixel's strength is the smaller eigenvalue of the mean structure tensor of the window around it, in
/// (grey levels / px)^2: 5-tap derivatives of grey on [0, 255], the border repeated. Corners are the pixels whose
/// strength no neighbour exceeds (of equal neighbours the first in reading order), at least `quality` times the
/// strongest. In order of falling strength, then y, then x, each is taken unless one taken before is nearer than
/// `min_distance`, until there are `max_count`. The list is the same on every processor. Time: that of a few passes
/// over the frame, and n log n of the corners before the distance is asked for.
///
/// A mask says where corners may be (and what `strongest` means); its pixels still are texture. A window or
/// derivative that touches NaN makes no corner.
///
/// Built once per geometry. On a device calls only enqueue a fixed sequence of kernels and allocate nothing, and can
/// be captured in a graph; host views of an object that runs on CUDA are staged through memory it owns, and finished
/// on return. On the CPU calls allocate working rows. One call at a time per object. The destructor requires that the
/// enqueued work has finished.
class FLUXEL_API feature_detector {
 public:
  /// @param geometry  count must be 1.
  /// @throws fluxel::error invalid_argument  a geometry or an option out of its range, named.
  /// @throws fluxel::error no_device         `run_on::cuda` and CUDA cannot be used.
  explicit feature_detector(const flow_geometry& geometry, const feature_options& options = {},
                            run_on device = run_on::automatic);
  feature_detector(feature_detector&&) noexcept;
  feature_detector& operator=(feature_detector&&) noexcept;
  ~feature_detector();

  /// @param frame  of the geometry.
  /// @param mask   one byte per pixel, 0: no corner here; no data: anywhere. In the frame's memory.
  /// @throws fluxel::error invalid_argument  views that do not fit the geometry, or a result without room.
  template <class T>
  void detect(image_view<const T> frame, image_view<const u8> mask, const feature_result& result,
              stream_ref stream = {});

  fluxel::backend backend() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace v0
}  // namespace fluxel
