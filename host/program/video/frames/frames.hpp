// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "host/program/video/ffmpeg.hpp"

namespace fluxel::video {

/// Frames whose memory is used again.
class frame_pool {
 public:
  frame_pool() = default;
  frame_pool(const frame_pool&) = delete;
  frame_pool& operator=(const frame_pool&) = delete;
  ~frame_pool() { av_buffer_pool_uninit(&pool_); }

  /// Frames to come have pinned memory, as far as there is any.
  void pin(int device);

  /// A frame with memory and without properties.
  frame_ptr get(AVPixelFormat format, int width, int height);

 private:
  AVBufferPool* pool_ = nullptr;
  int bytes_ = 0;
  std::optional<int> device_;  // whose pinned memory it is
};

/// What a frame is converted to.
struct pixel_target {
  AVPixelFormat format = AV_PIX_FMT_NONE;
  AVColorRange range = AVCOL_RANGE_UNSPECIFIED;  ///< unspecified: that of the input
  AVColorSpace matrix = AVCOL_SPC_UNSPECIFIED;   ///< unspecified: that of the input
};

/// Converts pixel formats of equal size by swscale, with matrix and range.
class converter {
 public:
  /// @param assumed_matrix  of YUV frames that do not say.
  explicit converter(AVColorSpace assumed_matrix) : assumed_(assumed_matrix) {}
  converter(const converter&) = delete;
  converter& operator=(const converter&) = delete;
  ~converter() { sws_freeContext(context_); }

  /// Frames to come have pinned memory.
  void pin(int device) { pool_.pin(device); }

  frame_ptr operator()(const AVFrame& in, const pixel_target& to);

 private:
  struct key {
    int width = 0, height = 0, from = -1, to = -1, range_in = 0, range_out = 0, matrix_in = 0, matrix_out = 0;
    bool operator==(const key&) const = default;
  };
  void rebuild(const key& key);

  AVColorSpace assumed_;
  SwsContext* context_ = nullptr;
  key key_;
  frame_pool pool_;
};

bool is_rgb(AVPixelFormat format);

/// Turns the pixels of a frame as its orientation says: clockwise quarter turns, after mirroring left and right
/// when asked. The chroma must be subsampled alike in both directions for an odd number of turns.
enum class mirrored : int { no = 0, yes = 1 };
frame_ptr turn(const AVFrame& in, int quarter_turns, mirrored mirror, frame_pool& pool);

}  // namespace fluxel::video
