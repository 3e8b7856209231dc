// SPDX-License-Identifier: Apache-2.0
#include "host/parity/vectors/case.hpp"

#include <bit>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <map>
#include <utility>

#include "fluxel/version.hpp"

namespace fluxel::vectors {

namespace {

/// The number k / 2^fraction_bits in a binary format; it fits.
std::uint32_t float_bits(std::int64_t k, int fraction_bits, int mantissa_bits, int bias, int bytes) {
  if (k == 0) return 0;
  const auto magnitude = std::uint64_t(k < 0 ? -k : k);
  const int top = 63 - std::countl_zero(magnitude);
  const auto mantissa = std::uint32_t(magnitude << (mantissa_bits - top)) & ((1u << mantissa_bits) - 1);
  return std::uint32_t(k < 0) << (8 * bytes - 1) | std::uint32_t(top - fraction_bits + bias) << mantissa_bits |
         mantissa;
}

std::uint32_t element_of(element_type type, std::uint64_t z, depth d) {
  const auto signed_fraction = [&](int bits) { return std::int64_t(z >> (63 - bits)) - (std::int64_t{1} << bits); };
  switch (type) {
    case element_type::u8:
      return std::uint32_t(z >> 56);
    case element_type::u16:
      return std::uint32_t(z >> (64 - d.bits)) << d.low_zero_bits;
    case element_type::f16:
      return float_bits(signed_fraction(10), 10, 10, 15, 2);
    case element_type::bf16:
      return float_bits(signed_fraction(7), 7, 7, 127, 2);
    case element_type::f32:
      break;
  }
  return float_bits(signed_fraction(23), 23, 23, 127, 4);
}

int revision_of(const std::string& promise) {
  for (const auto& known : bytes_revisions())
    if (known.operation == promise) return known.revision;
  return 0;
}

template <class T, class Print>
std::string list_of(const std::vector<T>& values, Print&& print) {
  std::string list = "[";
  for (const T& v : values) list.append(list.size() > 1 ? "," : "").append(print(v));
  return list.append("]");
}

std::string digits(double v) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.17g", v);
  return buffer;
}

std::map<std::string, void (*)(const computer&)>& operations() {
  static std::map<std::string, void (*)(const computer&)> all;
  return all;
}

std::vector<std::string>& lines() {
  static std::vector<std::string> all;
  return all;
}

}  // namespace

operation::operation(const char* name, void (*print)(const computer& by)) { operations()[name] = print; }

std::vector<std::string> lines_by(const computer& by) {
  lines().clear();
  for (const auto& [name, print] : operations()) print(by);
  return std::exchange(lines(), {});
}

parity::random numbers_of(std::string_view operation, std::string_view variant, element_type type, int index) {
  std::string name(operation);
  name.append("/").append(variant).append("/").append(name_of(type)).append("/").append(std::to_string(index));
  return parity::random(parity::hash_bytes(name));
}

std::vector<unsigned char> make_elements(element_type type, std::size_t count, std::uint64_t seed, depth d) {
  const auto bytes = static_cast<std::size_t>(element_size(type));
  std::vector<unsigned char> elements(count * bytes);
  parity::random r(seed);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t value = element_of(type, r.next(), d);
    std::memcpy(&elements[i * bytes], &value, bytes);
  }
  return elements;
}

line::line(const char* operation, const char* promise, element_type type) {
  text("operation", operation).number("bytes_revision", static_cast<std::uint64_t>(revision_of(promise)));
  text("type", name_of(type));
}
line& line::raw(const char* key, const std::string& value) {
  text_.append(text_.empty() ? "{\"" : ",\"").append(key).append("\":").append(value);
  return *this;
}
line& line::text(const char* key, const char* value) {
  return raw(key, std::string("\"").append(value).append("\""));
}
line& line::number(const char* key, std::uint64_t value) { return raw(key, std::to_string(value)); }
line& line::real(const char* key, double value) { return raw(key, digits(value)); }
line& line::truth(const char* key, bool value) { return raw(key, value ? "true" : "false"); }
line& line::numbers(const char* key, const std::vector<int>& values) {
  return raw(key, list_of(values, [](int v) { return std::to_string(v); }));
}
line& line::reals(const char* key, const std::vector<double>& values) { return raw(key, list_of(values, digits)); }
line& line::hash(const char* key, std::uint64_t value) {
  char hex[17];
  std::snprintf(hex, sizeof hex, "%016" PRIx64, value);
  return text(key, hex);
}
void line::print(std::uint64_t value) { lines().push_back(hash("hash", value).text_ + "}"); }

const char* name_of(coordinates rule) {
  constexpr const char* rules[] = {"half_pixel", "asymmetric", "align_corners"};
  return rules[int(rule)];
}
const char* name_of(element_type type) {
  constexpr const char* types[] = {"", "u8", "u16", "f16", "bf16", "f32"};
  return types[int(type)];
}
const char* name_of(filter f) {
  constexpr const char* filters[] = {"bilinear", "nearest",     "area",     "bicubic", "lanczos3",
                                     "mitchell", "catmull_rom", "gaussian", "hamming", "spline36"};
  return filters[int(f)];
}

}  // namespace fluxel::vectors
