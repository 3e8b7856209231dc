// SPDX-License-Identifier: Apache-2.0
#pragma once

// The interface between host/ and kernels/: one row per backend, one column per operation.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "fluxel/device.hpp"
#include "fluxel/resize.hpp"
#include "kernels/contract/flow.hpp"
#include "kernels/contract/sparse.hpp"

namespace fluxel::kernels {

enum class status : int { ok, no_device, out_of_memory, launch_failed, unsupported };

/// A view without its element type. Pitch and strides are written out, in bytes.
struct image {
  void* data = nullptr;
  int width = 0;
  int height = 0;
  int channels = 1;
  std::ptrdiff_t pitch = 0;
  int planes = 1;
  std::ptrdiff_t plane_stride = 0;
  int count = 1;
  std::ptrdiff_t stride = 0;
};

struct image_pair {
  image src;  ///< never written
  image dst;
};

/// How a call runs. Each backend reads its own half.
struct launch_options {
  CUstream_st* stream = nullptr;  ///< CUDA
  int threads = 0;                ///< CPU: 0 is the process-wide pool, 1 the caller alone
};

/// The sampling positions of one axis: output i is at (first + i * step) / denominator.
struct ratio {
  std::int64_t first = 0;
  std::int64_t step = 0;
  std::int64_t denominator = 1;
  int src_size = 0;
  int dst_size = 0;
};

/// How far a Gaussian reduction reaches along an axis: output i is made of the source pixels within `reach` of it.
struct mask_axis {
  static constexpr std::int64_t reach_one = 1 << 16;  ///< units of `reach` per pixel
  ratio positions;
  std::int64_t reach = 0;
};
struct mask_reach {
  mask_axis x, y;
};

/// A position on the source axis in 32.32 fixed point, clamped to the image: fraction is 0 outside it.
struct position {
  std::int32_t index;      ///< in [0, src_size)
  std::uint32_t fraction;  ///< floor(f * 2^32)
};

/// How a bilinear resize of integers rounds its result (lerp.hpp): half up, or lifted so that exact halves, which
/// rounded weights miss, go up too.
enum class last_rounding : int { half_up, half_up_biased };

/// A filter as a table: output i is the sum over k of weight[i * taps + k] * source[first[i] + k].
/// Every tap is inside the image.
struct filter_axis {
  int src_size = 0;
  int dst_size = 0;
  int taps = 0;
  std::vector<std::int32_t> first;
  std::vector<float> weight;          ///< float pixels
  std::vector<std::int32_t> integer;  ///< integer pixels: each output's weights sum to 1 << integer_bits
  int integer_bits = 0;
};

enum class resize_method : int { nearest, linear, filtered };

/// All that a resize of fixed geometry needs to know, made by host/plan; a pure function of its descriptor.
struct resize_recipe {
  element_type type{};
  int element_bytes = 1;  ///< nearest copies elements of this size and ignores `type`
  int channels = 1;
  resize_method method{};
  std::vector<position> x, y;      ///< nearest (index only) and linear
  last_rounding rounding{};        ///< linear
  filter_axis filter_x, filter_y;  ///< filtered
  bool vertical_first = false;     ///< filtered: the order of the passes
  bool i16_engine = false;         ///< filtered u8: weights and kept rows fit i16, sums i32; else 64-bit sums
  int intermediate_bits = 0;       ///< filtered integer pixels: fraction bits kept between the passes
  int max_value = 0;               ///< filtered integer pixels: results are clamped to [0, max_value]
  int low_zero_bits = 0;  ///< linear and filtered: u16 with high alignment (P010): pixels are value << low_zero_bits
};

/// A recipe made ready on one backend: tables where the kernels can read them. `run` is const and reentrant.
class prepared_resize {
 public:
  virtual ~prepared_resize() = default;
  /// Each pair has the recipe's sizes and channels; planes and count may differ.
  virtual status run(std::span<const image_pair> pairs, const launch_options& launch) const = 0;
};

/// Rows of bytes: where the first is, and from one to the next.
struct byte_rows {
  void* data = nullptr;
  std::ptrdiff_t pitch = 0;  ///< positive
};

/// Memory of a backend.
struct memory_functions {
  void* (*allocate)(std::size_t bytes);  ///< nullptr when there is none
  void (*release)(void* p);
  status (*upload)(void* dst, const void* src, std::size_t bytes, CUstream_st* stream);
  status (*download)(void* dst, const void* src, std::size_t bytes, CUstream_st* stream);
  status (*copy)(void* dst, const void* src, std::size_t bytes, CUstream_st* stream);  ///< within the backend
  status (*synchronize)(CUstream_st* stream);
  /// As upload and download, for `rows` rows of `bytes` each.
  status (*upload_rows)(byte_rows dst, byte_rows src, std::size_t bytes, std::size_t rows, CUstream_st* stream);
  status (*download_rows)(byte_rows dst, byte_rows src, std::size_t bytes, std::size_t rows, CUstream_st* stream);
};

/// One column: resize.
struct resize_functions {
  /// Without tables: positions are computed from the ratio. Allocates nothing on CUDA; pairs may differ in size.
  status (*linear)(std::span<const image_pair> pairs, element_type type, coordinates rule,
                   const launch_options& launch);
  status (*nearest)(std::span<const image_pair> pairs, int element_bytes, coordinates rule, nearest_rounding rounding,
                    const launch_options& launch);
  /// nullptr when memory ran out.
  std::unique_ptr<prepared_resize> (*prepare)(const resize_recipe& recipe);
};

/// Color and straight alpha of one image. `colors` samples lie together in each pixel of `color`; the alpha sample
/// may be the next one of the same pixel, or in a plane of its own.
struct alpha_image {
  void* color = nullptr;
  void* alpha = nullptr;  ///< may be null in a destination: then alpha is not written
  int width = 0;
  int height = 0;
  int colors = 1;      ///< 1 or 3
  int color_step = 1;  ///< samples from a pixel to the next
  int alpha_step = 1;
  std::ptrdiff_t color_pitch = 0;  ///< bytes
  std::ptrdiff_t alpha_pitch = 0;
  int max_value = 0;  ///< integer pixels
};

/// One column: straight alpha around a resize (kernels/common/resize/alpha.hpp). A product image has `colors` + 1
/// channels, alpha last: u16 for u8 pixels, f32 for all others.
struct alpha_functions {
  status (*premultiply)(const alpha_image& src, const image& product, element_type type,
                        const launch_options& launch);
  status (*divide)(const image& product, const alpha_image& dst, element_type type, const launch_options& launch);
};

/// One axis of a transposed convolution. `pad` is cut off at the low side; sizes follow from the images.
struct conv_axis {
  int kernel = 1;
  int stride = 1;
  int dilation = 1;
  int pad = 0;
};

/// A transposed convolution. Channels are those of the images: interleaved, or one plane each. host/ has checked that
/// they and the sizes fit together, and that (src - 1) * stride + dilation * (kernel - 1) + 1 is below 2^31.
struct conv_transpose_call {
  image src;  ///< never written
  image dst;
  const void* weights = nullptr;  ///< (in, out / groups, y.kernel, x.kernel), packed
  const void* bias = nullptr;     ///< one per output channel, or nullptr
  element_type type{};            ///< f32, f16 or bf16: of images, weights and bias
  conv_axis x, y;
  int groups = 1;
};

/// One column: transposed convolution. Allocates nothing on CUDA.
struct conv_transpose_functions {
  status (*general)(const conv_transpose_call& call, const launch_options& launch);
  /// Bilinear upsampling with zeros beyond the border; dst is factor times src.
  status (*upsample_zero)(const image_pair& pair, element_type type, int factor, const launch_options& launch);
};

struct backend_table {
  const char* name;
  memory_functions memory;
  resize_functions resize;
  alpha_functions alpha;
  conv_transpose_functions conv_transpose;
  flow_functions flow;
  sparse_functions sparse;
};

/// The formulas, one pixel after the other: the definition that every other row is tested against.
const backend_table& scalar();

/// SIMD and threads; the scalar formulas on processors older than the oldest SIMD target.
const backend_table& cpu();

/// CUDA, or nullptr in a build without it. The row exists without a driver; `cuda_devices` tells what it can use.
const backend_table* cuda();

struct cuda_status {
  std::vector<device_info> devices;
  std::string reason;  ///< why there are none
};
/// Looks once; afterwards the same answer. Never calls CUDA again after a "no".
const cuda_status& cuda_devices();
int cuda_current_device();
status cuda_bind_device(int index);
status cuda_warm_up(int index);

/// Instruction sets of this build that this machine runs, best first, "scalar" last. The best is used unless the
/// environment variable FLUXEL_CPU names another. `force_cpu_target` is for tests ("" returns to the best); it
/// concerns later one-call functions and later prepares.
std::vector<std::string> cpu_targets();
std::string cpu_target();
bool force_cpu_target(const std::string& name);

}  // namespace fluxel::kernels
