// SPDX-License-Identifier: Apache-2.0
// Whole warps by the kernels of their steps: frames with masks, and what the fused kernels do not take.

#include "kernels/common/flow/pixel_steps.hpp"
#include "kernels/cuda/flow/warp_tile.cuh"

namespace fluxel::kernels::gpu {

namespace {

/// Whether offsets fit 32 bits, also those of a few rows beyond.
template <class T>
bool fits_offsets(const plane<T>& p) {
  constexpr std::ptrdiff_t most = std::ptrdiff_t{1} << 30;
  return p.pitch >= 0 && p.stride >= 0 && p.pitch <= most / (p.height + 1) && p.stride <= most / p.count;
}
/// Planes that share offsets.
template <class T>
bool alike(const plane<T>& a, const plane<T>& b) {
  return a.pitch == b.pitch && a.stride == b.stride;
}

/// The flow that the level's first warp begins with.
status begin_level(const level_start& start, const flow_planes& flow, const launch_options& options) {
  if (start.coarse.u.data == nullptr) return status::ok;
  return cuda_flow_functions.upscale_flow(start.coarse, flow, options);
}

}  // namespace

warp_source source_of(const flow_frames& frames, const level_start& start, const flow_planes& flow) {
  warp_source s{frames.prev, frames.next, flow, {}};
  if (start.coarse.u.data == nullptr) return s;
  const upscale_flow_pixel rule(start.coarse, flow);
  s.upscale = {rule.coarse, rule.across, rule.along, rule.growth_u, rule.growth_v};
  return s;
}

bool fits_offsets(const flow_planes& f) { return fits_offsets(f.u) && alike(f.u, f.v); }
bool fits_offsets(const flow_system& s) {
  return fits_offsets(s.i11) && alike(s.i11, s.i12) && alike(s.i11, s.i22) && alike(s.i11, s.c1) &&
         alike(s.i11, s.c2) && alike(s.i11, s.right) && alike(s.i11, s.down);
}
bool fits_tiles(const flow_frames& frames, const flow_planes& flow) {
  constexpr int most = 1 << 24;  // positions in 1/64 px fit as well
  return frames.prev_mask.data == nullptr && frames.next_mask.data == nullptr && frames.prev.width <= most &&
         frames.prev.height <= most && fits_offsets(frames.prev) && fits_offsets(frames.next) && fits_offsets(flow);
}

status warp_linearise_in_turn(const flow_frames& frames, const level_start& start, const warped_frame& warped,
                              const flow_planes& flow, const flow_energy& energy, const flow_system& system,
                              const launch_options& options) {
  const auto& steps = cuda_flow_functions;
  status result = begin_level(start, flow, options);
  if (result == status::ok && !start.edges.table.empty())
    result = steps.edge_weights(frames.prev, flow, start.edges, system.right, system.down, options);
  if (result == status::ok) result = steps.warp(frames, flow, warped, options);
  return result == status::ok ? linearise(frames, warped, flow, energy, system, options) : result;
}

status warp_solve_windows_in_turn(const flow_frames& frames, const level_start& start, const warped_frame& warped,
                                  const flow_energy& energy, const flow_windows& windows, const flow_exchange& flow,
                                  const launch_options& options) {
  status result = begin_level(start, flow.from, options);
  if (result == status::ok) result = cuda_flow_functions.warp(frames, flow.from, warped, options);
  return result == status::ok ? solve_windows(frames, warped, energy, windows, flow, options) : result;
}

}  // namespace fluxel::kernels::gpu
