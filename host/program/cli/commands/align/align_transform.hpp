// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/program/cli/commands/align/align_session.hpp"

namespace fluxel::cli {

/// What is done with the pictures of one input.
enum class align_step : int {
  measure = 0,  ///< their motion alone, and what they cover
  draw = 1,     ///< they are written
  collect = 2,  ///< they are stacked, and more inputs follow
  finish = 3,   ///< they are stacked, and the stack is written
};

class align_transform : public video::frame_transform {
 public:
  /// @param single  an input with more than one picture is refused.
  align_transform(align_session& session, align_step step, const std::string& input, bool single, int device)
      : session_(session), step_(step), input_(input), single_(single), device_(device) {}

  video::result_time time() const override {
    return step_ == align_step::finish ? video::result_time::queued : video::result_time::same;
  }
  video::picture_info plan(const video::picture_info& in) override;
  bool process(const frame_view<const void>& in, const frame_view<void>& out) override;
  bool flush(const frame_view<void>& out) override;
  std::vector<video::step_time> times() const override { return {{"motion", registering_}, {"warp", warping_}}; }
  std::string processor() const override { return session_.processor(device_); }

 private:
  matrix3x3 register_picture(const frame_view<const void>& in);
  bool crops() const {
    return session_.settings().border == align_border::crop && step_ != align_step::measure &&
           step_ != align_step::collect;
  }

  align_session& session_;
  align_step step_;
  std::string input_;
  bool single_;
  int device_;
  double pixel_aspect_ = 0;
  std::optional<picture_part> part_;
  std::optional<owned_frame> whole_;  ///< a result before it is cut
  int frame_ = 0;
  bool stacked_ = false;
  double registering_ = 0, warping_ = 0;  // seconds
};

}  // namespace fluxel::cli
