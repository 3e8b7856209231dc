// SPDX-License-Identifier: Apache-2.0
// What tensors are filled with.

#include <bit>
#include <cstring>

#include "host/parity/suite/tensor.hpp"

namespace fluxel::parity {

namespace {

/// A binary floating-point format by its field widths.
struct format {
  int exponent_bits;
  int mantissa_bits;

  int bias() const { return (1 << (exponent_bits - 1)) - 1; }
  std::uint32_t exponent_mask() const { return ((1u << exponent_bits) - 1) << mantissa_bits; }
  std::uint32_t mantissa_mask() const { return (1u << mantissa_bits) - 1; }
  std::uint32_t sign() const { return 1u << (exponent_bits + mantissa_bits); }
};

format format_of(element kind) {
  switch (kind) {
    case element::f16:
      return {5, 10};
    case element::bf16:
      return {8, 7};
    default:
      return {8, 23};
  }
}

bool is_float(element kind) { return kind == element::f16 || kind == element::bf16 || kind == element::f32; }

enum class style { noise, ramp, ties, extremes, constant, wild, denormal, special };

std::uint32_t special_value(random& r, const format& f) {
  const std::uint32_t quiet = 1u << (f.mantissa_bits - 1);
  const std::uint32_t values[] = {0,
                                  f.exponent_mask(),              // inf
                                  f.exponent_mask() | quiet,      // NaN
                                  f.exponent_mask() | quiet | 3,  // NaN with a payload
                                  f.exponent_mask() | 1,          // signalling NaN
                                  1,                              // the smallest denormal
                                  f.mantissa_mask(),              // the largest
                                  f.mantissa_mask() + 1,          // the smallest normal number
                                  f.exponent_mask() - 1,          // the largest finite number
                                  std::uint32_t(f.bias()) << f.mantissa_bits};
  const std::uint32_t value = r.pick(values);
  return r.one_in(2) ? value | f.sign() : value;
}

/// A number of magnitude around one, with a full mantissa.
std::uint32_t ordinary(random& r, const format& f) {
  const auto exponent = std::uint32_t(f.bias() + r.between(-7, 7));
  const std::uint32_t mantissa = std::uint32_t(r.next()) & f.mantissa_mask();
  return exponent << f.mantissa_bits | mantissa | (r.one_in(4) ? f.sign() : 0);
}

std::uint32_t draw_float(random& r, const format& f, style s, std::size_t i) {
  switch (s) {
    case style::wild:
      return std::uint32_t(r.next()) & (f.sign() | f.exponent_mask() | f.mantissa_mask());
    case style::denormal:
      return std::uint32_t(r.next()) & (f.sign() | (f.mantissa_mask() * 2 + 1));
    case style::special:
      return r.one_in(6) ? special_value(r, f) : ordinary(r, f);
    case style::ties:  // neighbours that differ by one unit in the last place: halves are ties
      return (std::uint32_t(f.bias()) << f.mantissa_bits) + (std::uint32_t(r.next()) & 3);
    case style::extremes:
      return r.one_in(2) ? f.exponent_mask() - 1 : f.sign() | (f.exponent_mask() - 1);
    case style::ramp:
      return (std::uint32_t(f.bias()) << f.mantissa_bits) + (std::uint32_t(i) & f.mantissa_mask());
    case style::constant:
      return (std::uint32_t(f.bias()) << f.mantissa_bits) | 5;
    case style::noise:
      break;
  }
  return ordinary(r, f);
}

std::uint32_t draw_integer(random& r, std::uint32_t max, style s, std::size_t i) {
  switch (s) {
    case style::extremes:
      return r.one_in(2) ? 0 : max;
    case style::ties:
      return max / 2 + (std::uint32_t(r.next()) & 1);
    case style::ramp:
      return std::uint32_t(i) * 3 & max;
    case style::constant:
      return max - max / 3;
    default:
      return std::uint32_t(r.next()) & max;
  }
}

void store(std::byte* to, std::uint32_t value, int bytes) {
  static_assert(std::endian::native == std::endian::little);
  std::memcpy(to, &value, bytes);
}

template <class T>
void replace_nans(std::span<std::byte> packed, T exponent, T magnitude, T nan) {
  for (std::size_t i = 0; i < packed.size(); i += sizeof(T)) {
    T bits;
    std::memcpy(&bits, &packed[i], sizeof bits);
    if ((bits & magnitude) > exponent) std::memcpy(&packed[i], &nan, sizeof nan);
  }
}

}  // namespace

void draw_pixels(random& r, tensor& t, int bits, int low_zero_bits) {
  t.pixels.resize(t.packed_bytes());
  if (t.kind == element::raw) {
    for (auto& b : t.pixels) b = std::byte(r.next());
    return;
  }
  const bool floating = is_float(t.kind);
  const style s = floating ? r.pick({style::noise, style::noise, style::special, style::special, style::wild,
                                     style::denormal, style::ties, style::extremes, style::ramp, style::constant})
                           : r.pick({style::noise, style::noise, style::noise, style::extremes, style::ties,
                                     style::ramp, style::constant});
  const format f = format_of(t.kind);
  const std::uint32_t max = floating ? 0 : (1u << (bits != 0 ? bits : 8 * t.element_bytes)) - 1;
  for (std::size_t i = 0; i * t.element_bytes < t.pixels.size(); ++i) {
    const std::uint32_t value = floating ? draw_float(r, f, s, i) : draw_integer(r, max, s, i) << low_zero_bits;
    store(&t.pixels[i * t.element_bytes], value, t.element_bytes);
  }
}

void make_nans_alike(element kind, std::span<std::byte> packed) {
  switch (kind) {
    case element::f16:
      return replace_nans<std::uint16_t>(packed, 0x7c00, 0x7fff, 0x7e00);
    case element::bf16:
      return replace_nans<std::uint16_t>(packed, 0x7f80, 0x7fff, 0x7fc0);
    case element::f32:
      return replace_nans<std::uint32_t>(packed, 0x7f800000, 0x7fffffff, 0x7fc00000);
    default:
      return;
  }
}

}  // namespace fluxel::parity
