// Prints the published vectors (README.md), computed by a row: `vectors scalar`, `vectors cpu/AVX2`, ... The test
// compares the output with vectors.jsonl; so the file describes what the library does, or the test fails.

#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "fluxel/version.hpp"
#include "host/plan/recipe.hpp"
#include "tests/parity/random.hpp"

namespace fluxel::vectors {
namespace {

using parity::random;

constexpr int cases_per_type = 64;

struct vector_case {
  resize_geometry geometry;
  resize_options options;
  plan::pixel_depth depth;
  std::uint64_t seed;
};

/// Element i from the i-th number of SplitMix64, as README.md states.
std::vector<unsigned char> make_input(const vector_case& c) {
  const int bytes = element_size(c.geometry.type);
  const std::size_t n = std::size_t(c.geometry.src.width) * c.geometry.src.height * c.geometry.channels;
  std::vector<unsigned char> pixels(n * bytes);
  random r(c.seed);
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t z = r.next();
    std::uint32_t value = 0;
    const auto fixed_point = [&](int fraction_bits, int mantissa_bits, int bias) -> std::uint32_t {
      const auto k = std::int64_t(z >> (63 - fraction_bits)) - (std::int64_t{1} << fraction_bits);
      if (k == 0) return 0;
      const auto magnitude = std::uint64_t(k < 0 ? -k : k);
      const int top = 63 - __builtin_clzll(magnitude);
      const auto mantissa = std::uint32_t(magnitude << (mantissa_bits - top)) & ((1u << mantissa_bits) - 1);
      return std::uint32_t(k < 0) << (8 * bytes - 1) | std::uint32_t(top - fraction_bits + bias) << mantissa_bits |
             mantissa;
    };
    switch (c.geometry.type) {
      case element_type::u8:
        value = std::uint32_t(z >> 56);
        break;
      case element_type::u16:
        value = std::uint32_t(z >> (64 - (c.depth.bits != 0 ? c.depth.bits : 16))) << c.depth.low_zero_bits;
        break;
      case element_type::f16:
        value = fixed_point(10, 10, 15);
        break;
      case element_type::bf16:
        value = fixed_point(7, 7, 127);
        break;
      case element_type::f32:
        value = fixed_point(23, 23, 127);
        break;
    }
    std::memcpy(&pixels[i * bytes], &value, bytes);
  }
  return pixels;
}

void draw_mapping(random& r, const resize_geometry& g, resize_options& o) {
  switch (r.below(5)) {
    case 0: {
      const double x = g.src.width * (r.unit() - 0.25), y = g.src.height * (r.unit() - 0.25);
      const double w = g.src.width * (0.125 + r.unit()), h = g.src.height * (0.125 + r.unit());
      o.region = rect{x, y, w, h};
      return;
    }
    case 1:
      o.scale_x = 0.125 + 3 * r.unit();
      o.scale_y = 0.125 + 3 * r.unit();
      return;
    default:
      return;
  }
}

vector_case draw_case(random& r, element_type type) {
  vector_case c;
  const int w = r.between(1, 19), h = r.between(1, 13), to_w = r.between(1, 23), to_h = r.between(1, 17);
  c.geometry = {{w, h}, {to_w, to_h}, r.between(1, 4), type};
  auto& o = c.options;
  o.filter =
      r.pick({filter::bilinear, filter::bilinear, filter::nearest, filter::area, filter::bicubic, filter::lanczos3});
  o.antialias = r.pick({antialias::no, antialias::yes});
  o.coordinates = r.pick({coordinates::half_pixel, coordinates::asymmetric, coordinates::align_corners});
  o.rounding = r.pick(
      {nearest_rounding::half_up, nearest_rounding::half_down, nearest_rounding::floor, nearest_rounding::ceil});
  o.cubic_a = r.pick({-0.75, -0.5});
  if (o.coordinates != coordinates::align_corners) draw_mapping(r, c.geometry, o);
  if (type == element_type::u16 && r.one_in(2))
    c.depth = r.pick({plan::pixel_depth{10, 0}, plan::pixel_depth{10, 6}});
  c.seed = r.next() >> 32;
  return c;
}

std::uint64_t output_hash(const vector_case& c, const kernels::row& row) {
  auto in = make_input(c);
  const auto& g = c.geometry;
  const int bytes = element_size(g.type) * g.channels;
  std::vector<unsigned char> out(std::size_t(g.dst.width) * g.dst.height * bytes);
  const auto image_of = [&](std::vector<unsigned char>& pixels, size s) {
    return kernels::image{.data = pixels.data(),
                          .width = s.width,
                          .height = s.height,
                          .channels = g.channels,
                          .pitch = std::ptrdiff_t{s.width} * bytes};
  };
  const kernels::image_pair pair{image_of(in, g.src), image_of(out, g.dst)};
  const auto prepared = row.resize.prepare(plan::make_recipe(g, c.options, c.depth));
  if (prepared == nullptr || prepared->run({&pair, 1}, {}) != kernels::status::ok) return 0;
  return parity::hash_bytes(out.data(), out.size());
}

int resize_revision() {
  for (const auto& known : bytes_revisions())
    if (known.operation == "resize") return known.revision;
  return 0;
}

void print(const vector_case& c, std::uint64_t hash) {
  constexpr const char* types[] = {"", "u8", "u16", "f16", "bf16", "f32"};
  constexpr const char* filters[] = {"bilinear", "nearest", "area", "bicubic", "lanczos3"};
  constexpr const char* rules[] = {"half_pixel", "asymmetric", "align_corners"};
  constexpr const char* roundings[] = {"half_up", "half_down", "floor", "ceil"};
  const auto& [g, o, depth, seed] = c;
  std::printf(
      "{\"operation\":\"resize\",\"bytes_revision\":%d,\"type\":\"%s\",\"src\":[%d,%d],\"dst\":[%d,%d],"
      "\"channels\":%d,\"seed\":%" PRIu64 ",\"filter\":\"%s\"",
      resize_revision(), types[int(g.type)], g.src.width, g.src.height, g.dst.width, g.dst.height, g.channels, seed,
      filters[int(o.filter)]);
  std::printf(",\"antialias\":%s,\"coordinates\":\"%s\"", o.antialias == antialias::yes ? "true" : "false",
              rules[int(o.coordinates)]);
  if (o.filter == filter::nearest) std::printf(",\"rounding\":\"%s\"", roundings[int(o.rounding)]);
  if (o.filter == filter::bicubic) std::printf(",\"cubic_a\":%.17g", o.cubic_a);
  if (o.region)
    std::printf(",\"region\":[%.17g,%.17g,%.17g,%.17g]", o.region->x, o.region->y, o.region->width, o.region->height);
  if (o.scale_x != 0) std::printf(",\"scale\":[%.17g,%.17g]", o.scale_x, o.scale_y);
  if (depth.bits != 0) std::printf(",\"bits\":%d,\"low_zero_bits\":%d", depth.bits, depth.low_zero_bits);
  std::printf(",\"hash\":\"%016" PRIx64 "\"}\n", hash);
}

int print_all(const std::string& name) {
  const kernels::row* row = &kernels::scalar();
  if (name.rfind("cpu/", 0) == 0) {
    if (!kernels::force_cpu_target(name.substr(4))) return 2;
    row = &kernels::cpu();
  } else if (name == "cuda") {
    row = kernels::cuda();
  } else if (name != "scalar") {
    return 2;
  }
  random r(2026);
  for (auto type : {element_type::u8, element_type::u16, element_type::f16, element_type::bf16, element_type::f32})
    for (int i = 0; i < cases_per_type; ++i) {
      const auto c = draw_case(r, type);
      print(c, output_hash(c, *row));
    }
  return 0;
}

}  // namespace
}  // namespace fluxel::vectors

int main(int argc, char** argv) { return fluxel::vectors::print_all(argc > 1 ? argv[1] : "scalar"); }
