// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/options/geometry.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "host/program/video/failure.hpp"

namespace fluxel::cli {

namespace {

constexpr std::int64_t largest_aspect = 65535;  // 16 bits in H.264

int to_step(double value, int step) { return std::max(step, int(std::lround(value / step)) * step); }

int down_to_step(int value, int step) { return std::max(step, value / step * step); }

/// The nearest fraction with both parts up to `largest_aspect`.
video::ratio reduced(std::int64_t num, std::int64_t den) {
  const std::int64_t common = std::gcd(num, den);
  num /= common, den /= common;
  // Convergents of the continued fraction; the last one that fits.
  std::int64_t a = num, b = den, n0 = 0, n1 = 1, d0 = 1, d1 = 0;
  while (b != 0) {
    const std::int64_t q = a / b;
    const std::int64_t n = q * n1 + n0, d = q * d1 + d0;
    if (n > largest_aspect || d > largest_aspect) break;
    n0 = n1, n1 = n, d0 = d1, d1 = d;
    a -= q * b, std::swap(a, b);
  }
  return {int(n1), int(d1)};
}

/// SAR_out = SAR_in * (used input / output) of the widths, over that of the heights.
video::ratio sample_aspect(const video::ratio& in, size used, size out) {
  if (in.num <= 0) return in;
  video::ratio shape = reduced(std::int64_t{used.width} * out.height, std::int64_t{used.height} * out.width);
  return reduced(std::int64_t{shape.num} * in.num, std::int64_t{shape.den} * in.den);
}

/// The side that follows from the other one and the shape.
void complete(size& wanted, size in) {
  if (wanted.height < 0) wanted.height = to_step(double(wanted.width) * in.height / in.width, -wanted.height);
  if (wanted.width < 0) wanted.width = to_step(double(wanted.height) * in.width / in.height, -wanted.width);
}

size inside(size in, size box, size step) {
  const double scale = std::min(double(box.width) / in.width, double(box.height) / in.height);
  const auto side = [](double exact, int limit, int step) {
    // Rounding must not leave the box; a side that fills it stays.
    if (std::lround(exact) >= limit) return limit;
    return std::min(to_step(exact, step), down_to_step(limit, step));
  };
  return {side(in.width * scale, box.width, step.width), side(in.height * scale, box.height, step.height)};
}

rect middle(size in, size shape) {
  const double scale = std::min(double(in.width) / shape.width, double(in.height) / shape.height);
  const double w = shape.width * scale, h = shape.height * scale;
  return {(in.width - w) / 2, (in.height - h) / 2, w, h};
}

}  // namespace

layout make_layout(const video::picture_info& info, const size_request& request) {
  const size in{info.format.width, info.format.height};
  layout out;
  if (request.scale > 0) {
    out.picture = {to_step(in.width * request.scale, info.step.width),
                   to_step(in.height * request.scale, info.step.height)};
    constexpr int largest = 65535;
    if (out.picture.width > largest || out.picture.height > largest)
      throw video::failure(video::fault::usage, "--scale: the picture would be larger than 65535 pixels");
    out.resized = out.picture;
    out.sample_aspect = sample_aspect(info.sample_aspect, in, out.picture);
    return out;
  }
  size wanted = request.displayed;
  if (info.quarter_turns % 2) std::swap(wanted.width, wanted.height);
  complete(wanted, in);
  out.picture = out.resized = wanted;
  if (request.fit == fit::contain) out.picture = out.resized = inside(in, wanted, info.step);
  if (request.fit == fit::pad) {
    out.resized = inside(in, wanted, info.step);
    out.left = (wanted.width - out.resized.width) / 2 / info.step.width * info.step.width;
    out.top = (wanted.height - out.resized.height) / 2 / info.step.height * info.step.height;
  }
  if (request.fit == fit::cover) {
    out.region = middle(in, wanted);
    out.sample_aspect = info.sample_aspect;
  } else {
    out.sample_aspect = sample_aspect(info.sample_aspect, in, out.resized);
  }
  return out;
}

}  // namespace fluxel::cli
