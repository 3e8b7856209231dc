#include "host/flow/variational.hpp"

#include <cmath>

#include "host/plan/pyramid.hpp"

namespace fluxel::host {

using kernels::execution;
using kernels::flow_frames;
using kernels::status;

namespace {

float inverse_square(double epsilon) { return epsilon == 0 ? 0.0f : static_cast<float>(1 / (epsilon * epsilon)); }

}  // namespace

variational_step::variational_step(const horn_schunck_options& options)
    : energy_{.brightness = static_cast<float>(options.brightness),
              .gradient = static_cast<float>(options.gradient),
              .inverse_brightness_scale = inverse_square(options.brightness_epsilon),
              .inverse_gradient_scale = inverse_square(options.gradient_epsilon),
              .smoothness = static_cast<float>(options.smoothness)},
      limit_(static_cast<int>(std::lround(options.max_increment * 64))),
      edges_(plan::edge_table(options.edge_scale, options.edge_floor)),
      omegas_(plan::chebyshev_omegas(2 * options.sweeps, options.chebyshev_radius)) {}

void variational_step::carve(plane_carver& carver, size finest) {
  edge_table_ = carver.take_one<float>({static_cast<int>(edges_.size()), 1});
  auto floats = [&] { return carver.take<float>(finest); };
  system_ = {floats(), floats(), floats(), floats(), floats(), floats(), floats()};
  for (auto& p : iterates_) p = floats();
}

status variational_step::upload(const kernels::row& row) {
  return in_order(
      [&] { return row.memory.upload(edge_table_.data, edges_.data(), edges_.size() * sizeof(float), nullptr); },
      [&] { return row.memory.synchronize(nullptr); });
}

status variational_step::begin_level(const kernels::row& row, const flow_frames& frames, const execution& how) {
  const size s{frames.first.width, frames.first.height};
  const std::span<const float> table(edge_table_.data, edge_table_.width);
  return row.flow.edge_weights(frames.first, table, cropped(system_.right, s), cropped(system_.down, s), how);
}

status variational_step::improve(const kernels::row& row, const flow_frames& frames,
                                 const kernels::warped_frame& warped, const kernels::flow_planes& flow,
                                 const kernels::flow_planes& improved, const execution& how) {
  const size s{frames.first.width, frames.first.height};
  const kernels::flow_system system{cropped(system_.i11, s), cropped(system_.i12, s), cropped(system_.i22, s),
                                    cropped(system_.c1, s),  cropped(system_.c2, s),  cropped(system_.right, s),
                                    cropped(system_.down, s)};
  auto iterates = iterates_;
  for (auto& p : iterates) p = cropped(p, s);
  return in_order([&] { return row.flow.linearise(frames, warped, flow, energy_, system, how); },
                  [&] {
                    return row.flow.relax(system, {omegas_, limit_}, iterates, flow, improved, how);
                  });
}

classic_step::classic_step(const horn_schunck_options& options)
    : lambda_(static_cast<float>(options.smoothness)), iterations_(options.sweeps) {}

void classic_step::carve(plane_carver& carver, size finest) {
  auto floats = [&] { return carver.take<float>(finest); };
  system_ = {floats(), floats(), floats(), floats()};
  for (int i = 0; i < 2; ++i) {
    u_[i] = floats();
    v_[i] = floats();
  }
}

status classic_step::solve(const kernels::row& row, const flow_frames& frames, const kernels::flow_planes& start,
                           const kernels::image& u, const kernels::image& v, const execution& how) {
  const int last = iterations_ % 2;  // where an odd number of iterations ends
  return in_order([&] { return row.flow.finish(start, image_of(u_[0]), image_of(v_[0]), how); },
                  [&] { return row.flow.classic_linearise(frames, system_, lambda_, how); },
                  [&] { return row.flow.classic_relax(system_, iterations_, u_[0], v_[0], u_[1], v_[1], how); },
                  [&] { return row.flow.copy_out(u_[last], u, how); },
                  [&] { return row.flow.copy_out(v_[last], v, how); });
}

}  // namespace fluxel::host
