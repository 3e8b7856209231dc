// SPDX-License-Identifier: Apache-2.0
#pragma once

// The state of an interpolator on one backend: the last three frames, the motion between them and before, and what
// one moment needs.

#include <array>
#include <optional>

#include "fluxel/flow_steps.hpp"
#include "fluxel/horn_schunck.hpp"
#include "fluxel/interpolator.hpp"
#include "fluxel/resizer.hpp"
#include "host/core/call.hpp"

namespace fluxel::host {

using frame_planes_here = std::array<kernels::image, 4>;

/// Frames, and the size that motion is measured at.
struct interpolation_plan {
  frame_format format;
  interpolation_options options;
  size flow;
  flow_geometry geometry;  ///< of the flow's frames
};
interpolation_plan make_plan(const call_site& site, const frame_format& format, const interpolation_options& options);

class frame_interpolation {
 public:
  frame_interpolation(const interpolation_plan& plan, backend b, const placement& where, object_memory& memory);

  /// Takes a frame.
  /// @param frames    that have come before it
  /// @param duration  from the one before
  kernels::status advance(const frame_planes_here& next, int frames, double duration, const run_context& context);
  /// @param moment  0 to 256: between the last two frames; -256 to 0: between those before
  kernels::status show(int moment, const frame_planes_here& dst, const run_context& context);

  std::size_t workspace_size() const;

 private:
  /// Two frames, one after the other: first what goes forward, then back.
  struct frame_pair {
    std::array<kernels::image, 2> flows, agreement, mean_agreement, cut_score;
    double duration = 1;
    bool known = false;
  };

  void lay_out(std::byte* block);
  kernels::image take(std::byte* block, size s, int channels, element_type type);
  kernels::status copy(const kernels::image& from, const kernels::image& to, const run_context& context) const;
  kernels::status measure_motion(const run_context& context);
  kernels::status measure_agreement(const run_context& context);
  kernels::pair_likeness likeness(const frame_pair& pair) const;
  kernels::pair_beside beside(std::size_t pair, std::size_t other) const;
  kernels::status find_motion(std::size_t pair, int moment, const run_context& context);
  kernels::status show_plane(int p, std::size_t pair, const kernels::image& dst, const run_context& context) const;

  interpolation_plan plan_;
  memory_kind memory_;
  device_buffer block_;
  std::size_t used_ = 0;
  std::optional<resizer> reduce_;  ///< the first plane to the flow's size; absent: it has it
  resizer mean_;
  dense_flow flow_;
  std::array<flow_steps::image_pyramid, 3> grey_;
  std::array<frame_planes_here, 3> frames_;  ///< the last one is the last
  std::array<kernels::image, 3> reduced_;
  std::array<frame_pair, 3> pairs_;  ///< pairs_[i] ends with frames_[i]
  std::array<kernels::splat_winner*, 2> winners_{};
  kernels::moment_cells cells_;
};

}  // namespace fluxel::host
