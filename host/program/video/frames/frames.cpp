// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/frames/frames.hpp"

#include <climits>
#include <cstring>
#include <new>
#include <string>

#include "host/program/video/device/pinned_buffer.hpp"
#include "host/program/video/failure.hpp"
#include "host/program/video/frames/pixel_format.hpp"

namespace fluxel::video {

namespace {

constexpr int alignment = 64;  // bytes: the widest vector
constexpr int slack = 256;     // bytes that encoders may read past the last row

template <class Pixel>
void turn_plane(const AVFrame& in, AVFrame& out, int plane, size in_size, int turns, bool mirror) {
  const size out_size = turns % 2 ? size{in_size.height, in_size.width} : in_size;
  for (int y = 0; y < out_size.height; ++y) {
    auto* row = reinterpret_cast<Pixel*>(out.data[plane] + std::ptrdiff_t{y} * out.linesize[plane]);
    for (int x = 0; x < out_size.width; ++x) {
      int sx = turns == 0 ? x : turns == 1 ? y : turns == 2 ? in_size.width - 1 - x : in_size.width - 1 - y;
      const int sy = turns == 0 ? y : turns == 1 ? in_size.height - 1 - x : turns == 2 ? in_size.height - 1 - y : x;
      if (mirror) sx = in_size.width - 1 - sx;
      std::memcpy(row + x, in.data[plane] + std::ptrdiff_t{sy} * in.linesize[plane] + sx * sizeof(Pixel),
                  sizeof(Pixel));
    }
  }
}

template <int Bytes>
struct pixel {
  unsigned char bytes[Bytes];
};

void turn_any(int bytes, const AVFrame& in, AVFrame& out, int plane, size in_size, int turns, bool mirror) {
  switch (bytes) {
    case 1:
      return turn_plane<pixel<1>>(in, out, plane, in_size, turns, mirror);
    case 2:
      return turn_plane<pixel<2>>(in, out, plane, in_size, turns, mirror);
    case 3:
      return turn_plane<pixel<3>>(in, out, plane, in_size, turns, mirror);
    case 4:
      return turn_plane<pixel<4>>(in, out, plane, in_size, turns, mirror);
    case 6:
      return turn_plane<pixel<6>>(in, out, plane, in_size, turns, mirror);
    case 8:
      return turn_plane<pixel<8>>(in, out, plane, in_size, turns, mirror);
    case 12:
      return turn_plane<pixel<12>>(in, out, plane, in_size, turns, mirror);
    default:
      return turn_plane<pixel<16>>(in, out, plane, in_size, turns, mirror);
  }
}

}  // namespace

bool is_rgb(AVPixelFormat format) {
  const AVPixFmtDescriptor* d = av_pix_fmt_desc_get(format);
  return d != nullptr && (d->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BAYER));
}

void frame_pool::pin(int device) {
  device_ = device;
  bytes_ = 0;  // another pool
}

frame_ptr frame_pool::get(AVPixelFormat format, int width, int height) {
  const int needed = av_image_get_buffer_size(format, width, height, alignment);
  const std::string text = std::to_string(width) + 'x' + std::to_string(height);
  if (needed < 0 || needed > INT_MAX - slack)
    throw failure(fault::usage, "pictures of " + text + " are larger than FFmpeg can hold");
  const int bytes = needed + slack;
  if (bytes != bytes_) {
    av_buffer_pool_uninit(&pool_);
    pool_ = device_ ? av_buffer_pool_init2(bytes, &*device_, pinned_buffer, nullptr)
                    : av_buffer_pool_init(bytes, nullptr);
    bytes_ = bytes;
  }
  frame_ptr frame(av_frame_alloc());
  if (!frame || !pool_) throw std::bad_alloc();
  if ((frame->buf[0] = av_buffer_pool_get(pool_)) == nullptr)
    throw failure(fault::device,
                  "out of memory: a picture of " + text + " takes " + std::to_string(bytes >> 20) + " MiB");
  frame->format = format;
  frame->width = width;
  frame->height = height;
  av_image_fill_arrays(frame->data, frame->linesize, frame->buf[0]->data, format, width, height, alignment);
  frame->extended_data = frame->data;
  return frame;
}

void converter::rebuild(const key& key) {
  sws_freeContext(context_);
  context_ = sws_alloc_context();
  if (!context_) throw std::bad_alloc();
  const auto set = [&](const char* name, int value) { av_opt_set_int(context_, name, value, 0); };
  set("srcw", key.width), set("srch", key.height), set("src_format", key.from);
  set("dstw", key.width), set("dsth", key.height), set("dst_format", key.to);
  set("sws_flags", SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP | SWS_BITEXACT);
  set("threads", 0);
  if (const int status = sws_init_context(context_, nullptr, nullptr); status < 0)
    throw failure(fault::internal, std::string("swscale cannot convert ") +
                                       av_get_pix_fmt_name(static_cast<AVPixelFormat>(key.from)) + " to " +
                                       av_get_pix_fmt_name(static_cast<AVPixelFormat>(key.to)));
  constexpr int one = 1 << 16;
  sws_setColorspaceDetails(context_, sws_getCoefficients(key.matrix_in), key.range_in,
                           sws_getCoefficients(key.matrix_out), key.range_out, 0, one, one);
  key_ = key;
}

frame_ptr converter::operator()(const AVFrame& in, const pixel_target& to) {
  const auto from = static_cast<AVPixelFormat>(in.format);
  const bool rgb_in = is_rgb(from);
  const bool rgb_out = is_rgb(to.format);
  const auto known = [&](AVColorSpace m) { return m == AVCOL_SPC_UNSPECIFIED || m == AVCOL_SPC_RGB ? assumed_ : m; };
  const AVColorSpace matrix_in = known(in.colorspace);
  const AVColorSpace matrix_out = to.matrix == AVCOL_SPC_UNSPECIFIED ? matrix_in : to.matrix;
  const bool full_in = rgb_in || in.color_range == AVCOL_RANGE_JPEG;
  const bool full_out =
      rgb_out || (to.range == AVCOL_RANGE_UNSPECIFIED ? full_in && !rgb_in : to.range == AVCOL_RANGE_JPEG);
  const key wanted{in.width, in.height, in.format, to.format, full_in, full_out, matrix_in, matrix_out};
  if (!(wanted == key_)) rebuild(wanted);
  frame_ptr out = pool_.get(to.format, in.width, in.height);
  av_frame_copy_props(out.get(), &in);
  if (const int status = sws_scale_frame(context_, out.get(), &in); status < 0)
    throw failure(fault::internal, "swscale: " + status_text(status));
  if (rgb_out != rgb_in) {
    out->color_range = full_out ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
    out->colorspace = rgb_out ? AVCOL_SPC_RGB : matrix_out;
  } else if (!rgb_out) {
    if (to.range != AVCOL_RANGE_UNSPECIFIED) out->color_range = to.range;
    if (to.matrix != AVCOL_SPC_UNSPECIFIED) out->colorspace = to.matrix;
  }
  return out;
}

frame_ptr turn(const AVFrame& in, int quarter_turns, mirrored mirror, frame_pool& pool) {
  const bool swapped = quarter_turns % 2;
  const frame_format format = describe(in, field_order::progressive);
  frame_ptr out =
      pool.get(static_cast<AVPixelFormat>(in.format), swapped ? in.height : in.width, swapped ? in.width : in.height);
  av_frame_copy_props(out.get(), &in);
  for (int p = 0; p < format.plane_count; ++p)
    turn_any(format.planes[p].channels * element_size(format.type()), in, *out, p, format.plane_size(p),
             quarter_turns, mirror == mirrored::yes);
  if (swapped) std::swap(out->sample_aspect_ratio.num, out->sample_aspect_ratio.den);
  return out;
}

}  // namespace fluxel::video
