// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/frames/plain_picture.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "host/program/video/failure.hpp"
#include "host/program/video/frames/luma_range.hpp"
#include "host/program/video/frames/transform.hpp"
#include "host/program/video/job.hpp"

namespace fluxel::video {

namespace {

/// What a sample becomes: its low bits shifted out, limited range stretched.
class levels {
 public:
  explicit levels(const frame_format& f)
      : shift_(f.high_bits ? 16 - f.bit_depth : 0), limited_(is_limited(f)), depth_(f.bit_depth) {}

  bool change() const { return shift_ > 0 || limited_; }

  std::int32_t operator()(std::int32_t sample) const {
    sample >>= shift_;
    if (!limited_) return sample;
    const std::int64_t black = std::int64_t{16} << (depth_ - 8), span = std::int64_t{219} << (depth_ - 8);
    const std::int64_t largest = (std::int64_t{1} << depth_) - 1;
    return std::int32_t((std::clamp<std::int64_t>(sample - black, 0, span) * largest + span / 2) / span);
  }

 private:
  int shift_;
  bool limited_;
  int depth_;
};

/// @param step  samples from a pixel to the next; of grey with alpha, the grey alone is taken.
template <class T>
void copy_row(const T* from, int step, T* to, int width, int channels, const std::vector<T>& table) {
  for (int x = 0; x < width; ++x)
    for (int c = 0; c < channels; ++c) {
      const T sample = from[std::ptrdiff_t{x} * step + c];
      if constexpr (std::is_integral_v<T>)
        to[std::ptrdiff_t{x} * channels + c] = table.empty() ? sample : table[sample];
      else
        to[std::ptrdiff_t{x} * channels + c] = sample;
    }
}

/// levels of 8 bits of limited range, as arithmetic that compilers turn into lanes.
void stretch_row(const std::uint8_t* from, std::uint8_t* to, int width) {
  for (int x = 0; x < width; ++x) {
    const int sample = from[x] < 16 ? 16 : from[x] > 235 ? 235 : from[x];
    const auto scaled = std::uint16_t((sample - 16) * 255 + 219 / 2);
    to[x] = std::uint8_t(scaled / 219);
  }
}

template <class T>
void copy_plane(const frame_view<const void>& frame, plain_picture& out) {
  if constexpr (sizeof(T) == 1)
    if (frame.format.planes[0].channels == 1 && is_limited(frame.format)) {
      for (std::ptrdiff_t y = 0; y < out.height; ++y)
        stretch_row(static_cast<const T*>(frame.data[0]) + y * frame.pitch[0],
                    reinterpret_cast<T*>(out.pixels.data()) + y * out.width, out.width);
      return;
    }
  std::vector<T> table;
  if constexpr (std::is_integral_v<T>)
    if (const levels level(frame.format); level.change()) {
      table.resize(std::size_t{1} << (8 * sizeof(T)));
      for (std::size_t i = 0; i < table.size(); ++i) table[i] = T(level(std::int32_t(i)));
    }
  const int step = frame.format.planes[0].channels;
  for (std::ptrdiff_t y = 0; y < out.height; ++y)
    copy_row(reinterpret_cast<const T*>(static_cast<const std::byte*>(frame.data[0]) + y * frame.pitch[0]), step,
             reinterpret_cast<T*>(out.pixels.data()) + y * out.width * out.channels, out.width, out.channels, table);
}

template <class T>
void spread(const plain_picture& grey, plain_picture& out) {
  const auto* from = reinterpret_cast<const T*>(grey.pixels.data());
  auto* to = reinterpret_cast<T*>(out.pixels.data());
  for (std::size_t i = 0; i < out.pixels.size() / sizeof(T); ++i) to[i] = from[i / 3];
}

/// Keeps the one picture of a file.
class keeper : public frame_transform {
 public:
  explicit keeper(const std::string& name) : name_(name) {}
  picture_use use() const override { return picture_use::motion; }
  picture_info plan(const picture_info& in) override { return in; }
  bool process(const frame_view<const void>& in, const frame_view<void>&) override {
    if (!kept.pixels.empty()) throw failure(fault::input, name_ + ": holds several pictures; one is needed");
    kept = plain(in);
    return true;
  }
  plain_picture kept;

 private:
  std::string name_;
};

}  // namespace

plain_picture plain(const frame_view<const void>& frame) {
  plain_picture out;
  plain(frame, out);
  return out;
}

void plain(const frame_view<const void>& frame, plain_picture& out) {
  const frame_format& f = frame.format;
  out = {f.width, f.height, f.planes[0].channels < 3 ? 1 : 3, f.type(), f.bit_depth, std::move(out.pixels)};
  out.pixels.resize(std::size_t(f.width) * f.height * out.channels * element_size(f.type()));
  switch (f.type()) {
    case element_type::u8:
      copy_plane<std::uint8_t>(frame, out);
      break;
    case element_type::f32:
      copy_plane<float>(frame, out);
      break;
    default:
      copy_plane<std::uint16_t>(frame, out);
  }
}

plain_picture as_color(const plain_picture& grey) {
  plain_picture out{grey.width, grey.height, 3, grey.type, grey.bit_depth, {}};
  out.pixels.resize(3 * grey.pixels.size());
  switch (grey.type) {
    case element_type::u8:
      spread<std::uint8_t>(grey, out);
      break;
    case element_type::f32:
      spread<float>(grey, out);
      break;
    default:
      spread<std::uint16_t>(grey, out);
  }
  return out;
}

plain_picture read_picture(const std::string& name) {
  monitor silent;
  keeper transform(name);
  run({.name = name}, {.name = name, .kind = output_kind::nothing}, transform, silent);
  return std::move(transform.kept);
}

}  // namespace fluxel::video
