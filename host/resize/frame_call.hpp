// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is behind a `resizer` of frames, and behind a single `resize_frame`.

#include "host/core/call.hpp"
#include "host/resize/frame_light.hpp"
#include "host/resize/frame_resizer.hpp"

namespace fluxel::host {

class frame_call {
 public:
  frame_call(const frame_format& src, size dst, const resize_options& options, const placement& where,
             const char* function);

  void prepare(memory_kind memory);
  void run(const frame_view<const void>& src, const frame_view<void>& dst, stream_ref stream) const;

  const resolved_placement& where() const { return where_; }

 private:
  frame_resizer& resizer_on(backend b) const;
  frame_light& light_on(backend b) const;
  bool in_light() const { return !light_parts_.empty(); }
  void make_state(backend b) const;

  resolved_placement where_;
  frame_formats formats_;
  std::vector<frame_part> parts_;
  std::vector<light_part> light_parts_;  ///< instead of parts_
  per_backend<frame_resizer> resizers_;
  per_backend<frame_light> lights_;
  mutable staging_room room_;
};

}  // namespace fluxel::host
