// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/options/motion_arguments.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "host/program/cli/commands/commands.hpp"
#include "host/program/cli/options/option_groups.hpp"
#include "host/program/cli/options/segment_arguments.hpp"

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
  add_writing(*sub, a->video, a->device);
  return {sub, [a] { return stabilize(*a); }};
}

constexpr auto align_examples = R"(Examples:
  fluxel align left.jpg right.jpg -o right_aligned.png              the second picture as the first one sees it
  fluxel align *.tif -o aligned%04d.tif --crop auto                 all of them, cut to what all show
  fluxel align night*.png -o night.png --stack mean                 one picture with less noise
  fluxel align tourists%02d.jpg -o square.png --stack median        one picture of what is in most of them
  fluxel align drift.avi -o steady.avi --model translation          every picture of a video to its first
  fluxel align a.png b.png -o b_aligned.png --model flow --json     parallax is followed too

Pictures are aligned to the first one, however their exposure differs. Of two inputs the second one is written; a
sequence takes all, the first one too. A stack counts what each picture shows: nothing where it has nothing.

Exit status: 0 done; 2 wrong usage; 3 the input (missing, damaged, or nothing that fits the first picture);
4 the device, or memory; 5 the output (encoder, disk); 70 a defect.)";

command add_align(CLI::App& app) {
  const auto a = std::make_shared<align_arguments>();
  CLI::App* sub = app.add_subcommand("align", "Align pictures to the first, and stack them");
  sub->footer(align_examples);
  sub->add_option("IN", a->inputs, "Pictures; or one video or sequence (frame%04d.png), or - for\nstandard input")
      ->required()
      ->type_name("");
  sub->add_option("-o,--output", a->video.output, "The output; its ending chooses the kind of file")
      ->type_name("OUT");
  add_replacing(*sub, a->video);
  const auto group = "Aligning";
  sub->add_option("--model", a->model,
                  "How pictures may lie on each other: translation, similarity\n(turned and scaled too), affine, "
                  "homography (default),\nflow (homography, and what is left by dense flow)")
      ->type_name("NAME")
      ->group(group);
  sub->add_option("--crop", a->crop,
                  "none (default: black, or transparent, where a picture has\nnothing), auto (cut to what all "
                  "show), fill (from the first)")
      ->type_name("HOW")
      ->group(group);
  sub->add_option("--stack", a->stack, "Write one picture: the mean or the median of all")
      ->type_name("RULE")
      ->group(group);
  sub->add_option("--filter", a->filter, "bicubic (default) or bilinear")->type_name("NAME")->group(group);
  add_time(*sub, a->video);
  add_every(*sub, a->video);
  add_deinterlacing(*sub, a->video);
  add_writing(*sub, a->video, a->device);
  return {sub, [a] { return align(*a); }};
}

}  // namespace

std::vector<command> add_motion_commands(CLI::App& app) {
  return {add_align(app), add_segment_command(app), add_stabilize(app)};
}

}  // namespace fluxel::cli
