// SPDX-License-Identifier: Apache-2.0
#pragma once

// Linear light as data: curves of transfer functions in pieces, and matrices between samples and R, G, B.

#include <array>
#include <vector>

#include "fluxel/frame.hpp"
#include "fluxel/resize_options.hpp"

namespace fluxel::plan {

/// The transfer function, from a sample of [0, 1] to light of [0, 1], and its inverse.
double light_of(transfer_function f, double sample);
double sample_of(transfer_function f, double light);

/// Pieces of a curve: all bases, then all slopes (kernels/common/resize/light.hpp); `curve_size` floats.
extern const int curve_size;
std::vector<float> decoding_curve(transfer_function f);
std::vector<float> encoding_curve(transfer_function f);

using light_matrix = std::array<std::array<float, 4>, 3>;

/// From the samples of a format (red, green, blue, or Y, Cb, Cr) to red, green and blue of [0, 1], and back.
struct light_matrices {
  light_matrix decode, encode;
};
light_matrices rgb_matrices(double max_value);
light_matrices yuv_matrices(color_matrix matrix, color_range range, int bit_depth);

}  // namespace fluxel::plan
