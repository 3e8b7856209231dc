// SPDX-License-Identifier: Apache-2.0
#include "kernels/scalar/runtime/table.hpp"

#include "kernels/scalar/runtime/host_memory.hpp"

namespace fluxel::kernels {

const backend_table& scalar() {
  static const backend_table r{"scalar",
                               host_memory,
                               scalar_resize_functions,
                               scalar_alpha_functions,
                               scalar_light_functions,
                               scalar_conv_transpose_functions,
                               scalar_flow_functions,
                               scalar_flow_color_functions,
                               scalar_sparse_functions,
                               scalar_metrics_functions,
                               scalar_warp_functions,
                               scalar_warp_perspective_functions};
  return r;
}

}  // namespace fluxel::kernels
