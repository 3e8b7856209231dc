// SPDX-License-Identifier: Apache-2.0
#include "host/program/flow_files/device_flow.hpp"

namespace fluxel::video {

namespace {

constexpr int words_of_lengths = sizeof(flow_lengths) / sizeof(std::uint32_t);

}  // namespace

device_flow::device_flow(const flow_geometry& g, const placement& where)
    : where_(where),
      size_{g.width, g.height},
      picture_(g, where.device),
      flow_(g.width, g.height, 2, 1, 1, where.device),
      cut_score_(1, 1, 1, 1, 1, where.device),
      lengths_(words_of_lengths, 1, 1, 1, 1, where.device) {}

void device_flow::set_mask(const std::vector<u8>& mask) {
  mask_.emplace(size_.width, size_.height, 1, 1, 1, where_.device);
  mask_->upload({mask.data(), size_.width, size_.height});
}

image_view<u8> device_flow::validity() {
  if (!validity_) validity_.emplace(size_.width, size_.height, 1, 1, 1, where_.device);
  return validity_->view();
}

float device_flow::read_cut_score() const {
  float score = 0;
  cut_score_.download({&score, 1, 1});
  return score;
}

void device_flow::read_validity(std::vector<u8>& validity) const {
  validity_->download({validity.data(), size_.width, size_.height});
}

void device_flow::measure(flow_lengths& lengths) {
  measure_flow_lengths(flow_.view(), {reinterpret_cast<flow_lengths*>(lengths_.view().data), 1}, where_);
  // The counts and the longest one, which follows them.
  lengths_.download({reinterpret_cast<std::uint32_t*>(&lengths), words_of_lengths, 1});
}

void device_flow::draw(image_view<u8> colors, double full_length) {
  if (!colors_) colors_.emplace(size_.width, size_.height, 3, 1, 1, where_.device);
  draw_flow(flow_.view(), colors_->view(), {.full_length = full_length}, where_);
  colors_->download(colors);
}

}  // namespace fluxel::video
