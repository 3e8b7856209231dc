// SPDX-License-Identifier: Apache-2.0
// Entry points of the CPU backend: the floating-point environment, the method, threads.

#include "kernels/common/runtime/convert.hpp"
#include "kernels/cpu/conv_transpose/depthwise_rows.hpp"
#include "kernels/cpu/conv_transpose/plane_rows.hpp"
#include "kernels/cpu/conv_transpose/upsample.hpp"
#include "kernels/cpu/runtime/parallel.hpp"
#include "kernels/cpu/runtime/table.hpp"
#include "kernels/cpu/runtime/target.hpp"
#include "kernels/cpu/runtime/translate_bad_alloc.hpp"
#include "kernels/cpu/runtime/working_memory.hpp"
#include "kernels/scalar/runtime/table.hpp"

namespace fluxel::kernels {

namespace {

/// Values as f32: the caller's own, or a copy in `storage`. nullptr stays nullptr.
const float* as_f32(const void* values, element_type type, std::size_t count, working_vector<float>& storage) {
  if (values == nullptr || type == element_type::f32) return static_cast<const float*>(values);
  storage.resize(count);
  for (std::size_t i = 0; i < count; ++i)
    storage[i] = type == element_type::f16 ? to_float(static_cast<const f16*>(values)[i])
                                           : to_float(static_cast<const bf16*>(values)[i]);
  return storage.data();
}

constexpr double work_per_band = 1 << 16;  // multiply-adds that are worth a thread

std::int64_t rows_per_band(const conv_rows_job& job) {
  const auto& c = job.call;
  const double taps = double(c.x.kernel) / c.x.stride * c.y.kernel / c.y.stride;
  const double row = taps * job.in_per_group * job.out_per_group * job.dst.width + 1;
  return 1 + static_cast<std::int64_t>(work_per_band / row);
}

void depthwise_simd(const conv_rows_job& job, const launch_options& launch) {
  const std::size_t channels = job.dst.channels;
  const std::size_t taps = std::size_t(job.call.x.kernel) * job.call.y.kernel;
  working_vector<float> weights(taps * channels);  // channels last
  for (std::size_t c = 0; c < channels; ++c)
    for (std::size_t k = 0; k < taps; ++k) weights[k * channels + c] = job.weights[c * taps + k];
  const std::int64_t least = 1 + rows_per_band(job) / job.dst.channels;
  parallel_rows(std::int64_t{job.dst.count} * job.dst.height, least, launch.threads,
                [&](std::int64_t first, std::int64_t last) { conv_depthwise(job, weights.data(), first, last); });
}

status general_simd(const conv_transpose_call& call, const launch_options& launch) {
  const int bytes = element_size(call.type);
  const tensor src = as_tensor(call.src, bytes);
  const tensor dst = as_tensor(call.dst, bytes);
  const int out_per_group = dst.channels / call.groups;
  working_vector<float> weights, bias;
  const conv_rows_job job{call,
                          src,
                          dst,
                          src.channels / call.groups,
                          out_per_group,
                          as_f32(call.weights, call.type,
                                 std::size_t(src.channels) * out_per_group * call.x.kernel * call.y.kernel, weights),
                          as_f32(call.bias, call.type, dst.channels, bias),
                          conv_phases(call.x, src.width, dst.width)};
  if (fits_depthwise(job)) {
    depthwise_simd(job, launch);
    return status::ok;
  }
  parallel_rows(job.rows(), rows_per_band(job), launch.threads,
                [&](std::int64_t first, std::int64_t last) { conv_rows(job, first, last); });
  return status::ok;
}

status general(const conv_transpose_call& call, const launch_options& launch) {
  return translate_bad_alloc([&] {
    return fused_simd_chosen() ? general_simd(call, launch) : scalar_conv_transpose_functions.general(call, launch);
  });
}

status upsample_zero(const image_pair& pair, element_type type, int factor, const launch_options& launch) {
  return translate_bad_alloc([&] {
    return simd_chosen() ? upsample_zero_simd(pair, type, factor, launch)
                         : scalar_conv_transpose_functions.upsample_zero(pair, type, factor, launch);
  });
}

}  // namespace

const conv_transpose_functions cpu_conv_transpose_functions{general, upsample_zero};

}  // namespace fluxel::kernels
