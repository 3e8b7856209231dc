// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "fluxel/image.hpp"
#include "fluxel/motion_segmenter.hpp"
#include "fluxel/owned_frame.hpp"
#include "host/program/cli/commands/segment/box_list.hpp"
#include "host/program/cli/commands/segment/mask_overlay.hpp"

namespace fluxel::cli {

/// What a segmentation writes.
struct segment_results {
  bool overlay = false;  ///< instead of masks
  std::string color;     ///< of the overlay
  std::optional<box_list> boxes;
};

/// Finds what moves in the pictures of a video; a result comes with the picture after it.
class segment_transform : public video::frame_transform {
 public:
  segment_transform(const segment_options& options, segment_results results, const placement& where)
      : options_(options), results_(std::move(results)), where_(where) {}

  video::result_time time() const override { return video::result_time::queued; }
  std::string background() const override { return results_.overlay ? results_.color : std::string(); }
  video::picture_info plan(const video::picture_info& in) override;
  void set_time(double seconds) override { times_.push_back(seconds); }
  bool process(const frame_view<const void>& in, const frame_view<void>& out) override;
  bool flush(const frame_view<void>& out) override;
  void finish() override;
  std::vector<video::step_time> times() const override;
  std::string processor() const override;

 private:
  image_view<u8> mask_in(const frame_view<void>& out);
  void write(const frame_view<void>& out);

  segment_options options_;
  segment_results results_;
  placement where_;
  std::optional<motion_segmenter> segmenter_;
  shown_as shown_;
  mask_overlay overlay_;
  image<u8> mask_;                   ///< of overlays
  std::optional<owned_frame> kept_;  ///< of overlays: the picture whose result is due
  std::deque<double> times_;         ///< of the pictures whose results are due
  frame_format format_;
  int frame_ = 0;
  double segmenting_ = 0, writing_ = 0;  ///< seconds
};

}  // namespace fluxel::cli
