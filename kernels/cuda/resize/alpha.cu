// SPDX-License-Identifier: Apache-2.0
// Straight alpha around a resize: one pixel per thread.

#include "kernels/common/resize/alpha.hpp"
#include "kernels/contract/pixel_type.hpp"
#include "kernels/cuda/resize/alpha.cuh"
#include "kernels/cuda/runtime/device.cuh"

namespace fluxel::kernels::gpu {

inline constexpr int alpha_lanes = 32;
inline constexpr int alpha_rows = 8;

struct alpha_work {
  alpha_image image;
  std::byte* product = nullptr;
  std::ptrdiff_t product_pitch = 0;
  int columns = 1;  ///< blocks in a row of blocks
};

template <class T>
__device__ __forceinline__ T* pixel_at(void* base, std::ptrdiff_t pitch, int y, std::ptrdiff_t element) {
  return reinterpret_cast<T*>(static_cast<std::byte*>(base) + y * pitch) + element;
}

template <class T>
__global__ void __launch_bounds__(alpha_lanes* alpha_rows) premultiply_kernel(const __grid_constant__ alpha_work w) {
  using formula = alpha_formula<T>;
  const alpha_image& im = w.image;
  const int block = static_cast<int>(blockIdx.x);
  const int x = block % w.columns * alpha_lanes + static_cast<int>(threadIdx.x);
  const int y = block / w.columns * alpha_rows + static_cast<int>(threadIdx.y);
  if (x >= im.width || y >= im.height) return;
  const T* color = pixel_at<T>(im.color, im.color_pitch, y, std::ptrdiff_t{x} * im.color_step);
  const T alpha = *pixel_at<T>(im.alpha, im.alpha_pitch, y, std::ptrdiff_t{x} * im.alpha_step);
  auto* out = pixel_at<float>(w.product, w.product_pitch, y, std::ptrdiff_t{x} * (im.colors + 1));
  for (int c = 0; c < im.colors; ++c) out[c] = formula::weigh(color[c], alpha);
  out[im.colors] = formula::keep(alpha);
}

template <class T>
__global__ void __launch_bounds__(alpha_lanes* alpha_rows) divide_kernel(const __grid_constant__ alpha_work w) {
  using formula = alpha_formula<T>;
  const alpha_image& im = w.image;
  const int block = static_cast<int>(blockIdx.x);
  const int x = block % w.columns * alpha_lanes + static_cast<int>(threadIdx.x);
  const int y = block / w.columns * alpha_rows + static_cast<int>(threadIdx.y);
  if (x >= im.width || y >= im.height) return;
  const auto* in = pixel_at<float>(w.product, w.product_pitch, y, std::ptrdiff_t{x} * (im.colors + 1));
  const auto alpha = in[im.colors];
  T* color = pixel_at<T>(im.color, im.color_pitch, y, std::ptrdiff_t{x} * im.color_step);
  for (int c = 0; c < im.colors; ++c) color[c] = formula::color(in[c], alpha, im.max_value);
  if (im.alpha != nullptr)
    *pixel_at<T>(im.alpha, im.alpha_pitch, y, std::ptrdiff_t{x} * im.alpha_step) =
        formula::alpha(alpha, im.max_value);
}

namespace {

/// launch_of(type) with the blocks that cover the image.
template <class Launch>
status cover(const alpha_image& im, const image& product, element_type type, Launch&& launch_of) {
  const int columns = divide_up(im.width, alpha_lanes);
  const std::int64_t blocks = std::int64_t{columns} * divide_up(im.height, alpha_rows);
  if (blocks > 0x7fffffff) return status::unsupported;
  const alpha_work w{im, static_cast<std::byte*>(product.data), product.pitch, columns};
  const dim3 grid(static_cast<unsigned>(blocks));
  const dim3 block(alpha_lanes, alpha_rows);
  return visit_pixel_type(every_pixel_type, type, status::unsupported,
                          [&]<class T>(std::type_identity<T>) { return launch_of(T{}, grid, block, w); });
}

}  // namespace

status premultiply(const alpha_image& src, const image& product, element_type type, const launch_options& options) {
  return cover(src, product, type, [&]<class T>(T, dim3 grid, dim3 block, const alpha_work& w) {
    return launch<premultiply_kernel<T>>(grid, block, 0, options.stream, w);
  });
}

status divide(const image& product, const alpha_image& dst, element_type type, const launch_options& options) {
  return cover(dst, product, type, [&]<class T>(T, dim3 grid, dim3 block, const alpha_work& w) {
    return launch<divide_kernel<T>>(grid, block, 0, options.stream, w);
  });
}

}  // namespace fluxel::kernels::gpu
