// SPDX-License-Identifier: Apache-2.0
#pragma once

// The steps of dense flow as functions of their own: to build other methods, to test, or to look inside.
//
// Grey levels are unsigned Q8.4 (u16, [0, 4080] for [0, 255]), warped ones signed; flow is in 1/64 pixel (i16). Views
// have one channel and one plane, may be batches, and lie all in one memory. On a device calls only enqueue. The
// bytes are the same on every processor. Every function throws fluxel::error invalid_argument for views that
// disagree, and no_device for device memory without CUDA.

#include <cstdint>
#include <memory>

#include "fluxel/device.hpp"
#include "fluxel/export.h"
#include "fluxel/flow.hpp"
#include "fluxel/flow_options.hpp"
#include "fluxel/horn_schunck.hpp"
#include "fluxel/placement.hpp"
#include "fluxel/stream.hpp"

namespace fluxel {
inline namespace v0 {
namespace flow_steps {

using i16 = std::int16_t;

/// u and v of a flow.
template <class T>
struct flow_views {
  image_view<T> u = {}, v = {};
  operator flow_views<const T>() const requires(!std::is_const_v<T>) { return {u, v}; }
};

/// Levels of grey, each made from the finer one by a Gaussian.
class FLUXEL_API image_pyramid {
 public:
  /// @throws fluxel::error invalid_argument  a geometry or an option out of its range, named; no_device.
  explicit image_pyramid(const flow_geometry& geometry, const flow_pyramid_options& options = {},
                         const placement& where = {});
  image_pyramid(image_pyramid&&) noexcept;
  image_pyramid& operator=(image_pyramid&&) noexcept;
  ~image_pyramid();

  /// @param mask  0: invalid pixel; null data: every pixel is valid.
  void run(const flow_image& frame, const image_view<const u8>& mask = {}, stream_ref stream = {});

  int levels() const;
  size level_size(int level) const;
  /// Grey of a level, 0 the finest, and its mask: 1 marks invalid pixels; null data when every pixel was valid. In
  /// the memory of the processor that ran the last call.
  /// @throws fluxel::error invalid_argument  no such level, or no call before.
  image_view<const u16> grey(int level) const;
  image_view<const u8> mask(int level) const;

  /// As of `dense_flow`.
  void prepare(memory_kind memory);
  fluxel::backend backend() const;
  std::size_t workspace_size() const;

 private:
  struct impl;
  impl& self() const;
  std::unique_ptr<impl> impl_;
};

/// `next` seen at next(x + u, y + v) by Catmull-Rom interpolation (Keys 1981, a = -0.5), in [-1148, 5228]. Where that
/// lies outside, `warped` takes `prev` and `reason` flow_reason::outside; elsewhere it is 0.
FLUXEL_API void warp(image_view<const u16> prev, image_view<const u16> next, const flow_views<const i16>& flow,
                     image_view<i16> warped, image_view<u8> reason, const placement& where = {},
                     stream_ref stream = {});

/// Derivatives of the sum and the difference of two frames by the stencil (1 -8 0 8 -1) / 8, rounded half up after
/// each axis.
struct derivative_views {
  image_view<i16> mx = {}, my = {};              ///< of prev + warped: 48 per grey level per pixel of their mean
  image_view<i16> mxx = {}, mxy = {}, myy = {};  ///< second derivatives: 72
  image_view<i16> t = {};                        ///< warped - prev: 16 per grey level
  image_view<i16> tx = {}, ty = {};              ///< its derivatives: 24
};
FLUXEL_API void derivatives(image_view<const u16> prev, image_view<const i16> warped, const derivative_views& to,
                            const placement& where = {}, stream_ref stream = {});

/// The linear system of one warp of horn_schunck_options' energy, and its relaxation by cyclic Chebyshev sweeps
/// (Golub and Varga 1961; with chebyshev_radius 0, Gauss-Seidel on a checkerboard). Reads data_term, smoothness,
/// solver and warping.max_increment.
class FLUXEL_API linear_system {
 public:
  explicit linear_system(size frame, const horn_schunck_options& options = {}, const placement& where = {});
  linear_system(linear_system&&) noexcept;
  linear_system& operator=(linear_system&&) noexcept;
  ~linear_system();

  /// From `flow`, by which the next frame has been warped; pixels whose reason is not 0 have no data term. `updated`
  /// becomes the flow after solver.sweeps sweeps, clipped to warping.max_increment around `flow`.
  void run(image_view<const u16> prev, image_view<const i16> warped, image_view<const u8> reason,
           const flow_views<const i16>& flow, const flow_views<i16>& updated, stream_ref stream = {});

  /// As of `dense_flow`.
  void prepare(memory_kind memory);
  fluxel::backend backend() const;
  std::size_t workspace_size() const;

 private:
  struct impl;
  impl& self() const;
  std::unique_ptr<impl> impl_;
};

/// The median of (2 radius + 1)^2 vectors, u and v apart; the border is reflected.
/// @param radius  1 to 3
FLUXEL_API void median(const flow_views<const i16>& in, const flow_views<i16>& out, int radius,
                       const placement& where = {}, stream_ref stream = {});

/// The flow of a level resampled to the next finer one: bilinear, half-pixel centres; vectors scale with the image.
FLUXEL_API void upscale_flow(const flow_views<const i16>& coarse, const flow_views<i16>& fine,
                             const placement& where = {}, stream_ref stream = {});

/// Forward-backward check. flow_reason per pixel: outside where the vector leaves the frame, inconsistent where the
/// backward flow, interpolated there, ends more than `distance` px from the pixel; else 0.
/// @param distance  0 to 512
FLUXEL_API void check_forward_backward(const flow_views<const i16>& flow, const flow_views<const i16>& back,
                                       double distance, image_view<u8> reasons, const placement& where = {},
                                       stream_ref stream = {});

}  // namespace flow_steps
}  // namespace v0
}  // namespace fluxel
