// SPDX-License-Identifier: Apache-2.0
#include "host/flow/windows.hpp"

#include "host/plan/lucas_kanade.hpp"

namespace fluxel::host {

using kernels::flow_frames;
using kernels::launch_options;
using kernels::status;

window_method::window_method(const lucas_kanade_options& o, backend b)
    : energy_(energy_of(o.data_term)),
      weights_(plan::window_weights(o.window.radius, o.window.sigma)),
      windows_{.rule = plan::make_window_rule({o.data_term.brightness, o.data_term.gradient, o.window.contrast_limit,
                                               o.window.ridge, o.warping.max_increment, o.window.radius, weights_}),
               .radius = o.window.radius,
               .weights = weights_,
               .least_eigenvalue = static_cast<float>(o.window.min_eigenvalue)},
      classic_(o.model == lucas_kanade_model::classic),
      on_device_(b == backend::cuda) {}

void window_method::layout_planes(plane_layout& layout, size finest) {
  if (on_device_)
    for (auto& p : entries_) p = layout.take<std::int32_t>(finest);
  if (classic_) smaller_ = layout.take<float>(finest);
  masked_across_ = layout.take<u8>(finest);
  unknown_ = layout.take<u8>(finest);
  fill_.layout_planes(layout, finest, 2);
}

status window_method::begin_level(const kernels::backend_table& table, const flow_frames& frames,
                                  const launch_options& launch) {
  return classic_ ? table.flow.structure(frames.prev, windows_.radius, smaller_, {}, launch) : status::ok;
}

kernels::flow_windows window_method::windows_of(const warp_step& s) const {
  const size level{s.frames.prev.width, s.frames.prev.height};
  auto windows = windows_;
  windows.rule.finer = finer_of(s);
  if (classic_) windows.smaller = smaller_;
  for (std::size_t i = 0; i < entries_.size(); ++i) windows.entries[i] = cropped(entries_[i], level);
  return windows;
}

status window_method::step(const kernels::backend_table& table, const warp_step& s, const launch_options& launch) {
  if (table.flow.warp_solve_windows == nullptr || classic_ || masked(s.frames))
    return dense_method::step(table, s, launch);
  return table.flow.warp_solve_windows(s.frames, {s.coarse, {}}, s.warped, energy_, windows_of(s),
                                       {s.flow, s.updated}, launch);
}

status window_method::update(const kernels::backend_table& table, const warp_step& s, const launch_options& launch) {
  return in_order(
      [&] {
        return table.flow.solve_windows(s.frames, s.warped, energy_, windows_of(s), {s.flow, s.updated}, launch);
      },
      [&] { return masked(s.frames) ? fill_unknown(table, s.warped.reason, s.updated, launch) : status::ok; });
}

bool window_method::describe(kernels::coarse_level_rule& rule) const {
  rule.energy = energy_;
  rule.windows = true;
  rule.window = windows_;
  return !classic_;
}

/// Vectors whose windows know too little, from those around.
status window_method::fill_unknown(const kernels::backend_table& table, kernels::plane<const u8> reason,
                                   const kernels::flow_planes& flow, const launch_options& launch) const {
  const size s{flow.u.width, flow.u.height};
  const auto across = cropped(masked_across_, s), unknown = cropped(unknown_, s);
  const auto levels = fill_.of(s);
  return in_order([&] { return table.flow.find_unknown_windows(reason, windows_.radius, across, unknown, launch); },
                  [&] { return table.flow.fill_unknown(flow, unknown, levels.levels(), launch); });
}

}  // namespace fluxel::host
