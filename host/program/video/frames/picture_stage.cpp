// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/frames/picture_stage.hpp"

#include <climits>
#include <cmath>

#include "host/program/video/containers.hpp"
#include "host/program/video/device/hardware_decoder.hpp"
#include "host/program/video/frames/luma_range.hpp"
#include "host/program/video/frames/pixel_format.hpp"
#include "host/program/video/frames/retimer.hpp"
#include "host/program/video/output/pacing.hpp"

namespace fluxel::video {

namespace {

bool is_jpeg(const AVStream& stream) {
  const AVCodecID id = stream.codecpar->codec_id;
  return id == AV_CODEC_ID_MJPEG || id == AV_CODEC_ID_MJPEGB || id == AV_CODEC_ID_LJPEG || id == AV_CODEC_ID_JPEGLS;
}

/// Standard definition is BT.601, larger pictures BT.709, where the file does not say; JPEG is always BT.601.
AVColorSpace assumed_matrix(const AVStream& stream, const AVFrame& frame) {
  if (frame.colorspace != AVCOL_SPC_UNSPECIFIED && frame.colorspace != AVCOL_SPC_RGB) return frame.colorspace;
  return !is_jpeg(stream) && (frame.height >= 720 || frame.width >= 1280) ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
}

bool palette_is_opaque(const AVFrame& frame) {
  const auto* entries = reinterpret_cast<const std::uint32_t*>(frame.data[1]);
  for (int i = 0; i < 256; ++i)
    if (entries[i] >> 24 != 0xff && (entries[i] & 0xffffff) != 0) return false;
  for (int y = 0; y < frame.height; ++y)
    for (int x = 0; x < frame.width; ++x)
      if (entries[frame.data[0][std::ptrdiff_t{y} * frame.linesize[0] + x]] >> 24 != 0xff) return false;
  return true;
}

AVPixelFormat working_format(const AVFrame& frame, picture_use use) {
  const AVPixelFormat format = samples_of(frame);
  if (use == picture_use::motion) return nearest_for_motion(format);
  if (structure_of(format)) return format;
  if (format == AV_PIX_FMT_PAL8) return palette_is_opaque(frame) ? AV_PIX_FMT_RGB24 : AV_PIX_FMT_RGBA;
  return nearest_interpolatable(format);
}

size shown_size(const picture_info& p, int quarter_turns) {
  size s{p.format.width, p.format.height};
  if (p.sample_aspect.num > 0)
    s.width = int(std::lround(double(s.width) * p.sample_aspect.num / p.sample_aspect.den));
  if (quarter_turns % 2) std::swap(s.width, s.height);
  return s;
}

/// Where the chroma sample of a 2x2 block lies after a turn; what no name covers becomes the centre.
AVChromaLocation turned_chroma(AVChromaLocation location, const orientation& o) {
  struct place {
    int x, y;  // in halves of a luma pixel from the block's first
  };
  constexpr place places[] = {{0, 1}, {0, 1}, {1, 1}, {0, 0}, {1, 0}, {0, 2}, {1, 2}};
  if (location < 0 || location > AVCHROMA_LOC_BOTTOM) return location;
  place p = places[location];
  if (o.mirrored) p.x = 2 - p.x;
  for (int t = 0; t < o.quarter_turns; ++t) p = {2 - p.y, p.x};
  if (p.x == 2) p.x = 1;
  for (int i = AVCHROMA_LOC_LEFT; i <= AVCHROMA_LOC_BOTTOM; ++i)
    if (places[i].x == p.x && places[i].y == p.y) return static_cast<AVChromaLocation>(i);
  return AVCHROMA_LOC_CENTER;
}

}  // namespace

picture_stage::picture_stage(const reader& input, const AVOutputFormat& container, frame_transform& transform,
                             monitor& monitor)
    : input_(input), container_(container), transform_(transform), monitor_(monitor) {}

picture_stage::~picture_stage() {
  if (ring_ != nullptr) ring_->abandon();
}

void picture_stage::set_default_chroma(AVFrame& frame) const {
  if (input_.options().chroma != chroma_location::unspecified)
    frame.chroma_location = to_av(input_.options().chroma);
  else if (frame.chroma_location == AVCHROMA_LOC_UNSPECIFIED && is_jpeg(input_.video()))
    frame.chroma_location = AVCHROMA_LOC_CENTER;
}

void picture_stage::find_orientation(const AVFrame& first) {
  orientation_ = orientation_of(input_.video(), first);
  const bool motion = transform_.use() == picture_use::motion;
  turned_ = !orientation_.upright() && (motion || !is_mov_family(container_));
  if (turned_ && !motion)
    monitor_.note("the pictures are turned upright, because " + describe_container(container_) +
                  " cannot say how to show them");
  if (!turned_ || orientation_.quarter_turns % 2 == 0) return;
  // A quarter turn swaps the directions of the chroma subsampling: 4:2:2 has no turned counterpart in use.
  const auto* d = av_pix_fmt_desc_get(working_);
  if (d->log2_chroma_w != d->log2_chroma_h && d->nb_components > 2)
    working_ = d->comp[0].depth > 8 ? AV_PIX_FMT_YUV444P16 : AV_PIX_FMT_YUV444P;
}

/// Motion is measured between pictures of one range. @param frame  of the working format
bool picture_stage::has_working_range(const AVFrame& frame) {
  if (transform_.use() != picture_use::motion) return true;
  const bool limited = is_limited(describe(frame, field_order::progressive));
  if (!limited_) limited_ = limited;
  return limited == *limited_;
}

frame_ptr picture_stage::normalise(frame_ptr frame) {
  normalise_range(*frame);
  set_default_chroma(*frame);
  if (working_ == AV_PIX_FMT_NONE) {
    convert_.emplace(assumed_matrix(input_.video(), *frame));
    working_ = working_format(*frame, transform_.use());
    const AVPixelFormat from = samples_of(*frame);
    if (working_ != from && working_ != av_pix_fmt_swap_endianness(from) && transform_.use() != picture_use::motion)
      monitor_.note(std::string("pixels are converted from ") + av_get_pix_fmt_name(from) + " to " +
                    av_get_pix_fmt_name(working_) + ": the former cannot be interpolated");
    find_orientation(*frame);
  }
  if (on_device(*frame)) {
    hardware_decoder& decoder = *input_.options().hardware;
    const bool readable = transform_.reads_device() == decoder.device();
    if (readable && !turned_ && samples_of(*frame) == working_ && has_working_range(*frame)) return frame;
    frame = decoder.on_host(*frame);
  }
  if (frame->format != working_) frame = (*convert_)(*frame, {.format = working_});
  if (!has_working_range(*frame)) {
    frame->color_range = *limited_ ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;  // that says it where the file does not
    frame = (*convert_)(*frame, {working_, *limited_ ? AVCOL_RANGE_MPEG : AVCOL_RANGE_JPEG});
  }
  if (turned_) {
    const AVChromaLocation chroma = turned_chroma(frame->chroma_location, orientation_);
    frame =
        turn(*frame, orientation_.quarter_turns, orientation_.mirrored ? mirrored::yes : mirrored::no, turned_pool_);
    frame->chroma_location = chroma;
    av_frame_remove_side_data(frame.get(), AV_FRAME_DATA_DISPLAYMATRIX);
  }
  return frame;
}

ratio picture_stage::sample_aspect(const AVFrame& frame) const {
  const AVRational r =
      av_guess_sample_aspect_ratio(const_cast<AVFormatContext*>(&input_.container()),
                                   const_cast<AVStream*>(&input_.video()), const_cast<AVFrame*>(&frame));
  if (r.num <= 0 || r.den <= 0) return {};
  const bool swapped = turned_ && orientation_.quarter_turns % 2;
  return swapped ? ratio{r.den, r.num} : ratio{r.num, r.den};
}

void picture_stage::plan(const AVFrame& first) {
  picture_info info{describe(first, field_order_of(first)), sample_aspect(first)};
  if (!turned_) {
    info.quarter_turns = orientation_.quarter_turns;
    info.mirrored = orientation_.mirrored;
  }
  info.shown_square = shows_square_pixels(container_);
  info.transfer = transfer_of(first);
  const int least = input_.still() ? 1 : 2;  // encoders of moving pictures want even sizes
  info.step.width = std::max(least, 1 << info.format.chroma_shift_x);
  info.step.height = std::max(least, 1 << info.format.chroma_shift_y);
  if (info.format.fields != field_order::progressive) info.step.height *= 2;
  planned_ = transform_.plan(info);
  out_format_ = pixel_format_for(planned_->format, samples_of(first));
  stored_input_ = {info.format.width, info.format.height};
  shown_input_ = shown_size(info, info.quarter_turns);
  shown_output_ = shown_size(*planned_, info.quarter_turns);
  source_.time_base = input_.video().time_base;
  source_.frame_rate = av_guess_frame_rate(const_cast<AVFormatContext*>(&input_.container()),
                                           const_cast<AVStream*>(&input_.video()), nullptr);
  constexpr int fastest_rate = 240;  // faster ones are the clock of a file with uneven times
  if (av_q2d(source_.frame_rate) > fastest_rate || source_.frame_rate.num <= 0)
    source_.frame_rate = input_.video().avg_frame_rate;
  if (source_.frame_rate.num <= 0 || source_.frame_rate.den <= 0) source_.frame_rate = {25, 1};
  if (input_.options().deinterlace == deinterlacing::fields) {
    source_.time_base.den *= 2;  // as bwdif counts
    source_.frame_rate.num *= 2;
  }
  av_reduce(&source_.frame_rate.num, &source_.frame_rate.den, source_.frame_rate.num,
            std::int64_t{source_.frame_rate.den} * input_.options().every, INT_MAX);
  if (transform_.use() == picture_use::motion && info.format.fields != field_order::progressive)
    monitor_.note(
        "the pictures are interlaced, and the lines of two moments are measured as one: --deinterlace makes "
        "whole pictures of them");
  source_.even = input_.even();
  if (transform_.use() == picture_use::pixels) source_.described_by = &input_.video();
  source_.assumed_matrix = assumed_matrix(input_.video(), first);
  if (const std::string color = transform_.background(); !color.empty())
    background_.emplace(color, source_.assumed_matrix);
  source_.fields = transform_.use() == picture_use::motion ? field_order::progressive : info.format.fields;
  source_.sample_aspect = planned_->sample_aspect;
  if (frame_retimer* retimer = transform_.retimer()) retime(*retimer);
  if (frame_ring* ring = transform_.ring()) use_ring(*ring);
}

void picture_stage::use_ring(frame_ring& ring) {
  ring_ = &ring;
  input_.pin(ring.device());
  for (frame_pool* pool : {&pool_, &turned_pool_}) pool->pin(ring.device());
  convert_->pin(ring.device());
}

void picture_stage::retime(frame_retimer& retimer) {
  const AVRational tick = source_.time_base, rate = source_.frame_rate;
  const stream_clock clock = retimer.plan_clock({{tick.num, tick.den}, {rate.num, rate.den}});
  source_.time_base = {clock.tick.num, clock.tick.den};
  source_.frame_rate = {clock.rate.num, clock.rate.den};
}

void picture_stage::keep_properties(const AVFrame& in) {
  frame_ptr kept(av_frame_alloc());
  if (!kept || av_frame_copy_props(kept.get(), &in) < 0) throw std::bad_alloc();
  previous_ = std::move(kept);
}

/// Memory for a result, with the properties of its picture that still hold.
frame_ptr picture_stage::blank_result(const AVFrame& in) {
  frame_ptr out = pool_.get(out_format_, planned_->format.width, planned_->format.height);
  const bool late = transform_.time() == result_time::previous;
  av_frame_copy_props(out.get(), late && previous_ ? previous_.get() : &in);
  if (late) keep_properties(in);
  if (transform_.use() == picture_use::motion) {
    // Colors of motion are not the light of the scene.
    set_field_order(*out, field_order::progressive);
    out->colorspace = AVCOL_SPC_RGB;
    out->color_range = AVCOL_RANGE_JPEG;
    out->color_primaries = AVCOL_PRI_UNSPECIFIED;
    out->color_trc = AVCOL_TRC_UNSPECIFIED;
    out->chroma_location = AVCHROMA_LOC_UNSPECIFIED;
    av_frame_remove_side_data(out.get(), AV_FRAME_DATA_MASTERING_DISPLAY_METADATA);
    av_frame_remove_side_data(out.get(), AV_FRAME_DATA_CONTENT_LIGHT_LEVEL);
    av_frame_remove_side_data(out.get(), AV_FRAME_DATA_ICC_PROFILE);
  }
  out->sample_aspect_ratio = {planned_->sample_aspect.num, planned_->sample_aspect.den};
  av_frame_remove_side_data(out.get(), AV_FRAME_DATA_REGIONS_OF_INTEREST);
  av_frame_remove_side_data(out.get(), AV_FRAME_DATA_MOTION_VECTORS);
  av_frame_remove_side_data(out.get(), AV_FRAME_DATA_PANSCAN);
  return out;
}

/// From the beginning of the input: times of frames count from the part that is read.
double picture_stage::seconds(const AVFrame& frame) const {
  const AVRational base = source_.time_base;
  const std::int64_t start = av_rescale_q(input_.options().start.value_or(0), AV_TIME_BASE_Q, base);
  return double(frame.pts + start) * base.num / base.den;
}

frame_ptr picture_stage::finish_oldest() {
  ring_->finish();
  frame_ptr out = std::move(begun_.front().out);
  begun_.pop_front();
  return out;
}

frame_ptr picture_stage::flush() {
  if (!begun_.empty()) return finish_oldest();
  if (due_.empty()) return nullptr;
  frame_ptr out = blank_result(*due_.front());
  if (background_) background_->paint(*out);
  if (!transform_.flush(writable_view_of(*out, describe(*out, field_order_of(*out))))) return nullptr;
  due_.pop_front();
  return out;
}

frame_ptr picture_stage::operator()(frame_ptr in) {
  in = normalise(std::move(in));
  if (!planned_) plan(*in);
  const bool queued = transform_.time() == result_time::queued;
  if (queued) {
    due_.emplace_back(av_frame_alloc());
    if (!due_.back() || av_frame_copy_props(due_.back().get(), in.get()) < 0) throw std::bad_alloc();
  }
  frame_ptr out = blank_result(queued ? *due_.front() : *in);
  const frame_view<const void> src = view_of(*in, describe(*in, field_order_of(*in)));
  if (background_) background_->paint(*out);
  const frame_view<void> dst = writable_view_of(*out, describe(*out, field_order_of(*out)));
  transform_.set_time(seconds(*in));
  if (ring_ != nullptr) {
    ring_->begin(src, dst);
    begun_.push_back({std::move(in), std::move(out)});
    return int(begun_.size()) < ring_->depth() ? nullptr : finish_oldest();
  }
  if (!transform_.process(src, dst)) return nullptr;
  if (queued) due_.pop_front();
  return out;
}

void picture_stage::put(frame_ptr in) {
  if (!in) {
    if (planned_) transform_.retimer()->end();
    return;
  }
  in = normalise(std::move(in));
  if (!planned_) plan(*in);
  keep_properties(*in);
  transform_.retimer()->put(view_of(*in, describe(*in, field_order_of(*in))), {in->pts, duration_of(*in)});
}

frame_ptr picture_stage::take() {
  if (!planned_) return nullptr;
  const std::optional<shown_time> when = transform_.retimer()->next();
  if (!when) return nullptr;
  frame_ptr out = blank_result(*previous_);
  set_field_order(*out, field_order::progressive);
  transform_.retimer()->make(writable_view_of(*out, describe(*out, field_order::progressive)));
  out->pts = when->start;
  duration_of(*out) = when->length;
  return out;
}

}  // namespace fluxel::video
