// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/program/video/ffmpeg.hpp"
#include "host/program/video/frames/transform.hpp"

namespace fluxel::video {

/// What an encoder has to know of the pictures to come.
struct picture_source {
  AVRational time_base{1, 25};
  AVRational frame_rate{25, 1};
  bool even = true;  ///< as far as the file tells: the frames come at `frame_rate`
  AVColorSpace assumed_matrix = AVCOL_SPC_SMPTE170M;
  field_order fields = field_order::progressive;
  ratio sample_aspect;
  const AVStream* described_by = nullptr;  ///< has data on mastering and light of the pictures; null: none that holds
};

}  // namespace fluxel::video
