// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/options/geometry.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <numeric>
#include <string>
#include <utility>

#include "host/program/video/failure.hpp"

namespace fluxel::cli {

namespace {

using video::failure;
using video::fault;

constexpr std::int64_t largest_aspect = 65535;  // 16 bits in H.264

/// Width and height that need not be whole.
struct extent {
  double width = 0;
  double height = 0;
};

std::string text_of(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", number);
  return text;
}

std::string text_of(extent e) { return text_of(e.width) + 'x' + text_of(e.height); }

/// To the nearest multiple of a step, within what a picture can have.
size rounded(extent exact, size step) {
  if (exact.width < 0.5 || exact.height < 0.5 || exact.width > largest_side || exact.height > largest_side)
    throw failure(fault::usage, "the result would be " + text_of(exact) + " pixels: sides go from 1 to " +
                                    std::to_string(largest_side));
  const auto side = [](double value, int step) { return std::max(step, int(std::lround(value / step)) * step); };
  return {side(exact.width, step.width), side(exact.height, step.height)};
}

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
video::ratio sample_aspect(const video::ratio& in, extent used, size out) {
  constexpr double units = 1024;  // of a pixel, for parts that cut pixels
  const auto whole = [](double v) { return std::int64_t(std::llround(v * units)); };
  const video::ratio shape = reduced(whole(used.width) * out.height, whole(used.height) * out.width);
  return reduced(std::int64_t{shape.num} * in.num, std::int64_t{shape.den} * in.den);
}

/// The side that follows from the other one and the shape.
size completed(size wanted, extent shape) {
  if (wanted.height < 0)
    return rounded({double(wanted.width), wanted.width * shape.height / shape.width}, {1, -wanted.height});
  if (wanted.width < 0)
    return rounded({wanted.height * shape.width / shape.height, double(wanted.height)}, {-wanted.width, 1});
  return wanted;
}

size inside(extent shape, size box, size step) {
  const double scale = std::min(box.width / shape.width, box.height / shape.height);
  const auto side = [](double exact, int limit, int step) {
    // Rounding must not leave the box; a side that fills it stays.
    if (std::lround(exact) >= limit) return limit;
    const int down = std::max(step, limit / step * step);
    return std::min(std::max(step, int(std::lround(exact / step)) * step), down);
  };
  return {side(shape.width * scale, box.width, step.width), side(shape.height * scale, box.height, step.height)};
}

/// The picture as it stands upright.
struct upright_picture {
  size pixels;
  video::ratio aspect;  ///< of a pixel
  size step;
  int turns;  ///< of the stored picture
  bool mirrored;

  explicit upright_picture(const video::picture_info& in)
      : pixels{in.format.width, in.format.height},
        aspect(in.sample_aspect),
        step(in.step),
        turns(in.quarter_turns),
        mirrored(in.mirrored) {
    turn(pixels), turn(step), turn(aspect);
  }

  bool on_its_side() const { return turns % 2 != 0; }
  void turn(size& s) const {
    if (on_its_side()) std::swap(s.width, s.height);
  }
  void turn(video::ratio& r) const {
    if (on_its_side() && r.num > 0) std::swap(r.num, r.den);
  }

  /// In square pixels, with the rows as they are.
  extent shown(extent part) const {
    return {aspect.num > 0 ? part.width * aspect.num / aspect.den : part.width, part.height};
  }

  /// Where a part of it lies in the stored picture, which is shown after mirroring and turning clockwise.
  rect stored(const rect& r) const {
    const double right = pixels.width - r.x - r.width, below = pixels.height - r.y - r.height;
    rect s = turns == 0   ? r
             : turns == 1 ? rect{r.y, right, r.height, r.width}
             : turns == 2 ? rect{right, below, r.width, r.height}
                          : rect{below, r.x, r.height, r.width};
    if (mirrored) s.x = (on_its_side() ? pixels.height : pixels.width) - s.x - s.width;
    return s;
  }
};

rect cropped(const upright_picture& in, const std::optional<crop_request>& crop) {
  const double width = in.pixels.width, height = in.pixels.height;
  if (!crop) return {0, 0, width, height};
  const rect r{crop->left.value_or((width - crop->width) / 2), crop->top.value_or((height - crop->height) / 2),
               crop->width, crop->height};
  if (r.x < 0 || r.y < 0 || r.x + r.width > width || r.y + r.height > height)
    throw failure(fault::usage, "--crop " + text_of(extent{r.width, r.height}) +
                                    (crop->left ? '+' + text_of(r.x) + '+' + text_of(r.y) : "") +
                                    ": reaches beyond the picture, which is " + text_of(extent{width, height}));
  return r;
}

/// The middle of a part that has the shape of `wanted` on the screen.
rect middle(const rect& part, extent shown, size wanted) {
  const double scale = std::min(shown.width / wanted.width, shown.height / wanted.height);
  const double w = part.width * (wanted.width * scale / shown.width);
  const double h = part.height * (wanted.height * scale / shown.height);
  return {part.x + (part.width - w) / 2, part.y + (part.height - h) / 2, w, h};
}

}  // namespace

layout make_layout(const video::picture_info& info, const size_request& request) {
  const upright_picture in(info);
  const bool square = request.square_pixels || info.shown_square;
  const rect used = cropped(in, request.crop);
  const extent pixels{used.width, used.height}, shown = in.shown(pixels);
  layout out;
  rect region = used;
  size wanted = request.displayed;
  if (request.shorter > 0)
    wanted =
        shown.width < shown.height ? size{request.shorter, -in.step.height} : size{-in.step.width, request.shorter};
  if (request.scale > 0) {
    const extent from = square ? shown : pixels;
    wanted = rounded({from.width * request.scale, from.height * request.scale}, in.step);
  }
  wanted = completed(wanted, shown);
  const bool fits = request.fit == fit::contain || request.fit == fit::pad;
  out.resized = fits ? inside(shown, wanted, in.step) : wanted;
  out.picture = request.fit == fit::contain ? out.resized : wanted;
  if (request.fit == fit::cover) region = middle(used, shown, wanted);
  if (in.aspect.num > 0)
    out.sample_aspect = square || request.fit == fit::cover || request.fit == fit::pad
                            ? video::ratio{1, 1}
                            : sample_aspect(in.aspect, pixels, out.resized);
  in.turn(out.resized), in.turn(out.picture), in.turn(out.sample_aspect);
  out.left = (out.picture.width - out.resized.width) / 2 / info.step.width * info.step.width;
  out.top = (out.picture.height - out.resized.height) / 2 / info.step.height * info.step.height;
  out.region = in.stored(region);
  if (request.crop) out.crop = in.stored(used);
  return out;
}

}  // namespace fluxel::cli
