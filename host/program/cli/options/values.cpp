// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/options/values.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <utility>
#include <vector>

#include "host/program/cli/device_start.hpp"
#include "host/program/cli/options/choice.hpp"
#include "host/program/cli/options/numbers.hpp"
#include "host/program/video/failure.hpp"
#include "host/program/video/names.hpp"

namespace fluxel::cli {

namespace {

using video::failure;
using video::fault;

std::optional<std::int64_t> time_of(const char* option, const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto us = video::parse_time(text);
  if (!us || *us < 0)
    throw failure(fault::usage, std::string(option) + ' ' + text + ": not a time; write seconds (83.5) or 1:23.5");
  return us;
}

std::vector<std::pair<std::string, std::string>> pairs_of(const char* option, const std::vector<std::string>& list,
                                                          const char* example) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const std::string& text : list) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      throw failure(fault::usage, std::string(option) + ' ' + text + ": write key=value, for example " + example);
    out.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

enum class audio_choice : int { automatic = 0, copy = 1, encode = 2, none = 3 };

audio_choice read_audio(const std::string& text) {
  using enum audio_choice;
  return choose<audio_choice>("--audio", text,
                              {{"auto", automatic}, {"copy", copy}, {"encode", encode}, {"none", none}});
}

video::deinterlacing read_deinterlacing(const std::string& text) {
  using enum video::deinterlacing;
  if (text.empty()) return none;
  return choose<video::deinterlacing>("--deinterlace", text, {{"marked", marked}, {"all", all}, {"fields", fields}});
}

std::shared_ptr<video::hardware_decoder> read_decoding(const std::string& text) {
  if (text == "cpu") return nullptr;
  const bool numbered = text.rfind("nvdec:", 0) == 0;
  const auto index = numbered ? read_whole(text.substr(6)) : std::optional<int>(-1);
  if ((text != "nvdec" && !numbered) || !index || (numbered && *index < 0))
    throw failure(fault::usage, "--decode " + text + ": choose cpu, nvdec or nvdec:N");
  return video::nvdec(*index);
}

video::stream_selection selection_of(const video_arguments& a) {
  for (const std::string& s : a.streams) {
    const bool index = !s.empty() && s.find_first_not_of("0123456789") == std::string::npos;
    const bool typed = !s.empty() && std::string("vasdt").find(s[0]) != std::string::npos &&
                       (s.size() == 1 || (s[1] == ':' && s.size() > 2 && read_whole(s.substr(2)).value_or(-1) >= 0));
    if (!index && !typed) throw failure(fault::usage, "--streams " + s + ": write v:0, a:1, s, or a stream's number");
  }
  return {.only = a.streams,
          .sound = !a.no_audio && read_audio(a.audio) != audio_choice::none,
          .subtitles = !a.no_subtitles};
}

}  // namespace

filter read_filter(const std::string& text) {
  return choose<filter>("--filter", text,
                        {{"bilinear", filter::bilinear},
                         {"nearest", filter::nearest},
                         {"area", filter::area},
                         {"bicubic", filter::bicubic},
                         {"lanczos3", filter::lanczos3},
                         {"mitchell", filter::mitchell},
                         {"catmull-rom", filter::catmull_rom},
                         {"gaussian", filter::gaussian},
                         {"hamming", filter::hamming},
                         {"spline36", filter::spline36}});
}

coordinates read_coordinates(const std::string& text) {
  return choose<coordinates>("--coordinates", text,
                             {{"half_pixel", coordinates::half_pixel},
                              {"asymmetric", coordinates::asymmetric},
                              {"align_corners", coordinates::align_corners}});
}

std::optional<transfer_function> read_transfer(const std::string& text) {
  using enum transfer_function;
  if (text == "auto") return std::nullopt;
  return choose<transfer_function>(
      "--linear-light", text,
      {{"srgb", srgb}, {"bt1886", bt1886}, {"gamma22", gamma22}, {"gamma28", gamma28}, {"pq", pq}, {"hlg", hlg}});
}

chroma_location read_chroma_location(const std::string& text) {
  using enum chroma_location;
  if (text.empty()) return unspecified;
  return choose<chroma_location>("--chroma-location", text,
                                 {{"left", left},
                                  {"center", center},
                                  {"topleft", top_left},
                                  {"top", top},
                                  {"bottomleft", bottom_left},
                                  {"bottom", bottom}});
}

flow_quality read_quality(const std::string& text) {
  return choose<flow_quality>("--quality", text,
                              {{"fast", flow_quality::fast},
                               {"balanced", flow_quality::balanced},
                               {"accurate", flow_quality::accurate},
                               {"best", flow_quality::best}});
}

motion_model read_motion_model(const std::string& text) {
  using enum motion_model;
  return choose<motion_model>(
      "--model", text,
      {{"translation", translation}, {"similarity", similarity}, {"affine", affine}, {"homography", homography}});
}

warp_filter read_warp_filter(const std::string& text) {
  return choose<warp_filter>("--filter", text,
                             {{"bicubic", warp_filter::bicubic}, {"bilinear", warp_filter::bilinear}});
}

flow_algorithm read_flow_method(const std::string& text) {
  return choose<flow_algorithm>(
      "--method", text,
      {{"horn-schunck", flow_algorithm::horn_schunck}, {"lucas-kanade", flow_algorithm::lucas_kanade}});
}

flow_mode read_flow_mode(const std::string& text) {
  return choose<flow_mode>(
      "--mode", text,
      {{"tuned", flow_mode::tuned}, {"multiscale", flow_mode::multiscale}, {"classic", flow_mode::classic}});
}

flow_start read_flow_start(const std::string& text) {
  return choose<flow_start>("--start-from", text,
                            {{"zero", flow_start::zero}, {"previous", flow_start::previous_flow}});
}

video::range_choice read_range(const std::string& text) {
  if (text == "auto") return {};
  if (text == "full") return {.automatic = false};
  video::range_choice r{.automatic = false};
  char end = 0;
  if (std::sscanf(text.c_str(), "%lf:%lf%c", &r.given.low, &r.given.high, &end) != 2 || !(r.given.low < r.given.high))
    throw video::failure(video::fault::usage, "--range " + text + ": write auto, full, or LOW:HIGH, low below high");
  return r;
}

flow_format read_flow_format(const std::string& text) {
  return choose<flow_format>("--format", text,
                             {{"flo", flow_format::flo},
                              {"kitti", flow_format::kitti},
                              {"npy", flow_format::npy},
                              {"exr", flow_format::exr},
                              {"color", flow_format::color}});
}

namespace {

device_choice parse_device(const std::string& text) {
  if (text == "auto") return {};
  if (text == "cpu") return {run_on::cpu};
  const bool numbered = text.rfind("cuda:", 0) == 0;
  const auto index = numbered ? read_whole(text.substr(5)) : std::optional<int>(-1);
  if ((text != "cuda" && !numbered) || !index || (numbered && *index < 0))
    throw failure(fault::usage, "--device " + text + ": choose auto, cpu, cuda or cuda:N");
  return {run_on::cuda, *index};
}

void begin(const device_choice& device, const std::string& text) {
  if (device.where != run_on::cpu)
    begin_device(device.index, device.where == run_on::cuda ? "--device " + text : std::string());
}

}  // namespace

device_choice read_device(const std::string& text) {
  const device_choice device = parse_device(text);
  begin(device, text);
  require_device();
  return device;
}

placement placement_of(const device_arguments& arguments) {
  const device_choice device = parse_device(arguments.device);
  begin(device, arguments.device);
  return {.processor = device.where, .device = device.index, .threads = arguments.threads};
}

bool runs_on_cuda(const placement& where) {
  return where.processor == run_on::cuda || (where.processor == run_on::automatic && device_count() > 0);
}

std::optional<int> cuda_device_of(const placement& where) {
  return runs_on_cuda(where) ? std::optional(std::max(where.device, 0)) : std::nullopt;
}

std::string describe_processor(backend where, int index) {
  return where == backend::cpu ? "on the CPU (" + cpu_target() + ")"
                               : "on " + describe_device(std::max(index, 0)).name;
}

std::pair<double, double> read_cubic_bc(const std::string& text) {
  const auto comma = text.find(',');
  const auto b = read_quotient(text.substr(0, comma));
  const auto c = comma == std::string::npos ? std::nullopt : read_quotient(text.substr(comma + 1));
  if (!b || !c || *b < 0 || *b > 1 || *c < 0 || *c > 1)
    throw failure(fault::usage, "--cubic-bc " + text + ": write two numbers from 0 to 1, for example 1/3,1/3");
  return {*b, *c};
}

video::input_options input_options_of(const video_arguments& a) {
  video::input_options in;
  in.name = a.input;
  in.start_number = a.start_number;
  in.frame_rate = a.rate;
  in.start = time_of("--start", a.start);
  in.end = time_of("--to", a.to);
  if (const auto duration = time_of("--duration", a.duration)) in.end = in.start.value_or(0) + *duration;
  if (in.end && *in.end <= in.start.value_or(0))
    throw failure(fault::usage, "--to and --duration have to end after --start");
  in.chroma = read_chroma_location(a.chroma_location);
  in.streams = selection_of(a);
  in.deinterlace = read_deinterlacing(a.deinterlace);
  in.every = a.every;
  in.hardware = read_decoding(a.decode);
  return in;
}

video::output_options output_options_of(const video_arguments& a) {
  if (a.output.empty()) throw failure(fault::usage, "name an output: after the input, or by -o");
  if (a.json && a.output == "-")
    throw failure(fault::usage, "--json writes to standard output, as the output - does: name a file");
  video::output_options out;
  out.name = a.output;
  out.start_number = a.start_number.value_or(1);
  out.codec = a.codec;
  out.pixel_format = a.pixel_format;
  out.codec_threads = a.codec_threads;
  out.crf = a.crf;
  out.frame_rate = a.fps;
  out.stretch = a.stretch;
  out.codec_options = pairs_of("--codec-opt", a.codec_options, "preset=slow");
  out.mux_options = pairs_of("--mux-opt", a.mux_options, "movflags=+faststart");
  const audio_choice audio = read_audio(a.audio);
  out.sound = audio == audio_choice::encode ? video::sound_mode::encoded
              : audio == audio_choice::copy ? video::sound_mode::copied
                                            : video::sound_mode::automatic;
  return out;
}

bool has_ending(const std::string& name, const std::string& ending) {
  return name.size() >= ending.size() &&
         std::equal(ending.rbegin(), ending.rend(), name.rbegin(),
                    [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
}

frame_format rgb24(size picture) {
  frame_format f{.width = picture.width, .height = picture.height, .plane_count = 1};
  f.planes[0].channels = 3;
  f.range = color_range::full;
  f.matrix = color_matrix::rgb;
  return f;
}

}  // namespace fluxel::cli
