// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <type_traits>

#include "fluxel/device.hpp"
#include "fluxel/error.hpp"
#include "fluxel/export.h"
#include "fluxel/flow.hpp"
#include "fluxel/image_view.hpp"
#include "fluxel/stream.hpp"

namespace fluxel {
inline namespace v0 {

enum class horn_schunck_model : int {
  warping = 0,  ///< coarse to fine, the second frame warped by the flow so far
  classic = 1,  ///< the paper of 1981 on one scale: reads smoothness, sweeps and presmoothing alone
};

/// Parameters of `horn_schunck`. Grey levels are on [0, 255] whatever the pixels' type; lengths are pixels.
/// The defaults are flow_quality::balanced.
struct horn_schunck_options {
  horn_schunck_model model = horn_schunck_model::warping;

  // Energy: brightness * psi(dI) + gradient * psi(d grad I) + smoothness * w(x) * |grad (u, v)|^2.
  double smoothness = 20;         ///< alpha^2; > 0
  double brightness = 0.2;        ///< weight of brightness constancy; >= 0
  double gradient = 5;            ///< weight of gradient constancy; >= 0; not both 0
  double brightness_epsilon = 3;  ///< Charbonnier scale, grey levels; 0 makes the term quadratic
  double gradient_epsilon = 1.5;  ///< grey levels per pixel; 0 makes the term quadratic
  double edge_scale = 5;          ///< w = exp(-dI^2 / (2 edge_scale^2)), grey levels; 0: no image edges (w = 1)
  double edge_floor = 0.02;       ///< smallest w; in [0, 1]

  // Pyramid.
  double presmoothing = 0.6;    ///< standard deviation of the Gaussian before everything; >= 0
  double pyramid_factor = 0.7;  ///< of a level's sides to the finer one's; in [0.3, 0.95]
  int coarsest_side = 16;       ///< the shorter side of the smallest level is at least this; >= 4
  int max_levels = 64;          ///< 1 to 64; 1 is a single scale

  // Solver.
  int warps = 5;                   ///< linearisations per level; >= 1
  int sweeps = 8;                  ///< relaxation sweeps per warp, each over both colors of a chessboard; >= 1
  double chebyshev_radius = 0.97;  ///< assumed spectral radius of the Jacobi iteration; 0: Gauss-Seidel; < 1
  double max_increment = 1;        ///< clip of the change per warp; in (0, 511]
  int median_radius = 3;           ///< of the flow after every warp; 0 (none) to 3
  int median_passes = 2;           ///< medians after every warp; 1 to 8

  flow_validity_options validity = {};

  int bit_depth = 16;  ///< of u16 pixels; 8 to 16
  double white = 1.0;  ///< of f32 pixels; > 0
  int threads = 0;     ///< CPU: 0 uses the process-wide pool, 1 only the caller's thread
};

/// The recipes behind the quality levels; README shows what they reach.
FLUXEL_API horn_schunck_options horn_schunck_preset(flow_quality quality);

/// Coarse to fine with warping, brightness constancy and quadratic penalties alone, 5 x 5 median: the method as the
/// literature has it (Meinhardt-Llopis, Sanchez Perez and Kondermann 2013; Sun, Roth and Black 2014).
FLUXEL_API horn_schunck_options horn_schunck_multiscale();

/// The method of the paper (Horn and Schunck, Determining optical flow, 1981), with its derivatives over the 2 x 2 x
/// 2 cube and its averages (1/6 beside, 1/12 across), the border repeated. Each iteration sets
///   u = u_mean - fx * (fx * u_mean + fy * v_mean + ft) / (lambda + fx^2 + fy^2), and v alike,
/// which minimises the sum of (fx u + fy v + ft)^2 + lambda (|grad u|^2 + |grad v|^2); as in the paper, lambda
/// has absorbed the constant of the discrete Laplacian. Vectors are not rounded to 1/64.
/// @param lambda  alpha^2 of the paper, grey levels^2; > 0
FLUXEL_API horn_schunck_options horn_schunck_classic(double lambda = 100, int iterations = 100);

/// Dense optical flow by variational minimisation (Horn and Schunck 1981), coarse to fine with warping.
///
/// The flow (u right, v down, pixels) takes a pixel of the first frame to the second:
/// next(x + u, y + v) = prev(x, y). Values are multiples of 1/64 in [-512, 512].
///
/// The energy adds to the paper's terms gradient constancy and robust weights in the data term (Brox et al. 2004)
/// and image-edge weights in the smoothness term; the flow is median-filtered after every warp (Sun, Roth and
/// Black 2014), and the linear systems are relaxed by the cyclic Chebyshev method (Golub and Varga 1961). Pixels that
/// leave the frame have no data term. NaN counts as mid-grey.
///
/// Unknown pixels (a mask says so, or they are NaN) count as mid-grey; a pixel whose derivatives or warp touch one
/// has no data term, and takes its flow from its neighbours. A pyramid's pixel is unknown when any that it is made of
/// is.
///
/// Built once per geometry. On a device calls only enqueue and allocate nothing, and can be captured in a graph; host
/// frames of an object that runs on CUDA are staged through memory it owns, and finished on return. On the CPU calls
/// allocate working rows. One call at a time per object; objects share nothing. The destructor requires that the
/// enqueued work has finished.
class FLUXEL_API horn_schunck {
 public:
  /// @throws fluxel::error invalid_argument  a geometry or an option out of its range, named.
  /// @throws fluxel::error no_device         `run_on::cuda` and CUDA cannot be used.
  horn_schunck(const flow_geometry& geometry, const horn_schunck_options& options = {},
               run_on device = run_on::automatic);
  horn_schunck(horn_schunck&&) noexcept;
  horn_schunck& operator=(horn_schunck&&) noexcept;
  ~horn_schunck();

  /// @throws fluxel::error invalid_argument  views that do not fit the geometry, or lie in different memory.
  template <class T>
  void solve(const flow_pair<T>& pair, const flow_result& result, stream_ref stream = {});

  /// @param prev, next  frames of the geometry.
  /// @param flow        width x height, u and v interleaved or as two planes; in the same memory as the frames.
  template <class T>
  void solve(std::type_identity_t<image_view<const T>> prev, image_view<const T> next, image_view<float> flow,
             stream_ref stream = {}) {
    solve<T>(flow_pair<T>{prev, next}, flow_result{flow}, stream);
  }

  /// A sequence: the flow from the frame of the call before to this one, whose pyramid has been kept. All calls but
  /// the first of a sequence can be captured, and replayed for each further frame put in the same place; then all
  /// frames have a mask, or none.
  /// @returns false, without a result, on the first call after construction, `restart` or `solve`.
  template <class T>
  bool advance(const flow_frame<T>& next, const flow_result& result, stream_ref stream = {});

  /// The next `advance` begins a sequence.
  void restart();

  fluxel::backend backend() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace v0
}  // namespace fluxel
