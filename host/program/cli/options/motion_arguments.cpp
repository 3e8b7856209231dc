// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/options/motion_arguments.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "host/program/cli/commands/commands.hpp"
#include "host/program/cli/options/option_groups.hpp"

namespace fluxel::cli {

namespace {

constexpr auto stabilize_examples = R"(Examples:
  fluxel stabilize shaky.mp4 steady.mp4
  fluxel stabilize shaky.mp4 steady.mp4 --smoothing 30 --margin 20    steadier, for stronger shake
  fluxel stabilize shaky.mp4 steady.mp4 --crop fill                   nothing is cut off
  cat shaky.ts | fluxel stabilize - - | ffplay -

The video is read once. The border that moves into view is cut off (--crop auto: pictures keep their size
and show the middle, enlarged), left black (none), or filled from pictures before and after (fill).
Rolling shutter, by which fast shake bends what is straight, is not undone.

Exit status: 0 done; 2 wrong usage; 3 the input (missing, damaged); 4 the device, or memory;
5 the output (encoder, disk); 70 a defect.)";

command add_stabilize(CLI::App& app) {
  const auto a = std::make_shared<stabilize_arguments>();
  CLI::App* sub = app.add_subcommand("stabilize", "Steady a shaky video");
  sub->footer(stabilize_examples);
  add_files(*sub, a->video);
  const auto group = "Stabilizing";
  sub->add_option(
         "--smoothing", a->smoothing,
         "How far the camera's path is smoothed: standard deviation of the\nGaussian, frames, 1 to 100 (12); "
         "three times as many pictures are kept in memory")
      ->type_name("S")
      ->group(group);
  sub->add_option("--crop", a->crop,
                  "auto (default: the border is cut off), none (it is black),\nfill (from other pictures)")
      ->type_name("HOW")
      ->group(group);
  sub->add_option(
         "--margin", a->margin,
         "With --crop auto: part of width and height that is cut off,\npercent, 0 to 50 (15); shake beyond it "
         "stays")
      ->type_name("P")
      ->group(group);
  sub->add_option(
         "--model", a->model,
         "How the camera moves: translation, similarity (default: it turns\nand zooms too), affine, homography")
      ->type_name("NAME")
      ->group(group);
  sub->add_option("--filter", a->filter, "bicubic (default) or bilinear")->type_name("NAME")->group(group);
  add_time(*sub, a->video);
  add_deinterlacing(*sub, a->video);
  add_chroma(*sub, a->video);
  add_streams(*sub, a->video);
  add_encoding(*sub, a->video);
  add_running(*sub, a->device);
  add_reporting(*sub, a->video, "every picture before encoding");
  return {sub, [a] { return stabilize(*a); }};
}

}  // namespace

std::vector<command> add_motion_commands(CLI::App& app) { return {add_stabilize(app)}; }

}  // namespace fluxel::cli
