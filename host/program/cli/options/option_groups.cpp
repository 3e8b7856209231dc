// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/options/option_groups.hpp"

namespace fluxel::cli {

void add_files(CLI::App& app, video_arguments& a) {
  app.add_option("IN", a.input, "Video, picture, sequence (frame%04d.png), URL, or - for standard input")
      ->required()
      ->type_name("");
  app.add_option("OUT", a.more,
                 "The same; its ending chooses the kind of file. - writes YUV4MPEG2.\nWith --output-dir: more inputs")
      ->type_name("");
  app.add_option("-o,--output", a.output, "The output, by option")->type_name("OUT");
  app.add_option("--output-dir", a.output_dir, "Write every input into this folder, under its own name")
      ->type_name("FOLDER");
  app.add_option("--output-name", a.output_name,
                 "Names in that folder: {name}, {ext} and {number} stand for\nwhat the input has ({name}.{ext})")
      ->type_name("PATTERN");
  add_replacing(app, a);
}

void add_replacing(CLI::App& app, video_arguments& a) {
  app.add_flag("-y", a.replace, "Replace an existing output");
  app.add_flag("-n", a.keep, "Never replace an existing output")->excludes("-y");
}

void add_time(CLI::App& app, video_arguments& a) {
  const auto group = "Part of the input";
  app.add_option("--start", a.start, "Begin here: 83.5, 1:23.5, 500ms")->type_name("T")->group(group);
  auto* to = app.add_option("--to", a.to, "End before this time of the input")->type_name("T")->group(group);
  app.add_option("--duration", a.duration, "End after this much")->type_name("T")->group(group)->excludes(to);
  app.add_option("--start-number", a.start_number,
                 "First number of a sequence\n(input: the lowest there is; output: 1)")
      ->type_name("N")
      ->check(CLI::Range(0, 1 << 20).description(""))
      ->group(group);
  app.add_option("--rate", a.rate, "Frames per second of an input sequence (25)")->type_name("R")->group(group);
  add_damage(app, a);
}

void add_damage(CLI::App& app, video_arguments& a) {
  const auto group = "Part of the input";
  auto* partial =
      app.add_flag("--keep-partial", a.keep_partial, "Of a damaged input, keep what could be read (exit status 3)")
          ->group(group);
  app.add_flag("--allow-damaged", a.allow_damaged, "The same, as a success (exit status 0)")
      ->group(group)
      ->excludes(partial);
}

void add_streams(CLI::App& app, video_arguments& a) {
  const auto group = "Streams";
  app.add_option("--audio", a.audio,
                 "auto (default: copied, or encoded where the output cannot\nhold it), copy, encode, none")
      ->type_name("HOW")
      ->group(group);
  app.add_flag("--no-audio", a.no_audio, "Leave all sound out")->group(group);
  app.add_flag("--no-subtitles", a.no_subtitles, "Leave all subtitles out")->group(group);
  app.add_option("--streams", a.streams,
                 "These alone: v:0,a:1 is the first video and the second sound;\nv, a, s, d, t or a stream's number")
      ->type_name("LIST")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--mux-opt", a.mux_options,
                 "Option of the muxer; may be repeated: movflags=+faststart\n(which is "
                 "the default)")
      ->type_name("K=V")
      ->allow_extra_args(false)
      ->group(group);
}

void add_deinterlacing(CLI::App& app, video_arguments& a) {
  app.add_flag(
         "--deinterlace{marked}", a.deinterlace,
         "Make whole pictures of interlaced ones (bwdif): marked (those\nthat the file marks), all, fields (all, "
         "and one from every field:\ntwice the rate)")
      ->group("Part of the input");
}

void add_decoding(CLI::App& app, video_arguments& a) {
  app.add_option("--decode", a.decode,
                 "cpu (default), nvdec or nvdec:1: NVIDIA's decoder of a CUDA device,\nin whose memory pictures stay "
                 "where the command works there too")
      ->type_name("WHO")
      ->group("Part of the input");
}

void add_every(CLI::App& app, video_arguments& a) {
  app.add_option("--every", a.every, "Take every Nth picture alone: motion from 0 to N, N to 2N ...")
      ->type_name("N")
      ->check(CLI::Range(1, 1 << 20).description(""))
      ->group("Part of the input");
}

void add_chroma(CLI::App& app, video_arguments& a) {
  const auto group = "Part of the input";
  app.add_option(
         "--chroma-location", a.chroma_location,
         "Where chroma samples sit, if the file is wrong or silent:\nleft, center, topleft, top, bottomleft, bottom")
      ->type_name("WHERE")
      ->group(group);
}

void add_encoding(CLI::App& app, video_arguments& a) {
  const auto group = "Encoding";
  app.add_option("--codec", a.codec, "Video encoder, as FFmpeg names it\n(default: the usual one of the output)")
      ->type_name("NAME")
      ->group(group);
  app.add_option("--fps", a.fps,
                 "Frames per second of the output: frames are left out or repeated\n(default: the input's times)")
      ->type_name("R")
      ->group(group);
  app.add_option("--crf", a.crf, "Constant quality of the encoder; lower is better")->type_name("N")->group(group);
  app.add_option("--codec-opt", a.codec_options, "Option of the encoder; may be repeated: preset=slow, b=4M, q=3")
      ->type_name("K=V")
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--codec-threads", a.codec_threads, "Threads of the encoder (default: it decides)")
      ->type_name("N")
      ->check(CLI::Range(0, 1 << 20).description(""))
      ->group(group);
  app.add_option("--pixel-format", a.pixel_format,
                 "Pixel format of the output\n(default: the input's, where the encoder takes it)")
      ->type_name("NAME")
      ->group(group);
}

void add_running(CLI::App& app, device_arguments& d) {
  const auto group = "Running";
  app.add_option("--device", d.device, "auto (CUDA when there is one), cpu, cuda or cuda:1;\nthe pixels are the same")
      ->type_name("WHERE")
      ->group(group);
  app.add_option("--threads", d.threads, "CPU threads for the pictures (default: all)")
      ->type_name("N")
      ->check(CLI::Range(0, 1 << 20).description(""))
      ->group(group);
}

void add_quiet(CLI::App& app, video_arguments& v) {
  app.add_flag("--quiet", v.quiet, "No progress and no notes, only errors")->group("Running");
}

void add_reporting(CLI::App& app, video_arguments& v, const std::string& checked) {
  const auto group = "Running";
  add_quiet(app, v);
  app.add_option("--progress", v.progress,
                 "auto (default: a bar on a terminal, else lines), bar, lines,\njson (an object per line on standard "
                 "error), none")
      ->type_name("HOW")
      ->group(group);
  app.add_flag("--json", v.json, "Print what was done as a JSON object on standard output")->group(group);
  app.add_option("--frame-md5", v.frame_md5, "Write the checksum of " + checked)->type_name("FILE")->group(group);
}

void add_writing(CLI::App& app, video_arguments& v, device_arguments& d) {
  add_chroma(app, v);
  add_decoding(app, v);
  add_streams(app, v);
  add_encoding(app, v);
  add_running(app, d);
  add_reporting(app, v, "every picture before encoding");
}

}  // namespace fluxel::cli
