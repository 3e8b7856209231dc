// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "host/parity/suite/case.hpp"

namespace fluxel::parity {

struct shape {
  int width = 1;
  int height = 1;
  int channels = 1;
  int planes = 1;
  int count = 1;
};

/// A side from the list that finds off-by-one errors: powers of two, their neighbours, and video sizes.
int draw_side(random& r, int max_side);
/// A width and height of at most `limit.max_elements` elements, with `channels` counted.
size draw_size(random& r, const limits& limit, int channels);
int draw_channels(random& r);
element_type draw_type(random& r);

/// A tensor of this shape in a random layout: packed, padded rows, planes and images in either order or row by row in
/// turns, negative strides, any alignment. Its pixels are empty: an output.
tensor make_tensor(random& r, element kind, int element_bytes, const shape& s);
tensor make_tensor(random& r, element_type type, const shape& s);

/// Draws the pixels: noise, ramps, ties, extremes; for floats also denormals, infinities, NaN and both zeros.
/// @param bits, low_zero_bits  u16: values have so many significant bits above so many zeros.
void draw_pixels(random& r, tensor& t, int bits = 0, int low_zero_bits = 0);

/// Copies between packed pixels and a block. Offsets are those of the tensor.
void scatter(const tensor& t, std::span<const std::byte> packed, std::span<std::byte> block);
void gather(const tensor& t, std::span<const std::byte> block, std::span<std::byte> packed);

/// One payload for every NaN: the contract says where NaN is, not which.
void make_nans_alike(element kind, std::span<std::byte> packed);

/// The components of a flow of floats: 2 channels, or 2 planes.
kernels::flow_images components(kernels::image flow);

std::string describe(const tensor& t);

}  // namespace fluxel::parity
