// SPDX-License-Identifier: Apache-2.0
#include "kernels/contract/backend.hpp"
#include "kernels/cuda/conv_transpose/conv_transpose.cuh"
#include "kernels/cuda/flow/flow.cuh"
#include "kernels/cuda/metrics/metrics.cuh"
#include "kernels/cuda/resize/alpha.cuh"
#include "kernels/cuda/resize/light.cuh"
#include "kernels/cuda/resize/resize.cuh"
#include "kernels/cuda/runtime/device.cuh"
#include "kernels/cuda/sparse/sparse.cuh"
#include "kernels/cuda/warp/warp.cuh"
#include "kernels/cuda/warp/warp_perspective.cuh"

namespace fluxel::kernels {

namespace gpu {
namespace {

void* allocate(std::size_t bytes) {
  void* p = nullptr;
  return cudaMalloc(&p, bytes) == cudaSuccess ? p : nullptr;
}

void release(void* p) { cudaFree(p); }

status upload(void* dst, const void* src, std::size_t bytes, CUstream_st* stream) {
  return status_of(cudaMemcpyAsync(dst, src, bytes, cudaMemcpyHostToDevice, stream));
}

status download(void* dst, const void* src, std::size_t bytes, CUstream_st* stream) {
  return status_of(cudaMemcpyAsync(dst, src, bytes, cudaMemcpyDeviceToHost, stream));
}

status copy(void* dst, const void* src, std::size_t bytes, CUstream_st* stream) {
  return status_of(cudaMemcpyAsync(dst, src, bytes, cudaMemcpyDeviceToDevice, stream));
}

status upload_rows(byte_rows dst, byte_rows src, std::size_t bytes, std::size_t rows, CUstream_st* stream) {
  return status_of(
      cudaMemcpy2DAsync(dst.data, dst.pitch, src.data, src.pitch, bytes, rows, cudaMemcpyHostToDevice, stream));
}

status download_rows(byte_rows dst, byte_rows src, std::size_t bytes, std::size_t rows, CUstream_st* stream) {
  return status_of(
      cudaMemcpy2DAsync(dst.data, dst.pitch, src.data, src.pitch, bytes, rows, cudaMemcpyDeviceToHost, stream));
}

status clear(void* p, std::size_t bytes, CUstream_st* stream) {
  return status_of(cudaMemsetAsync(p, 0, bytes, stream));
}

status synchronize(CUstream_st* stream) { return status_of(cudaStreamSynchronize(stream)); }

}  // namespace
}  // namespace gpu

// A column that has no kernels yet is null.
const backend_table* cuda() {
  static const backend_table r{"cuda",
                               {gpu::allocate, gpu::release, gpu::upload, gpu::download, gpu::copy, gpu::clear,
                                gpu::synchronize, gpu::upload_rows, gpu::download_rows},
                               {gpu::resize_linear, gpu::resize_nearest, gpu::prepare_resize, gpu::run_together},
                               {gpu::premultiply, gpu::divide},
                               {gpu::decode_light, gpu::encode_light},
                               {gpu::conv_transpose, gpu::upsample_zero},
                               cuda_flow_functions,
                               cuda_flow_color_functions,
                               cuda_sparse_functions,
                               cuda_metrics_functions,
                               cuda_warp_functions,
                               cuda_warp_perspective_functions};
  return &r;
}

}  // namespace fluxel::kernels
