// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/commands/flow/flow_method.hpp"

#include "host/program/cli/options/refused_argument.hpp"
#include "host/program/cli/options/values.hpp"
#include "host/program/video/failure.hpp"

namespace fluxel::cli {

namespace {

flow_options choose_options(flow_algorithm algorithm, flow_mode mode, flow_quality quality) {
  const bool windows = algorithm == flow_algorithm::lucas_kanade;
  switch (mode) {
    case flow_mode::multiscale:
      return windows ? flow_options(lucas_kanade_multiscale()) : horn_schunck_multiscale();
    case flow_mode::classic:
      return windows ? flow_options(lucas_kanade_classic()) : horn_schunck_classic();
    default:
      return windows ? flow_options(lucas_kanade_preset(quality)) : horn_schunck_preset(quality);
  }
}

dense_flow make_flow(const flow_options& options, const flow_geometry& geometry, const placement& where) {
  if (const auto* o = std::get_if<lucas_kanade_options>(&options)) return lucas_kanade(geometry, *o, where);
  return horn_schunck(geometry, std::get<horn_schunck_options>(options), where);
}

/// Says what is out of range before any file is touched.
void check_ranges(const flow_options& options) { make_flow(options, {64, 64}, {.processor = run_on::cpu}); }

/// Names the option that is out of range by itself, if there is one.
void check_each(const flow_options& preset, const parameter_values& values, const std::string& method) {
  for (const auto& value : values) try {
      flow_options options = preset;
      set_parameters(options, {value}, method);
      check_ranges(options);
    } catch (const error& e) {
      throw video::failure(video::fault::usage, option_of(value.first) + ": " + refused_argument(e).problem);
    }
}

}  // namespace

flow_method::flow_method(const flow_arguments& a) {
  const flow_algorithm algorithm = read_flow_method(a.method);
  const flow_mode mode = read_flow_mode(a.mode);
  const flow_quality quality = read_quality(a.quality.empty() ? "balanced" : a.quality);
  if (mode != flow_mode::tuned && !a.quality.empty())
    throw video::failure(video::fault::usage, "--quality goes with --mode tuned");
  options_ = choose_options(algorithm, mode, quality);
  const std::string method = mode == flow_mode::classic ? a.method + " --mode classic" : a.method;
  check_each(options_, a.parameters, method);
  set_parameters(options_, a.parameters, method);
  check_ranges(options_);
}

dense_flow flow_method::make(const flow_geometry& geometry, const placement& where) const {
  return make_flow(options_, geometry, where);
}

std::optional<double> flow_method::cut_score() const {
  const double score = std::visit([](const auto& o) { return o.validity.cut_score; }, options_);
  return score > 0 ? std::optional(score) : std::nullopt;
}

std::string flow_method::describe() const { return describe_parameters(options_); }

}  // namespace fluxel::cli
