#include "host/flow/variational.hpp"

#include <cmath>
#include <utility>

#include "host/device.hpp"
#include "host/errors.hpp"
#include "host/plan/pyramid.hpp"

namespace fluxel::host {

using kernels::execution;
using kernels::image;
using kernels::plane;
using kernels::status;

namespace {

constexpr const char* function = "horn_schunck";

/// Luma weights of BT.601 in 1/2^14; they sum to 2^14.
constexpr std::int32_t luma_red = 4899, luma_green = 9617, luma_blue = 1868;

kernels::intensity_scale make_intensity(const flow_geometry& geometry, const horn_schunck_options& options) {
  return {.type = geometry.type,
          .red = luma_red,
          .green = luma_green,
          .blue = luma_blue,
          .scale = static_cast<float>(255.0 * 16 / options.white),
          .bit_depth = options.bit_depth};
}

float inverse_square(double epsilon) { return epsilon == 0 ? 0.0f : static_cast<float>(1 / (epsilon * epsilon)); }

kernels::flow_energy make_energy(const horn_schunck_options& options) {
  return {.brightness = static_cast<float>(options.brightness),
          .gradient = static_cast<float>(options.gradient),
          .inverse_brightness_scale = inverse_square(options.brightness_epsilon),
          .inverse_gradient_scale = inverse_square(options.gradient_epsilon),
          .smoothness = static_cast<float>(options.smoothness)};
}

image image_of(const plane<u16>& p) {
  return {.data = p.data,
          .width = p.width,
          .height = p.height,
          .pitch = p.pitch * std::ptrdiff_t{sizeof(u16)},
          .count = p.count,
          .stride = p.stride * std::ptrdiff_t{sizeof(u16)}};
}

/// Runs steps until one fails.
template <class... Steps>
status in_order(Steps&&... steps) {
  status result = status::ok;
  static_cast<void>((((result = steps()) == status::ok) && ...));
  return result;
}

}  // namespace

variational_solver::variational_solver(backend b, const flow_geometry& geometry, const horn_schunck_options& options)
    : row_(row_of(b, function)),
      options_(options),
      intensity_(make_intensity(geometry, options)),
      energy_(make_energy(options)),
      omegas_(plan::chebyshev_omegas(2 * options.sweeps, options.chebyshev_radius)),
      sizes_(plan::pyramid_sizes({geometry.width, geometry.height}, options.pyramid_factor, options.coarsest_side,
                                 options.max_levels)),
      block_(b) {
  levels_.resize(sizes_.size());
  for (std::size_t l = 0; l < sizes_.size(); ++l) {
    const double sigma = l == 0 ? options.presmoothing : plan::pyramid_sigma(options.pyramid_factor);
    if (sigma == 0) continue;
    levels_[l].reduce = row_.resize.prepare(plan::gaussian_recipe(sizes_[l == 0 ? 0 : l - 1], sizes_[l], sigma));
    if (levels_[l].reduce == nullptr) throw std::bad_alloc();
  }
  const auto table = plan::edge_table(options.edge_scale, options.edge_floor);
  plane_carver count;
  carve(count, static_cast<int>(table.size()));
  plane_carver place(static_cast<std::byte*>(block_.reserve(count.used(), function)));
  carve(place, static_cast<int>(table.size()));
  check(row_.memory.upload(edge_table_.data, table.data(), table.size() * sizeof(float), nullptr), function);
  check(row_.memory.synchronize(nullptr), function);
}

void variational_solver::carve(plane_carver& carver, int table_entries) {
  edge_table_ = carver.take<float>({table_entries, 1});
  grey_ = carver.take<u16>(sizes_[0]);
  mask_ = carver.take<u8>(sizes_[0]);
  for (std::size_t l = 0; l < sizes_.size(); ++l) {
    level& at = levels_[l];
    const size s = sizes_[l];
    at.first = carver.take<u16>(s);
    at.second = carver.take<u16>(s);
    at.flow = {carver.take<std::int16_t>(s), carver.take<std::int16_t>(s)};
    at.relaxed = {carver.take<std::int16_t>(s), carver.take<std::int16_t>(s)};
    if (l > 0) {  // levels are solved one after the other: they share the finest level's working planes
      auto cropped = [&](auto p) {
        p.width = s.width;
        p.height = s.height;
        return p;
      };
      const level& finest = levels_[0];
      const auto& f = finest.system;
      at.warped = {cropped(finest.warped.grey), cropped(finest.warped.reason)};
      at.system = {cropped(f.i11), cropped(f.i12),   cropped(f.i22), cropped(f.c1),
                   cropped(f.c2),  cropped(f.right), cropped(f.down)};
      at.iterates.clear();
      for (const auto& p : finest.iterates) at.iterates.push_back(cropped(p));
      continue;
    }
    at.warped = {carver.take<std::int16_t>(s), carver.take<u8>(s)};
    auto floats = [&] { return carver.take<float>(s); };
    at.system = {floats(), floats(), floats(), floats(), floats(), floats(), floats()};
    at.iterates.clear();
    for (int i = 0; i < 4; ++i) at.iterates.push_back(floats());
  }
}

status variational_solver::build_pyramid(const image& frame, plane<u16> level::*which, const execution& how) {
  plane<u16> finest = levels_[0].*which;
  const bool smooth = levels_[0].reduce != nullptr;
  status result = row_.flow.intensity(frame, intensity_, nullptr, smooth ? grey_ : finest, mask_, how);
  image from = image_of(smooth ? grey_ : finest);
  for (std::size_t l = smooth ? 0 : 1; l < levels_.size() && result == status::ok; ++l) {
    const kernels::image_pair pair{from, image_of(levels_[l].*which)};
    result = levels_[l].reduce->run({&pair, 1}, how);
    from = pair.dst;
  }
  return result;
}

status variational_solver::solve_level(level& at, const execution& how) {
  const kernels::flow_frames frames{at.first, at.second, {}, {}};
  const kernels::flow_relaxation relaxation{omegas_, static_cast<int>(std::lround(options_.max_increment * 64))};
  const std::span<const plane<float>, 4> iterates(at.iterates.data(), 4);
  const std::span<const float> edges(edge_table_.data, edge_table_.width);
  status result = row_.flow.edge_weights(at.first, edges, at.system.right, at.system.down, how);
  for (int k = 0; k < options_.warps && result == status::ok; ++k) {
    result = in_order([&] { return row_.flow.warp(frames, at.flow, at.warped, how); },
                      [&] { return row_.flow.linearise(frames, at.warped, at.flow, energy_, at.system, how); },
                      [&] { return row_.flow.relax(at.system, relaxation, iterates, at.flow, at.relaxed, how); });
    if (options_.median_radius == 0)
      std::swap(at.flow, at.relaxed);
    else if (result == status::ok)
      result = row_.flow.median(at.relaxed, at.flow, options_.median_radius, how);
  }
  return result;
}

status variational_solver::solve(const image& prev, const image& next, const image& u, const image& v,
                                 const execution& how) {
  status result = in_order([&] { return build_pyramid(prev, &level::first, how); },
                           [&] { return build_pyramid(next, &level::second, how); },
                           [&] { return row_.flow.clear(levels_.back().flow, how); });
  for (std::size_t l = levels_.size(); l-- > 0 && result == status::ok;)
    result = in_order([&] { return solve_level(levels_[l], how); },
                      [&] { return l == 0 ? status::ok : row_.flow.enlarge(levels_[l].flow, levels_[l - 1].flow, how); });
  if (result != status::ok) return result;
  return row_.flow.finish(levels_[0].flow, u, v, how);
}

}  // namespace fluxel::host
