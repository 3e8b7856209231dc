// SPDX-License-Identifier: Apache-2.0
#include "tests/host/program/video/stand_in_decoder.hpp"

#include <algorithm>
#include <new>

#include "fluxel/device_frame.hpp"
#include "host/program/video/frames/frames.hpp"
#include "host/program/video/frames/pixel_format.hpp"

namespace fluxel::video {

namespace {

frame_ptr like(const AVFrame& picture, AVPixelFormat format) {
  frame_ptr f(av_frame_alloc());
  f->format = format, f->width = picture.width, f->height = picture.height;
  if (av_frame_copy_props(f.get(), &picture) < 0) throw std::bad_alloc();
  return f;
}

}  // namespace

/// Only moves samples: luma stays bit for bit.
frame_ptr surface_samples(const AVFrame& picture) {
  const AVPixFmtDescriptor* d = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(picture.format));
  const bool full = picture.color_range == AVCOL_RANGE_JPEG || picture.format == AV_PIX_FMT_YUVJ420P;
  const frame_ptr same(av_frame_clone(&picture));
  if (!same) throw std::bad_alloc();
  normalise_range(*same);
  frame_ptr out =
      converter(AVCOL_SPC_BT709)(*same, {.format = d->comp[0].depth > 8 ? AV_PIX_FMT_P010LE : AV_PIX_FMT_NV12,
                                         .range = full ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG});
  out->color_range = same->color_range;
  return out;
}

void stand_in_decoder::describe_surfaces(const AVFrame& like) {
  AVBufferRef* device = av_hwdevice_ctx_alloc(AV_HWDEVICE_TYPE_CUDA);
  surfaces_ = av_hwframe_ctx_alloc(device);
  auto& c = *reinterpret_cast<AVHWFramesContext*>(surfaces_->data);
  c.format = AV_PIX_FMT_CUDA, c.sw_format = static_cast<AVPixelFormat>(like.format);
  c.width = like.width, c.height = like.height;
  av_buffer_unref(&device);
}

frame_ptr stand_in_decoder::accept(frame_ptr decoded) {
  const frame_ptr host = surface_samples(*decoded);
  if (surfaces_ == nullptr) describe_surfaces(*host);
  auto* surface = new device_frame(describe(*host, field_order::progressive));
  surface->upload(view_of(*host, surface->format()));
  frame_ptr f = like(*host, AV_PIX_FMT_CUDA);
  for (int p = 0; p < 2; ++p) {
    f->data[p] = static_cast<std::uint8_t*>(surface->view().data[p]);
    f->linesize[p] = int(surface->view().pitch[p]);
  }
  ++held;
  const auto release = [](void* kept, std::uint8_t*) {
    --held;
    delete static_cast<device_frame*>(kept);
  };
  f->buf[0] = av_buffer_create(f->data[0], 1, release, surface, 0);
  f->hw_frames_ctx = av_buffer_ref(surfaces_);
  most = std::max(most, int(held));
  return f;
}

frame_ptr stand_in_decoder::on_host(const AVFrame& picture) {
  ++brought_back;
  frame_ptr f = like(picture, samples_of(picture));
  if (av_frame_get_buffer(f.get(), 0) < 0) throw std::bad_alloc();
  const auto* surface = static_cast<const device_frame*>(av_buffer_get_opaque(picture.buf[0]));
  surface->download(writable_view_of(*f, describe(*f, field_order::progressive)));
  return f;
}

}  // namespace fluxel::video
