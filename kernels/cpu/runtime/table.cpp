// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/runtime/table.hpp"

#include "kernels/scalar/runtime/host_memory.hpp"

namespace fluxel::kernels {

const backend_table& cpu() {
  static const backend_table r{"cpu",
                               host_memory,
                               cpu_resize_functions,
                               cpu_alpha_functions,
                               cpu_light_functions,
                               cpu_conv_transpose_functions,
                               cpu_flow_functions,
                               cpu_flow_color_functions,
                               cpu_sparse_functions,
                               cpu_metrics_functions,
                               cpu_warp_functions,
                               cpu_warp_perspective_functions};
  return r;
}

}  // namespace fluxel::kernels
