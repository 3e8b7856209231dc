// SPDX-License-Identifier: Apache-2.0
// A chunk of a row at a time: components side by side, colors by channel, then interleaved.

#include "kernels/cpu/flow/color/flow_color_rows.hpp"

#include <algorithm>

#include "kernels/cpu/runtime/table_of_target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/flow/color/flow_color_rows.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

namespace {

namespace hn = hwy::HWY_NAMESPACE;
using float_tag = hn::ScalableTag<float>;
using int_tag = hn::RebindToSigned<float_tag>;
using byte_tag = hn::Rebind<std::uint8_t, int_tag>;
using floats = hn::Vec<float_tag>;
using ints = hn::Vec<int_tag>;

constexpr int chunk = 256;
constexpr int room = 64;  ///< behind a chunk: vectors may end there

struct components {
  alignas(64) float u[chunk + room], v[chunk + room];

  void load(const flow_row& row, int first, int count) {
    const float *from_u = row.u + std::ptrdiff_t{first} * row.step,
                *from_v = row.v + std::ptrdiff_t{first} * row.step;
    if (row.step == 2)
      for (int i = 0; i < count; ++i) u[i] = from_u[2 * i], v[i] = from_v[2 * i];
    else
      for (int i = 0; i < count; ++i) u[i] = from_u[i * row.step], v[i] = from_v[i * row.step];
    std::fill(u + count, u + count + room, 0.0f);
    std::fill(v + count, v + count + room, 0.0f);
  }
};

HWY_INLINE ints number(std::int32_t n) { return hn::Set(int_tag(), n); }
HWY_INLINE ints magnitude_bits(floats f) {
  return hn::And(hn::BitCast(int_tag(), f), number(static_cast<std::int32_t>(without_sign)));
}
HWY_INLINE floats as_floats(ints bits) { return hn::BitCast(float_tag(), bits); }
/// All ones where the flow is known.
HWY_INLINE ints known(ints across, ints along) {
  const ints most = number(static_cast<std::int32_t>(largest_known));
  return hn::VecFromMask(int_tag(), hn::Not(hn::Or(hn::Gt(across, most), hn::Gt(along, most))));
}
/// All ones where f < 0.
HWY_INLINE ints below_zero(floats f) {
  return hn::BitCast(int_tag(), hn::VecFromMask(float_tag(), hn::Lt(f, hn::Zero(float_tag()))));
}
HWY_INLINE ints where(ints mask, ints yes, ints no) { return hn::Or(hn::And(mask, yes), hn::AndNot(mask, no)); }

HWY_INLINE ints place_in_lanes(floats u, floats v, ints across, ints along) {
  const float_tag d;
  const ints steep = hn::VecFromMask(int_tag(), hn::Gt(along, across));
  const ints larger = hn::Max(across, along);
  const floats ratio = hn::Div(as_floats(hn::Min(across, along)), as_floats(larger));
  const floats t =
      hn::IfThenZeroElse(hn::MaskFromVec(as_floats(hn::VecFromMask(int_tag(), hn::Eq(larger, number(0))))), ratio);
  const floats t2 = hn::Mul(t, t);
  using c = wheel_polynomial;
  floats sum = hn::MulAdd(hn::Set(d, c::c4), t2, hn::Set(d, c::c3));
  for (const float k : {c::c2, c::c1, c::c0}) sum = hn::MulAdd(sum, t2, hn::Set(d, k));
  ints place = hn::NearestInt(hn::Mul(hn::Mul(sum, t), hn::Set(d, static_cast<float>(wheel_one))));
  place = where(steep, hn::Sub(number(wheel_turn / 4), place), place);
  place = where(below_zero(u), hn::Sub(number(wheel_turn / 2), place), place);
  place = where(below_zero(v), hn::Sub(number(wheel_turn), place), place);
  return hn::AndNot(hn::VecFromMask(int_tag(), hn::Eq(larger, number(0))), place);
}

template <int steps>
HWY_INLINE ints ramp_in_lanes(ints place) {
  const ints inside = hn::Max(number(0), hn::Min(place, number(steps * wheel_one)));
  return hn::ShiftRight<16>(hn::Add(hn::Mul(inside, number(ramp_slope(steps))), number(32768)));
}

/// shown_level, zero where the flow is not known.
struct shown {
  ints length, longer, known;

  HWY_INLINE ints operator()(ints level) const {
    const ints full = number(full_level);
    const ints pale = hn::Sub(full, hn::ShiftRight<length_bits>(hn::Mul(length, hn::Sub(full, level))));
    const ints dark = hn::ShiftRight<2>(hn::Add(level, hn::Add(level, level)));
    const ints rounded = hn::Add(where(longer, dark, pale), number(level_one / 2));
    return hn::And(known, hn::ShiftRight<6>(rounded));
  }
};
static_assert(level_one == 1 << 6);

HWY_INLINE void draw_vector(floats u, floats v, float inverse_length, u8* red, u8* green, u8* blue) {
  const float_tag d;
  const ints across = magnitude_bits(u), along = magnitude_bits(v);
  const ints place = place_in_lanes(u, v, across, along);
  const floats scale = hn::Set(d, inverse_length);
  const floats x = hn::Mul(u, scale), y = hn::Mul(v, scale);
  const floats length = hn::Sqrt(hn::MulAdd(x, x, hn::Mul(y, y)));
  const ints longer = hn::BitCast(int_tag(), hn::VecFromMask(d, hn::Gt(length, hn::Set(d, 1.0f))));
  const ints rounded = hn::NearestInt(hn::Mul(length, hn::Set(d, static_cast<float>(1 << length_bits))));
  const shown level{hn::AndNot(longer, rounded), longer, known(across, along)};
  constexpr std::int32_t one = wheel_one;
  const byte_tag bytes;
  auto from = [place](std::int32_t start) HWY_ATTR { return hn::Sub(place, number(start * wheel_one)); };
  auto until = [place](std::int32_t end) HWY_ATTR { return hn::Sub(number(end * one), place); };
  const ints r = level(hn::Max(ramp_in_lanes<6>(until(21)), ramp_in_lanes<13>(from(36))));
  const ints g = level(hn::Min(ramp_in_lanes<15>(place), ramp_in_lanes<11>(until(36))));
  const ints b = level(hn::Min(ramp_in_lanes<4>(from(21)), ramp_in_lanes<6>(until(55))));
  hn::StoreU(hn::DemoteTo(bytes, r), bytes, red);
  hn::StoreU(hn::DemoteTo(bytes, g), bytes, green);
  hn::StoreU(hn::DemoteTo(bytes, b), bytes, blue);
}

void interleave(const u8* red, const u8* green, const u8* blue, int count, u8* to) {
  int i = 0;
#if HWY_TARGET != HWY_SCALAR
  const hn::ScalableTag<std::uint8_t> d;
  const int step = static_cast<int>(hn::Lanes(d));
  for (; i + step <= count; i += step)
    hn::StoreInterleaved3(hn::LoadU(d, red + i), hn::LoadU(d, green + i), hn::LoadU(d, blue + i), d, to + 3 * i);
#endif
  for (; i < count; ++i) to[3 * i] = red[i], to[3 * i + 1] = green[i], to[3 * i + 2] = blue[i];
}

void draw(const flow_row& row, float inverse_length, u8* colors) {
  const float_tag d;
  const int step = static_cast<int>(hn::Lanes(d));
  components c;
  alignas(64) u8 red[chunk + room], green[chunk + room], blue[chunk + room];
  for (int first = 0; first < row.width; first += chunk) {
    const int count = std::min(chunk, row.width - first);
    c.load(row, first, count);
    for (int i = 0; i < count; i += step)
      draw_vector(hn::Load(d, c.u + i), hn::Load(d, c.v + i), inverse_length, red + i, green + i, blue + i);
    interleave(red, green, blue, count, colors + 3 * std::ptrdiff_t{first});
  }
}

void measure(const flow_row& row, flow_lengths& lengths) {
  const float_tag d;
  const int step = static_cast<int>(hn::Lanes(d));
  components c;
  alignas(64) std::int32_t bins[chunk + room];  // -1: not known
  ints longest = number(0);
  for (int first = 0; first < row.width; first += chunk) {
    const int count = std::min(chunk, row.width - first);
    c.load(row, first, count);  // what is behind has the length 0
    for (int i = 0; i < count; i += step) {
      const floats u = hn::Load(d, c.u + i), v = hn::Load(d, c.v + i);
      const ints is_known = known(magnitude_bits(u), magnitude_bits(v));
      const ints squared = hn::And(is_known, hn::BitCast(int_tag(), hn::MulAdd(u, u, hn::Mul(v, v))));
      longest = hn::Max(longest, squared);
      const ints bin = hn::Sub(hn::ShiftRight<length_shift>(squared), number(first_length));
      const ints inside = hn::Max(number(0), hn::Min(bin, number(flow_lengths::bins - 1)));
      hn::Store(where(is_known, inside, number(-1)), int_tag(), bins + i);
    }
    for (int i = 0; i < count; ++i)
      if (bins[i] >= 0) ++lengths.count[bins[i]];
  }
  alignas(64) std::int32_t each[HWY_MAX_BYTES / 4];
  hn::Store(longest, int_tag(), each);
  for (int i = 0; i < step; ++i) lengths.longest = std::max(lengths.longest, static_cast<std::uint32_t>(each[i]));
}

}  // namespace

const flow_color_row_functions* color_row_functions() {
  static constexpr flow_color_row_functions table{draw, measure};
  return &table;
}

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
FLUXEL_TABLE_OF_TARGET(flow_color_row_functions, flow_color_rows, color_row_functions)
#endif
