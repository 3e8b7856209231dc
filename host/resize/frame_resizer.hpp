// SPDX-License-Identifier: Apache-2.0
#pragma once

// The parts that a frame is resized by: planes, and fields of planes.

#include <array>
#include <memory>
#include <mutex>
#include <vector>

#include "fluxel/frame.hpp"
#include "host/core/errors.hpp"
#include "host/plan/frame_axis.hpp"
#include "host/resize/resize_engine.hpp"

namespace fluxel::host {

/// Rejects what is not a frame format, or cannot be resized to `dst`.
void check_format(const call_site& site, const frame_format& src, size dst);

/// The pairs of a frame's planes, plane by plane.
using plane_pairs = std::array<kernels::image_pair, 4>;

/// Everything a frame resizer keeps.
class frame_resizer {
 public:
  frame_resizer(const call_site& site, const frame_format& src, size dst, const resize_options& options, backends on);

  void run(const plane_pairs& planes, const run_context& context) const;

  const frame_format& src() const { return src_; }
  const frame_format& dst() const { return dst_; }

 private:
  /// The alpha plane at the samples of subsampled color planes.
  struct sampled_alpha {
    resize_engine resize;
    size samples;
    device_buffer cpu, cuda;
  };
  struct part {
    int plane = 0;
    int field = -1;  ///< 0 or 1: of an interlaced frame; -1: all rows
    const resize_engine* plain = nullptr;
    const premultiplied_resize* weighted = nullptr;  ///< color beside an alpha plane
    const sampled_alpha* alpha = nullptr;
  };
  struct axes {
    plan::axis x, y;
    plan::sample_grid grid_x, grid_y;
  };

  void add_part(int plane, int field, bool beside_alpha);
  const sampled_alpha* alpha_for(const axes& on_axes, const plane_plan& color, int field);
  axes axes_of(int plane, int field) const;
  void run_weighted(const part& p, const plane_pairs& planes, const run_context& context) const;

  frame_format src_, dst_;
  resize_options options_;
  backends on_;
  const char* function_;
  plan::pixel_depth depth_;
  template <class T>
  using planned = std::vector<std::pair<plane_plan, std::unique_ptr<T>>>;  ///< one for each distinct plan
  planned<resize_engine> plain_;
  planned<premultiplied_resize> weighted_;
  planned<sampled_alpha> alpha_;
  std::vector<part> parts_;
  mutable std::mutex turn_;  ///< for calls that use the scratch of sampled_alpha
};

}  // namespace fluxel::host
