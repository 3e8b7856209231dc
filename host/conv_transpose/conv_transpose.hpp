// SPDX-License-Identifier: Apache-2.0
#pragma once

// Checks of transposed convolutions, shared by the call and the plan.

#include <cstddef>
#include <span>

#include "fluxel/conv_transpose.hpp"
#include "host/core/views.hpp"
#include "host/plan/conv_transpose.hpp"

namespace fluxel::host {

/// Weights and bias without their element type.
struct any_weights {
  const void* data = nullptr;
  int in = 0;
  int out_per_group = 0;
  size kernel;
  const void* bias = nullptr;
  std::size_t bias_size = 0;
  element_type type{};
};

template <class T>
any_weights erase(const conv_weights<T>& w, std::span<const T> bias) {
  return {w.data, w.in, w.out_per_group, {w.width, w.height}, bias.data(), bias.size(), element_traits<T>::type};
}

void check_weights(const call_site& site, const any_weights& w, int groups);

size checked_output_size(const call_site& site, size src, size kernel, const conv_transpose_options& options);

/// Checks everything that a call states and places it. `dst.count` is 0 for an empty batch.
kernels::conv_transpose_call checked_call(const call_site& site, const any_view& src, const any_weights& w,
                                          const any_view& dst, const conv_transpose_options& options);

}  // namespace fluxel::host
