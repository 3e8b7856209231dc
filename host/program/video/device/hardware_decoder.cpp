// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/device/hardware_decoder.hpp"

namespace fluxel::video {

bool on_device(const AVFrame& frame) { return frame.format == AV_PIX_FMT_CUDA && frame.hw_frames_ctx != nullptr; }

AVPixelFormat samples_of(const AVFrame& frame) {
  return on_device(frame) ? reinterpret_cast<const AVHWFramesContext*>(frame.hw_frames_ctx->data)->sw_format
                          : static_cast<AVPixelFormat>(frame.format);
}

}  // namespace fluxel::video
