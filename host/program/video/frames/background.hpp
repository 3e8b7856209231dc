// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "host/program/video/ffmpeg.hpp"

namespace fluxel::video {

/// One color for whole frames of any pixel format.
class background {
 public:
  /// @param color  as FFmpeg names it: "white", "#2040ff", "red@0.5". @param assumed_matrix  of YUV frames that do
  /// not say.
  background(const std::string& color, AVColorSpace assumed_matrix);

  /// Makes every pixel of the frame the color, in the frame's own format, range and matrix.
  void paint(AVFrame& frame);

 private:
  void find_samples(const AVFrame& frame);

  std::array<std::uint8_t, 4> rgba_{};
  AVColorSpace assumed_matrix_;
  int format_ = AV_PIX_FMT_NONE;
  std::array<std::array<std::uint8_t, 16>, 4> samples_{};  // of each plane, one pixel
};

}  // namespace fluxel::video
