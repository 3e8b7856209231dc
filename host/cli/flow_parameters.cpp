#include "host/cli/flow_parameters.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "host/video/failure.hpp"

namespace fluxel::cli {

namespace {

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

/// What every dense method has besides its own parameters.
template <class Options>
std::vector<parameter<Options>> with_validity(std::vector<parameter<Options>> table) {
  using number = typename parameter<Options>::number;
  table.push_back({"validity_flat", "Larger eigenvalue below which a window is flat, (grey levels / px)^2",
                   [](Options& o) -> number { return &o.validity.flat; }});
  table.push_back({"validity_aperture", "Smaller eigenvalue below which texture has one direction only",
                   [](Options& o) -> number { return &o.validity.aperture; }});
  table.push_back({"validity_consistency", "Distance that the flow back may miss a pixel by, px; 0: not computed",
                   [](Options& o) -> number { return &o.validity.consistency; }});
  return table;
}

}  // namespace

// A row of a table: the member's name once.
#define FLUXEL_PARAMETER(options, member, help)                                           \
  {                                                                                       \
#member, help, [](options & o) -> parameter < options> ::number { return &o.member; } \
  }

const std::vector<parameter<horn_schunck_options>>& parameters_of(const horn_schunck_options&) {
  static const std::vector<parameter<horn_schunck_options>> table = with_validity<horn_schunck_options>({
      FLUXEL_PARAMETER(horn_schunck_options, smoothness, "Weight of smoothness: alpha^2; classic: lambda"),
      FLUXEL_PARAMETER(horn_schunck_options, brightness, "Weight of equal brightness"),
      FLUXEL_PARAMETER(horn_schunck_options, gradient, "Weight of equal gradients"),
      FLUXEL_PARAMETER(horn_schunck_options, brightness_epsilon, "Grey levels from which errors count less; 0: none"),
      FLUXEL_PARAMETER(horn_schunck_options, gradient_epsilon, "The same for gradients, grey levels per pixel"),
      FLUXEL_PARAMETER(horn_schunck_options, edge_scale, "Grey levels of an edge that flow may break at; 0: none"),
      FLUXEL_PARAMETER(horn_schunck_options, edge_floor, "Least smoothness across edges, 0 to 1"),
      FLUXEL_PARAMETER(horn_schunck_options, presmoothing, "Standard deviation of the first Gaussian, px"),
      FLUXEL_PARAMETER(horn_schunck_options, pyramid_factor, "Side of a level to the finer one's, 0.3 to 0.95"),
      FLUXEL_PARAMETER(horn_schunck_options, coarsest_side, "Shorter side of the smallest level at least, px"),
      FLUXEL_PARAMETER(horn_schunck_options, max_levels, "Levels at most; 1: a single scale"),
      FLUXEL_PARAMETER(horn_schunck_options, warps, "Linearisations per level"),
      FLUXEL_PARAMETER(horn_schunck_options, sweeps, "Relaxation sweeps per warp; classic: iterations"),
      FLUXEL_PARAMETER(horn_schunck_options, chebyshev_radius, "Acceleration of the sweeps; 0: plain Jacobi"),
      FLUXEL_PARAMETER(horn_schunck_options, max_increment, "Largest change of the flow per warp, px"),
      FLUXEL_PARAMETER(horn_schunck_options, median_radius, "Of the median after every warp; 0: none, to 3"),
  });
  return table;
}

#undef FLUXEL_PARAMETER

void set_parameters(horn_schunck_options& options, const parameter_values& values, const std::string& method) {
  set(options, values, method);
}

std::string describe_parameters(const horn_schunck_options& options) { return describe(options); }

std::string option_of(const std::string& name) {
  std::string option = "--" + name;
  std::replace(option.begin(), option.end(), '_', '-');
  return option;
}

std::vector<parameter_help> all_parameters() {
  std::vector<parameter_help> all;
  collect<horn_schunck_options>(all);
  return all;
}

}  // namespace fluxel::cli
