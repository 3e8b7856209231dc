// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/frames/side_data.hpp"

#include <cmath>
#include <cstring>
#include <new>

extern "C" {
#include <libavutil/mastering_display_metadata.h>
}

namespace fluxel::video {

namespace {

constexpr std::size_t matrix_bytes = 9 * sizeof(std::int32_t);

std::span<const std::uint8_t> frame_data(const AVFrame& frame, AVFrameSideDataType type) {
  const AVFrameSideData* d = av_frame_get_side_data(&frame, type);
  if (d == nullptr) return {};
  return {d->data, std::size_t(d->size)};
}

}  // namespace

// FFmpeg 6.1 moved the side data of a stream into its codec parameters.
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 102)
std::span<const std::uint8_t> side_data(const AVStream& stream, AVPacketSideDataType type) {
  const AVCodecParameters* p = stream.codecpar;
  const AVPacketSideData* d = av_packet_side_data_get(p->coded_side_data, p->nb_coded_side_data, type);
  if (d == nullptr) return {};
  return {d->data, d->size};
}

void set_side_data(AVStream& stream, AVPacketSideDataType type, std::span<const std::uint8_t> bytes) {
  AVCodecParameters* p = stream.codecpar;
  AVPacketSideData* d = av_packet_side_data_new(&p->coded_side_data, &p->nb_coded_side_data, type, bytes.size(), 0);
  if (d == nullptr) throw std::bad_alloc();
  std::memcpy(d->data, bytes.data(), bytes.size());
}

void copy_all_side_data(const AVStream&, AVStream&) {}  // avcodec_parameters_copy has done it
#else
std::span<const std::uint8_t> side_data(const AVStream& stream, AVPacketSideDataType type) {
  std::size_t bytes = 0;
  const std::uint8_t* data = av_stream_get_side_data(&stream, type, &bytes);
  if (data == nullptr) return {};
  return {data, bytes};
}

void set_side_data(AVStream& stream, AVPacketSideDataType type, std::span<const std::uint8_t> bytes) {
  std::uint8_t* data = av_stream_new_side_data(&stream, type, bytes.size());
  if (data == nullptr) throw std::bad_alloc();
  std::memcpy(data, bytes.data(), bytes.size());
}

void copy_all_side_data(const AVStream& from, AVStream& to) {
  for (int i = 0; i < from.nb_side_data; ++i)
    set_side_data(to, from.side_data[i].type, {from.side_data[i].data, from.side_data[i].size});
}
#endif

orientation orientation_of(const AVStream& stream, const AVFrame& frame) {
  auto bytes = side_data(stream, AV_PKT_DATA_DISPLAYMATRIX);
  if (bytes.size() < matrix_bytes) bytes = frame_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
  if (bytes.size() < matrix_bytes) return {};
  std::int32_t m[9];
  std::memcpy(m, bytes.data(), sizeof m);
  double a = m[0], b = m[1];
  const double c = m[3], d = m[4];
  orientation out;
  out.mirrored = a * d - b * c < 0;
  if (out.mirrored) a = -a, b = -b;
  out.quarter_turns = (int(std::lround(std::atan2(b, a) / 1.5707963267948966)) + 4) % 4;
  return out;
}

namespace {

std::span<const std::uint8_t> of_either(const AVStream& stream, AVPacketSideDataType in_stream, const AVFrame& frame,
                                        AVFrameSideDataType in_frame) {
  const auto bytes = side_data(stream, in_stream);
  return bytes.empty() ? frame_data(frame, in_frame) : bytes;
}

std::span<const std::uint8_t> mastering_of(const AVStream& s, const AVFrame& f) {
  return of_either(s, AV_PKT_DATA_MASTERING_DISPLAY_METADATA, f, AV_FRAME_DATA_MASTERING_DISPLAY_METADATA);
}

std::span<const std::uint8_t> light_of(const AVStream& s, const AVFrame& f) {
  return of_either(s, AV_PKT_DATA_CONTENT_LIGHT_LEVEL, f, AV_FRAME_DATA_CONTENT_LIGHT_LEVEL);
}

}  // namespace

bool has_light_data(const AVStream& stream, const AVFrame& first) {
  return !mastering_of(stream, first).empty() || !light_of(stream, first).empty();
}

std::string light_options(const AVStream& stream, const AVFrame& first, const std::string& encoder) {
  const bool x265 = encoder == "libx265";
  if (!x265 && encoder != "libx264") return {};
  std::string out;
  const auto units = [](AVRational value, int scale) { return std::to_string(std::lround(av_q2d(value) * scale)); };
  const auto pair = [&](const char* name, AVRational a, AVRational b, int scale) {
    return std::string(name) + '(' + units(a, scale) + ',' + units(b, scale) + ')';
  };
  constexpr int of_place = 50000, of_light = 10000;  // units of the bit streams
  if (const auto bytes = mastering_of(stream, first); bytes.size() >= sizeof(AVMasteringDisplayMetadata)) {
    const auto& m = *reinterpret_cast<const AVMasteringDisplayMetadata*>(bytes.data());
    if (m.has_primaries && m.has_luminance)
      out = std::string(x265 ? "master-display=" : "mastering-display=") +
            pair("G", m.display_primaries[1][0], m.display_primaries[1][1], of_place) +
            pair("B", m.display_primaries[2][0], m.display_primaries[2][1], of_place) +
            pair("R", m.display_primaries[0][0], m.display_primaries[0][1], of_place) +
            pair("WP", m.white_point[0], m.white_point[1], of_place) +
            pair("L", m.max_luminance, m.min_luminance, of_light);
  }
  if (const auto bytes = light_of(stream, first); bytes.size() >= sizeof(AVContentLightMetadata)) {
    const auto& l = *reinterpret_cast<const AVContentLightMetadata*>(bytes.data());
    if (!out.empty()) out += ':';
    out += (x265 ? "max-cll=" : "cll=") + std::to_string(l.MaxCLL) + ',' + std::to_string(l.MaxFALL);
  }
  return out.empty() || !x265 ? out : "hdr10=1:" + out;
}

void carry_picture_side_data(const AVStream& from, const AVFrame& first, AVStream& to, keep_matrix matrix) {
  const struct {
    AVPacketSideDataType of_stream;
    AVFrameSideDataType of_frame;
  } both[] = {{AV_PKT_DATA_MASTERING_DISPLAY_METADATA, AV_FRAME_DATA_MASTERING_DISPLAY_METADATA},
              {AV_PKT_DATA_CONTENT_LIGHT_LEVEL, AV_FRAME_DATA_CONTENT_LIGHT_LEVEL},
              {AV_PKT_DATA_STEREO3D, AV_FRAME_DATA_STEREO3D},
              {AV_PKT_DATA_SPHERICAL, AV_FRAME_DATA_SPHERICAL},
              {AV_PKT_DATA_DISPLAYMATRIX, AV_FRAME_DATA_DISPLAYMATRIX}};
  for (const auto& type : both) {
    if (type.of_stream == AV_PKT_DATA_DISPLAYMATRIX && matrix == keep_matrix::no) continue;
    auto bytes = side_data(from, type.of_stream);
    if (bytes.empty()) bytes = frame_data(first, type.of_frame);
    if (!bytes.empty()) set_side_data(to, type.of_stream, bytes);
  }
}

}  // namespace fluxel::video
