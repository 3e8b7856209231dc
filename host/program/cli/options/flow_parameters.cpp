// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/options/flow_parameters.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "host/program/video/failure.hpp"

namespace fluxel::cli {

namespace {

/// A number of the options, and how the user sets it: by --name, with - for _.
struct parameter {
  const char* name;
  const char* help;
  std::variant<double*, int*, weighted_median_after*> number;
};
using parameters = std::vector<parameter>;

void add(parameters& to, const parameters& more) { to.insert(to.end(), more.begin(), more.end()); }

void add_data_term(parameters& to, flow_data_term_options& d) {
  add(to, {{"brightness", "Weight of brightness constancy", &d.brightness},
           {"gradient", "Weight of gradient constancy", &d.gradient},
           {"brightness_epsilon", "Grey levels above which errors count less; 0: never", &d.brightness_epsilon},
           {"gradient_epsilon", "The same for gradients, grey levels per pixel", &d.gradient_epsilon}});
}

void add_presmoothing(parameters& to, flow_pyramid_options& p) {
  add(to, {{"presmoothing", "Standard deviation of the Gaussian applied first, px", &p.presmoothing}});
}

void add_levels(parameters& to, flow_pyramid_options& p) {
  add(to, {{"pyramid_factor", "Scale from a level to the next coarser one, 0.3 to 0.95", &p.factor},
           {"coarsest_side", "Least shorter side of the coarsest level, px", &p.coarsest_side},
           {"max_levels", "Levels at most; 1: a single scale", &p.max_levels}});
}

void add_search(parameters& to, flow_search_options& s) {
  add(to,
      {{"search_radius", "Reach of the search for large motion of small things, px; 0: none, to 512", &s.radius}});
}

void add_max_increment(parameters& to, flow_warping_options& w) {
  add(to, {{"max_increment", "Largest change of the flow per warp, px", &w.max_increment}});
}

void add_warps(parameters& to, flow_warping_options& w, flow_median_options& m, flow_weighted_median_options& g) {
  add(to, {{"warps", "Warps per level", &w.warps},
           {"median_radius", "Radius of the median filter after every warp; 0: none, to 3", &m.radius},
           {"median_passes", "Passes of the median filter, 1 to 8", &m.passes},
           {"weighted_median", "Weighted median after 1: the finest level, 2: every level, 3: every warp; 0: none",
            &g.after},
           {"weighted_median_radius", "Its radius, 1 to 7", &g.radius},
           {"weighted_median_likeness", "Grey levels by which alike pixels differ in it, 2 to 28", &g.likeness}});
}

void add_precision(parameters& to, int& precision) {
  add(to, {{"precision", "Steps per pixel of the vectors: 64, or 256 for frames of at most 512 x 512", &precision}});
}

void add_validity(parameters& to, flow_validity_options& v) {
  add(to,
      {{"validity_variation", "Flow varies when a vector 5 px away differs by this, px; 0: no test", &v.variation},
       {"validity_residual", "Times the median difference that a vector may leave; 0: no test", &v.residual},
       {"validity_flat", "Times the larger eigenvalue of noise below which a place is flat", &v.flat},
       {"validity_aperture", "The same of the smaller one: texture has one direction only", &v.aperture},
       {"validity_cut_score", "Score from which on a pair is a cut; 0: never", &v.cut_score},
       {"validity_consistency", "Largest distance of the forward-backward check, px; 0: no check", &v.consistency}});
}

/// What the method reads.
parameters parameters_of(horn_schunck_options& o) {
  const bool warping = o.model == horn_schunck_model::warping;
  parameters all{{"smoothness", "Weight of smoothness: alpha^2; classic: lambda", &o.smoothness.weight}};
  if (warping)
    add(all, {{"edge_scale", "Grey levels of an edge that flow may break at; 0: none", &o.smoothness.edge_scale},
              {"edge_floor", "Least smoothness across edges, 0 to 1", &o.smoothness.edge_floor},
              {"smoothness_epsilon", "Change of flow above which smoothness counts less, px; 0: never",
               &o.smoothness.epsilon}});
  add(all, {{"sweeps", "Relaxation sweeps per warp; classic: iterations", &o.solver.sweeps}});
  if (warping) {
    add(all, {{"chebyshev_radius", "Acceleration of the sweeps; 0: none", &o.solver.chebyshev_radius}});
    add_data_term(all, o.data_term);
  }
  add_presmoothing(all, o.pyramid);
  if (warping) {
    add_levels(all, o.pyramid);
    add_search(all, o.search);
    add_max_increment(all, o.warping);
    add_warps(all, o.warping, o.median, o.weighted_median);
    add_precision(all, o.precision);
  }
  add_validity(all, o.validity);
  return all;
}

parameters parameters_of(lucas_kanade_options& o) {
  parameters all{
      {"window_radius", "Radius of the least-squares window, 0 to 15 px", &o.window.radius},
      {"window_sigma", "Standard deviation of the window's weights, px; 0: a box", &o.window.sigma},
      {"ridge", "Regularises towards the previous iterate, (grey levels / px)^2", &o.window.ridge},
      {"contrast_limit", "Largest weight of a pixel of strong contrast; 0: no limit", &o.window.contrast_limit}};
  if (o.model == lucas_kanade_model::classic)
    add(all, {{"min_eigenvalue", "Smaller eigenvalue below which flow is 0, (grey levels / px)^2",
               &o.window.min_eigenvalue}});
  add_data_term(all, o.data_term);
  add_presmoothing(all, o.pyramid);
  add_max_increment(all, o.warping);
  if (o.model == lucas_kanade_model::warping) {
    add_levels(all, o.pyramid);
    add_search(all, o.search);
    add_warps(all, o.warping, o.median, o.weighted_median);
    add_precision(all, o.precision);
  }
  add_validity(all, o.validity);
  return all;
}

parameters parameters_of(flow_options& options) {
  return std::visit([](auto& o) { return parameters_of(o); }, options);
}

double number_of(double value) { return value; }
int number_of(int value) { return value; }
int number_of(weighted_median_after value) { return static_cast<int>(value); }

void set(const parameter& p, double value) {
  if (auto* const* real = std::get_if<double*>(&p.number)) {
    **real = value;
    return;
  }
  if (value != std::trunc(value) || std::fabs(value) > 1e9)
    throw video::failure(video::fault::usage, option_of(p.name) + ": write a whole number");
  if (auto* const* whole = std::get_if<int*>(&p.number))
    **whole = int(value);
  else
    *std::get<weighted_median_after*>(p.number) = static_cast<weighted_median_after>(int(value));
}

}  // namespace

void set_parameters(flow_options& options, const parameter_values& values, const std::string& method) {
  const parameters known = parameters_of(options);
  for (const auto& [name, value] : values) {
    const auto found = std::find_if(known.begin(), known.end(), [&](const parameter& p) { return p.name == name; });
    if (found == known.end())
      throw video::failure(video::fault::usage, option_of(name) + ": " + method + " has no such parameter");
    set(*found, value);
  }
}

std::string describe_parameters(const flow_options& options) {
  std::string text;
  flow_options copy = options;
  for (const parameter& p : parameters_of(copy)) {
    char digits[32];
    const auto end = std::visit(
        [&](auto* value) { return std::to_chars(digits, digits + sizeof digits, number_of(*value)).ptr; }, p.number);
    text += p.name + std::string(" = ") + std::string(digits, end) + '\n';
  }
  return text;
}

std::string option_of(const std::string& name) {
  std::string option = "--" + name;
  std::replace(option.begin(), option.end(), '_', '-');
  return option;
}

std::vector<parameter_help> all_parameters() {
  std::vector<parameter_help> all;
  for (flow_options method : {flow_options(horn_schunck_options()), flow_options(lucas_kanade_options()),
                              flow_options(lucas_kanade_classic())})
    for (const parameter& p : parameters_of(method))
      if (std::none_of(all.begin(), all.end(), [&](const auto& known) { return known.name == p.name; }))
        all.push_back({p.name, p.help});
  return all;
}

}  // namespace fluxel::cli
