// SPDX-License-Identifier: Apache-2.0
#pragma once

// The interface between host/ and kernels/: a table of functions for each backend, grouped by operation.

#include "kernels/contract/alpha.hpp"
#include "kernels/contract/conv_transpose.hpp"
#include "kernels/contract/device.hpp"
#include "kernels/contract/flow.hpp"
#include "kernels/contract/flow_color.hpp"
#include "kernels/contract/light.hpp"
#include "kernels/contract/memory.hpp"
#include "kernels/contract/metrics.hpp"
#include "kernels/contract/resize.hpp"
#include "kernels/contract/sparse.hpp"
#include "kernels/contract/warp.hpp"
#include "kernels/contract/warp_perspective.hpp"

namespace fluxel::kernels {

struct backend_table {
  const char* name;
  memory_functions memory;
  resize_functions resize;
  alpha_functions alpha;
  light_functions light;
  conv_transpose_functions conv_transpose;
  flow_functions flow;
  flow_color_functions flow_color;
  sparse_functions sparse;
  metrics_functions metrics;
  warp_functions warp;
  warp_perspective_functions warp_perspective;
};

/// The formulas, one pixel after the other: the definition that every other backend is tested against.
const backend_table& scalar();

/// SIMD and threads; the scalar formulas on processors older than the oldest SIMD target.
const backend_table& cpu();

/// CUDA, or nullptr in a build without it. The table exists without a driver; `cuda_devices` tells what it can use.
const backend_table* cuda();

}  // namespace fluxel::kernels
