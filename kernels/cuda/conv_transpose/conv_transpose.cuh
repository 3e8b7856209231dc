// SPDX-License-Identifier: Apache-2.0
#pragma once

// Transposed convolution on the device: what travels to its kernels by value.

#include "kernels/common/conv_transpose/conv_transpose.hpp"
#include "kernels/cuda/runtime/elements.cuh"
#include "kernels/cuda/runtime/widen.cuh"

namespace fluxel::kernels::gpu {

/// The taps of one axis that reach an output: from the first, every `step`-th, each `back` source pixels before.
struct tap_stride {
  int step;
  int back;
};

struct conv_view {
  tensor src, dst;
  const void* weights;
  const void* bias;
  conv_axis x, y;
  tap_stride walk_x, walk_y;
  int in_per_group;
  int out_per_group;
  divisor columns;   ///< tiles along a row
  divisor rows;      ///< tiles down a plane
  divisor channels;  ///< what a tile is one of, in an image
};

/// Which tile a block computes.
struct conv_tile {
  int column;
  int row;
  int channel;
  int image;
};

__device__ __forceinline__ conv_tile find_tile(const conv_view& v) {
  std::uint32_t column, row, channel;
  const std::uint32_t rest = v.rows.split(v.columns.split(blockIdx.x, column), row);
  const std::uint32_t image = v.channels.split(rest, channel);
  return {static_cast<int>(column), static_cast<int>(row), static_cast<int>(channel), static_cast<int>(image)};
}

template <class T>
__device__ __forceinline__ float load_float(const void* p, std::ptrdiff_t index) {
  return widen(load(static_cast<const T*>(p) + index));
}

/// Starts `launch_blocks(view, blocks)` with tiles of `width` x `height` elements and `channels` of them per image.
template <class Launch>
status launch_tiles(conv_view& v, std::int64_t row_elements, int width, int height, int channels,
                    Launch&& launch_blocks) {
  const std::int64_t columns = (row_elements + width - 1) / width;
  const int rows = divide_up(v.dst.height, height);
  const double blocks = static_cast<double>(columns) * rows * channels * v.dst.count;
  if (blocks > 0x7fffffff) return status::unsupported;
  v.columns = divisor(static_cast<int>(columns));
  v.rows = divisor(rows);
  v.channels = divisor(channels);
  return launch_blocks(v, static_cast<unsigned>(blocks));
}

/// Planes, no dilation, stride 2 or 4 on both axes and kernels of twice the stride.
bool fits_strided(const conv_transpose_call& call);
status conv_strided(conv_view& v, element_type type, const launch_options& options);

/// Of what `fits_strided`: enough channels for tiles of a matrix product.
bool fits_gemm(const conv_view& v);
status conv_gemm(const conv_view& v, element_type type, const launch_options& options);

/// Planes, strides of 32, 64, ... on both axes and kernels of twice the stride.
bool fits_wide(const conv_transpose_call& call, const conv_view& v);
status conv_wide(conv_view& v, element_type type, const launch_options& options);

status conv_transpose(const conv_transpose_call& call, const launch_options& options);
status upsample_zero(const image_pair& pair, element_type type, int factor, const launch_options& options);

}  // namespace fluxel::kernels::gpu
