// SPDX-License-Identifier: Apache-2.0
#include "host/flow/flow_options.hpp"

#include <charconv>
#include <string>

#include "host/core/errors.hpp"

namespace fluxel::host {

namespace {

std::string digits(double value) {
  const bool whole = value < 1e9 && value == static_cast<double>(static_cast<int>(value));
  char text[32];
  return {text, whole ? std::to_chars(text, text + sizeof text, static_cast<int>(value)).ptr
                      : std::to_chars(text, text + sizeof text, value).ptr};
}

std::string range(double least, double most) { return digits(least) + " to " + digits(most); }

constexpr int most_side = 1 << 19;  ///< positions of tracked points, in 1/1024 px, stay below 2^30

}  // namespace

void option_checks::must(bool holds, const char* argument, const char* problem) const {
  require(holds, function_, argument, problem);
}

void option_checks::in(double value, double least, double most, const char* argument) const {
  if (!(value >= least && value <= most)) reject({function_}, argument, "must be " + range(least, most));
}

void option_checks::zero_or_in(double value, double least, double most, const char* argument) const {
  if (!(value == 0 || (value >= least && value <= most)))
    reject({function_}, argument, "must be 0, or " + range(least, most));
}

void option_checks::side(int value, const char* argument) const { in(value, 1, most_side, argument); }

void option_checks::geometry(const flow_geometry& g) const {
  side(g.width, "geometry.width");
  side(g.height, "geometry.height");
  in(g.channels, 1, 4, "geometry.channels");
  must(g.type == element_type::u8 || g.type == element_type::u16 || g.type == element_type::f32, "geometry.type",
       "must be u8, u16 or f32");
  in(g.count, 1, 65535, "geometry.count");
  in(g.bit_depth, 8, 16, "geometry.bit_depth");
  in(g.white, 1e-30, 1e30, "geometry.white");
  range_of_values(g);
}

void option_checks::range_of_values(const flow_geometry& g) const {
  const auto [low, high] = g.range;
  must(low <= high, "geometry.range", "must have low below high, or both 0");
  if (g.type == element_type::f32) {
    in(low, -1e30, 1e30, "geometry.range.low");
    in(high, -1e30, 1e30, "geometry.range.high");
    must(low == high || high - low >= 1e-30, "geometry.range", "is too small");
    return;
  }
  const double most = g.type == element_type::u8 ? 255 : (1 << g.bit_depth) - 1;
  in(low, 0, most, "geometry.range.low");
  in(high, 0, most, "geometry.range.high");
  must(low == static_cast<int>(low) && high == static_cast<int>(high), "geometry.range",
       "must have whole numbers for integer pixels");
}

void option_checks::single_geometry(const flow_geometry& g) const {
  geometry(g);
  must(g.count == 1, "geometry.count", "must be 1");
}

void option_checks::pyramid(const flow_pyramid_options& p) const {
  in(p.presmoothing, 0, 10, "options.pyramid.presmoothing");
  in(p.factor, 0.3, 0.95, "options.pyramid.factor");
  must(p.coarsest_side >= 4, "options.pyramid.coarsest_side", "must be at least 4");
  in(p.max_levels, 1, 64, "options.pyramid.max_levels");
}

void option_checks::search(const flow_search_options& s) const { in(s.radius, 0, 512, "options.search.radius"); }

void option_checks::data_term(const flow_data_term_options& d) const {
  zero_or_in(d.brightness, 1e-6, 1e6, "options.data_term.brightness");
  zero_or_in(d.gradient, 1e-6, 1e6, "options.data_term.gradient");
  must(d.brightness + d.gradient > 0, "options.data_term.brightness",
       "and options.data_term.gradient must not both be 0");
  zero_or_in(d.brightness_epsilon, 1e-6, 1e6, "options.data_term.brightness_epsilon");
  zero_or_in(d.gradient_epsilon, 1e-6, 1e6, "options.data_term.gradient_epsilon");
}

void option_checks::warping(const flow_warping_options& w) const {
  in(w.warps, 1, 1000, "options.warping.warps");
  in(w.max_increment, 0.01, 511, "options.warping.max_increment");
}

void option_checks::median(const flow_median_options& m) const {
  in(m.radius, 0, 3, "options.median.radius");
  in(m.passes, 1, 8, "options.median.passes");
}

void option_checks::weighted_median(const flow_weighted_median_options& m) const {
  must(static_cast<int>(m.after) >= 0 && static_cast<int>(m.after) <= 3, "options.weighted_median.after",
       "must be never, finest_level, every_level or every_warp");
  in(m.radius, 1, 7, "options.weighted_median.radius");
  in(m.likeness, 2, 28, "options.weighted_median.likeness");
}

void option_checks::validity(const flow_validity_options& v) const {
  in(v.variation, 0, 1024, "options.validity.variation");
  in(v.residual, 0, 1e4, "options.validity.residual");
  in(v.flat, 0, 1e4, "options.validity.flat");
  in(v.aperture, 0, 1e4, "options.validity.aperture");
  in(v.cut_score, 0, 1e4, "options.validity.cut_score");
  in(v.consistency, 0, 512, "options.validity.consistency");
}

void option_checks::precision(int steps, const flow_geometry& g) const {
  constexpr int most = 512;  // a quarter of a side is what motion may reach for sure
  must(steps == 64 || steps == 256, "options.precision", "must be 64 or 256");
  must(steps == 64 || (g.width <= most && g.height <= most), "options.precision",
       "of 256 needs frames of at most 512 x 512");
}

void option_checks::quality(flow_quality q) const {
  must(static_cast<int>(q) >= 0 && static_cast<int>(q) <= 3, "quality", "must be fast, balanced, accurate or best");
}

}  // namespace fluxel::host
