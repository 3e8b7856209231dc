// SPDX-License-Identifier: Apache-2.0
#pragma once

// The updates of Horn-Schunck flow: a linear system per warp, relaxed (the warping model), or a single one (classic).

#include <array>
#include <span>
#include <vector>

#include "fluxel/horn_schunck.hpp"
#include "host/flow/dense_method.hpp"
#include "host/flow/fill_levels.hpp"

namespace fluxel::host {

/// The energy of `horn_schunck_options`, linearised around the warped frame.
class variational_method final : public dense_method {
 public:
  explicit variational_method(const horn_schunck_options& options);

  void layout_planes(plane_layout& layout, size finest) override;
  kernels::status upload(const kernels::backend_table& table) override;
  kernels::status begin_level(const kernels::backend_table& table, const kernels::flow_frames& frames,
                              const kernels::launch_options& launch) override;
  kernels::status step(const kernels::backend_table& table, const warp_step& s,
                       const kernels::launch_options& launch) override;
  kernels::status update(const kernels::backend_table& table, const warp_step& s,
                         const kernels::launch_options& launch) override;
  bool describe(kernels::coarse_level_rule& rule) const override;

 private:
  kernels::edge_rule edges() const {
    return {{edge_table_.data, static_cast<std::size_t>(edge_table_.width)}, inverse_flow_scale_};
  }
  /// Whether weights between neighbours depend on the flow, and are renewed in every warp.
  bool robust() const { return inverse_flow_scale_ != 0; }
  kernels::status step_with_masks(const kernels::backend_table& table, const warp_step& s,
                                  const kernels::launch_options& launch);
  kernels::flow_system system_of(size level) const;
  std::array<kernels::plane<float>, 4> iterates_of(size level) const;
  kernels::status relax(const kernels::backend_table& table, const warp_step& s,
                        const kernels::launch_options& launch) const;

  kernels::flow_energy energy_;
  int limit_;  ///< 1/64 pixel
  float inverse_flow_scale_;
  std::vector<float> edge_weights_, omegas_;
  kernels::plane<float> edge_table_;  ///< one row
  kernels::flow_system system_;       ///< of the finest level's size
  std::array<kernels::plane<float>, 4> iterates_;
  fill_levels fill_;  ///< of frames with masks
};

/// The method of 1981.
class classic_method final : public dense_method {
 public:
  explicit classic_method(const horn_schunck_options& options);

  void layout_planes(plane_layout& layout, size finest) override;
  bool at_once() const override { return true; }
  kernels::status solve(const kernels::backend_table& table, const kernels::flow_frames& frames,
                        const kernels::flow_planes& start, const kernels::image& u, const kernels::image& v,
                        const kernels::launch_options& launch) override;

 private:
  float lambda_;
  int iterations_;
  kernels::classic_system system_;
  kernels::plane<float> u_[2], v_[2];
};

}  // namespace fluxel::host
