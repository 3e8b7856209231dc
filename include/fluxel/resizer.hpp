// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <type_traits>

#include "fluxel/device.hpp"
#include "fluxel/error.hpp"
#include "fluxel/frame.hpp"
#include "fluxel/image_view.hpp"
#include "fluxel/resize_options.hpp"
#include "fluxel/stream.hpp"

namespace fluxel {
inline namespace v0 {

/// One source and destination of a ragged batch.
template <class T>
struct resize_pair {
  image_view<const T> src = {};
  image_view<T> dst = {};
};

/// A resize of fixed geometry, for repeated use: the tables are made once, by the constructor.
///
/// Calls on device views only enqueue; calls on host views are finished on return. Allocates nothing after
/// construction, except for staged batches larger than one image. May serve several threads and several streams at
/// once; with straight alpha, whose products the object keeps, calls on the CPU take turns and calls on CUDA must
/// share a stream. Binds `options.device`, or the current one, and restores the caller's; the destructor requires
/// that the work it enqueued has finished.
class FLUXEL_API resizer {
 public:
  /// @param device  which processor; by_memory decides at each call and prepares both where there are both.
  /// @throws fluxel::error invalid_argument  a size below 1, channels below 1, or options that contradict.
  /// @throws fluxel::error no_device         `run_on::cuda` and CUDA cannot be used.
  resizer(const resize_geometry& geometry, const resize_options& options = {}, run_on device = run_on::by_memory);

  /// Frames: every plane with its own size, chroma registered with the luma by its location, fields apart.
  ///
  /// Sizes, region and scale are those of the luma. A chroma sample of a plane subsampled by m sits at luma index
  /// m * k + o, o from its location; both ends of the resize use the same o. Fields lie at the even and the odd rows.
  /// Straight alpha in a plane of its own weighs the other planes; subsampled ones by the alpha at their samples.
  /// @param src  the format and size of the frames to come. The result has the same format.
  /// @throws fluxel::error invalid_argument  a format that is none, or fewer than two rows for two fields.
  resizer(const frame_format& src, size dst, const resize_options& options = {}, run_on device = run_on::by_memory);

  /// Ragged batches: the geometry comes with each pair.
  explicit resizer(const resize_options& options, run_on device = run_on::by_memory);

  resizer(resizer&&) noexcept;
  resizer& operator=(resizer&&) noexcept;
  ~resizer();

  /// Resize views of the constructor's geometry. @throws fluxel::error invalid_argument  another geometry.
  template <class T>
  void operator()(std::type_identity_t<image_view<const T>> src, image_view<T> dst, stream_ref stream = {}) const;

  /// Resize one frame into another of the same format and the constructor's size.
  void operator()(const frame_view<const void>& src, const frame_view<void>& dst, stream_ref stream = {}) const;

  /// Resize pairs of any sizes in one call.
  template <class T>
  void operator()(std::span<const resize_pair<T>> pairs, stream_ref stream = {}) const;

  /// Make the tables for these geometries, so that a ragged call allocates nothing. May allocate. Bilinear and
  /// nearest without region, scale and alpha never need it; all others are rejected without it.
  void prepare(std::span<const resize_geometry> geometries);

  /// The processor that calls on host views use.
  fluxel::backend backend() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace v0
}  // namespace fluxel
