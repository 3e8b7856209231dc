// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <climits>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/program/cli/commands/accepted_pictures.hpp"
#include "host/program/cli/commands/commands.hpp"
#include "host/program/cli/commands/track/track_arrays.hpp"
#include "host/program/cli/commands/track/track_colmap.hpp"
#include "host/program/cli/commands/track/track_drawing.hpp"
#include "host/program/cli/commands/track/track_inputs.hpp"
#include "host/program/cli/commands/track/track_list.hpp"
#include "host/program/cli/options/refused_argument.hpp"
#include "host/program/cli/options/values.hpp"
#include "host/program/cli/run_video.hpp"
#include "host/program/flow_files/flow_file.hpp"
#include "host/program/flow_files/flow_pictures.hpp"
#include "host/program/video/failure.hpp"
#include "host/program/video/frames/checksum_list.hpp"
#include "host/program/video/frames/working_clock.hpp"
#include "host/program/video/input/sequence.hpp"

namespace fluxel::cli {

namespace {

using video::failure;
using video::fault;
using video::plain_picture;

constexpr int tail_in_videos = 25;  // places: a second of usual video

/// A single picture of the whole trajectories, written at the end.
struct last_picture {
  std::string path;
  std::string name;
};

/// What is read beside the video, if asked for.
struct track_inputs {
  std::optional<start_points> points;
  std::optional<picture_mask> mask, valid_mask;
};

/// Checksums of the points of every frame.
class point_checksums {
 public:
  explicit point_checksums(const std::string& path) : list_(path) {
    list_.describe("fluxel track-md5 1");
    list_.describe("content of each point: id as i32, x, y, error as f32, status as i32 (-1: new)");
  }
  void add(int frame, const std::vector<observation>& seen) {
    for (const observation& o : seen) {
      const std::int32_t id = o.id, status = o.is_new ? -1 : std::int32_t(o.status);
      const float numbers[] = {o.at.x, o.at.y, o.error};
      list_.add(&id, sizeof id);
      list_.add(numbers, sizeof numbers);
      list_.add(&status, sizeof status);
    }
    list_.end_frame(std::to_string(frame) + ',' + std::to_string(seen.size()));
  }
  void finish() { list_.finish(); }

 private:
  video::checksum_list list_;
};

/// Follows points, lists them, and draws them where a drawing is wanted.
class track_transform : public video::frame_transform {
 public:
  track_transform(const sequence_settings& settings, const video::range_choice& range, track_inputs inputs,
                  const placement& where, std::unique_ptr<track_output> list, std::optional<track_drawing> drawing,
                  std::optional<last_picture> last, std::optional<point_checksums> checksums)
      : settings_(settings),
        range_(range),
        inputs_(std::move(inputs)),
        where_(where),
        list_(std::move(list)),
        drawing_(std::move(drawing)),
        last_(std::move(last)),
        checksums_(std::move(checksums)) {}

  video::picture_use use() const override { return video::picture_use::motion; }
  std::optional<int> reads_device() const override { return wants_pixels() ? std::nullopt : cuda_device_of(where_); }

  video::picture_info plan(const video::picture_info& in) override {
    video::picture_info out = in;
    out.format = rgb24({in.format.width, in.format.height});
    return out;
  }

  void set_time(double seconds) override { seconds_ = seconds; }

  bool process(const frame_view<const void>& in, const frame_view<void>& out) override {
    const size extent{in.format.width, in.format.height};
    if (!points_) {
      size_ = extent;
      start(in);
    }
    require_same_size(extent, size_, "track");
    const auto start = clock::now();
    const std::vector<observation>& seen = points_->next(video::frame_of(in));
    const auto tracked = clock::now();
    tracking_ += (tracked - start).count();
    if (wants_pixels())
      video::plain(in, picture_);
    else
      picture_.width = extent.width, picture_.height = extent.height;
    if (checksums_) checksums_->add(frame_, seen);
    list_->write(frame_++, seconds_, picture_, seen);
    if (drawing_) drawing_->add(seen);
    if (drawing_ && !last_)
      drawing_->draw(picture_,
                     {static_cast<u8*>(out.data[0]), size_.width, size_.height, 3, std::ptrdiff_t(out.pitch[0])});
    writing_ += (clock::now() - tracked).count();
    return true;
  }

  void finish() override {
    list_->finish();
    if (checksums_) checksums_->finish();
    if (!last_) return;
    std::vector<u8> pixels(std::size_t(size_.width) * size_.height * 3);
    drawing_->draw(picture_, image_view<u8>{pixels.data(), size_.width, size_.height, 3}.unpacked());
    video::write_color(pixels, size_.width, size_.height, last_->path, last_->name);
  }

  std::vector<video::step_time> times() const override {
    return {{"track", tracking_}, {drawing_ ? "draw" : "list", writing_}};
  }

  std::string processor() const override {
    return points_ ? describe_processor(points_->backend(), where_.device) : "";
  }

 private:
  bool wants_pixels() const { return drawing_ || list_->wants_pixels(); }

  void start(const frame_view<const void>& first) {
    if (inputs_.points) {
      inputs_.points->check(size_);
      settings_.start = inputs_.points->take();
    }
    if (inputs_.mask) {
      inputs_.mask->check(size_);
      settings_.mask = inputs_.mask->places();
    }
    if (inputs_.valid_mask) {
      inputs_.valid_mask->check(size_);
      settings_.known = inputs_.valid_mask->places();
    }
    points_.emplace(video::geometry_of(first, range_), settings_, where_);
  }

  using clock = video::working_clock;

  sequence_settings settings_;
  video::range_choice range_;
  track_inputs inputs_;
  placement where_;
  std::unique_ptr<track_output> list_;
  std::optional<track_drawing> drawing_;
  std::optional<last_picture> last_;
  std::optional<point_checksums> checksums_;
  std::optional<point_sequence> points_;
  plain_picture picture_;
  size size_;
  int frame_ = 0;
  double seconds_ = 0;                 // when the picture is shown
  double tracking_ = 0, writing_ = 0;  // seconds
};

/// The options that set the arguments of feature_detector and point_tracker.
constexpr std::pair<const char*, const char*> options_of_arguments[] = {
    {"options.quality", "--quality-level"},
    {"options.min_distance", "--min-distance"},
    {"options.max_count", "--max-corners"},
    {"options.window_radius", "--corner-radius"},
    {"options.window", "--window"},
    {"options.max_levels", "--levels"},
    {"options.iterations", "--iterations"},
    {"options.epsilon", "--epsilon"},
    {"options.min_eigenvalue", "--min-eigenvalue"},
    {"options.forward_backward", "--forward-backward"},
};

/// Says what is out of range before any file is touched.
void check_ranges(const sequence_settings& s) try {
  constexpr placement on_cpu{.processor = run_on::cpu};
  feature_detector({64, 64}, s.corners, on_cpu);
  point_tracker({64, 64}, s.corners.max_count, s.tracking, on_cpu);
} catch (const error& e) {
  const refused_argument refused(e);
  for (const auto& [argument, option] : options_of_arguments)
    if (refused.argument == argument) throw failure(fault::usage, std::string(option) + ": " + refused.problem);
  throw;
}

sequence_settings settings_of(const track_arguments& a) {
  sequence_settings s;
  s.corners.quality = a.quality_level;
  s.corners.min_distance = a.min_distance;
  s.corners.max_count = a.max_corners;
  s.corners.window_radius = a.corner_radius;
  s.tracking.window = a.window;
  s.tracking.max_levels = a.levels;
  s.tracking.iterations = a.iterations;
  s.tracking.epsilon = a.epsilon;
  s.tracking.min_eigenvalue = a.min_eigenvalue;
  s.tracking.forward_backward = a.forward_backward;
  constexpr int usual = 10;  // frames; given points are followed alone
  s.redetect = a.redetect.value_or(a.points.empty() ? usual : 0);
  s.redetect_below = a.redetect_below.value_or(s.redetect > 0 ? 0.5 : 0);
  if (!(s.redetect_below >= 0 && s.redetect_below <= 1))
    throw failure(fault::usage, "--redetect-below: choose a fraction from 0 to 1");
  check_ranges(s);
  return s;
}

enum class track_format : int { csv = 0, json_lines = 1, arrays = 2, colmap = 3 };

track_format format_of_tracks(const track_arguments& a) {
  const std::string& name = a.video.output;
  if (a.format == "csv") return track_format::csv;
  if (a.format == "jsonl") return track_format::json_lines;
  if (a.format == "colmap") return track_format::colmap;
  if (a.format == "npz" || (a.format.empty() && has_ending(name, ".npz"))) {
    if (name == "-") throw failure(fault::usage, "a .npz cannot be written to standard output");
    return track_format::arrays;
  }
  if (!a.format.empty()) throw failure(fault::usage, "--format " + a.format + ": choose csv, jsonl, npz or colmap");
  const bool no_ending = name.find('.', name.rfind('/') + 1) == std::string::npos;  // also - and devices
  if (has_ending(name, ".csv") || no_ending) return track_format::csv;
  if (has_ending(name, ".jsonl")) return track_format::json_lines;
  throw failure(fault::usage, name + ": the ending chooses the kind of list: .csv, .jsonl or .npz");
}

std::unique_ptr<track_output> make_output(track_format format, const std::string& path, const std::string& name) {
  if (format == track_format::colmap) return std::make_unique<colmap_scene>(path, name);
  if (format == track_format::arrays) return std::make_unique<track_arrays>(path, name);
  const bool csv = format == track_format::csv;
  return std::make_unique<track_list>(path, name, csv ? track_list::kind::csv : track_list::kind::json_lines);
}

/// None of the outputs may be one of these files.
void check_inputs(const track_arguments& a) {
  for (const std::string& input : {a.points, a.mask, a.valid_mask})
    for (const std::string& output : {a.video.output, a.draw, a.video.frame_md5})
      if (!input.empty() && !output.empty()) refuse_same_files({input}, output);
}

track_inputs read_inputs(const track_arguments& a) {
  track_inputs inputs;
  if (!a.points.empty()) inputs.points.emplace(a.points);
  if (!a.mask.empty()) inputs.mask.emplace("--mask", a.mask);
  if (!a.valid_mask.empty()) inputs.valid_mask.emplace("--valid-mask", a.valid_mask);
  return inputs;
}

bool is_sequence(const std::string& name) { return video::sequence_name::parse(name).has_value(); }

void check_drawing(const track_arguments& a) {
  if (a.draw.empty()) return;
  if (!a.video.frame_md5.empty()) refuse_same_outputs("--frame-md5", a.video.frame_md5, a.draw);
  refuse_same_files({a.video.input}, a.draw);
  refuse_same_outputs("--draw", a.draw, a.video.output);
  constexpr std::array pictures{".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".tga", ".ppm"};
  const bool one_picture =
      std::any_of(pictures.begin(), pictures.end(), [&](const char* e) { return has_ending(a.draw, e); });
  if (one_picture && !is_sequence(a.draw))
    throw failure(fault::usage,
                  "--draw " + a.draw + ": name a video, a sequence such as tracks%04d.png, or one .png");
}

}  // namespace

int track(const track_arguments& a) {
  if (a.video.output.empty())
    throw failure(fault::usage, "name an output: -o tracks.csv, tracks.jsonl or tracks.npz");
  const track_format format = format_of_tracks(a);
  const sequence_settings settings = settings_of(a);
  const video::range_choice range = read_range(a.range);
  check_video(a.video);
  check_drawing(a);
  check_inputs(a);
  const placement where = placement_of(a.device);
  video::check_input(input_options_of(a.video));
  track_inputs inputs = read_inputs(a);

  output_files files;
  video::output_options out = output_options_of(a.video);
  const output_file& list =
      format == track_format::colmap ? files.add_folder(a.video.output) : files.add(a.video.output, rule_of(a.video));
  out.kind = video::output_kind::nothing;
  std::optional<track_drawing> drawing;
  std::optional<last_picture> last;
  if (!a.draw.empty()) {
    const output_file& file = files.add(a.draw, rule_of(a.video));
    const bool one = has_ending(a.draw, ".png") && file.kind() == video::output_kind::file;
    if (one)
      last = {file.path(), a.draw};
    else
      out.name = a.draw, out.path = file.path(), out.kind = file.kind();
    drawing.emplace(one ? INT_MAX : tail_in_videos, one ? track_drawing::lost::stay : track_drawing::lost::vanish);
  }
  std::optional<point_checksums> checksums;
  if (!a.video.frame_md5.empty()) checksums.emplace(files.add(a.video.frame_md5, rule_of(a.video)).path());
  track_transform transform(settings, range, std::move(inputs), where,
                            make_output(format, list.path(), a.video.output), std::move(drawing), std::move(last),
                            std::move(checksums));
  run_job(a.video, out, transform, files);
  return 0;
}

}  // namespace fluxel::cli
