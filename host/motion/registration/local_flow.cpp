// SPDX-License-Identifier: Apache-2.0
#include "host/motion/registration/local_flow.hpp"

#include <algorithm>
#include <cstring>

#include "host/motion/frame_warp.hpp"
#include "host/motion/registration/frame_samples.hpp"

namespace fluxel::host {

local_flow::local_flow(const grey_picture& reference, const placement& where)
    : reference_(reference),
      // What is left after registration is small.
      solver_({.width = reference.extent.width,
               .height = reference.extent.height,
               .type = element_type::f32,
               .white = 255},
              {.search = {.radius = 0}}, where),
      flow_(2 * reference.pixels.size()) {}

void local_flow::measure(const std::vector<f32>& warped) {
  const auto [w, h] = reference_.extent;
  solver_.run(image_view<const f32>{reference_.pixels.data(), w, h}, image_view<const f32>{warped.data(), w, h},
              image_view<f32>{flow_.data(), w, h, 2});
}

point2d local_flow::moved(const point2d& at) const {
  const auto [w, h] = reference_.extent;
  const double by = reference_.reduced_by;
  const double x = std::clamp((at.x - (by - 1) / 2) / by, 0.0, double(w - 1));
  const double y = std::clamp((at.y - (by - 1) / 2) / by, 0.0, double(h - 1));
  const int i = std::min(int(x), std::max(0, w - 2)), j = std::min(int(y), std::max(0, h - 2));
  const double fx = x - i, fy = y - j;
  const auto between = [&](int c) {
    const auto value = [&](int a, int b) {
      return double(flow_[2 * (std::size_t(std::min(b, h - 1)) * w + std::min(a, w - 1)) + c]);
    };
    return (1 - fy) * ((1 - fx) * value(i, j) + fx * value(i + 1, j)) +
           fy * ((1 - fx) * value(i, j + 1) + fx * value(i + 1, j + 1));
  };
  return {at.x + by * between(0), at.y + by * between(1)};
}

std::size_t local_flow::workspace_size() const { return solver_.workspace_size() + flow_.size() * sizeof(f32); }

namespace {

/// A whole map between samples of a plane as a flow, and which of its positions the picture has.
struct plane_flow {
  std::vector<f32> flow;
  std::vector<u8> there;
};
plane_flow flow_between_samples(const local_flow& local, const frame_format& from, const frame_format& to, int plane,
                                const matrix3x3& matrix) {
  const sample_grid a = grid_of(to, plane), b = grid_of(from, plane);
  const size s = to.plane_size(plane), source = from.plane_size(plane);
  plane_flow result;
  result.flow.reserve(2 * std::size_t(s.width) * s.height);
  result.there.reserve(std::size_t(s.width) * s.height);
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x) {
      const point2d luma = local.moved({a.step_x * x + a.first_x, a.step_y * y + a.first_y});
      const point2d at = matrix.map(luma);
      const double px = (at.x - b.first_x) / b.step_x, py = (at.y - b.first_y) / b.step_y;
      result.there.push_back(px >= -0.5 && py >= -0.5 && px <= source.width - 0.5 && py <= source.height - 0.5 ? 255
                                                                                                               : 0);
      result.flow.push_back(static_cast<f32>(px - x));
      result.flow.push_back(static_cast<f32>(py - y));
    }
  return result;
}

template <class T>
void warp_samples(const plane_flow& f, const frame_view<const void>& picture, const frame_view<void>& out, int plane,
                  const warp_options& options, const placement& where) {
  const size s = out.format.plane_size(plane), source = picture.format.plane_size(plane);
  const int channels = out.format.planes[plane].channels;
  std::vector<T> warped(std::size_t(s.width) * s.height * channels);
  warp(image_view<const T>{sample_row<T>(picture, plane, 0), source.width, source.height, channels,
                           picture.pitch[plane]},
       image_view<const f32>{f.flow.data(), s.width, s.height, 2},
       image_view<T>{warped.data(), s.width, s.height, channels}, options, where);
  const int low = out.format.high_bits ? 16 - out.format.bit_depth : 0;
  for (int y = 0; y < s.height; ++y)
    for (int x = 0; x < s.width; ++x) {
      const std::size_t i = std::size_t(y) * s.width + x;
      if (f.there[i] == 0) continue;
      for (int c = 0; c < channels; ++c) {
        T sample = warped[i * channels + c];
        if constexpr (std::is_same_v<T, u16>) sample = static_cast<u16>(sample >> low << low);
        sample_row<T>(out, plane, y)[x * channels + c] = sample;
      }
    }
}

}  // namespace

void resample_by_flow(const local_flow& flow, const frame_view<const void>& picture, const matrix3x3& matrix,
                      const frame_view<void>& out, const image_view<u8>& coverage, warp_filter filter,
                      const placement& where) {
  const frame_format& f = picture.format;
  const warp_options options{.filter = filter, .bit_depth = f.high_bits || f.bit_depth < 8 ? 16 : f.bit_depth};
  for (int p = 0; p < f.plane_count; ++p) {
    const plane_flow map = flow_between_samples(flow, f, out.format, p, matrix);
    visit_samples(f, [&]<class T>(T) { warp_samples<T>(map, picture, out, p, options, where); });
    if (p != 0 || coverage.data == nullptr) continue;
    const image_view<u8> v = coverage.unpacked();
    for (int y = 0; y < v.height; ++y)
      std::memcpy(v.data + y * v.pitch, map.there.data() + std::size_t(y) * v.width, v.width);
  }
}

}  // namespace fluxel::host
