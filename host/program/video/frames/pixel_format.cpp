// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/frames/pixel_format.hpp"

#include <vector>

#include "host/program/video/device/hardware_decoder.hpp"
#include "host/program/video/device/pinned_buffer.hpp"
#include "host/program/video/failure.hpp"

namespace fluxel::video {

namespace {

bool is_float(const AVPixFmtDescriptor& d) { return d.flags & AV_PIX_FMT_FLAG_FLOAT; }

/// Fills depth and alignment; false when the components disagree or do not lie in whole elements.
bool read_depth(const AVPixFmtDescriptor& d, frame_format& out) {
  const auto& first = d.comp[0];
  for (int c = 1; c < d.nb_components; ++c)
    if (d.comp[c].depth != first.depth || d.comp[c].shift != first.shift) return false;
  out.floating = is_float(d);
  if (out.floating) return first.depth == 32 && first.shift == 0;
  out.bit_depth = first.depth;
  if (first.depth == 8) return first.shift == 0;
  if (first.depth < 9 || first.depth > 16) return false;
  out.high_bits = first.shift > 0;
  return first.shift == 0 || first.shift == 16 - first.depth;
}

/// Planes from the steps of the components: interleaved components share a plane.
bool read_planes(const AVPixFmtDescriptor& d, int bytes, frame_format& out) {
  for (int c = 0; c < d.nb_components; ++c) {
    const auto& comp = d.comp[c];
    if (comp.step % bytes != 0 || comp.offset % bytes != 0 || comp.offset >= comp.step) return false;
    auto& plane = out.planes[comp.plane];
    plane.channels = comp.step / bytes;
    plane.subsampled = (c == 1 || c == 2) && !(d.flags & AV_PIX_FMT_FLAG_RGB);
    out.plane_count = std::max(out.plane_count, comp.plane + 1);
  }
  const bool packed_chroma = d.nb_components > 2 && d.comp[1].plane == d.comp[0].plane;
  return !(packed_chroma && (d.log2_chroma_w > 0 || d.log2_chroma_h > 0));
}

/// The library weights by the last channel or plane; formats with alpha elsewhere are left to the converter.
bool read_alpha(const AVPixFmtDescriptor& d, int bytes, frame_format& out) {
  if (!(d.flags & AV_PIX_FMT_FLAG_ALPHA)) return true;
  out.alpha = alpha::straight;
  const auto& comp = d.comp[d.nb_components - 1];
  return comp.plane == out.plane_count - 1 && comp.offset + bytes == comp.step;
}

bool same_structure(const frame_format& a, const frame_format& b) {
  if (a.plane_count != b.plane_count || a.bit_depth != b.bit_depth || a.high_bits != b.high_bits ||
      a.floating != b.floating || a.alpha != b.alpha || a.chroma_shift_x != b.chroma_shift_x ||
      a.chroma_shift_y != b.chroma_shift_y || (a.matrix == color_matrix::rgb) != (b.matrix == color_matrix::rgb))
    return false;
  for (int p = 0; p < a.plane_count; ++p)
    if (a.planes[p].channels != b.planes[p].channels || a.planes[p].subsampled != b.planes[p].subsampled)
      return false;
  return true;
}

/// Every interpolatable format that swscale can write.
const std::vector<AVPixelFormat>& interpolatable_formats() {
  static const std::vector<AVPixelFormat> list = [] {
    std::vector<AVPixelFormat> all;
    for (const AVPixFmtDescriptor* d = nullptr; (d = av_pix_fmt_desc_next(d)) != nullptr;) {
      const AVPixelFormat id = av_pix_fmt_desc_get_id(d);
      if (structure_of(id) && sws_isSupportedOutput(id)) all.push_back(id);
    }
    return all;
  }();
  return list;
}

color_matrix matrix_of(const AVFrame& frame) {
  switch (frame.colorspace) {
    case AVCOL_SPC_RGB:
      return color_matrix::rgb;
    case AVCOL_SPC_BT709:
      return color_matrix::bt709;
    case AVCOL_SPC_BT470BG:
    case AVCOL_SPC_SMPTE170M:
      return color_matrix::bt601;
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL:
      return color_matrix::bt2020;
    case AVCOL_SPC_UNSPECIFIED:
      return color_matrix::unspecified;
    default:
      return color_matrix::other;
  }
}

}  // namespace

std::optional<frame_format> structure_of(AVPixelFormat format) {
  const AVPixFmtDescriptor* d = av_pix_fmt_desc_get(format);
  if (d == nullptr || d->nb_components == 0) return std::nullopt;
  constexpr auto impossible =
      AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_BAYER;
  if (d->flags & impossible) return std::nullopt;
  frame_format out;
  if (!read_depth(*d, out)) return std::nullopt;
  const int bytes = element_size(out.type());
  if (bytes > 1 && (d->flags & AV_PIX_FMT_FLAG_BE)) return std::nullopt;
  if (!read_planes(*d, bytes, out) || !read_alpha(*d, bytes, out)) return std::nullopt;
  out.chroma_shift_x = d->nb_components > 2 ? d->log2_chroma_w : 0;
  out.chroma_shift_y = d->nb_components > 2 ? d->log2_chroma_h : 0;
  if (d->flags & AV_PIX_FMT_FLAG_RGB) out.matrix = color_matrix::rgb;
  return out;
}

AVPixelFormat nearest_interpolatable(AVPixelFormat format) {
  const AVPixelFormat swapped = av_pix_fmt_swap_endianness(format);
  if (swapped != AV_PIX_FMT_NONE && structure_of(swapped)) return swapped;
  const AVPixFmtDescriptor* d = av_pix_fmt_desc_get(format);
  const int has_alpha = d != nullptr && (d->flags & AV_PIX_FMT_FLAG_ALPHA) ? 1 : 0;
  AVPixelFormat best = AV_PIX_FMT_NONE;
  for (const AVPixelFormat candidate : interpolatable_formats()) {
    int loss = 0;
    best = best == AV_PIX_FMT_NONE ? candidate : av_find_best_pix_fmt_of_2(best, candidate, format, has_alpha, &loss);
  }
  return best;
}

AVPixelFormat nearest_for_motion(AVPixelFormat format) {
  const AVPixFmtDescriptor* d = av_pix_fmt_desc_get(format);
  const bool deep = d->comp[0].depth > 8;
  if (d->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BAYER))
    return deep ? AV_PIX_FMT_RGB48LE : AV_PIX_FMT_RGB24;
  const AVPixelFormat near = structure_of(format) ? format : nearest_interpolatable(format);
  const bool packed_color = structure_of(near)->planes[0].channels > 2;
  return !packed_color ? near : deep ? AV_PIX_FMT_YUV444P16LE : AV_PIX_FMT_YUV444P;
}

AVPixelFormat pixel_format_for(const frame_format& structure, AVPixelFormat like) {
  const auto matches = [&](AVPixelFormat f) {
    const auto s = structure_of(f);
    return s && same_structure(*s, structure);
  };
  if (matches(like)) return like;
  constexpr AVPixelFormat usual[] = {AV_PIX_FMT_RGB24, AV_PIX_FMT_RGBA, AV_PIX_FMT_RGB48LE, AV_PIX_FMT_RGBA64LE,
                                     AV_PIX_FMT_NV12};
  for (const AVPixelFormat f : usual)
    if (matches(f)) return f;
  for (const AVPixelFormat f : interpolatable_formats())
    if (matches(f)) return f;
  throw failure(fault::internal, "no pixel format has the structure that the command produces");
}

void normalise_range(AVFrame& frame) {
  switch (frame.format) {
    case AV_PIX_FMT_YUVJ411P:
      frame.format = AV_PIX_FMT_YUV411P;
      break;
    case AV_PIX_FMT_YUVJ420P:
      frame.format = AV_PIX_FMT_YUV420P;
      break;
    case AV_PIX_FMT_YUVJ422P:
      frame.format = AV_PIX_FMT_YUV422P;
      break;
    case AV_PIX_FMT_YUVJ440P:
      frame.format = AV_PIX_FMT_YUV440P;
      break;
    case AV_PIX_FMT_YUVJ444P:
      frame.format = AV_PIX_FMT_YUV444P;
      break;
    default:
      return;
  }
  frame.color_range = AVCOL_RANGE_JPEG;
}

field_order field_order_of(const AVFrame& frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 7, 100)
  const bool interlaced = frame.flags & AV_FRAME_FLAG_INTERLACED;
  const bool top = frame.flags & AV_FRAME_FLAG_TOP_FIELD_FIRST;
#else
  const bool interlaced = frame.interlaced_frame;
  const bool top = frame.top_field_first;
#endif
  return !interlaced ? field_order::progressive : top ? field_order::top_first : field_order::bottom_first;
}

void set_field_order(AVFrame& frame, field_order fields) {
  const bool interlaced = fields != field_order::progressive;
  const bool top = fields == field_order::top_first;
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 7, 100)
  frame.flags &= ~(AV_FRAME_FLAG_INTERLACED | AV_FRAME_FLAG_TOP_FIELD_FIRST);
  frame.flags |= (interlaced ? AV_FRAME_FLAG_INTERLACED : 0) | (top ? AV_FRAME_FLAG_TOP_FIELD_FIRST : 0);
#else
  frame.interlaced_frame = interlaced;
  frame.top_field_first = top;
#endif
}

frame_format describe(const AVFrame& frame, field_order fields) {
  frame_format out = structure_of(samples_of(frame)).value();
  out.width = frame.width;
  out.height = frame.height;
  // AVChromaLocation and chroma_location number the same places in the same order.
  out.chroma_location = static_cast<chroma_location>(frame.chroma_location);
  out.range = frame.color_range == AVCOL_RANGE_JPEG   ? color_range::full
              : frame.color_range == AVCOL_RANGE_MPEG ? color_range::limited
                                                      : color_range::unspecified;
  if (out.matrix != color_matrix::rgb) out.matrix = matrix_of(frame);
  if (frame.format == AV_PIX_FMT_NV21 || frame.format == AV_PIX_FMT_NV42)
    out.matrix = color_matrix::other;  // Cr first
  out.fields = fields;
  return out;
}

transfer_function transfer_of(const AVFrame& frame) {
  switch (frame.color_trc) {
    case AVCOL_TRC_LINEAR:
      return transfer_function::none;
    case AVCOL_TRC_IEC61966_2_1:
      return transfer_function::srgb;
    case AVCOL_TRC_GAMMA22:
      return transfer_function::gamma22;
    case AVCOL_TRC_GAMMA28:
      return transfer_function::gamma28;
    case AVCOL_TRC_SMPTE2084:
      return transfer_function::pq;
    case AVCOL_TRC_ARIB_STD_B67:
      return transfer_function::hlg;
    case AVCOL_TRC_UNSPECIFIED: {
      const AVPixFmtDescriptor* d = av_pix_fmt_desc_get(samples_of(frame));
      const bool rgb = (d->flags & AV_PIX_FMT_FLAG_RGB) != 0 || d->nb_components < 3;
      return rgb || frame.color_range == AVCOL_RANGE_JPEG ? transfer_function::srgb : transfer_function::bt1886;
    }
    default:
      return transfer_function::bt1886;
  }
}

AVChromaLocation to_av(chroma_location location) { return static_cast<AVChromaLocation>(location); }

frame_view<void> writable_view_of(AVFrame& frame, const frame_format& format) {
  const memory_kind memory = on_device(frame)           ? memory_kind::device
                             : is_pinned(frame.data[0]) ? memory_kind::pinned
                                                        : memory_kind::host;
  frame_view<void> view{format, {}, {}, memory};
  for (int p = 0; p < format.plane_count; ++p) {
    view.data[p] = frame.data[p];
    view.pitch[p] = frame.linesize[p];
  }
  return view;
}

frame_view<const void> view_of(const AVFrame& frame, const frame_format& format) {
  return writable_view_of(const_cast<AVFrame&>(frame), format);
}

}  // namespace fluxel::video
