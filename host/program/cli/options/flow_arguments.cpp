// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/options/flow_arguments.hpp"

#include <memory>

#include "host/program/cli/commands/commands.hpp"
#include "host/program/cli/options/flow_parameters.hpp"
#include "host/program/cli/options/option_groups.hpp"

namespace fluxel::cli {

namespace {

constexpr auto flow_examples = R"(Examples:
  fluxel flow a.png b.png -o flow.flo               the motion from a to b
  fluxel flow a.png b.png -o flow.png               the same in colors: hue is direction, saturation is length
  fluxel flow in.mp4 -o flow.mp4 --max-flow 20      from every frame to the next; sound is kept
  fluxel flow in.mp4 -o flow%04d.flo --start 1:05 --duration 2
  fluxel flow in.mp4 -o flow%04d.npy --every 3      from frame 0 to 3, 3 to 6 ...
  fluxel flow a.png b.png -o flow.png --format kitti --quality accurate

Flow k takes frame k to frame k + 1, so that N frames have N - 1 flows: next(x + u, y + v) = prev(x, y), u to the right,
v down, in pixels of the pictures as they are shown.

Validity: 0 valid; else the first that applies of 1 masked, 8 a cut, 2 the vector leaves the picture, 3 no more texture
than noise, 4 texture in one direction only (with --validity-aperture), 6 the flow around is another one, or the
backward flow does not return to the pixel (with --validity-consistency), 7 what the vector leads to looks different.

Colors: the wheel of Baker et al. (2011). Right is red, down yellow, left cyan, up violet; white is no motion; vectors
longer than the length of full saturation are darker. x264 encodes them with its preset "ultrafast" and some settings
beyond it, at crf 24, x265 with "veryfast"; --codec-opt preset=medium and --crf choose others.

Cuts: flow across one is no motion, so that a note, and "cuts" of --json, name the frames that follow cuts (from 0). One
is where the second frame, moved back by the flow, differs from the first by 0.4 of the first one's contrast or more
(--validity-cut-score); a flash counts twice, motion out of reach as well, a fade does not. After a cut, --start-from
previous starts from zero.

Exit status: 0 done; 2 wrong usage; 3 the input; 4 the device; 5 the output (encoder, disk); 70 a defect.)";

constexpr auto track_examples = R"(Examples:
  fluxel track in.mp4 -o tracks.csv
  fluxel track in.mp4 -o tracks.jsonl --draw tracks.mp4 --max-corners 200
  fluxel track in.mp4 -o tracks.csv --draw tracks.png --redetect 0 --start 1:05 --duration 2
  fluxel track in.mp4 -o tracks.csv --points points.txt      the given points, and no others
  fluxel track in.mp4 -o tracks.csv --mask road.png          corners where the mask is white
  fluxel track in.mp4 -o tracks.npz                          arrays for NumPy: frame, id, xy, error, status, new, time
  fluxel track in.mp4 -o scene --format colmap               for structure from motion, by COLMAP:
    colmap feature_importer --database_path scene/db --image_path scene/images --import_path scene/features
    colmap matches_importer --database_path scene/db --match_list_path scene/matches.txt --match_type raw
    mkdir scene/sparse && colmap mapper --database_path scene/db --image_path scene/images --output_path scene/sparse

Columns: frame (from 0), id, x, y (px; whole numbers are pixel centres), error (mean difference of the windows, grey
levels), status, time (when the frame is shown, seconds from the beginning of the input, as --start counts). A point is
"new" in its first frame and "tracked" in others, until its last, which says why it was lost: outside the picture, masked
(at a black place of --valid-mask), flat, not_converged, or inconsistent (tracked back, it does not return to its start).

Exit status: 0 done; 2 wrong usage; 3 the input; 4 the device; 5 the output (encoder, disk); 70 a defect.)";

void add_flow_files(CLI::App& app, flow_arguments& a) {
  app.add_option("IN", a.inputs, "Two pictures; or a video, or a sequence (frame%04d.png)")
      ->type_name("")
      ->expected(-1);
  app.add_option(
         "-o,--output", a.video.output,
         "flow.flo, flow.npy, flow.exr, or a picture or video of colors;\nflow%04d.flo writes one file per flow")
      ->type_name("OUT");
  app.add_option(
         "--format", a.format,
         "flo, npy (NumPy: float32 of height x width x 2), exr (OpenEXR, 32-bit\nfloats: R = u, G = v, B = 1 where "
         "known), color, or kitti (16-bit\nPNG) (default: as .flo, .npy or .exr says, else color)")
      ->type_name("KIND");
  app.add_option("--max-flow", a.max_flow,
                 "Length of vectors in full saturation, px (default: of two\npictures the longest vector; of a "
                 "video the 99th percentile, smoothed\nover time)")
      ->type_name("PX");
  app.add_option("--min-flow-scale", a.min_flow_scale,
                 "Without --max-flow, the length of vectors in full saturation is\nnever below this, px, so that the "
                 "noise of still pictures stays\nnearly white (1; 0: no limit)")
      ->type_name("PX");
  app.add_option("--validity", a.validity,
                 "Write the validity of every pixel (8-bit grey .png; several\nflows: "
                 "validity%04d.png)")
      ->type_name("FILE");
  app.add_flag(
      "--mask-invalid", a.mask_invalid,
      "Write pixels whose validity is not 0 as invalid: 1e10 in .flo,\n0 in the third channel of kitti and of .exr, "
      "black in colors");
  add_replacing(app, a.video);
}

void add_range(CLI::App& app, std::string& range, const char* group) {
  app.add_option(
         "--range", range,
         "Sample values that are black and white: auto (default: of pictures\nof more than 8 bits that use less "
         "than an eighth of them, the range\nof all but 0.1 % of the first one's samples at either end; else "
         "full),\nfull, or LOW:HIGH, as stored")
      ->type_name("RANGE")
      ->group(group);
}

void add_flow_method(CLI::App& app, flow_arguments& a) {
  const auto group = "Method";
  app.add_option("--method", a.method, "horn-schunck (default), lucas-kanade")->type_name("NAME")->group(group);
  app.add_option("--mode", a.mode,
                 "tuned (default: smallest errors), multiscale (coarse to fine as\nin the literature), "
                 "classic (one scale, as first published)")
      ->type_name("HOW")
      ->group(group);
  app.add_option("--quality", a.quality, "Of --mode tuned: fast, balanced (default), accurate, best")
      ->type_name("HOW")
      ->group(group);
  app.add_option("--start-from", a.start_from,
                 "Initial flow of a video: zero (default), or previous (the flow\nof the pair before, where it fits "
                 "the frames: "
                 "not after a cut)")
      ->type_name("WHERE")
      ->group(group);
  app.add_option(
         "--mask", a.mask,
         "Picture of the input's size, dark (less than half as bright as its\nbrightest pixel) where both frames are "
         "not known: the flow there is\nfilled in from around; --mask-invalid marks it")
      ->type_name("FILE")
      ->group(group);
  add_range(app, a.range, group);
  app.add_option("--compute-scale", a.compute_scale,
                 "Compute on frames reduced by this factor, above 0, at most 1 (1).\nResults are of the full size, "
                 "vectors in its pixels; parameters\nin px are those of the reduced frames")
      ->type_name("F")
      ->group(group);
  app.add_flag("--print-config", a.print_config, "Print every parameter and stop")->group(group);
  for (const parameter_help& p : all_parameters())
    app.add_option_function<double>(
           option_of(p.name), [&a, name = p.name](double value) { a.parameters[name] = value; }, p.help)
        ->type_name("X")
        ->group("Parameters (default: those of mode and quality; --print-config shows them)");
}

command add_flow(CLI::App& app) {
  const auto a = std::make_shared<flow_arguments>();
  CLI::App* sub = app.add_subcommand("flow", "Measure the motion between pictures: dense optical flow");
  sub->footer(flow_examples);
  add_flow_files(*sub, *a);
  add_flow_method(*sub, *a);
  add_time(*sub, a->video);
  add_every(*sub, a->video);
  add_deinterlacing(*sub, a->video);
  add_decoding(*sub, a->video);
  add_encoding(*sub, a->video);
  add_running(*sub, a->device);
  add_reporting(*sub, a->video, "every flow before it is drawn");
  return {sub, [a] { return flow(*a); }};
}

void add_track_numbers(CLI::App& app, track_arguments& a) {
  const auto corners = "Corners", points = "Tracking";
  const auto count = CLI::Range(0, 1 << 20).description("");
  app.add_option("--points", a.points,
                 "Start from these points instead of corners: x y on every line,\na CSV with x and y, or the -o of "
                 "an earlier run (.csv, .jsonl: the\npoints of its first frame, with their ids)")
      ->type_name("FILE")
      ->group(corners);
  app.add_option(
         "--mask", a.mask,
         "Picture of the video's size: corners are only looked for where it\nis bright (at least half as bright as "
         "its brightest pixel); points\nmay leave it")
      ->type_name("FILE")
      ->group(corners);
  add_range(app, a.range, points);
  app.add_option("--valid-mask", a.valid_mask,
                 "Picture of the video's size, black where its pictures are not\nknown, as under a logo: no corners "
                 "there, and points that come\nthere are lost as masked")
      ->type_name("FILE")
      ->group(corners);
  app.add_option("--max-corners", a.max_corners, "Most points (500)")->type_name("N")->group(corners);
  app.add_option("--quality-level", a.quality_level, "Smallest strength, as a fraction of the strongest (0.01)")
      ->type_name("X")
      ->group(corners);
  app.add_option("--min-distance", a.min_distance, "Least distance between corners, px (8)")
      ->type_name("PX")
      ->group(corners);
  app.add_option("--corner-radius", a.corner_radius, "Radius of the window of the structure tensor, px (1)")
      ->type_name("N")
      ->group(corners);
  app.add_option("--redetect", a.redetect,
                 "Look for new corners every N frames, to replace lost points\n(10; 0: never, as with --points)")
      ->type_name("N")
      ->check(count)
      ->group(corners);
  app.add_option("--redetect-below", a.redetect_below,
                 "Look for them at once when fewer than this fraction of the\npoints is left, as after a cut (0.5; "
                 "0: never; with --redetect 0\nonly if given)")
      ->type_name("X")
      ->group(corners);
  app.add_option("--window", a.window, "Side of the window around a point, odd, px (21)")
      ->type_name("N")
      ->group(points);
  app.add_option("--levels", a.levels, "Most levels of the pyramid (4)")->type_name("N")->group(points);
  app.add_option("--iterations", a.iterations, "Most iterations per level (30)")->type_name("N")->group(points);
  app.add_option("--epsilon", a.epsilon, "Length of a step that ends the iterations, px (0.01)")
      ->type_name("PX")
      ->group(points);
  app.add_option("--min-eigenvalue", a.min_eigenvalue,
                 "Texture below which a point is lost, (grey levels / px)^2 (0.1)")
      ->type_name("X")
      ->group(points);
  app.add_option("--forward-backward", a.forward_backward,
                 "Largest distance of the forward-backward check, px\n(0.5; 0: no check)")
      ->type_name("PX")
      ->group(points);
}

command add_track(CLI::App& app) {
  const auto a = std::make_shared<track_arguments>();
  CLI::App* sub = app.add_subcommand("track", "Follow corners through a video: sparse optical flow");
  sub->footer(track_examples);
  sub->add_option("IN", a->video.input, "Video, sequence (frame%04d.png), URL, or - for standard input")
      ->required()
      ->type_name("");
  sub->add_option("-o,--output", a->video.output, "List of the points: .csv, .jsonl or .npz; - writes CSV")
      ->type_name("OUT");
  sub->add_option("--format", a->format,
                  "csv, jsonl, npz (default: by the ending of OUT), colmap (OUT is\na new folder: images, features "
                  "and matches for COLMAP)")
      ->type_name("KIND");
  sub->add_option("--draw", a->draw,
                  "Draw trajectories over the grey video: a video, a sequence\n(tracks%04d.png), or one .png of all "
                  "trajectories")
      ->type_name("OUT");
  add_replacing(*sub, a->video);
  add_track_numbers(*sub, *a);
  add_time(*sub, a->video);
  add_every(*sub, a->video);
  add_deinterlacing(*sub, a->video);
  add_decoding(*sub, a->video);
  add_encoding(*sub, a->video);
  add_running(*sub, a->device);
  add_reporting(*sub, a->video, "the points of every frame");
  return {sub, [a] { return track(*a); }};
}

}  // namespace

std::vector<command> add_flow_commands(CLI::App& app) {
  return {add_flow(app), add_track(app), add_compare_command(app)};
}

}  // namespace fluxel::cli
