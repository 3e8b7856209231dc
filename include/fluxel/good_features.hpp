// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "fluxel/device.hpp"
#include "fluxel/error.hpp"
#include "fluxel/export.h"
#include "fluxel/flow.hpp"
#include "fluxel/image_view.hpp"
#include "fluxel/placement.hpp"
#include "fluxel/stream.hpp"

namespace fluxel {
inline namespace v0 {

/// Parameters of `feature_detector`. Lengths are pixels.
struct feature_options {
  double quality = 0.01;    ///< smallest strength, as a fraction of the strongest corner's; 0 to 1
  double min_distance = 8;  ///< between two corners; 0 (none) to 10000
  int max_count = 1000;     ///< of corners; 1 to 16,777,216
  int window_radius = 1;    ///< of the structure tensor's window of (2 radius + 1)^2 pixels; 1 to 15
};

/// Where the corners go, in the frame's memory. Entries from the count on are 0.
struct feature_result {
  std::span<point> points = {};    ///< max_count
  std::span<float> strength = {};  ///< max_count; empty: not wanted
  int* count = nullptr;            ///< how many there are; in device memory with a frame on a device
};

/// Corners that are good to track (Shi and Tomasi, Good features to track, 1994).
///
/// A pixel's strength is the smaller eigenvalue of the mean structure tensor of the window around it, in
/// (grey levels / px)^2: 5-tap derivatives of grey on [0, 255], the border repeated. Corners are the pixels whose
/// strength no neighbour exceeds (of equal neighbours the first in reading order), at least `quality` times the
/// strongest. In order of decreasing strength, then increasing y, then x, each is accepted unless an accepted one is
/// nearer than `min_distance`, until there are `max_count`. The list is the same on every processor. Cost: a few
/// passes over the frame, and n log n in the number of corners before the distance test.
///
/// Where a mask is 0 there are no corners, and none counts as the strongest; derivatives still read these pixels. A
/// pixel whose window or derivatives contain NaN is no corner.
///
/// Built once per geometry. On a device calls only enqueue a fixed sequence of kernels and allocate nothing, and can
/// be captured in a graph; host views of an object that runs on CUDA are staged through memory it owns, and finished
/// on return. One call at a time per object. The destructor requires that the enqueued work has finished.
class FLUXEL_API feature_detector {
 public:
  /// @param geometry  count must be 1.
  /// @throws fluxel::error invalid_argument  a geometry or an option out of its range, named.
  /// @throws fluxel::error no_device         CUDA is demanded and cannot be used.
  explicit feature_detector(const flow_geometry& geometry, const feature_options& options = {},
                            const placement& where = {});
  feature_detector(feature_detector&&) noexcept;
  feature_detector& operator=(feature_detector&&) noexcept;
  ~feature_detector();

  /// @param frame  of the geometry.
  /// @param mask   one byte per pixel, 0: no corner here; null data: corners anywhere. In the frame's memory.
  /// @throws fluxel::error invalid_argument  views that do not fit the geometry, or a result without room.
  void run(const flow_image& frame, const image_view<const u8>& mask, const feature_result& result,
           stream_ref stream = {});

  /// As of `dense_flow`.
  void prepare(memory_kind memory);
  fluxel::backend backend() const;
  std::size_t workspace_size() const;

 private:
  struct impl;
  impl& self() const;
  std::unique_ptr<impl> impl_;
};

/// The corners of one frame. Makes the detector and, on a device, waits for the result: for more than one frame keep
/// a `feature_detector`. u16 pixels have 16 bits, f32 pixels white = 1.
FLUXEL_API void detect_features(const flow_image& frame, const image_view<const u8>& mask,
                                const feature_result& result, const feature_options& options = {},
                                const placement& where = {}, stream_ref stream = {});

}  // namespace v0
}  // namespace fluxel
