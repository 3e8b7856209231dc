// SPDX-License-Identifier: Apache-2.0
#pragma once

// Frames in linear light: all planes together, chroma brought to the luma samples and back.

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "host/resize/frame_planes.hpp"
#include "host/resize/frame_resizer.hpp"
#include "host/resize/light_resize.hpp"

namespace fluxel::host {

/// A frame, or one of its fields.
struct light_part {
  int field = -1;
  plane_plan plan = {};  ///< of the luma samples; its channels count the colors and the alpha
  bool subsampled = false;
  plane_plan enlarge = {};  ///< subsampled: chroma of the source to the luma samples
  plane_plan reduce = {};   ///< and luma samples of the destination to chroma
};

/// Whether planes cannot be taken to light each for itself: luma and chroma, or color beside an alpha plane.
bool needs_frame_light(const frame_format& format, const resize_options& options);

/// @throws fluxel::error invalid_argument  a format whose samples are not known to be RGB or YUV.
std::vector<light_part> make_light_parts(const call_site& site, const frame_formats& formats,
                                         const resize_options& options);

/// On one backend.
class frame_light {
 public:
  frame_light(const frame_format& src, const std::vector<light_part>& parts, backend b,
              const resolved_placement& where);
  kernels::status run(const plane_pairs& planes, const run_context& context) const;

 private:
  /// A chroma plane at the luma samples, or the luma samples' chroma before it is subsampled.
  struct full_chroma {
    full_chroma(backend b, object_memory& from) : src(b, from), dst(b, from) {}
    device_buffer src, dst;
  };
  struct part {
    light_part made_for;
    std::unique_ptr<light_resize> resize;
    std::unique_ptr<resize_engine> enlarge, reduce;
    std::vector<full_chroma> chroma;  ///< of each subsampled plane
  };
  kernels::status run_part(const part& p, const plane_pairs& planes, const run_context& context) const;

  frame_format format_;
  std::vector<part> parts_;
  mutable std::mutex turn_;
};

}  // namespace fluxel::host
