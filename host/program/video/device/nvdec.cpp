// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <new>
#include <string>

#include "host/program/video/device/hardware_decoder.hpp"
#include "host/program/video/failure.hpp"
#include "host/program/video/job.hpp"

namespace fluxel::video {

namespace {

using buffer_ptr = std::unique_ptr<AVBufferRef, free_by_address<av_buffer_unref>>;

[[noreturn]] void refuse(const std::string& why) {
  throw failure(fault::device, "--decode nvdec: " + why + "; use --decode cpu");
}

bool decodes_on_cuda(const AVCodec& codec) {
  for (int i = 0;; ++i) {
    const AVCodecHWConfig* config = avcodec_get_hw_config(&codec, i);
    if (config == nullptr) return false;
    if (config->device_type == AV_HWDEVICE_TYPE_CUDA && (config->methods & AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX))
      return true;
  }
}

/// Called by the decoder with what it offers. Where the device is not among it, `accept` says so.
AVPixelFormat choose_device(AVCodecContext* decoder, const AVPixelFormat* offered) {
  for (const AVPixelFormat* f = offered; *f != AV_PIX_FMT_NONE; ++f)
    if (*f == AV_PIX_FMT_CUDA) return *f;
  return avcodec_default_get_format(decoder, offered);
}

class nvdec_decoder : public hardware_decoder {
 public:
  explicit nvdec_decoder(int device) : device_(std::max(device, 0)) {}

  void attach(AVCodecContext& decoder, const AVCodec& codec) override {
    if (!decodes_on_cuda(codec))
      refuse(std::string("this FFmpeg does not decode ") + codec.name + " on a CUDA device");
    dictionary options;
    options.set("primary_ctx", "1");  // the context in which the library works
    AVBufferRef* made = nullptr;
    const int status =
        av_hwdevice_ctx_create(&made, AV_HWDEVICE_TYPE_CUDA, std::to_string(device_).c_str(), *options.address(), 0);
    const buffer_ptr device(made);
    if (status < 0) {
      const std::string said = last_message("AVHWDeviceContext");
      refuse("no CUDA device (" + (said.empty() ? status_text(status) : said) + ")");
    }
    decoder.hw_device_ctx = av_buffer_ref(device.get());
    if (decoder.hw_device_ctx == nullptr) throw std::bad_alloc();
    decoder.get_format = choose_device;
    decoder.extra_hw_frames = most_held;
    decoder.thread_count = 1;  // every other one would hold surfaces of its own
    codec_ = codec.name;
  }

  frame_ptr accept(frame_ptr decoded) override {
    if (on_device(*decoded)) return decoded;
    const char* format = av_get_pix_fmt_name(static_cast<AVPixelFormat>(decoded->format));
    refuse("the device does not decode " + codec_ + " of " + (format != nullptr ? format : "this format"));
  }

  int device() const override { return device_; }

  frame_ptr on_host(const AVFrame& picture) override {
    frame_ptr copy(av_frame_alloc());
    if (!copy) throw std::bad_alloc();
    const int status = av_hwframe_transfer_data(copy.get(), &picture, 0);
    if (status == AVERROR(ENOMEM)) throw std::bad_alloc();
    if (status < 0) throw failure(fault::device, "--decode nvdec: cannot read a picture: " + status_text(status));
    if (av_frame_copy_props(copy.get(), &picture) < 0) throw std::bad_alloc();
    return copy;
  }

 private:
  int device_;
  std::string codec_;
};

}  // namespace

std::shared_ptr<hardware_decoder> nvdec(int device) { return std::make_shared<nvdec_decoder>(device); }

}  // namespace fluxel::video
