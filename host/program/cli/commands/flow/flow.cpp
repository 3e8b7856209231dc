// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <optional>
#include <utility>

#include "host/program/cli/commands/commands.hpp"
#include "host/program/cli/commands/flow/flow_transform.hpp"
#include "host/program/cli/run_video.hpp"
#include "host/program/video/failure.hpp"

namespace fluxel::cli {

namespace {

using video::failure;
using video::fault;

flow_format format_of(const flow_arguments& a) {
  const bool flo = has_ending(a.video.output, ".flo"), npy = has_ending(a.video.output, ".npy"),
             exr = has_ending(a.video.output, ".exr");
  const flow_format format = !a.format.empty() ? read_flow_format(a.format)
                             : flo             ? flow_format::flo
                             : npy             ? flow_format::npy
                             : exr             ? flow_format::exr
                                               : flow_format::color;
  if (format == flow_format::kitti && a.video.output != "-" && !has_ending(a.video.output, ".png"))
    throw failure(fault::usage, "--format kitti writes PNG files: end the output's name in .png");
  if (format == flow_format::color && (flo || npy || exr))
    throw failure(fault::usage, std::string("--format color writes pictures and videos: ") +
                                    (flo   ? ".flo"
                                     : npy ? ".npy"
                                           : ".exr") +
                                    " holds none");
  return format;
}

named_picture read_mask(const std::string& name) {
  try {
    return {name, video::read_picture(name)};
  } catch (const failure& f) {
    throw failure(f.fault(), std::string("--mask: ") + f.what());
  }
}

/// Everything that can be known before a file is opened.
void check_arguments(const flow_arguments& a) {
  if (a.inputs.empty() || a.inputs.size() > 2)
    throw failure(fault::usage, "name two pictures or one video: fluxel flow A.png B.png -o OUT");
  if (a.max_flow && !(*a.max_flow > 0)) throw failure(fault::usage, "--max-flow: choose a length above 0, in pixels");
  if (a.min_flow_scale && !(*a.min_flow_scale >= 0 && *a.min_flow_scale <= 1e9))
    throw failure(fault::usage, "--min-flow-scale: choose a length from 0 to 1e9, in pixels");
  if (a.min_flow_scale && a.max_flow)
    throw failure(fault::usage, "--min-flow-scale goes without --max-flow, which sets the length itself");
  if (a.video.output.empty())
    throw failure(fault::usage, "name an output: -o flow.flo, -o flow%04d.flo, -o flow.png or -o flow.mp4");
  if (read_flow_start(a.start_from) == flow_start::previous_flow && a.inputs.size() == 2)
    throw failure(fault::usage,
                  "--start-from previous goes with a video or a sequence: two pictures have no flow before");
  if (!(a.compute_scale > 0 && a.compute_scale <= 1))
    throw failure(fault::usage, "--compute-scale: choose a number above 0, at most 1");
  if (!a.validity.empty() && !has_ending(a.validity, ".png"))
    throw failure(fault::usage, "--validity writes PNG files: end its name in .png");
  if (!a.validity.empty()) refuse_same_outputs("--validity", a.validity, a.video.output);
  if (!a.video.frame_md5.empty()) refuse_same_outputs("--frame-md5", a.video.frame_md5, a.video.output);
  output_options_of(a.video);
  if (!a.mask.empty()) {
    refuse_same_files({a.mask}, a.video.output);
    if (!a.validity.empty()) refuse_same_files({a.mask}, a.validity);
    if (!a.video.frame_md5.empty()) refuse_same_files({a.mask}, a.video.frame_md5);
  }
  for (const std::string& input : a.inputs) {
    refuse_same_files({input}, a.video.output);
    if (!a.validity.empty()) refuse_same_files({input}, a.validity);
    if (!a.video.frame_md5.empty()) refuse_same_files({input}, a.video.frame_md5);
    video::check_input({.name = input, .start_number = a.video.start_number});
  }
}

}  // namespace

int flow(const flow_arguments& arguments) {
  flow_arguments a = arguments;
  const flow_method method(a);
  if (a.print_config) {
    std::cout << "method = " << a.method << "\nmode = " << a.mode << '\n' << method.describe() << std::flush;
    if (!std::cout) throw failure(fault::output, "cannot write to standard output");
    return 0;
  }
  if (!a.inputs.empty()) a.video.input = a.inputs.back();
  check_arguments(a);
  flow_files results{format_of(a), {}, {}, {}};
  const placement where = placement_of(a.device);
  std::optional<named_picture> first, mask;
  if (a.inputs.size() == 2) first = {a.inputs[0], video::read_picture(a.inputs[0])};
  if (!a.mask.empty()) mask = read_mask(a.mask);

  output_files files;
  video::output_options out = output_options_of(a.video);
  const output_file& file = files.add(a.video.output, rule_of(a.video));
  out.path = file.path();
  out.kind = results.format == flow_format::color ? file.kind() : video::output_kind::nothing;
  out.drawn = video::drawing::colors;
  if (results.format != flow_format::color)
    results.flow.emplace(a.video.output, file, out.start_number,
                         results.format == flow_format::flo   ? "flow%04d.flo"
                         : results.format == flow_format::npy ? "flow%04d.npy"
                         : results.format == flow_format::exr ? "flow%04d.exr"
                                                              : "flow%04d.png");
  if (!a.validity.empty())
    results.validity.emplace(a.validity, files.add(a.validity, rule_of(a.video)), out.start_number,
                             "validity%04d.png");
  if (!a.video.frame_md5.empty()) results.checksums.emplace(files.add(a.video.frame_md5, rule_of(a.video)).path());
  flow_transform transform(a, method, where, std::move(first), mask, std::move(results));
  run_job(a.video, out, transform, files);
  return 0;
}

}  // namespace fluxel::cli
