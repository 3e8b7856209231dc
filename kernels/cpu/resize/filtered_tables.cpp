// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/resize/filtered_tables.hpp"

#include <algorithm>
#include <cstring>

namespace fluxel::kernels {

namespace {

std::int32_t weight_word(const filter_axis& axis, std::size_t at) {
  if (!axis.integer.empty()) return axis.integer[at];
  std::int32_t word;
  std::memcpy(&word, &axis.weight[at], sizeof word);
  return word;
}

/// Outputs without taps (a gradient that nothing reached) read where their neighbours do.
void smooth_empty_outputs(const filter_axis& axis, std::vector<std::int32_t>& first) {
  if (axis.weight.empty()) return;
  for (std::size_t i = 1; i < first.size(); ++i) {
    const auto* w = &axis.weight[i * axis.taps];
    if (std::all_of(w, w + axis.taps, [](float v) { return v == 0; })) first[i] = first[i - 1];
  }
}

}  // namespace

filter_words::filter_words(const filter_axis& axis, bool pairs)
    : taps(pairs ? (axis.taps + 1) / 2 * 2 : axis.taps),
      window(axis.taps),
      stride(pairs ? taps / 2 : taps),
      first(axis.first),
      words(std::size_t(axis.dst_size) * stride) {
  smooth_empty_outputs(axis, first);
  for (std::size_t i = 0; i < first.size(); ++i)
    for (int k = 0; k < axis.taps; ++k) {
      const std::int32_t w = weight_word(axis, i * axis.taps + k);
      if (!pairs)
        words[i * stride + k] = w;
      else
        words[i * stride + k / 2] |=
            k % 2 != 0 ? static_cast<std::int32_t>(static_cast<std::uint32_t>(w) << 16) : w & 0xffff;
    }
}

std::vector<element_taps> element_table(const filter_words& x, int channels) {
  std::vector<element_taps> table;
  table.reserve(x.first.size() * channels);
  for (std::size_t i = 0; i < x.first.size(); ++i)
    for (int c = 0; c < channels; ++c)
      table.push_back({x.first[i] * channels + c, static_cast<std::int32_t>(i) * x.stride});
  return table;
}

std::vector<row_strip> make_strips(const filter_words& x, int channels, int most_span, int most_outputs) {
  constexpr int least_outputs = 16;
  const std::int64_t outputs = static_cast<std::int64_t>(x.first.size()) * channels;
  const std::int64_t from = *std::min_element(x.first.begin(), x.first.end());
  const std::int64_t to = *std::max_element(x.first.begin(), x.first.end()) + x.window;
  const std::int64_t span = (to - from) * channels;
  const std::int64_t wanted = std::max<std::int64_t>(most_span, std::int64_t{8} * x.window * channels);
  const std::int64_t by_span = (span + wanted - 1) / wanted;
  const std::int64_t by_outputs = (outputs + most_outputs - 1) / most_outputs;
  const std::int64_t most = std::max<std::int64_t>(1, outputs / least_outputs);
  const std::int64_t count = std::clamp<std::int64_t>(std::max(by_span, by_outputs), 1, most);
  std::vector<row_strip> strips(count);
  for (std::int64_t i = 0; i < count; ++i) {
    row_strip& s = strips[i];
    s.first = static_cast<int>(outputs * i / count);
    s.last = static_cast<int>(outputs * (i + 1) / count);
    const auto begin = x.first.begin() + s.first / channels;
    const auto end = x.first.begin() + (s.last - 1) / channels + 1;
    s.base = *std::min_element(begin, end) * channels;
    s.span = (*std::max_element(begin, end) + x.window) * channels - s.base;
  }
  return strips;
}

}  // namespace fluxel::kernels
