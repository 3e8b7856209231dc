// SPDX-License-Identifier: Apache-2.0
#pragma once

// The update of Lucas-Kanade flow: the least-squares solution of every pixel's window.

#include <array>
#include <vector>

#include "fluxel/lucas_kanade.hpp"
#include "host/flow/dense_method.hpp"
#include "host/flow/fill_levels.hpp"

namespace fluxel::host {

class window_method final : public dense_method {
 public:
  window_method(const lucas_kanade_options& options, backend b);

  void layout_planes(plane_layout& layout, size finest) override;
  kernels::status begin_level(const kernels::backend_table& table, const kernels::flow_frames& frames,
                              const kernels::launch_options& launch) override;
  kernels::status step(const kernels::backend_table& table, const warp_step& s,
                       const kernels::launch_options& launch) override;
  kernels::status update(const kernels::backend_table& table, const warp_step& s,
                         const kernels::launch_options& launch) override;
  bool describe(kernels::coarse_level_rule& rule) const override;

 private:
  kernels::flow_windows windows_of(const warp_step& s) const;
  kernels::status fill_unknown(const kernels::backend_table& table, kernels::plane<const u8> reason,
                               const kernels::flow_planes& flow, const kernels::launch_options& launch) const;

  kernels::flow_energy energy_;
  std::vector<std::int32_t> weights_;
  kernels::flow_windows windows_;
  bool classic_, on_device_;
  std::array<kernels::plane<std::int32_t>, 5> entries_;  ///< of the finest level's size; on a device
  kernels::plane<float> smaller_;                        ///< eigenvalues; of the classic model
  kernels::plane<u8> masked_across_, unknown_;           ///< of frames with masks
  fill_levels fill_;
};

}  // namespace fluxel::host
