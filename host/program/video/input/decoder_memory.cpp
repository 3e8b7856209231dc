// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/input/decoder_memory.hpp"

#include <algorithm>

#include "host/program/video/device/pinned_buffer.hpp"

namespace fluxel::video {

namespace {

constexpr std::size_t slack = 64;      // bytes behind a plane that vectors may touch
constexpr std::size_t alignment = 64;  // bytes: the widest vector

/// A decoder's planes of one picture, in one block.
struct plane_layout {
  int pitch[4] = {};
  std::size_t start[4] = {};
  std::size_t bytes = 0;
};

/// The rows of pictures are as far apart as FFmpeg itself would have them: decoders want that of all their pictures.
/// @returns whether there is a layout.
bool lay_out(AVCodecContext& decoder, const AVFrame& frame, plane_layout& layout) {
  const auto format = static_cast<AVPixelFormat>(frame.format);
  int width = frame.width, height = frame.height, aligned_to[AV_NUM_DATA_POINTERS] = {};
  avcodec_align_dimensions2(&decoder, &width, &height, aligned_to);
  const auto aligned = [&] {
    for (int p = 0; p < 4; ++p)
      if (aligned_to[p] > 0 && layout.pitch[p] % aligned_to[p] != 0) return false;
    return true;
  };
  do {
    if (av_image_fill_linesizes(layout.pitch, format, width) < 0) return false;
    width += width & -width;  // the next multiple of a larger power of two
  } while (!aligned());
  std::ptrdiff_t pitch[4];
  std::copy(layout.pitch, layout.pitch + 4, pitch);
  std::size_t sizes[4];
  if (av_image_fill_plane_sizes(sizes, format, height, pitch) < 0) return false;
  for (int p = 0; p < 4 && sizes[p] > 0; ++p) {
    layout.start[p] = layout.bytes;
    layout.bytes += (sizes[p] + slack + alignment - 1) / alignment * alignment;
  }
  return layout.bytes > 0;
}

}  // namespace

void decoder_memory::attach(AVCodecContext& decoder) {
  decoder.opaque = this;
  decoder.get_buffer2 = get_buffer;
#if LIBAVCODEC_VERSION_MAJOR < 60
  AV_NOWARN_DEPRECATED(decoder.thread_safe_callbacks = 1;)  // later versions ask from any thread anyway
#endif
}

int decoder_memory::get_buffer(AVCodecContext* decoder, AVFrame* frame, int flags) {
  auto& self = *static_cast<decoder_memory*>(decoder->opaque);
  const AVPixFmtDescriptor* d = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame->format));
  const bool plain = d != nullptr && (d->flags & (AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_PAL)) == 0;
  const bool chosen_here = decoder->codec->capabilities & AV_CODEC_CAP_DR1;
  if (self.device_ == none || !plain || !chosen_here) return avcodec_default_get_buffer2(decoder, frame, flags);
  return self.get_pinned(*decoder, *frame);
}

int decoder_memory::get_pinned(AVCodecContext& decoder, AVFrame& frame) {
  plane_layout layout;
  if (!lay_out(decoder, frame, layout)) return AVERROR(EINVAL);
  frame.buf[0] = block(layout.bytes);
  if (frame.buf[0] == nullptr) return AVERROR(ENOMEM);
  for (int p = 0; p < 4 && layout.pitch[p] > 0; ++p) {
    frame.data[p] = frame.buf[0]->data + layout.start[p];
    frame.linesize[p] = layout.pitch[p];
  }
  frame.extended_data = frame.data;
  return 0;
}

AVBufferRef* decoder_memory::block(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  if (bytes != bytes_) {
    av_buffer_pool_uninit(&pool_);
    pool_device_ = device_;
    pool_ = av_buffer_pool_init2(bytes, &pool_device_, pinned_buffer, nullptr);
    bytes_ = bytes;
  }
  return pool_ == nullptr ? nullptr : av_buffer_pool_get(pool_);
}

}  // namespace fluxel::video
