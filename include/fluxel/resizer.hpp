// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <ranges>
#include <span>
#include <utility>

#include "fluxel/device.hpp"
#include "fluxel/error.hpp"
#include "fluxel/frame.hpp"
#include "fluxel/image_like.hpp"
#include "fluxel/placement.hpp"
#include "fluxel/resize_options.hpp"
#include "fluxel/resize_pairs.hpp"
#include "fluxel/stream.hpp"

namespace fluxel {
inline namespace v0 {

/// A resize of fixed geometry, for repeated use: the tables are made once.
///
///     const fluxel::resizer half({{640, 480}, {320, 240}, 3}, {.filter = fluxel::filter::area});
///     half.run(src, dst);
///
/// Calls on device views only enqueue; calls on host views are finished on return, also where they run on CUDA, whose
/// copies they enqueue on `stream`. Tables are made as `placement` says; afterwards nothing is allocated, except for
/// copies of batches larger than one image. May serve several threads and several streams at once; with straight
/// alpha, whose products the object keeps, calls on the CPU take turns and calls on CUDA must share a stream. Binds
/// the placement's device and restores the caller's; the destructor requires that the work it enqueued has finished.
/// An object that has been moved from can only be assigned to or destroyed; its methods throw invalid_argument.
class FLUXEL_API resizer {
 public:
  /// @throws fluxel::error invalid_argument  a size below 1, channels below 1, options that contradict, or tables of
  ///                                         more than 2^26 entries per axis.
  /// @throws fluxel::error no_device         run_on::cuda, or a device, that cannot be used.
  /// @throws fluxel::error out_of_memory
  resizer(const resize_geometry& geometry, const resize_options& options = {}, const placement& where = {});

  /// Frames: every plane with its own size, chroma registered with the luma by its location, fields apart.
  ///
  /// Sizes, region and scale are those of the luma. A chroma sample of a plane subsampled by m sits at luma index
  /// m * k + o, o from its location; both ends of the resize use the same o. Fields lie at the even and the odd rows.
  /// Straight alpha in a plane of its own weights the other planes; subsampled ones by the alpha at their samples.
  /// @param src  the format and size of the frames to come. The result has the same format.
  /// @throws fluxel::error invalid_argument  not a valid format, or fewer than two rows for two fields.
  template <std::same_as<frame_format> Frame>
  resizer(const Frame& src, size dst, const resize_options& options = {}, const placement& where = {})
      : resizer(for_frames{}, src, dst, options, where) {}

  /// Ragged batches: the geometry comes with each pair.
  explicit resizer(const resize_options& options, const placement& where = {});

  resizer(resizer&&) noexcept;
  resizer& operator=(resizer&&) noexcept;
  ~resizer();

  /// Resize images of the constructor's geometry, given as to `resize_bilinear`.
  /// @throws fluxel::error invalid_argument  another geometry, or views that `resize_bilinear` rejects.
  template <class T = detail::deduced, class Dst = image_view<T>,
            class Src = image_view<const detail::element_or<T, Dst>>>
  requires image_like<Dst>
  void run(Src&& src, Dst&& dst, stream_ref stream = {}) const {
    using element = detail::element_or<T, Dst>;
    detail::check_pixel<element>();
    run_images(detail::source<element>(std::forward<Src>(src)), detail::target<element>(std::forward<Dst>(dst)),
               stream);
  }

  /// Resize one frame into another of the same format and the constructor's size.
  void run(const frame_view<const void>& src, const frame_view<void>& dst, stream_ref stream = {}) const;

  /// Resize pairs of any sizes in one call: a span, vector or array of resize_pair<T>.
  template <detail::pair_range Pairs>
  void run(const Pairs& pairs, stream_ref stream = {}) const {
    using element = typename detail::pixel_of_pair<std::ranges::range_value_t<Pairs>>::type;
    run_pairs(detail::untyped(std::span<const resize_pair<element>>(pairs)), stream);
  }

  /// Make the tables of these geometries for ragged calls. Bilinear and nearest without region, scale and alpha never
  /// need it; all others are rejected without it. Where the placement is by_memory, see also below.
  void prepare(std::span<const resize_geometry> geometries);

  /// Make ahead what calls on such memory need, so that the first of them allocates nothing either.
  void prepare(memory_kind memory);

  /// The processor that calls on host views use.
  fluxel::backend backend() const;

  /// Bytes of working memory that the object holds now, on all processors.
  std::size_t workspace_size() const;

 private:
  struct for_frames {};
  resizer(for_frames, const frame_format& src, size dst, const resize_options& options, const placement& where);
  void run_images(const detail::untyped_view& src, const detail::untyped_view& dst, stream_ref stream) const;
  void run_pairs(const detail::untyped_pairs& pairs, stream_ref stream) const;

  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace v0
}  // namespace fluxel
