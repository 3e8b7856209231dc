// SPDX-License-Identifier: Apache-2.0
#include "host/motion/segmenter/pair_flow.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "fluxel/horn_schunck.hpp"

namespace fluxel::host {

namespace {

size reduced_to(const frame_format& f, int longest) {
  const int side = std::max(f.width, f.height);
  if (side <= longest) return {f.width, f.height};
  const double scale = double(longest) / side;
  const auto scaled = [scale](int n) { return std::max(1, int(std::lround(n * scale))); };
  return {scaled(f.width), scaled(f.height)};
}

flow_geometry geometry_for(const frame_format& f, const size& s) {
  return {.width = s.width,
          .height = s.height,
          .channels = f.planes[0].channels,
          .type = f.type(),
          .bit_depth = f.type() == element_type::u16 && !f.high_bits ? std::max(8, f.bit_depth) : 16};
}

/// What lies beside another motion is looked at by the caller, who has both flows.
horn_schunck_options settings_of(flow_quality quality) {
  horn_schunck_options o = horn_schunck_preset(quality);
  o.validity.variation = 0;
  o.validity.consistency = 0;
  return o;
}

/// A sample as 8 bits. @param depth  of integers
template <class T>
int byte_of(T sample, int depth) {
  if constexpr (std::is_same_v<T, f32>)
    return int(255 * (sample > 0 ? sample < 1 ? sample : 1 : 0) + 0.5F);
  else
    return std::min(255, sample >> (depth - 8));
}

/// Luma as dense_flow has it, of BT.601.
template <class T>
void make_grey(const T* pixels, int channels, int depth, image<u8>& grey) {
  for (std::size_t i = 0; i < grey.size(); ++i, pixels += channels) {
    const auto level = [&](int c) { return byte_of(pixels[c], depth); };
    grey.data()[i] = u8(channels < 3 ? level(0) : (77 * level(0) + 150 * level(1) + 29 * level(2) + 128) >> 8);
  }
}

/// What an encoder leaves of equal frames may differ by two levels.
bool look_the_same(const image<u8>& a, const image<u8>& b) {
  return std::equal(a.data(), a.data() + a.size(), b.data(), [](u8 p, u8 q) { return p - q <= 2 && q - p <= 2; });
}

constexpr float cut_from = 0.4F;  ///< cut_score of a pair whose frames show different scenes

}  // namespace

pair_flow::pair_flow(const frame_format& format, flow_quality quality, int longest_side, const placement& where)
    : full_{format.width, format.height},
      small_(reduced_to(format, longest_side)),
      geometry_(geometry_for(format, small_)),
      flow_(horn_schunck(geometry_, settings_of(quality), where)) {
  if (small_ != full_)
    reduce_.emplace(resize_geometry{full_, small_, geometry_.channels, geometry_.type},
                    resize_options{.filter = filter::area}, where);
  for (auto& pixels : pixels_)
    pixels.resize(std::size_t(small_.width) * small_.height * geometry_.channels * element_size(geometry_.type));
  for (image<u8>& grey : greys_) grey = {small_.width, small_.height};
  for (known_flow& f : flows_) f = {{small_.width, small_.height, 2}, {small_.width, small_.height}};
}

std::size_t pair_flow::workspace_size() const {
  return flow_.workspace_size() + (reduce_ ? reduce_->workspace_size() : 0) +
         2 * (pixels_[0].size() + greys_[0].size()) +
         2 * (flows_[0].uv.size() * sizeof(f32) + flows_[0].validity.size());
}

template <class T>
void pair_flow::keep_as(const frame_view<const void>& frame) {
  const image_view<const T> whole{static_cast<const T*>(frame.data[0]), full_.width, full_.height, geometry_.channels,
                                  frame.pitch[0]};
  const image_view<T> to{reinterpret_cast<T*>(pixels_[1].data()), small_.width, small_.height, geometry_.channels};
  const std::size_t row = std::size_t(full_.width) * geometry_.channels * sizeof(T);
  if (reduce_)
    reduce_->run(whole, to);
  else
    for (int y = 0; y < full_.height; ++y)
      std::memcpy(pixels_[1].data() + y * row, static_cast<const std::byte*>(frame.data[0]) + y * frame.pitch[0],
                  row);
  make_grey(to.data, geometry_.channels, sizeof(T) == 1 ? 8 : geometry_.bit_depth, greys_[1]);
}

void pair_flow::keep(const frame_view<const void>& frame) {
  switch (geometry_.type) {
    case element_type::u8:
      return keep_as<u8>(frame);
    case element_type::f32:
      return keep_as<f32>(frame);
    default:
      return keep_as<u16>(frame);
  }
}

flow_image pair_flow::picture(int i) const {
  const auto view = [&]<class T>(T) {
    return flow_image(image_view<const T>{reinterpret_cast<const T*>(pixels_[i].data()), small_.width, small_.height,
                                          geometry_.channels});
  };
  switch (geometry_.type) {
    case element_type::u8:
      return view(u8{});
    case element_type::f32:
      return view(f32{});
    default:
      return view(u16{});
  }
}

float pair_flow::measure(int from, int to, known_flow& result) {
  flow_.run({.prev = picture(from), .next = picture(to)},
            {.flow = result.uv.view(), .validity = result.validity.view(), .cut_score = score_.view()});
  return score_(0, 0);
}

bool pair_flow::next(const frame_view<const void>& frame) {
  std::swap(pixels_[0], pixels_[1]);
  std::swap(greys_[0], greys_[1]);
  keep(frame);
  if (!std::exchange(has_previous_, true)) return false;
  repeated_ = look_the_same(greys_[0], greys_[1]);
  const float there = measure(0, 1, flows_[0]), back = measure(1, 0, flows_[1]);
  cut_ = std::min(there, back) >= cut_from;
  return true;
}

}  // namespace fluxel::host
