// SPDX-License-Identifier: Apache-2.0
#pragma once

// Image pyramids of the flow solvers as data.

#include <vector>

#include "fluxel/types.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::plan {

/// Sizes from the finest to the coarsest level.
std::vector<size> pyramid_sizes(size finest, double factor, int coarsest_side, int max_levels);

/// Gaussian resampling of Q8.4 intensities; the border pixel repeats.
/// @param sigma  in source pixels.
kernels::resize_recipe gaussian_recipe(size src, size dst, double sigma);

/// Rounded up.
size half_of(size s);
/// Halves of halves, down to one pixel.
std::vector<size> halved_sizes(size finest);

/// The standard deviation that removes what a level of `factor` cannot hold.
double pyramid_sigma(double factor);

/// floor + (1 - floor) * exp(-d^2 / (2 scale^2)) for intensity differences of d units; its last entry stands for
/// all larger ones.
std::vector<float> edge_table(double scale, double floor);

/// Relaxation factors of the Chebyshev semi-iterative method for a Jacobi iteration of spectral radius rho, one per
/// iteration; 1 throughout without acceleration (rho = 0).
std::vector<float> chebyshev_omegas(int iterations, double rho);

/// A distance in pixels in the squared units of kernels/common/flow/pixels.hpp return_error.
std::int64_t squared_forward_backward_error(double px);

}  // namespace fluxel::plan
