// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "fluxel/device.hpp"
#include "fluxel/error.hpp"
#include "fluxel/export.h"
#include "fluxel/flow.hpp"
#include "fluxel/placement.hpp"
#include "fluxel/stream.hpp"

namespace fluxel {
inline namespace v0 {

/// Dense optical flow by one of its methods: `horn_schunck` or `lucas_kanade`, which differ in their constructors
/// alone. Code that does not care takes a `dense_flow&`, or keeps one by value:
///
///     dense_flow flow = horn_schunck({.width = 640, .height = 480});
///     flow.run(prev, next, uv);   // image<u8> prev(640, 480), next(640, 480); image<float> uv(640, 480, 2)
///
/// The flow (u right, v down, pixels) takes a pixel of the previous frame to the next:
/// next(x + u, y + v) = prev(x, y). Values are multiples of 1/64 in [-512, 512]; with the option `precision` = 256,
/// of 1/256 in (-128, 128), after one more warp of the finest level (the classic Horn-Schunck method does not round).
///
/// Invalid pixels (a mask is 0, or they are NaN) count for nothing. Levels of the pyramid are means of the valid
/// pixels (normalised convolution, Knutsson and Westin 1993); a pixel of a level is invalid when these have less than
/// a quarter of the weights, and its grey is filled in from the next coarser level. One that is invalid, or leads
/// between 2 x 2 of the next frame of which one is, has no data term, nor have those up to 2 pixels beside it: its
/// flow continues that around it, and is `masked`.
///
/// Built once per geometry. On a device calls only enqueue and allocate nothing, and can be captured in a graph; host
/// frames of an object that runs on CUDA are staged through memory it owns, and finished on return. One call at a
/// time per object; objects share nothing. The destructor requires that the enqueued work has finished.
class FLUXEL_API dense_flow {
 public:
  dense_flow(dense_flow&&) noexcept;
  dense_flow& operator=(dense_flow&&) noexcept;
  virtual ~dense_flow();

  /// The flow from `pair.prev` to `pair.next`.
  /// @throws fluxel::error invalid_argument  views that do not fit the geometry, overlap, or lie in different memory.
  void run(const flow_pair& pair, const flow_result& result, stream_ref stream = {});
  void run(const flow_image& prev, const flow_image& next, const image_view<f32>& flow, stream_ref stream = {});

  /// A sequence: the flow from the frame of the call before, whose pyramid has been kept, to this one. Every call but
  /// the first of a sequence can be captured, and replayed for each further frame copied to the same place; then all
  /// frames have a mask, or none has.
  /// @returns false, without a result, on the first call after construction, `restart` or `run`.
  bool advance(const flow_frame& next, const flow_result& result, stream_ref stream = {});
  bool advance(const flow_image& next, const image_view<f32>& flow, stream_ref stream = {});

  /// The next `advance` begins a sequence.
  void restart();

  /// Makes ahead what calls on such memory need: objects placed by memory otherwise make it in the first such call,
  /// which then cannot be captured.
  void prepare(memory_kind memory);

  /// The processor that calls on host views use.
  fluxel::backend backend() const;

  /// Bytes of working memory that the object holds now, on all processors.
  std::size_t workspace_size() const;

 protected:
  struct impl;
  explicit dense_flow(std::unique_ptr<impl> made) noexcept;

 private:
  impl& self() const;
  std::unique_ptr<impl> impl_;
};

}  // namespace v0
}  // namespace fluxel
