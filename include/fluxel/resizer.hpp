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
  image_view<const T> src;
  image_view<T> dst;
};

/// A resize of fixed geometry, for repeated use: the tables are made once, by the constructor.
///
/// May serve several streams at once. Allocates nothing after construction, except that `run` on a ragged batch
/// of filtered images needs `prepare` first. Binds the current device; the destructor requires that the work it
/// enqueued has finished.
class FLUXEL_API resizer {
 public:
  /// @param device  which processor; by_memory decides at each call and prepares both where there are both.
  /// @throws fluxel::error invalid_argument  a size below 1, channels below 1, or options that contradict.
  /// @throws fluxel::error no_device         `run_on::cuda` and CUDA cannot be used.
  resizer(const resize_geometry& geometry, const resize_options& options = {}, run_on device = run_on::by_memory);

  /// Frames: every plane with its own size, chroma sited as the frame says.
  /// @param src  the format and size of the frames to come; only its description is read, never its pixels.
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

  /// Make the tables for these geometries, so that a ragged call allocates nothing. Bilinear and nearest without
  /// region and scale never need it.
  void prepare(std::span<const resize_geometry> geometries);

  /// The processor that calls on host views use.
  fluxel::backend backend() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace v0
}  // namespace fluxel
