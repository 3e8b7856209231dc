// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/flow_parameters.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "host/program/video/failure.hpp"

namespace fluxel::cli {

namespace {

// A row of a table: the member's name once.
// clang-format off
#define FLUXEL_PARAMETER(member, help) {#member, help, [](auto& o) -> parameter_number { return &o.member; }}
// clang-format on

/// The parameters of a method alone, followed by those that all dense methods have.
template <class Options>
std::vector<parameter<Options>> table_of(std::vector<parameter<Options>> own) {
  const std::vector<parameter<Options>> common{
      FLUXEL_PARAMETER(brightness, "Weight of equal brightness"),
      FLUXEL_PARAMETER(gradient, "Weight of equal gradients"),
      FLUXEL_PARAMETER(brightness_epsilon, "Grey levels from which errors count less; 0: none"),
      FLUXEL_PARAMETER(gradient_epsilon, "The same for gradients, grey levels per pixel"),
      FLUXEL_PARAMETER(presmoothing, "Standard deviation of the first Gaussian, px"),
      FLUXEL_PARAMETER(pyramid_factor, "Side of a level to the finer one's, 0.3 to 0.95"),
      FLUXEL_PARAMETER(coarsest_side, "Shorter side of the smallest level at least, px"),
      FLUXEL_PARAMETER(max_levels, "Levels at most; 1: a single scale"),
      FLUXEL_PARAMETER(warps, "Linearisations per level"),
      FLUXEL_PARAMETER(max_increment, "Largest change of the flow per warp, px"),
      FLUXEL_PARAMETER(median_radius, "Of the median after every warp; 0: none, to 3"),
      FLUXEL_PARAMETER(median_passes, "Medians after every warp, 1 to 8"),
      {"validity_flat", "Larger eigenvalue below which a window is flat, (grey levels / px)^2",
       [](Options& o) -> parameter_number { return &o.validity.flat; }},
      {"validity_aperture", "Smaller eigenvalue below which texture has one direction only",
       [](Options& o) -> parameter_number { return &o.validity.aperture; }},
      {"validity_consistency", "Distance that the flow back may miss a pixel by, px; 0: not computed",
       [](Options& o) -> parameter_number { return &o.validity.consistency; }},
  };
  own.insert(own.end(), common.begin(), common.end());
  return own;
}

const std::vector<parameter<horn_schunck_options>>& parameters_of(const horn_schunck_options&) {
  static const auto table = table_of<horn_schunck_options>({
      FLUXEL_PARAMETER(smoothness, "Weight of smoothness: alpha^2; classic: lambda"),
      FLUXEL_PARAMETER(edge_scale, "Grey levels of an edge that flow may break at; 0: none"),
      FLUXEL_PARAMETER(edge_floor, "Least smoothness across edges, 0 to 1"),
      FLUXEL_PARAMETER(sweeps, "Relaxation sweeps per warp; classic: iterations"),
      FLUXEL_PARAMETER(chebyshev_radius, "Acceleration of the sweeps; 0: none"),
  });
  return table;
}

const std::vector<parameter<lucas_kanade_options>>& parameters_of(const lucas_kanade_options&) {
  static const auto table = table_of<lucas_kanade_options>({
      FLUXEL_PARAMETER(window_radius, "Of the window of least squares, 0 to 15 px"),
      FLUXEL_PARAMETER(window_sigma, "Standard deviation of the window's weights, px; 0: a box"),
      FLUXEL_PARAMETER(ridge, "Pull to the flow before, (grey levels / px)^2"),
      FLUXEL_PARAMETER(contrast_limit, "Most that a pixel of strong contrast weighs; 0: no limit"),
  });
  return table;
}

#undef FLUXEL_PARAMETER

template <class Options>
void set(Options& options, const parameter_values& values, const std::string& method) {
  const auto& list = parameters_of(options);
  for (const auto& [name, value] : values) {
    const auto found = std::find_if(list.begin(), list.end(), [&](const auto& p) { return p.name == name; });
    if (found == list.end())
      throw video::failure(video::fault::usage, option_of(name) + ": " + method + " has no such parameter");
    const auto number = found->in(options);
    if (auto* const* real = std::get_if<double*>(&number)) {
      **real = value;
    } else {
      if (value != std::trunc(value) || std::fabs(value) > 1e9)
        throw video::failure(video::fault::usage, option_of(name) + ": write a whole number");
      *std::get<int*>(number) = int(value);
    }
  }
}

template <class Options>
std::string describe(Options options) {
  std::string text;
  for (const auto& p : parameters_of(options)) {
    char digits[32];
    const auto end = std::visit(
        [&](auto* value) { return std::to_chars(digits, digits + sizeof digits, *value).ptr; }, p.in(options));
    text += p.name + std::string(" = ") + std::string(digits, end) + '\n';
  }
  return text;
}

template <class Options>
void collect(std::vector<parameter_help>& all) {
  for (const auto& p : parameters_of(Options()))
    if (std::none_of(all.begin(), all.end(), [&](const auto& known) { return known.name == p.name; }))
      all.push_back({p.name, p.help});
}

}  // namespace

void set_parameters(horn_schunck_options& options, const parameter_values& values, const std::string& method) {
  set(options, values, method);
}

void set_parameters(lucas_kanade_options& options, const parameter_values& values, const std::string& method) {
  set(options, values, method);
}

std::string describe_parameters(const horn_schunck_options& options) { return describe(options); }

std::string describe_parameters(const lucas_kanade_options& options) { return describe(options); }

std::string option_of(const std::string& name) {
  std::string option = "--" + name;
  std::replace(option.begin(), option.end(), '_', '-');
  return option;
}

std::vector<parameter_help> all_parameters() {
  std::vector<parameter_help> all;
  collect<horn_schunck_options>(all);
  collect<lucas_kanade_options>(all);
  return all;
}

}  // namespace fluxel::cli
