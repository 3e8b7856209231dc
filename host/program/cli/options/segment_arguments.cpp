// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/options/segment_arguments.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "host/program/cli/commands/commands.hpp"
#include "host/program/cli/options/option_groups.hpp"

namespace fluxel::cli {

namespace {

constexpr auto segment_examples = R"(Examples:
  fluxel segment street.mp4 mask.mp4                     white where something moves, black elsewhere
  fluxel segment street.mp4 mask%04d.png                 a picture for every frame
  fluxel segment street.mp4 seen.mp4 --overlay           the pictures, tinted where something moves
  fluxel segment street.mp4 --boxes street.jsonl         where, how large, how fast: an object on every line
  fluxel segment drone.mp4 seen.mp4 --overlay --boxes drone.jsonl --model affine

The camera may move: what moves against the motion that most of the picture follows is found. A box has frame (from
0), time (seconds), id (the same as long as what moves can be followed), x, y, width, height and area (pixels of the
picture as it is shown), u and v (mean motion against the background, pixels per frame to the right and down). The
first pictures of a thing have a mask and no box: what flickers for a picture or two gets no id (--min-frames).

Exit status: 0 done; 2 wrong usage; 3 the input (missing, damaged); 4 the device, or memory;
5 the output (encoder, disk); 70 a defect.)";

void add_results(CLI::App& app, segment_arguments& a) {
  const auto group = "Results";
  auto* mask = app.add_flag("--mask", a.mask, "OUT has masks: white where something moves (default)")->group(group);
  app.add_flag("--overlay", a.overlay, "OUT has the pictures, tinted where something moves")
      ->group(group)
      ->excludes(mask);
  app.add_option("--color", a.color, "Of the tint: yellow, #2040ff (red)")->type_name("COLOR")->group(group);
  app.add_option(
         "--boxes", a.boxes,
         "Write what bounds each thing that moves, as JSON, an object\non every line; OUT may then be missing")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--min-frames", a.min_frames,
                 "Box what has been seen in so many pictures in a row, and\ngive it an id then: 1 to 1000 (3)")
      ->type_name("N")
      ->group(group);
}

void add_motion(CLI::App& app, segment_arguments& a) {
  const auto group = "What counts as motion";
  app.add_option("--least-motion", a.least_motion,
                 "Slower than so many pixels per frame, against the\nbackground, is background: 0 to 512 (0.75)")
      ->type_name("X")
      ->group(group);
  app.add_option("--noise", a.noise,
                 "Nor is motion what is within so many standard deviations\nof the noise of the flow: 0 to 1000 (5)")
      ->type_name("X")
      ->group(group);
  app.add_option("--least-area", a.least_area,
                 "What covers less of the picture is left out: percent,\n0 to 100 (0.05)")
      ->type_name("P")
      ->group(group);
  app.add_option("--model", a.model,
                 "How the background moves: translation, similarity, affine,\nhomography (default)")
      ->type_name("NAME")
      ->group(group);
  app.add_option("--quality", a.quality, "Of the motion: fast (default), balanced, accurate, best")
      ->type_name("NAME")
      ->group(group);
  app.add_option(
         "--flow-side", a.flow_side,
         "Motion is measured on pictures reduced to this longer side,\npixels (480); larger ones find smaller "
         "things, and take longer")
      ->type_name("N")
      ->group(group);
}

}  // namespace

command add_segment_command(CLI::App& app) {
  const auto a = std::make_shared<segment_arguments>();
  CLI::App* sub = app.add_subcommand("segment", "Find what moves: masks, an overlay, boxes");
  sub->footer(segment_examples);
  add_files(*sub, a->video);
  add_results(*sub, *a);
  add_motion(*sub, *a);
  add_time(*sub, a->video);
  add_deinterlacing(*sub, a->video);
  add_writing(*sub, a->video, a->device);
  return {sub, [a] { return segment(*a); }};
}

}  // namespace fluxel::cli
