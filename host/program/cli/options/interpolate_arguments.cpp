// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/options/interpolate_arguments.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "host/program/cli/commands/commands.hpp"
#include "host/program/cli/options/option_groups.hpp"

namespace fluxel::cli {

namespace {

constexpr auto examples = R"(Examples:
  fluxel interpolate in.mp4 out.mp4 --fps 60        any rate: 50, 60000/1001
  fluxel interpolate in.mp4 out.mp4 --factor 2      one frame between every two; uneven times stay uneven
  fluxel interpolate in.mp4 slow.mp4 --slow 4       four times as long; without the sound
  fluxel interpolate anime.mkv out.mkv --fps 48 --dedup

The pictures of the input stay as they are; those between follow the motion in both directions. At a cut the nearer
picture is repeated. The last picture is repeated to its end.

Exit status: 0 done; 2 wrong usage; 3 the input (missing, damaged); 4 the device, or memory;
5 the output (encoder, disk); 70 a defect.)";

void add_moments(CLI::App& app, interpolate_arguments& a) {
  const auto group = "Frames between frames";
  const auto several = CLI::Range(2, 64).description("");
  auto* fps = app.get_option("--fps");
  fps->description("Frames per second of the result")->group(group);
  auto* factor = app.add_option("--factor", a.factor, "So many times the frames, at the same speed: 2 to 64")
                     ->type_name("N")
                     ->check(several)
                     ->group(group)
                     ->excludes(fps);
  app.add_option("--slow", a.slow,
                 "So many times as long, at the same rate: 2 to 64;\nsound and subtitles are left out")
      ->type_name("N")
      ->check(several)
      ->group(group)
      ->excludes(fps)
      ->excludes(factor);
  app.add_flag("--dedup", a.dedup,
               "Take repeated pictures (12 drawings per second, telecine) for\none that lasts: motion goes on "
               "through them")
      ->group(group);
  app.add_option("--quality", a.quality, "Of the motion: fast (default), balanced, accurate")
      ->type_name("NAME")
      ->group(group);
  app.add_option("--flow-side", a.flow_side,
                 "Motion is measured on pictures reduced to this longer side,\npixels (256); larger ones find finer "
                 "motion, and take longer")
      ->type_name("N")
      ->group(group);
  app.add_option("--cut", a.cut,
                 "Two pictures that differ by this many grey levels, motion\ncompensated, are two scenes (28; 255: "
                 "never)")
      ->type_name("X")
      ->group(group);
}

}  // namespace

std::pair<const CLI::App*, std::function<int()>> add_interpolate_command(CLI::App& app) {
  const auto a = std::make_shared<interpolate_arguments>();
  CLI::App* sub = app.add_subcommand("interpolate", "Make frames between frames: a higher rate, or slow motion");
  sub->footer(examples);
  add_files(*sub, a->video);
  add_time(*sub, a->video);
  add_deinterlacing(*sub, a->video);
  add_chroma(*sub, a->video);
  add_streams(*sub, a->video);
  add_encoding(*sub, a->video);
  add_moments(*sub, *a);
  add_running(*sub, a->device);
  add_reporting(*sub, a->video, "every picture before encoding");
  return {sub, [a] { return interpolate(*a); }};
}

}  // namespace fluxel::cli
