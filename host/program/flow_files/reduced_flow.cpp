// SPDX-License-Identifier: Apache-2.0
#include "host/program/flow_files/reduced_flow.hpp"

#include <algorithm>
#include <cmath>

#include "fluxel/resize.hpp"

namespace fluxel::video {

namespace {

constexpr resize_options reducing{.filter = filter::bilinear, .antialias = antialias::yes};

int scaled(int side, double scale) { return std::max(1, int(std::lround(side * scale))); }

template <class T>
void reduce_into(const plain_picture& from, plain_picture& to, const placement& where) {
  resize<T>(from.view<T>(), image_view<T>{reinterpret_cast<T*>(to.pixels.data()), to.width, to.height, to.channels},
            reducing, where);
}

}  // namespace

reduced_flow::reduced_flow(size full, double scale, int threads)
    : full_(full),
      reduced_{scaled(full.width, scale), scaled(full.height, scale)},
      where_{.processor = run_on::cpu, .threads = threads} {}

const plain_picture& reduced_flow::reduce(const plain_picture& from) {
  picture_ = {reduced_.width, reduced_.height, from.channels, from.type, from.bit_depth, std::move(picture_.pixels)};
  picture_.pixels.resize(std::size_t(reduced_.width) * reduced_.height * from.channels * element_size(from.type));
  switch (from.type) {
    case element_type::u8:
      reduce_into<u8>(from, picture_, where_);
      break;
    case element_type::f32:
      reduce_into<f32>(from, picture_, where_);
      break;
    default:
      reduce_into<u16>(from, picture_, where_);
  }
  return picture_;
}

std::vector<u8> reduced_flow::reduce_mask(const std::vector<u8>& mask) const {
  // Weights are not negative, so that the sum is 0 only where no pixel with a weight is unknown.
  std::vector<f32> unknown(mask.size());
  std::transform(mask.begin(), mask.end(), unknown.begin(), [](u8 known) { return known ? 0.0f : 1.0f; });
  std::vector<f32> share(std::size_t(reduced_.width) * reduced_.height);
  resize<f32>(image_view<const f32>{unknown.data(), full_.width, full_.height, 1},
              image_view<f32>{share.data(), reduced_.width, reduced_.height, 1}, reducing, where_);
  std::vector<u8> out(share.size());
  std::transform(share.begin(), share.end(), out.begin(), [](f32 part) { return u8(part == 0 ? 255 : 0); });
  return out;
}

void reduced_flow::enlarge(flow_field& reduced, flow_field& full) const {
  resize<f32>(reduced.view(), full.view(), {.filter = filter::bilinear}, where_);
  const float right = float(double(full_.width) / reduced_.width),
              down = float(double(full_.height) / reduced_.height);
  for (std::size_t i = 0; i < full.pixels(); ++i) {
    full.uv[2 * i] *= right;
    full.uv[2 * i + 1] *= down;
  }
}

void reduced_flow::enlarge_validity(const std::vector<u8>& reduced, std::vector<u8>& full) const {
  resize_nearest<u8>(image_view<const u8>{reduced.data(), reduced_.width, reduced_.height, 1},
                     image_view<u8>{full.data(), full_.width, full_.height, 1}, {}, where_);
}

}  // namespace fluxel::video
