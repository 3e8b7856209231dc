// SPDX-License-Identifier: Apache-2.0
#include "host/flow/variational.hpp"

#include "host/plan/pyramid.hpp"

namespace fluxel::host {

using kernels::flow_frames;
using kernels::launch_options;
using kernels::status;

variational_method::variational_method(const horn_schunck_options& options)
    : energy_(energy_of(options.data_term)),
      limit_(max_increment_units(options.warping)),
      inverse_flow_scale_(inverse_square(64 * options.smoothness.epsilon)),
      edge_weights_(plan::edge_table(options.smoothness.edge_scale, options.smoothness.edge_floor)),
      omegas_(plan::chebyshev_omegas(2 * options.solver.sweeps, options.solver.chebyshev_radius)) {
  energy_.smoothness = static_cast<float>(options.smoothness.weight);
}

void variational_method::layout_planes(plane_layout& layout, size finest) {
  edge_table_ = layout.take_one<float>({static_cast<int>(edge_weights_.size()), 1});
  auto floats = [&] { return layout.take<float>(finest); };
  system_ = {floats(), floats(), floats(), floats(), floats(), floats(), floats()};
  for (auto& p : iterates_) p = floats();
  fill_.layout_planes(layout, finest, 2);
}

status variational_method::upload(const kernels::backend_table& table) {
  return in_order(
      [&] {
        return table.memory.upload(edge_table_.data, edge_weights_.data(), edge_weights_.size() * sizeof(float),
                                   nullptr);
      },
      [&] { return table.memory.synchronize(nullptr); });
}

status variational_method::begin_level(const kernels::backend_table& table, const flow_frames& frames,
                                       const launch_options& launch) {
  if (robust()) return status::ok;
  const auto system = system_of({frames.prev.width, frames.prev.height});
  return table.flow.edge_weights(frames.prev, {}, edges(), system.right, system.down, launch);
}

kernels::flow_system variational_method::system_of(size s) const {
  return {cropped(system_.i11, s), cropped(system_.i12, s),   cropped(system_.i22, s), cropped(system_.c1, s),
          cropped(system_.c2, s),  cropped(system_.right, s), cropped(system_.down, s)};
}

std::array<kernels::plane<float>, 4> variational_method::iterates_of(size s) const {
  auto iterates = iterates_;
  for (auto& p : iterates) p = cropped(p, s);
  return iterates;
}

status variational_method::relax(const kernels::backend_table& table, const warp_step& s,
                                 const launch_options& launch) const {
  const size level{s.flow.u.width, s.flow.u.height};
  return table.flow.relax(system_of(level), {omegas_, limit_, finer_of(s)}, iterates_of(level), s.flow, s.updated,
                          launch);
}

/// The first warp of a level also fills in the flow inside holes, from around: a few sweeps do not reach across them,
/// and smoothness that is robust holds apart what the coarser level has wrong and what is known.
status variational_method::step_with_masks(const kernels::backend_table& table, const warp_step& s,
                                           const launch_options& launch) {
  const auto levels = fill_.of({s.updated.u.width, s.updated.u.height});
  return in_order([&] { return dense_method::step(table, s, launch); },
                  [&] { return table.flow.fill_unknown(s.updated, s.warped.reason, levels.levels(), launch); });
}

status variational_method::step(const kernels::backend_table& table, const warp_step& s,
                                const launch_options& launch) {
  if (s.first && masked(s.frames)) return step_with_masks(table, s, launch);
  if (table.flow.warp_linearise == nullptr) return dense_method::step(table, s, launch);
  const kernels::level_start start{s.coarse, s.first || robust() ? edges() : kernels::edge_rule{}};
  const auto system = system_of({s.frames.prev.width, s.frames.prev.height});
  return in_order(
      [&] { return table.flow.warp_linearise(s.frames, start, s.warped, s.flow, energy_, system, launch); },
      [&] { return relax(table, s, launch); });
}

status variational_method::update(const kernels::backend_table& table, const warp_step& s,
                                  const launch_options& launch) {
  const size level{s.frames.prev.width, s.frames.prev.height};
  const auto system = system_of(level);
  if (robust() && table.flow.linearise_relax != nullptr)
    return table.flow.linearise_relax({s.frames, s.warped, s.flow, edges(), energy_}, system,
                                      {omegas_, limit_, finer_of(s)}, iterates_of(level), s.updated, launch);
  return in_order(
      [&] {
        if (!robust()) return status::ok;
        return table.flow.edge_weights(s.frames.prev, s.flow, edges(), system.right, system.down, launch);
      },
      [&] { return table.flow.linearise(s.frames, s.warped, s.flow, energy_, system, launch); },
      [&] { return relax(table, s, launch); });
}

bool variational_method::describe(kernels::coarse_level_rule& rule) const {
  rule.energy = energy_;
  rule.edges = edges();
  rule.relaxation = {omegas_, limit_, 1};
  return true;
}

classic_method::classic_method(const horn_schunck_options& options)
    : lambda_(static_cast<float>(options.smoothness.weight)), iterations_(options.solver.sweeps) {}

void classic_method::layout_planes(plane_layout& layout, size finest) {
  auto floats = [&] { return layout.take<float>(finest); };
  system_ = {floats(), floats(), floats(), floats()};
  for (int i = 0; i < 2; ++i) {
    u_[i] = floats();
    v_[i] = floats();
  }
}

status classic_method::solve(const kernels::backend_table& table, const flow_frames& frames,
                             const kernels::flow_planes& start, const kernels::image& u, const kernels::image& v,
                             const launch_options& launch) {
  const int last = iterations_ % 2;  // where an odd number of iterations ends
  return in_order([&] { return table.flow.store_flow(start, image_of(u_[0]), image_of(v_[0]), launch); },
                  [&] { return table.flow.classic_linearise(frames, system_, lambda_, launch); },
                  [&] { return table.flow.classic_relax(system_, iterations_, u_[0], v_[0], u_[1], v_[1], launch); },
                  [&] { return table.flow.copy_out(u_[last], u, launch); },
                  [&] { return table.flow.copy_out(v_[last], v, launch); });
}

}  // namespace fluxel::host
