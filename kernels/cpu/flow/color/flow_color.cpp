// SPDX-License-Identifier: Apache-2.0
// Flow in colors on the CPU: bands of rows over threads, rows over lanes.

#include <atomic>

#include "kernels/common/runtime/pixel.hpp"
#include "kernels/cpu/flow/color/flow_color_rows.hpp"
#include "kernels/cpu/runtime/parallel.hpp"
#include "kernels/cpu/runtime/table.hpp"
#include "kernels/cpu/runtime/target.hpp"
#include "kernels/cpu/runtime/translate_bad_alloc.hpp"
#include "kernels/scalar/runtime/table.hpp"

namespace fluxel::kernels {

namespace {

constexpr std::int64_t pixels_per_band = 1 << 15;

flow_row flow_row_at(const flow_images& flow, int n, int y) {
  return {row_at<const float>(flow.u, n, 0, y), row_at<const float>(flow.v, n, 0, y), flow.u.channels, flow.u.width};
}

/// body(n, first, last) over bands of rows of every image.
template <class Body>
void for_color_bands(const image& im, int threads, const Body& body) {
  for (int n = 0; n < im.count; ++n)
    parallel_rows(im.height, pixels_per_band / im.width + 1, threads, [&](std::int64_t first, std::int64_t last) {
      body(n, static_cast<int>(first), static_cast<int>(last));
    });
}

status draw_rows(const flow_images& flow, float inverse_length, const image& colors, const launch_options& launch) {
  const auto& rows = flow_color_rows();
  for_color_bands(colors, launch.threads, [&](int n, int first, int last) {
    for (int y = first; y < last; ++y)
      rows.draw(flow_row_at(flow, n, y), inverse_length, row_at<u8>(colors, n, 0, y));
  });
  return status::ok;
}

/// Counts of a band are added where other bands may add theirs.
void add_counts(const flow_lengths& band, flow_lengths& sum) {
  for (int i = 0; i < flow_lengths::bins; ++i)
    if (band.count[i] != 0) std::atomic_ref(sum.count[i]).fetch_add(band.count[i], std::memory_order_relaxed);
  const std::atomic_ref longest(sum.longest);
  std::uint32_t before = longest.load(std::memory_order_relaxed);
  while (before < band.longest && !longest.compare_exchange_weak(before, band.longest, std::memory_order_relaxed)) {
  }
}

status measure_rows(const flow_images& flow, flow_lengths* lengths, const launch_options& launch) {
  const auto& rows = flow_color_rows();
  for (int n = 0; n < flow.u.count; ++n) lengths[n] = {};
  for_color_bands(flow.u, launch.threads, [&](int n, int first, int last) {
    flow_lengths band;
    for (int y = first; y < last; ++y) rows.measure(flow_row_at(flow, n, y), band);
    add_counts(band, lengths[n]);
  });
  return status::ok;
}

status draw(const flow_images& flow, float inverse_length, const image& colors, const launch_options& launch) {
  const auto how = fused_simd_chosen() ? draw_rows : scalar_flow_color_functions.draw;
  return translate_bad_alloc([&] { return how(flow, inverse_length, colors, launch); });
}

status measure(const flow_images& flow, flow_lengths* lengths, const launch_options& launch) {
  const auto how = fused_simd_chosen() ? measure_rows : scalar_flow_color_functions.measure;
  return translate_bad_alloc([&] { return how(flow, lengths, launch); });
}

}  // namespace

const flow_color_functions cpu_flow_color_functions{draw, measure};

}  // namespace fluxel::kernels
