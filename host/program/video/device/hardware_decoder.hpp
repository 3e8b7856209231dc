// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "host/program/video/ffmpeg.hpp"

namespace fluxel::video {

/// A device that decodes pictures and keeps them in its memory: frames of AV_PIX_FMT_CUDA, whose planes are addresses
/// of the device. What fills them is enqueued on the legacy stream.
class hardware_decoder {
 public:
  virtual ~hardware_decoder() = default;

  /// Before the decoder is opened. @throws failure device  it cannot decode this; with the reason.
  virtual void attach(AVCodecContext& decoder, const AVCodec& codec) = 0;

  /// A picture that has been decoded. @returns it in the device's memory. @throws failure device  it is not there.
  virtual frame_ptr accept(frame_ptr decoded) = 0;

  /// The number of the device that pictures are on.
  virtual int device() const = 0;

  /// A copy in host memory, with all properties.
  virtual frame_ptr on_host(const AVFrame& picture) = 0;

  /// Most decoded pictures that the job holds at a time: decoders have few surfaces.
  static constexpr int most_queued = 4, most_held = most_queued + 6;
};

/// Whether a frame lies in the memory of a device.
bool on_device(const AVFrame& frame);

/// The pixel format of its samples, wherever they are.
AVPixelFormat samples_of(const AVFrame& frame);

}  // namespace fluxel::video
