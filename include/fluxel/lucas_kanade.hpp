// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fluxel/dense_flow.hpp"
#include "fluxel/flow_options.hpp"

namespace fluxel {
inline namespace v0 {

enum class lucas_kanade_model : int {
  warping = 0,  ///< coarse to fine, the next frame warped by the current flow
  classic = 1,  ///< one least-squares solution per pixel on one scale: see lucas_kanade_classic. Reads neither
                ///< warping.warps, nor median, nor of pyramid more than presmoothing
};

/// The windows whose pixels' data terms are added up for each pixel.
struct lucas_kanade_window {
  int radius = 2;    ///< of (2 radius + 1)^2 pixels; 0 to 15
  double sigma = 0;  ///< of Gaussian weights; 0.1 to 1000; 0: a box, whose cost does not depend on its size
  double ridge =
      0.5;  ///< added to the diagonal of the mean tensor (Tikhonov): pulls towards the current flow; 0 to 1e9
  double contrast_limit = 20;  ///< a pixel's weighted structure tensor is scaled to at most this trace; 0 (no limit),
                               ///< or 1e-6 to 1e9
  double min_eigenvalue = 0.25;  ///< of the mean structure tensor, (grey levels / px)^2; 0 to 1e9. Read by the
                                 ///< classic model alone: below it a pixel keeps its initial flow
};

/// Parameters of `lucas_kanade`.
struct lucas_kanade_options {
  lucas_kanade_model model = lucas_kanade_model::warping;
  flow_pyramid_options pyramid = {};
  flow_search_options search = {};
  flow_data_term_options data_term = {};
  lucas_kanade_window window = {};
  flow_warping_options warping = {.warps = 2};
  flow_median_options median = {};
  flow_weighted_median_options weighted_median = {};
  flow_validity_options validity = {};
  int precision = 64;  ///< as of horn_schunck_options
};

/// The options of a quality level; README shows what they reach.
FLUXEL_API lucas_kanade_options lucas_kanade_preset(flow_quality quality);

/// Coarse to fine, brightness constancy and plain least squares over 15 x 15 pixels, no median: the method as the
/// literature has it (Bouguet, Pyramidal implementation of the Lucas Kanade feature tracker, 2001).
FLUXEL_API lucas_kanade_options lucas_kanade_multiscale();

/// The method of the paper (Lucas and Kanade 1981) on one scale without iterations: the flow of a pixel is
/// (A^T A)^-1 A^T b over its window, from brightness constancy alone, the derivatives averaged over both frames.
/// Where A^T A is close to singular (the smaller eigenvalue of the mean structure tensor of the window in the
/// previous frame is below `window.min_eigenvalue`) the flow is the initial flow, 0 unless given, and the validity
/// `flat` or `aperture`.
/// @param window_radius  0 to 15
FLUXEL_API lucas_kanade_options lucas_kanade_classic(int window_radius = 7);

/// Dense optical flow by least squares over windows (Lucas and Kanade 1981), coarse to fine with warping. See
/// `dense_flow` for its calls.
///
/// Every pixel of a window contributes its linearised data term around its own current flow, weighted by its
/// structure tensor; the window's pixel gets the least-squares solution (FOLKI, Le Besnerais and Champagnat 2005).
/// Added to the paper's term are gradient constancy and robust weights (Brox et al. 2004), a limit to the weight of
/// strong contrast (after the constraint normalisation of Zimmer, Bruhn and Weickert 2011) and median filters
/// after every warp, in the best quality with weights (Sun, Roth and Black 2014). Pixels that leave the frame, and
/// invalid ones, contribute nothing. Tensors are rounded to integers before they are summed, so that sums do not
/// depend on their order.
class FLUXEL_API lucas_kanade : public dense_flow {
 public:
  /// @throws fluxel::error invalid_argument  a geometry or an option out of its range, named.
  /// @throws fluxel::error no_device         CUDA is demanded and cannot be used.
  explicit lucas_kanade(const flow_geometry& geometry, const lucas_kanade_options& options = {},
                        const placement& where = {});
};

/// The flow of one pair, as `lucas_kanade` computes it. Makes the object and, on a device, waits for the result: for
/// more than one pair keep an object. u16 pixels have 16 bits, f32 pixels white = 1.
FLUXEL_API void solve_lucas_kanade(const flow_image& prev, const flow_image& next, const image_view<f32>& flow,
                                   const lucas_kanade_options& options = {}, const placement& where = {},
                                   stream_ref stream = {});

}  // namespace v0
}  // namespace fluxel
