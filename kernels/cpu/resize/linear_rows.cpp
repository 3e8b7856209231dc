// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/resize/linear_rows.hpp"

#include <bit>
#include <cstring>
#include <limits>

#include "kernels/common/resize/lerp.hpp"
#include "kernels/cpu/resize/linear_functions.hpp"
#include "kernels/cpu/runtime/target.hpp"

namespace fluxel::kernels {

namespace {

constexpr int longest_window = 2048;  ///< bytes

/// Exact halves of bytes: where the pairs of taps lie in 64 source bytes, and the order after packing two vectors.
linear_tables make_halves_of_bytes(int channels, table_memory& memory) {
  linear_tables t;
  const int outputs = 32 / channels * channels;
  t.window = outputs;
  memory.reset(2 * table_memory::room_for<std::uint8_t>(64));
  auto* pairs = memory.take<std::uint8_t>(64);
  auto* packed = memory.take<std::uint8_t>(64);
  std::memset(pairs, 0, 64);
  std::memset(packed, 0, 64);
  for (int e = 0; e < outputs; ++e) {
    const int left = e / channels * 2 * channels + e % channels;
    pairs[2 * e] = static_cast<std::uint8_t>(left);
    pairs[2 * e + 1] = static_cast<std::uint8_t>(left + channels);
    packed[e] = static_cast<std::uint8_t>(e / 8 * 16 + e % 8);
    packed[outputs + e] = static_cast<std::uint8_t>(e / 8 * 16 + 8 + e % 8);
  }
  t.taps = pairs;
  t.more_taps = packed;
  return t;
}

bool has_lanes_for(element_type type) {
  return type == element_type::u8 || type == element_type::u16 ? simd_chosen() : fused_simd_chosen();
}

}  // namespace

void linear_rows::make(const row_geometry& g, element_type type) {
  constexpr std::ptrdiff_t longest = std::numeric_limits<std::int32_t>::max() / 4;  // tables hold 32-bit offsets
  type_ = type;
  scalar_ = !has_lanes_for(type) || g.src_elements() > longest || g.dst_elements() > longest;
  if (scalar_) {
    tables_ = make_scalar_tables(g, memory_);
    walk_ = scalar_walk(type);
  } else if (type == element_type::u8) {
    const byte_functions f = byte_functions_of_target();
    tables_ = make_byte_tables(g, f.layout, memory_);
    walk_ = f.walk(tables_);
  } else {
    const word_functions f = word_functions_of_target(type);
    tables_ = make_word_tables(g, type, f.layout, memory_);
    walk_ = f.walk(tables_);
  }
  is_short_ = tables_.source == tap_source::windows && tables_.src_elements < tables_.window;
}

bool linear_rows::make_halves(const row_geometry& g, element_type type) {
  if (!has_lanes_for(type)) return false;
  if (type == element_type::u8) {
    walk_ = byte_functions_of_target().halves(g.channels);
    if (walk_ == nullptr) return false;
    tables_ = make_halves_of_bytes(g.channels, memory_);
  } else if (type == element_type::f32 && g.channels == 1) {
    tables_ = {};
    walk_ = word_functions_of_target(type).halves;
  } else {
    return false;
  }
  tables_.dst_elements = g.dst_elements();
  type_ = type;
  scalar_ = is_short_ = false;
  return true;
}

bool linear_rows::make_doubles(const row_geometry& g, element_type type) {
  if (type != element_type::u8 || !has_lanes_for(type)) return false;
  walk_ = byte_functions_of_target().doubles(g.channels, g.src_elements());
  if (walk_ == nullptr) return false;
  tables_ = {};
  tables_.dst_elements = g.dst_elements();
  type_ = type;
  scalar_ = is_short_ = false;
  return true;
}

void linear_rows::weigh(row_step& step) const {
  if (scalar_) {
    step.weight = std::bit_cast<std::int32_t>(step.fraction);
  } else if (type_ == element_type::u8) {
    const std::int32_t w = lerp<u8>::from_fraction(step.fraction);
    step.lower_is_nearer = w >= 1 << 14;
    const std::int32_t signed_weight = step.lower_is_nearer ? w - (1 << 15) : w;
    step.weight = tables_.biased ? signed_weight : 2 * signed_weight;
  } else if (type_ == element_type::u16) {
    step.weight = lerp<u16>::from_fraction(step.fraction);
  } else {
    step.weight = std::bit_cast<std::int32_t>(lerp<f32>::from_fraction(step.fraction));
  }
}

void linear_rows::run(const row_step* steps, int count) const {
  if (!is_short_) return walk_(tables_, steps, count);
  for (int i = 0; i < count; ++i) run_short(steps[i]);
}

/// Copies the rows to where the whole window may be read.
void linear_rows::run_short(row_step step) const {
  alignas(64) std::byte padded[2][longest_window] = {};
  const auto bytes = static_cast<std::size_t>(tables_.src_elements) * element_size(type_);
  std::memcpy(padded[0], step.upper, bytes);
  std::memcpy(padded[1], step.lower, bytes);
  step.upper = padded[0];
  step.lower = padded[1];
  step.reuse = row_reuse::none;
  walk_(tables_, &step, 1);
}

}  // namespace fluxel::kernels
