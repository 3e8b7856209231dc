// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "host/program/video/device/hardware_decoder.hpp"

namespace fluxel::video {

/// The picture with the samples that NVIDIA's decoder gives its surfaces: NV12, or P010 of more than 8 bits.
frame_ptr surface_samples(const AVFrame& picture);

/// Stands in for NVIDIA's decoder: a CPU decoder, whose pictures are uploaded to frames as FFmpeg describes surfaces
/// by.
class stand_in_decoder : public hardware_decoder {
 public:
  ~stand_in_decoder() override { av_buffer_unref(&surfaces_); }

  void attach(AVCodecContext&, const AVCodec&) override {}
  frame_ptr accept(frame_ptr decoded) override;
  int device() const override { return number; }
  frame_ptr on_host(const AVFrame& picture) override;

  static inline std::atomic<int> held = 0;  ///< surfaces that somebody has
  int number = 0;                           ///< of the device that the pictures are said to be on
  int brought_back = 0, most = 0;           ///< pictures; surfaces that were held at a time

 private:
  void describe_surfaces(const AVFrame& like);

  AVBufferRef* surfaces_ = nullptr;
};

}  // namespace fluxel::video
