// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/options/arguments.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "fluxel/version.hpp"
#include "host/program/cli/commands/commands.hpp"
#include "host/program/cli/options/complaint.hpp"
#include "host/program/cli/options/documents.hpp"
#include "host/program/cli/options/flow_arguments.hpp"
#include "host/program/cli/options/interpolate_arguments.hpp"
#include "host/program/cli/options/motion_arguments.hpp"
#include "host/program/cli/options/option_groups.hpp"
#include "host/program/cli/options/values.hpp"
#include "host/program/cli/options/verify_arguments.hpp"
#include "host/program/video/failure.hpp"

namespace fluxel::cli {

namespace {

constexpr auto resize_examples = R"(Examples:
  fluxel resize in.mp4 out.mp4 --size 1280x720      exactly this size; players keep the picture's shape
  fluxel resize in.mp4 out.mp4 --size 1280x-2       1280 wide, the height that keeps the shape, even
  fluxel resize in.mp4 out.mkv --scale 0.5 --codec libx265 --crf 24
  fluxel resize in.mov out.mp4 --size 1080x1080 --fit pad
  fluxel resize photo.jpg small.png --size 640x-1 --filter lanczos3
  fluxel resize in.mp4 frame%04d.png --size 320x-1 --start 1:05 --duration 2
  fluxel resize in.mp4 - --scale 2 | ffplay -       YUV4MPEG2 through a pipe

Exit status: 0 done; 2 wrong usage; 3 the input (missing, damaged); 4 the device, or memory;
5 the output (encoder, disk); 70 a defect.)";

constexpr auto upsample_examples = R"(Examples:
  fluxel upsample in.mp4 out.mp4 --factor 2
  fluxel upsample photo.png large.png --factor 4 --edge zero

A transposed convolution with the bilinear kernel; with --edge replicate the pixels of fluxel resize --scale N.

Exit status: 0 done; 2 wrong usage; 3 the input (missing, damaged); 4 the device, or memory;
5 the output (encoder, disk); 70 a defect.)";

/// Names and values only: which options exclude each other is said when they meet.
class plain_formatter : public CLI::Formatter {
 public:
  std::string make_option_opts(const CLI::Option* option) const override {
    return option->get_type_size() == 0 ? "" : " " + option->get_type_name();
  }
  std::string make_positionals(const CLI::App* app) const override {
    const auto files = app->get_options([](const CLI::Option* o) { return o->get_positional(); });
    return files.empty() ? "" : make_group("Files", true, files);
  }
};

/// What commands that write pictures take besides their own options.
void add_video_groups(CLI::App& sub, video_arguments& video, device_arguments& device) {
  add_time(sub, video);
  add_deinterlacing(sub, video);
  add_writing(sub, video, device);
}

CLI::App* add_resize(CLI::App& app, resize_arguments& a) {
  CLI::App* sub = app.add_subcommand("resize", "Resize a video, a picture or a sequence of pictures");
  sub->footer(resize_examples);
  add_files(*sub, a.video);
  const auto group = "Size and filter";
  auto* size = sub->add_option("--size", a.size,
                               "WxH as displayed; -1 keeps the shape, -2 keeps it and is even;\nor 720p, 4k (the "
                               "shorter side), hd720, 50%, 2x")
                   ->type_name("WxH")
                   ->group(group);
  sub->add_option("--scale", a.scale, "Factor for both sides: 0.5, 2, 2/3")
      ->type_name("F")
      ->group(group)
      ->excludes(size);
  sub->add_option(
         "--fit", a.fit,
         "With --size: stretch (default), contain (inside it),\ncover (fill it, cut off), pad (inside, with bars)")
      ->type_name("HOW")
      ->group(group);
  sub->add_option("--pad-color", a.pad_color,
                  "Of the bars of --fit pad: white, #2040ff, red@0.5\n(default: black, transparent where it can be)")
      ->type_name("COLOR")
      ->group(group);
  sub->add_option(
         "--crop", a.crop,
         "Take this part alone: width, height, and its first column and row\n(default: in the middle), in pixels "
         "of the upright input; may be\nfractions")
      ->type_name("WxH+X+Y")
      ->group(group);
  sub->add_flag("--square-pixels", a.square_pixels,
                "Of a video whose pixels are not square: make them so\n(pictures, GIF, APNG and WebP always get "
                "square ones)")
      ->group(group);
  sub->add_option(
         "--filter", a.filter,
         "bilinear (default), nearest, area, bicubic, lanczos3,\nmitchell, catmull-rom, gaussian, hamming, spline36")
      ->type_name("NAME")
      ->group(group);
  sub->add_option("--cubic-a", a.cubic_a, "Sharpness of bicubic, from -2 to 0 (-0.75)")->type_name("A")->group(group);
  sub->add_option("--cubic-bc", a.cubic_bc, "B and C of mitchell, each from 0 to 1 (1/3,1/3)")
      ->type_name("B,C")
      ->group(group);
  sub->add_flag_callback(
         "--no-antialias", [&a] { a.antialias = false; }, "Do not widen the filter where the picture gets smaller")
      ->group(group);
  sub->add_flag(
         "--linear-light{auto}", a.linear_light,
         "Average light instead of the samples that stand for it;\n=NAME where the file is wrong: srgb, bt1886, "
         "gamma22,\ngamma28, pq, hlg")
      ->group(group);
  sub->add_option("--coordinates", a.coordinates, "half_pixel (default), asymmetric, align_corners")
      ->type_name("RULE")
      ->group(group);
  add_video_groups(*sub, a.video, a.device);
  return sub;
}

CLI::App* add_upsample(CLI::App& app, upsample_arguments& a) {
  CLI::App* sub = app.add_subcommand("upsample", "Enlarge a video or picture by a whole factor, as networks do");
  sub->footer(upsample_examples);
  add_files(*sub, a.video);
  const auto group = "Upsampling";
  sub->add_option("--factor", a.factor, "Both sides get so many times as long: 2 to 64")
      ->required()
      ->type_name("N")
      ->check(CLI::Range(2, 64).description(""))
      ->group(group);
  sub->add_option("--edge", a.edge,
                  "Beyond the border: replicate (default: the edge goes on) or zero (black: borders fade)")
      ->type_name("RULE")
      ->group(group);
  add_video_groups(*sub, a.video, a.device);
  return sub;
}

bool is_command(const CLI::App& app, const std::string& name) {
  const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
  return std::any_of(commands.begin(), commands.end(), [&](const CLI::App* c) { return c->get_name() == name; });
}

}  // namespace

std::function<int()> read_arguments(int argc, const char* const* argv) {
  CLI::App app("Resize videos and pictures and measure motion, on the GPU where there is one, same bytes everywhere.",
               "fluxel");
  app.set_version_flag("--version", "fluxel " + version());
  app.require_subcommand(1);
  app.failure_message([](const CLI::App*, const CLI::Error&) { return std::string(); });
  const auto formatter = std::make_shared<plain_formatter>();
  formatter->column_width(24);
  app.formatter(formatter);
  app.footer(std::string("Environment:\n") + environment_notes + "\nfluxel COMMAND --help describes a command.");
  auto resize_values = std::make_shared<resize_arguments>();
  const CLI::App* resize_command = add_resize(app, *resize_values);
  auto upsample_values = std::make_shared<upsample_arguments>();
  const CLI::App* upsample_command = add_upsample(app, *upsample_values);
  const auto [interpolate_command, run_interpolate] = add_interpolate_command(app);
  auto more_commands = add_flow_commands(app);
  for (command& c : add_motion_commands(app)) more_commands.push_back(std::move(c));
  more_commands.push_back(add_verify_command(app));
  const auto info_as_json = std::make_shared<bool>(false);
  app.add_subcommand("info", "Devices, instruction sets, build, revisions, FFmpeg version")
      ->add_flag("--json", *info_as_json, "As a JSON object");
  std::string document;
  add_documents(app, document);
  // "fluxel help resize" is "fluxel resize --help".
  const char* const help[] = {argv[0], argc > 2 ? argv[2] : "--help", "--help"};
  if (argc > 1 && std::string(argv[1]) == "help") argc = argc > 2 && is_command(app, argv[2]) ? 3 : 2, argv = help;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) {
      app.exit(e);
      return {};
    }
    if (argc < 2) {
      std::cerr << app.help();
      throw video::failure(video::fault::usage, "name a command");
    }
    throw video::failure(video::fault::usage, complaint(app, e, argc, argv));
  }
  if (!document.empty()) {
    print_document(app, document);
    return {};
  }
  if (resize_command->parsed()) return [resize_values] { return resize(*resize_values); };
  if (upsample_command->parsed()) return [upsample_values] { return upsample(*upsample_values); };
  if (interpolate_command->parsed()) return run_interpolate;
  for (const auto& [command, run] : more_commands)
    if (command->parsed()) return run;
  return [info_as_json] { return info(*info_as_json); };
}

}  // namespace fluxel::cli
