// SPDX-License-Identifier: Apache-2.0
#include "intrinsic_kernels.hpp"
#include "intrinsic_results.cuh"

namespace emulation_test {

namespace {

/// Collects results as bits, so that a signed zero and a NaN count.
struct sink {
  std::uint64_t* next;
  EMULATION_TEST_DEVICE void operator()(float v) { *next++ = v != v ? 0x7fffffffu : __float_as_uint(v); }
  EMULATION_TEST_DEVICE void operator()(double v) {
    *next++ = v != v ? ~std::uint64_t{0} : static_cast<std::uint64_t>(__double_as_longlong(v));
  }
  template <class T>
  EMULATION_TEST_DEVICE void operator()(T v) {
    *next++ = static_cast<std::uint64_t>(v);
  }
};

cudaLaunchConfig_t shape(int n) {
  cudaLaunchConfig_t config = {};
  config.gridDim = dim3((n + 63) / 64);
  config.blockDim = dim3(64);
  return config;
}

}  // namespace

__constant__ std::uint32_t salt[4] = {1, 20, 300, 4000};

/// A parameter of 16 bytes, one of more, a small one: each is passed in its own way.
struct small_parameter {
  float scale;
  int n;
};

__global__ void integer_kernel(const words* in, std::uint64_t* out, small_parameter p) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < p.n) integer_results(in[i], sink{out + std::size_t(i) * integer_result_count});
}
__global__ void float_kernel(const numbers* in, std::uint64_t* out, small_parameter p) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < p.n) float_results(in[i], sink{out + std::size_t(i) * float_result_count});
}
__global__ void memory_kernel(const uint4* in, uint4* out, std::uint32_t* counts, unsigned char* bytes, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i >= n) return;
  uint4 v = __ldcs(in + i);
  v.x += salt[i & 3];
  __stcs(out + i, v);
  const uchar4 quad = reinterpret_cast<const uchar4*>(in)[4 * i];
  __stwt(bytes + i, static_cast<unsigned char>(quad.x + quad.w));
  atomicAdd(counts, v.y & 15);
  atomicMin(counts + 1, v.z);
  atomicMax(reinterpret_cast<int*>(counts + 2), static_cast<int>(v.z));
  atomicOr(counts + 3, v.w & 0x0f0f0f0f);
}

void host_integer_results(const words& in, std::uint64_t* out) { integer_results(in, sink{out}); }
void host_float_results(const numbers& in, std::uint64_t* out) { float_results(in, sink{out}); }

int run_integers(const words* in, std::uint64_t* out, int n) {
  const auto config = shape(n);
  return cudaLaunchKernelEx(&config, integer_kernel, in, out, small_parameter{1.5f, n});
}
int run_floats(const numbers* in, std::uint64_t* out, int n) {
  const auto config = shape(n);
  return cudaLaunchKernelEx(&config, float_kernel, in, out, small_parameter{1.5f, n});
}
int run_memory(const void* in, void* out, std::uint32_t* counts, unsigned char* bytes, int n) {
  const auto config = shape(n);
  return cudaLaunchKernelEx(&config, memory_kernel, static_cast<const uint4*>(in), static_cast<uint4*>(out), counts,
                            bytes, n);
}

}  // namespace emulation_test
