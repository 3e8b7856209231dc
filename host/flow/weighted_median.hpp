// SPDX-License-Identifier: Apache-2.0
#pragma once

// The weighted median of dense flow: the pyramids of color that it is guided by, and its working memory.

#include <array>
#include <cstddef>

#include "fluxel/flow.hpp"
#include "fluxel/flow_options.hpp"
#include "host/flow/pyramid.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::host {

class weighted_median_filter {
 public:
  weighted_median_filter(const flow_weighted_median_options& options, const flow_geometry& geometry);

  /// Whether the filter follows a warp of the level (0: the finest).
  bool follows(std::size_t level, bool last_warp) const;

  void layout_planes(plane_layout& layout, const pyramid_builder& builder);

  /// Enqueues the pyramids of color of a frame; of the next one they are read by the flow back alone, and in
  /// sequences.
  enum class which { prev, next };
  kernels::status build(const pyramid_builder& builder, const pyramid_task& frame, which of,
                        const kernels::launch_options& launch);
  /// The next frame of a sequence: what was the next one becomes the previous one.
  kernels::status advance(const pyramid_builder& builder, const pyramid_task& frame,
                          const kernels::launch_options& launch);

  /// Where the flow to be filtered is put; of a level's size.
  kernels::flow_planes input(size level) const { return cropped(input_, level); }

  struct place {
    kernels::plane<const u16> grey;  ///< of the first frame
    kernels::flow_planes by;         ///< `input` in 1/64 px
    kernels::warped_frame warped;    ///< the other frame, by that
    std::size_t level;
    bool back;  ///< the first frame is the next one
  };
  kernels::status run(const kernels::backend_table& table, const place& at, const kernels::flow_planes& out,
                      const kernels::launch_options& launch) const;

 private:
  using color_pyramids = std::array<frame_pyramid, 3>;
  bool used() const { return options_.after != weighted_median_after::never; }

  flow_weighted_median_options options_;
  bool in_color_;
  kernels::weighted_median_rule rule_;
  color_pyramids prev_, next_;
  kernels::flow_planes input_;
  kernels::plane<u8> trust_;
};

}  // namespace fluxel::host
