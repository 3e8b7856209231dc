// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fluxel/resizer.hpp"
#include "host/program/cli/options/geometry.hpp"
#include "host/program/cli/options/values.hpp"
#include "host/program/video/device/device_ring.hpp"

namespace fluxel::cli {

/// What `fluxel resize` does to every frame. A resizer is kept for each size and field order that comes. On a device
/// frames go through a ring.
class resize_transform : public video::frame_transform {
 public:
  resize_transform(const size_request& request, const resize_options& options, const placement& where)
      : request_(request), options_(options), where_(where) {}

  /// Averages light. @param transfer  how samples stand for it; nothing: as the file says.
  void use_linear_light(std::optional<transfer_function> transfer);

  /// The color of bars; without it they are black, and transparent where they can be.
  void use_bars(const std::string& color) { bar_color_ = color; }

  std::optional<int> reads_device() const override { return ring_ ? ring_->device() : cuda_device_of(where_); }
  video::picture_info plan(const video::picture_info& in) override;
  bool process(const frame_view<const void>& in, const frame_view<void>& out) override;
  video::frame_ring* ring() override { return ring_ ? &*ring_ : nullptr; }
  std::string background() const override;
  std::vector<video::step_time> times() const override;
  std::string processor() const override;

 private:
  /// What becomes of frames of one kind: the part of them that is read, and its resizer.
  struct entry {
    frame_format input;
    int left, top;
    size part;
    resizer resize;
  };

  bool has_bars() const { return layout_.resized != layout_.picture; }
  /// The part of a result that the picture covers; the bars around it are made.
  frame_view<void> without_bars(const frame_view<void>& out) const;
  video::device_job job_on_device(const frame_view<const void>& in, const frame_view<void>& out);
  const entry& entry_for(const frame_format& in);
  entry make_entry(const frame_format& in) const;

  std::string bar_color_;
  bool linear_light_ = false;
  std::optional<transfer_function> transfer_;  ///< nothing: as the file says
  size_request request_;
  resize_options options_;
  placement where_;
  layout layout_;
  video::picture_info planned_for_;
  std::vector<entry> entries_;
  std::optional<video::device_ring> ring_;  ///< declared last: it waits for its work before resizers end
};

}  // namespace fluxel::cli
