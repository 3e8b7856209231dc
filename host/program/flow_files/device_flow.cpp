// SPDX-License-Identifier: Apache-2.0
#include "host/program/flow_files/device_flow.hpp"

namespace fluxel::video {

namespace {

constexpr int words_of_lengths = sizeof(flow_lengths) / sizeof(std::uint32_t);

}  // namespace

device_flow::device_flow(const plain_picture& like, const placement& where)
    : where_(where),
      picture_(like, where.device),
      flow_(like.width, like.height, 2, 1, 1, where.device),
      cut_score_(1, 1, 1, 1, 1, where.device),
      colors_(like.width, like.height, 3, 1, 1, where.device),
      lengths_(words_of_lengths, 1, 1, 1, 1, where.device) {}

void device_flow::measure(flow_lengths& lengths, float& cut_score) {
  measure_flow_lengths(flow_.view(), {reinterpret_cast<flow_lengths*>(lengths_.view().data), 1}, where_);
  // The counts and the longest one, which follows them.
  lengths_.download({reinterpret_cast<std::uint32_t*>(&lengths), words_of_lengths, 1});
  cut_score_.download({&cut_score, 1, 1});
}

void device_flow::draw(image_view<u8> colors, double full_length) {
  draw_flow(flow_.view(), colors_.view(), {.full_length = full_length}, where_);
  colors_.download(colors);
}

}  // namespace fluxel::video
