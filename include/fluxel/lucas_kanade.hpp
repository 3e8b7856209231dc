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

enum class lucas_kanade_model : int {
  warping = 0,  ///< coarse to fine, the second frame warped by the flow so far
  classic = 1,  ///< one least-squares solution per pixel on one scale: see lucas_kanade_classic
};

/// Parameters of `lucas_kanade`. Grey levels are on [0, 255] whatever the pixels' type; lengths are pixels.
/// The defaults are flow_quality::balanced.
struct lucas_kanade_options {
  lucas_kanade_model model = lucas_kanade_model::warping;

  // Every pixel of a window adds brightness * psi(dI) + gradient * psi(d grad I) to its squares.
  double brightness = 0.2;        ///< weight of brightness constancy; 0 to 1e6
  double gradient = 5;            ///< weight of gradient constancy; 0 to 1e6; not both 0
  double brightness_epsilon = 3;  ///< Charbonnier scale, grey levels; 0 makes the term quadratic
  double gradient_epsilon = 1.5;  ///< grey levels per pixel; 0 makes the term quadratic
  double contrast_limit = 20;  ///< a pixel's structure tensor, weighted, is scaled to at most this trace; 0: no limit

  // Window.
  int window_radius = 2;  ///< of (2 radius + 1)^2 pixels; 0 to 15
  double window_sigma =
      0;               ///< standard deviation of Gaussian weights; 0: a box, whose cost does not depend on its size
  double ridge = 0.5;  ///< added to the window's mean tensor: draws to the flow before; >= 0

  // Pyramid.
  double presmoothing = 0.6;    ///< standard deviation of the Gaussian before everything; >= 0
  double pyramid_factor = 0.7;  ///< of a level's sides to the finer one's; in [0.3, 0.95]
  int coarsest_side = 16;       ///< the shorter side of the smallest level is at least this; >= 4
  int max_levels = 64;          ///< >= 1; 1 is a single scale

  // Iterations.
  int warps = 2;             ///< linearisations per level; >= 1
  double max_increment = 1;  ///< clip of the change per warp; in (0, 511]
  int median_radius = 3;     ///< of the flow after every warp; 0 (none) to 3
  int median_passes = 2;     ///< medians after every warp; 1 to 8

  flow_validity_options validity = {};  ///< its window is the one above, as a box

  int bit_depth = 16;  ///< of u16 pixels; 8 to 16
  double white = 1.0;  ///< of f32 pixels; > 0
  int threads = 0;     ///< CPU: 0 uses the process-wide pool, 1 only the caller's thread
};

/// The recipes behind the quality levels; README shows what they reach.
FLUXEL_API lucas_kanade_options lucas_kanade_preset(flow_quality quality);

/// Coarse to fine, brightness constancy and plain least squares over 15 x 15 pixels, no median: the method as the
/// literature has it (Bouguet, Pyramidal implementation of the Lucas Kanade feature tracker, 2001).
FLUXEL_API lucas_kanade_options lucas_kanade_multiscale();

/// The method of the paper (Lucas and Kanade 1981) on one scale without iterations: the flow of a pixel is
/// (A^T A)^-1 A^T b over its window, from brightness constancy alone, the derivatives averaged over both frames.
/// Where A^T A has no inverse to speak of, that is where the smaller eigenvalue of the mean structure tensor of the
/// window in the first frame is below `validity.aperture`, the flow is 0, or the first guess where there is one, and
/// the validity is `flat` or `aperture`.
/// @param window_radius  0 to 15
FLUXEL_API lucas_kanade_options lucas_kanade_classic(int window_radius = 7);

/// Dense optical flow by least squares over windows (Lucas and Kanade 1981), coarse to fine with warping.
///
/// The flow (u right, v down, pixels) takes a pixel of the first frame to the second:
/// next(x + u, y + v) = prev(x, y). Values are multiples of 1/64 in [-512, 512].
///
/// Each pixel of a window asks for its own flow so far and its own change, weighted by its structure tensor; the
/// window's pixel moves to the least squares of all (FOLKI, Le Besnerais and Champagnat 2005). To the paper's term
/// come gradient constancy and robust weights (Brox et al. 2004), a limit to what strong contrast may weigh (after
/// the constraint normalisation of Zimmer, Bruhn and Weickert 2011) and a median filter after every warp. Pixels that
/// leave the frame add nothing. Tensors are rounded to integers before they are summed, so that the sums do not
/// depend on their order.
///
/// Unknown pixels (a mask says so, or they are NaN) count as mid-grey; a pixel whose derivatives or warp touch one
/// adds nothing, and takes its flow from its neighbours. A pyramid's pixel is unknown when any that it is made of is.
///
/// Built once per geometry. On a device calls only enqueue and allocate nothing, and can be captured in a graph; host
/// frames of an object that runs on CUDA are staged through memory it owns, and finished on return. On the CPU calls
/// allocate working rows. One call at a time per object; objects share nothing. The destructor requires that the
/// enqueued work has finished.
class FLUXEL_API lucas_kanade {
 public:
  /// @throws fluxel::error invalid_argument  a geometry or an option out of its range, named.
  /// @throws fluxel::error no_device         `run_on::cuda` and CUDA cannot be used.
  lucas_kanade(const flow_geometry& geometry, const lucas_kanade_options& options = {},
               run_on device = run_on::automatic);
  lucas_kanade(lucas_kanade&&) noexcept;
  lucas_kanade& operator=(lucas_kanade&&) noexcept;
  ~lucas_kanade();

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
