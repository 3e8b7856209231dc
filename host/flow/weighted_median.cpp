// SPDX-License-Identifier: Apache-2.0
#include "host/flow/weighted_median.hpp"

#include "host/plan/weighted_median.hpp"

namespace fluxel::host {

using kernels::backend_table;
using kernels::launch_options;
using kernels::status;

namespace {

constexpr frame_component components[] = {frame_component::red, frame_component::green, frame_component::blue};

}  // namespace

weighted_median_filter::weighted_median_filter(const flow_weighted_median_options& options,
                                               const flow_geometry& geometry)
    : options_(options),
      in_color_(geometry.channels >= 3),
      rule_(plan::make_weighted_median_rule(options.radius, options.likeness, in_color_ ? 3 : 1)) {}

bool weighted_median_filter::follows(std::size_t level, bool last_warp) const {
  switch (options_.after) {
    case weighted_median_after::finest_level:
      return level == 0 && last_warp;
    case weighted_median_after::every_level:
      return last_warp;
    case weighted_median_after::every_warp:
      return true;
    default:
      return false;
  }
}

void weighted_median_filter::layout_planes(plane_layout& layout, const pyramid_builder& builder) {
  if (!used()) return;
  const size finest = builder.sizes()[0];
  input_ = layout.take_flow(finest);
  trust_ = layout.take<u8>(finest);
  if (!in_color_) return;
  for (auto& p : prev_) p = builder.layout_pyramid(layout);
  for (auto& p : next_) p = builder.layout_pyramid(layout);
}

status weighted_median_filter::build(const pyramid_builder& builder, const pyramid_task& frame, which of,
                                     const launch_options& launch) {
  status result = status::ok;
  if (!used() || !in_color_) return result;
  color_pyramids& to = of == which::prev ? prev_ : next_;
  for (std::size_t c = 0; c < to.size() && result == status::ok; ++c)
    result = builder.build({frame.frame, frame.mask, &to[c], components[c]}, launch);
  return result;
}

status weighted_median_filter::advance(const pyramid_builder& builder, const pyramid_task& frame,
                                       const launch_options& launch) {
  status result = status::ok;
  if (!used() || !in_color_) return result;
  for (std::size_t c = 0; c < next_.size() && result == status::ok; ++c)
    result = builder.advance({frame.frame, frame.mask, &next_[c], components[c]}, prev_[c], launch);
  return result;
}

status weighted_median_filter::run(const backend_table& table, const place& at, const kernels::flow_planes& out,
                                   const launch_options& launch) const {
  const size level{out.u.width, out.u.height};
  const auto in = input(level);
  const auto trust = cropped(trust_, level);
  kernels::median_guide guide{{at.grey}, 1};
  if (in_color_) {
    const color_pyramids& colors = at.back ? next_ : prev_;
    guide = {{colors[0].grey[at.level], colors[1].grey[at.level], colors[2].grey[at.level]}, 3};
  }
  const status found = table.flow.trust(at.grey, at.by, at.warped, trust, launch);
  return found == status::ok ? table.flow.weighted_median(in, guide, trust, rule_, out, launch) : found;
}

}  // namespace fluxel::host
