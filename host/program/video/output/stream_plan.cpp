// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/output/stream_plan.hpp"

#include <new>

#include "host/program/video/containers.hpp"
#include "host/program/video/failure.hpp"
#include "host/program/video/streams.hpp"

namespace fluxel::video {

stream_plan::stream_plan(const output_options& options, const reader& input, const AVOutputFormat& container,
                         monitor& monitor, muxer_trial::adder pictures)
    : options_(options), input_(input), container_(container), monitor_(monitor), trial_(container) {
  entries_.resize(input.streams().size());
  // The pictures are tried first: what fails beside them is another stream.
  if (!writes_pictures(container)) trial_.takes(pictures);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const AVStream& stream = *input.streams()[i];
    if (&stream == &input.video())
      entries_[i].add = pictures;
    else if (options.kind != output_kind::nothing && input.chosen(stream))
      decide(stream, entries_[i]);
  }
}

void stream_plan::build(AVFormatContext& output) {
  for (entry& e : entries_)
    if (e.add) e.stream = e.add(output);
}

void stream_plan::decide(const AVStream& stream, entry& out) {
  const auto copy = [&stream](AVFormatContext& to) { return &copy_stream(stream, to); };
  const bool sound = stream.codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
  switch (fate_of(stream, input_.container(), container_)) {
    case fate::remade:
      return;
    case fate::attachment:
      out.add = [&stream](AVFormatContext& to) {
        attach(stream, to);
        return static_cast<AVStream*>(nullptr);
      };
      return;
    case fate::copied:
      if (sound && options_.sound == sound_mode::encoded) break;
      if (!trial_.takes(copy)) break;
      out.add = copy;
      if (stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO && !(stream.disposition & AV_DISPOSITION_ATTACHED_PIC))
        monitor_.note(describe_stream(stream) + " is copied as it is: one video stream is resized, " +
                      describe_stream(input_.video()));
      return;
    case fate::refused:
      break;
  }
  if (convert_text(stream, out) || convert_sound(stream, out)) return;
  monitor_.note(describe_stream(stream) + " is left out: " + describe_container(container_) + " cannot hold it");
}

bool stream_plan::convert(const AVStream& stream, entry& out, std::unique_ptr<stream_converter> converter) {
  if (!converter) return false;
  const AVCodecContext* context = &converter->context();
  const auto add = [&stream, context](AVFormatContext& to) { return &converted_stream(stream, *context, to); };
  if (!trial_.takes(add)) return false;
  out.add = add;
  out.converter = std::move(converter);
  return true;
}

bool stream_plan::convert_text(const AVStream& stream, entry& out) {
  if (stream.codecpar->codec_type != AVMEDIA_TYPE_SUBTITLE) return false;
  if (has_name(container_, "hls") || has_name(container_, "dash")) return false;
  for (const AVCodecID id : {AV_CODEC_ID_SUBRIP, AV_CODEC_ID_MOV_TEXT, AV_CODEC_ID_WEBVTT, AV_CODEC_ID_ASS}) {
    if (avformat_query_codec(&container_, id, FF_COMPLIANCE_EXPERIMENTAL) != 1) continue;
    if (!convert(stream, out, make_text_converter(stream, id, container_))) continue;
    monitor_.note(describe_stream(stream) + " is written as " + avcodec_get_name(id) + ", which " +
                  describe_container(container_) + " holds");
    return true;
  }
  return false;
}

bool stream_plan::convert_sound(const AVStream& stream, entry& out) {
  if (stream.codecpar->codec_type != AVMEDIA_TYPE_AUDIO || options_.sound == sound_mode::copied) return false;
  if (!convert(stream, out, make_sound_converter(stream, container_))) return false;
  monitor_.note(describe_stream(stream) + " is encoded again " + out.converter->description() +
                (options_.sound == sound_mode::encoded
                     ? std::string()
                     : ": " + describe_container(container_) + " cannot hold it as it is"));
  return true;
}

}  // namespace fluxel::video
