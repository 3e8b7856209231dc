// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/output/encoder.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "host/program/video/containers.hpp"
#include "host/program/video/failure.hpp"
#include "host/program/video/frames/pfm.hpp"
#include "host/program/video/frames/pixel_format.hpp"
#include "host/program/video/frames/side_data.hpp"
#include "host/program/video/output/codec_choice.hpp"
#include "host/program/video/output/drawing.hpp"
#include "host/program/video/output/palette.hpp"

namespace fluxel::video {

namespace {

/// Encoders that look poor at their default of 200 kbit/s: constant quality instead.
int default_quantiser(AVCodecID id) {
  switch (id) {
    case AV_CODEC_ID_MJPEG:
      return 2;
    case AV_CODEC_ID_MPEG4:
    case AV_CODEC_ID_MSMPEG4V2:
    case AV_CODEC_ID_MSMPEG4V3:
    case AV_CODEC_ID_MPEG1VIDEO:
    case AV_CODEC_ID_MPEG2VIDEO:
    case AV_CODEC_ID_H263P:
    case AV_CODEC_ID_WMV1:
    case AV_CODEC_ID_WMV2:
    case AV_CODEC_ID_FLV1:
      return 3;
    default:
      return 0;
  }
}

/// The options of x264 and x265 have no upper end; what they cannot do they clip.
void check_crf(const AVCodecContext& context, const AVCodec& codec, double crf) {
  const AVOption* option =
      context.priv_data && codec.priv_class ? av_opt_find(context.priv_data, "crf", nullptr, 0, 0) : nullptr;
  if (option == nullptr)
    throw failure(fault::usage, std::string("--crf: ") + codec.name +
                                    " has no such setting; try --codec-opt q=3 or --codec-opt b=4M");
  constexpr double most_of_x264 = 51;
  const double least = std::max(0.0, option->min);
  const double most = std::string(codec.name).rfind("libx26", 0) == 0 ? most_of_x264 : option->max;
  char text[96];
  std::snprintf(text, sizeof text, "--crf %g: %s takes %g to %g", crf, codec.name, least, most);
  if (!(crf >= least && crf <= most)) throw failure(fault::usage, text);
}

/// SVT-AV1 writes to standard error by itself, unless the user wants it otherwise: errors alone.
void keep_svt_quiet() {
  static const int once = setenv("SVT_LOG", "1", 0);
  static_cast<void>(once);
}

bool marks_fields(AVCodecID id) {
  return id == AV_CODEC_ID_H264 || id == AV_CODEC_ID_MPEG2VIDEO || id == AV_CODEC_ID_MPEG4 ||
         id == AV_CODEC_ID_PRORES || id == AV_CODEC_ID_DNXHD;
}

bool same_matrix(AVColorSpace a, AVColorSpace b) {
  const auto is_601 = [](AVColorSpace m) { return m == AVCOL_SPC_BT470BG || m == AVCOL_SPC_SMPTE170M; };
  return a == b || (is_601(a) && is_601(b));
}

/// The same samples in another order, of channels or bytes.
bool only_rearranged(AVPixelFormat from, AVPixelFormat to) {
  const auto* a = av_pix_fmt_desc_get(from);
  const auto* b = av_pix_fmt_desc_get(to);
  return to == av_pix_fmt_swap_endianness(from) ||
         (is_rgb(from) && is_rgb(to) && a->nb_components == b->nb_components &&
          a->comp[0].depth == b->comp[0].depth &&
          !((a->flags ^ b->flags) & (AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_FLOAT)));
}

/// One line why the encoder refused (which resets its context's codec), and what to do about sizes.
std::string refusal(const AVCodecContext& c, const char* name, int status) {
  const AVPixFmtDescriptor* d = av_pix_fmt_desc_get(c.pix_fmt);
  const int step_x = 1 << d->log2_chroma_w;
  const int step_y = (1 << d->log2_chroma_h) * (c.flags & AV_CODEC_FLAG_INTERLACED_DCT ? 2 : 1);
  const std::string size = std::to_string(c.width) + 'x' + std::to_string(c.height);
  if (c.width % step_x != 0 || c.height % step_y != 0)
    return std::string(name) + " cannot encode " + size + " as " + d->name + ": width has to be a multiple of " +
           std::to_string(step_x) + " and height of " + std::to_string(step_y) + "; try --size " +
           std::to_string(std::max(step_x, c.width / step_x * step_x)) + 'x' +
           std::to_string(std::max(step_y, c.height / step_y * step_y)) + ", or 1280x-" + std::to_string(step_y);
  const std::string reason = last_message(name);
  return std::string("the encoder ") + name + " refuses " + size + ' ' + d->name + ": " +
         (reason.empty() ? status_text(status) : reason);
}

}  // namespace

encoder::encoder(const output_options& options, const AVOutputFormat& container, const AVFrame& first,
                 const picture_source& source, monitor& monitor)
    : source_(source),
      monitor_(monitor),
      codec_(&choose_encoder(options, container, first, source)),
      context_(avcodec_alloc_context3(codec_)),
      convert_(source.assumed_matrix) {
  if (!context_) throw std::bad_alloc();
  context_->width = first.width;
  context_->height = first.height;
  context_->sample_aspect_ratio = {source.sample_aspect.num, source.sample_aspect.den};
  context_->thread_count = options.codec_threads;
  // Containers and encoders call correct but rare things experimental.
  context_->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;
  if (container.flags & AVFMT_GLOBALHEADER) context_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  choose_pixel_format(options, container, first);
  set_color(first);
  // YUV4MPEG2 takes silence for the centre.
  if (context_->chroma_sample_location == AVCHROMA_LOC_UNSPECIFIED && has_name(container, "yuv4mpegpipe"))
    context_->chroma_sample_location = AVCHROMA_LOC_LEFT;
  choose_time_base(options, container);
  set_fields(first);
  open(options, container, first);
  pacer_.emplace(timing_.pace, source_.time_base, [this](frame_ptr frame) { send(std::move(frame)); });
}

void encoder::choose_pixel_format(const output_options& options, const AVOutputFormat& container,
                                  const AVFrame& first) {
  target_ = choose_pixels(options, *codec_, container, first);
  context_->pix_fmt = target_.format;
  palette_needed_ = target_.format == AV_PIX_FMT_PAL8;
  if (palette_needed_) target_ = {.format = AV_PIX_FMT_BGRA};
  const auto from = static_cast<AVPixelFormat>(first.format);
  AVFrame plain{};
  plain.format = target_.format;
  normalise_range(plain);
  const AVColorSpace matrix = first.colorspace == AVCOL_SPC_UNSPECIFIED ? source_.assumed_matrix : first.colorspace;
  const bool new_range = target_.range != AVCOL_RANGE_UNSPECIFIED && target_.range != first.color_range;
  const bool new_matrix = target_.matrix != AVCOL_SPC_UNSPECIFIED && !same_matrix(target_.matrix, matrix);
  convert_needed_ = plain.format != from || new_range || new_matrix;
  const bool lossless = only_rearranged(from, static_cast<AVPixelFormat>(plain.format));
  if (palette_needed_)
    return monitor_.note(std::string("every picture gets a palette of 256 colors, which is what ") + codec_->name +
                         " holds");
  if (!convert_needed_ || lossless) return;
  const bool loses_alpha = (av_pix_fmt_desc_get(from)->flags & AV_PIX_FMT_FLAG_ALPHA) && !keeps_alpha();
  monitor_.note(std::string("pixels are converted from ") + av_get_pix_fmt_name(from) + " to " +
                av_get_pix_fmt_name(static_cast<AVPixelFormat>(plain.format)) +
                (plain.format == from ? " of full range, as " : ", which ") + codec_->name +
                (plain.format == from ? " needs it" : " takes") + (loses_alpha ? ": transparency is lost" : ""));
}

void encoder::set_color(const AVFrame& first) {
  AVCodecContext& c = *context_;
  const bool rgb_in = is_rgb(static_cast<AVPixelFormat>(first.format));
  const bool rgb_out = is_rgb(target_.format);
  c.color_primaries = first.color_primaries;
  c.color_trc = first.color_trc;
  c.colorspace = target_.matrix != AVCOL_SPC_UNSPECIFIED ? target_.matrix
                 : rgb_out                               ? AVCOL_SPC_RGB
                 : rgb_in                                ? AVCOL_SPC_UNSPECIFIED
                                                         : first.colorspace;
  c.color_range = target_.range != AVCOL_RANGE_UNSPECIFIED ? target_.range
                  : rgb_out && !rgb_in                     ? AVCOL_RANGE_JPEG
                                                           : first.color_range;
  c.chroma_sample_location = rgb_out ? AVCHROMA_LOC_UNSPECIFIED : first.chroma_location;
}

void encoder::choose_time_base(const output_options& options, const AVOutputFormat& container) {
  timing_ = choose_timing(options, container, *codec_, source_);
  context_->framerate = timing_.rate;
  context_->time_base = timing_.pace.tick;
}

void encoder::set_fields(const AVFrame&) {
  if (source_.fields == field_order::progressive) return;
  context_->field_order = source_.fields == field_order::top_first ? AV_FIELD_TT : AV_FIELD_BB;
  if (marks_fields(codec_->id))
    context_->flags |= AV_CODEC_FLAG_INTERLACED_DCT | AV_CODEC_FLAG_INTERLACED_ME;
  else
    monitor_.note(std::string("the pictures are interlaced, which ") + codec_->name + " cannot mark in its stream");
}

void encoder::set_quality(const output_options& options, dictionary& values) {
  bool chosen = options.crf.has_value();
  for (const auto& [key, value] : options.codec_options) {
    chosen |= key == "b" || key == "q" || key == "global_quality" || key == "qmin" || key == "flags";
    if (key == "q") {
      context_->flags |= AV_CODEC_FLAG_QSCALE;
      context_->global_quality = int(std::lround(FF_QP2LAMBDA * std::atof(value.c_str())));
    } else {
      values.set(key.c_str(), value);
    }
  }
  if (options.crf) {
    check_crf(*context_, *codec_, *options.crf);
    char text[32];
    std::snprintf(text, sizeof text, "%g", *options.crf);
    values.set("crf", text);
  }
  if (const int quantiser = default_quantiser(codec_->id); quantiser > 0 && !chosen) {
    context_->flags |= AV_CODEC_FLAG_QSCALE;
    context_->global_quality = FF_QP2LAMBDA * quantiser;
  }
}

/// Options of x264 and x265 in their own notation, before those of the user: what the bit stream says of the light
/// (some containers cannot), and that x265 does not print.
void encoder::set_own_options(const output_options& options, const AVOutputFormat& container, const AVFrame& first,
                              dictionary& values) {
  const std::string name = codec_->name;
  const std::string key = name == "libx264" ? "x264-params" : name == "libx265" ? "x265-params" : "";
  const bool light = source_.described_by != nullptr && has_light_data(*source_.described_by, first);
  if (key.empty()) {
    if (light && !is_mov_family(container) && !is_matroska(container) && !has_name(container, "webm"))
      monitor_.note("what the file says of the display that the pictures were mastered on is lost: neither " +
                    describe_container(container) + " nor " + name + " holds it");
    if (keeps_alpha() && name == "libvpx") values.set("auto-alt-ref", "0");  // VP8 cannot do both
  } else {
    std::string own = name == "libx265" ? "log-level=error" : "";
    const std::string lights = light ? light_options(*source_.described_by, first, name) : "";
    if (!lights.empty()) own += (own.empty() ? "" : ":") + lights;
    for (const auto& [k, value] : options.codec_options)
      if (k == key) own += (own.empty() ? "" : ":") + value;
    if (!own.empty()) values.set(key.c_str(), own);
  }
  encode_drawing_fast(options, name, values);
}

bool encoder::keeps_alpha() const { return av_pix_fmt_desc_get(context_->pix_fmt)->flags & AV_PIX_FMT_FLAG_ALPHA; }

void encoder::open(const output_options& options, const AVOutputFormat& container, const AVFrame& first) {
  dictionary values;
  set_quality(options, values);
  set_own_options(options, container, first, values);
  keep_svt_quiet();
  const int status = avcodec_open2(context_.get(), codec_, values.address());
  if (status == AVERROR_OPTION_NOT_FOUND || (status >= 0 && values.leftover()))
    throw failure(fault::usage, std::string("--codec-opt ") + (values.leftover() ? values.leftover() : "") + ": " +
                                    codec_->name + " has no such option; see ffmpeg -h encoder=" + codec_->name);
  if (status < 0) throw failure(fault::output, refusal(*context_, codec_->name, status));
}

void encoder::encode(frame_ptr frame, const sink& out) {
  if (convert_needed_) frame = convert_(*frame, target_);
  if (palette_needed_)
    frame = with_palette(*frame);
  else
    frame->format = target_.format;  // YUVJ is a name for the same bytes
  out_ = &out;
  stand_pfm_for_encoder(*frame, codec_->id);
  pacer_->put(std::move(frame));
}

void encoder::finish(const sink& out) {
  out_ = &out;
  pacer_->finish();
  send(nullptr);
  report_pace();
}

/// One frame with its final time, or the end of the stream; hands on every packet that is finished then.
void encoder::send(frame_ptr frame) {
  if (frame) {
    durations_[frame->pts] = last_duration_ = duration_of(*frame);
    if (frame->opaque_ref) references_[frame->pts].reset(std::exchange(frame->opaque_ref, nullptr));
    frame->pict_type = AV_PICTURE_TYPE_NONE;
    frame->quality = context_->global_quality;
  }
  const int status = avcodec_send_frame(context_.get(), frame.get());
  if (status < 0 && status != AVERROR_EOF) {
    const std::string reason = last_message(codec_->name);
    throw failure(fault::output, std::string("the encoder ") + codec_->name +
                                     " failed: " + (reason.empty() ? status_text(status) : reason));
  }
  while (packet_ptr packet = receive()) (*out_)(std::move(packet));
}

void encoder::report_pace() const {
  const auto left_out = pacer_->left_out(), repeated = pacer_->repeated();
  if (left_out == 0 && repeated == 0) return;
  monitor_.note(timing_.why + ": at " + rate_text(timing_.rate) + " frames per second, " +
                (left_out > 0 ? std::to_string(left_out) + " left out" : "") +
                (left_out > 0 && repeated > 0 ? " and " : "") +
                (repeated > 0 ? std::to_string(repeated) + " repeated" : "") + timing_.hint);
}

packet_ptr encoder::receive() {
  packet_ptr packet(av_packet_alloc());
  if (!packet) throw std::bad_alloc();
  const int status = avcodec_receive_packet(context_.get(), packet.get());
  if (status == AVERROR(EAGAIN) || status == AVERROR_EOF) return nullptr;
  if (status < 0)
    throw failure(fault::output, std::string("the encoder ") + codec_->name + " failed: " + status_text(status));
  if (const auto found = durations_.find(packet->pts); found != durations_.end()) {
    packet->duration = found->second;
    durations_.erase(found);
  }
  if (const auto found = references_.find(packet->pts); found != references_.end()) {
    packet->opaque_ref = found->second.release();
    references_.erase(found);
  }
  return packet;
}

}  // namespace fluxel::video
