// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fluxel/dense_flow.hpp"
#include "fluxel/flow_options.hpp"

namespace fluxel {
inline namespace v0 {

enum class horn_schunck_model : int {
  warping = 0,  ///< coarse to fine, the next frame warped by the current flow
  classic = 1,  ///< the paper of 1981 on one scale: reads smoothness.weight, solver.sweeps, pyramid.presmoothing and
                ///< validity alone
};

/// The smoothness term: weight * w * psi(d(u, v)) over all pairs of neighbours, whose grey differs by dI and flow by
/// d(u, v): w = floor + (1 - floor) exp(-dI^2 / (2 edge_scale^2)), psi(s) = 2 epsilon^2 sqrt(1 + |s|^2 / epsilon^2).
struct horn_schunck_smoothness {
  double weight = 20;        ///< alpha^2; 1e-6 to 1e9
  double edge_scale = 5;     ///< grey levels; 0 (w = 1), or 1e-3 to 1e6
  double edge_floor = 0.02;  ///< smallest w; 0 to 1
  double epsilon = 0.1;      ///< Charbonnier epsilon of the smoothness, pixels of the level: larger differences of
                             ///< flow count less, as where objects move apart; 0 (quadratic), or 1e-3 to 1e3
};

/// The solver of the linear systems.
struct horn_schunck_solver {
  int sweeps = 5;                  ///< per warp, each over both colors of a checkerboard; 1 to 1,000,000
  double chebyshev_radius = 0.97;  ///< assumed spectral radius of the Jacobi iteration, below 1; 0: Gauss-Seidel
};

/// Parameters of `horn_schunck`; minimised is the sum of the data term and the smoothness term over all pixels.
struct horn_schunck_options {
  horn_schunck_model model = horn_schunck_model::warping;
  flow_pyramid_options pyramid = {.factor = 0.5};
  flow_search_options search = {};
  flow_data_term_options data_term = {};
  horn_schunck_smoothness smoothness = {};
  flow_warping_options warping = {.warps = 2};
  horn_schunck_solver solver = {};
  flow_median_options median = {};
  flow_weighted_median_options weighted_median = {
      .after = weighted_median_after::every_level, .radius = 4, .likeness = 7};
  flow_validity_options validity = {};
  int precision = 64;  ///< steps per pixel that vectors are stored in: 64, or 256 where no side of the frames is
                       ///< longer than 512; read by the warping model
};

/// The options of a quality level; README shows what they reach.
FLUXEL_API horn_schunck_options horn_schunck_preset(flow_quality quality);

/// Coarse to fine with warping, brightness constancy and quadratic penalties alone, 5 x 5 median: the method as the
/// literature has it (Meinhardt-Llopis, Sanchez Perez and Kondermann 2013; Sun, Roth and Black 2014).
FLUXEL_API horn_schunck_options horn_schunck_multiscale();

/// The method of the paper (Horn and Schunck, Determining optical flow, 1981), with its derivatives over the 2 x 2 x
/// 2 cube and its averages (1/6 for the four direct neighbours, 1/12 for the diagonal ones), the border repeated.
/// Each iteration sets
///   u = u_mean - fx * (fx * u_mean + fy * v_mean + ft) / (lambda + fx^2 + fy^2), and v alike,
/// which minimises the sum of (fx u + fy v + ft)^2 + lambda (|grad u|^2 + |grad v|^2); as in the paper, lambda
/// includes the constant of the discrete Laplacian. Vectors are not rounded to 1/64.
/// @param lambda  alpha^2 of the paper, grey levels^2; > 0
FLUXEL_API horn_schunck_options horn_schunck_classic(double lambda = 100, int iterations = 100);

/// Dense optical flow by variational minimisation (Horn and Schunck 1981), coarse to fine with warping. See
/// `dense_flow` for its calls.
///
/// The energy adds to the paper's terms gradient constancy and robust weights in the data term (Brox et al. 2004)
/// and image-edge and robust weights in the smoothness term, renewed before every warp; the flow is median-filtered
/// after every warp, in all qualities but fast also with weights (Sun, Roth and Black 2014), and the linear systems
/// are relaxed by the cyclic Chebyshev method (Golub and Varga 1961). Pixels that leave the frame, and invalid ones,
/// have no data term: smoothness fills them in.
class FLUXEL_API horn_schunck : public dense_flow {
 public:
  /// @throws fluxel::error invalid_argument  a geometry or an option out of its range, named.
  /// @throws fluxel::error no_device         CUDA is demanded and cannot be used.
  explicit horn_schunck(const flow_geometry& geometry, const horn_schunck_options& options = {},
                        const placement& where = {});
};

/// The flow of one pair, as `horn_schunck` computes it. Makes the object and, on a device, waits for the result: for
/// more than one pair keep an object. u16 pixels have 16 bits, f32 pixels white = 1.
FLUXEL_API void solve_horn_schunck(const flow_image& prev, const flow_image& next, const image_view<f32>& flow,
                                   const horn_schunck_options& options = {}, const placement& where = {},
                                   stream_ref stream = {});

}  // namespace v0
}  // namespace fluxel
