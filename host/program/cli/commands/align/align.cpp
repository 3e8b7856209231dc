// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <string>
#include <vector>

#include "host/program/cli/commands/align/align_transform.hpp"
#include "host/program/cli/commands/commands.hpp"
#include "host/program/cli/json.hpp"
#include "host/program/cli/options/choice.hpp"
#include "host/program/cli/options/values.hpp"
#include "host/program/cli/progress.hpp"
#include "host/program/cli/result_files.hpp"
#include "host/program/cli/run_video.hpp"
#include "host/program/video/failure.hpp"
#include "host/program/video/input/sequence.hpp"

namespace fluxel::cli {

namespace {

using video::failure;
using video::fault;

registration_options read_align_model(const std::string& text) {
  using enum motion_model;
  const registration_options with_flow{.local = local_motion::follow};
  return choose<registration_options>("--model", text,
                                      {{"translation", {.model = translation}},
                                       {"similarity", {.model = similarity}},
                                       {"affine", {.model = affine}},
                                       {"homography", {.model = homography}},
                                       {"flow", with_flow}});
}

align_settings align_settings_of(const align_arguments& a) {
  align_settings s{.registration = read_align_model(a.model)};
  s.registration.filter = read_warp_filter(a.filter);
  s.border = choose<align_border>(
      "--crop", a.crop, {{"auto", align_border::crop}, {"none", align_border::black}, {"fill", align_border::fill}});
  if (!a.stack.empty())
    s.stack = choose<stack_rule>("--stack", a.stack, {{"mean", stack_rule::mean}, {"median", stack_rule::median}});
  return s;
}

bool is_sequence_name(const std::string& name) { return video::sequence_name::parse(name).has_value(); }

void check_align(const align_arguments& a) {
  if (a.video.output.empty()) throw failure(fault::usage, "name an output: -o aligned.png");
  output_options_of(a.video);
  read_progress(a.video.progress, a.video.quiet);
  if (a.inputs.size() > 1 && a.stack.empty() && a.inputs.size() != 2 && !is_sequence_name(a.video.output))
    throw failure(fault::usage, a.video.output + ": is one file for " + std::to_string(a.inputs.size()) +
                                    " pictures; name a sequence such as aligned%04d.png, or make one picture of them "
                                    "with --stack mean");
  if (a.inputs.size() > 1 && a.stack.empty() && !a.video.frame_md5.empty())
    throw failure(fault::usage, "--frame-md5 goes with one input, or with --stack");
  for (const std::string& input : a.inputs) {
    if (a.crop == "auto" && input == "-")
      throw failure(fault::usage, "--crop auto reads its inputs twice, which standard input cannot be");
    refuse_same_files({input}, a.video.output);
    if (!a.video.frame_md5.empty()) refuse_same_files({input}, a.video.frame_md5);
    video_arguments one = a.video;
    one.input = input;
    video::check_input(input_options_of(one));
  }
  if (!a.video.frame_md5.empty()) refuse_same_outputs("--frame-md5", a.video.frame_md5, a.video.output);
}

/// Goes through the inputs, once or twice.
class align_run {
 public:
  explicit align_run(const align_arguments& a)
      : a_(a),
        where_(placement_of(a.device)),
        session_(align_settings_of(a), where_),
        out_(output_options_of(a.video)),
        result_(files_.add(a.video.output, rule_of(a.video))),
        places_(a.video.output, result_, out_.start_number, "aligned%04d.png") {
    if (!a.video.frame_md5.empty()) md5_ = files_.add(a.video.frame_md5, rule_of(a.video)).path();
  }

  void run() {
    if (session_.settings().border == align_border::crop) {
      for (const std::string& input : a_.inputs) pass(input, align_step::measure);
      session_.begin_again();
    }
    const bool single = a_.inputs.size() == 1;
    for (const std::string& input : a_.inputs) {
      const bool last = &input == &a_.inputs.back(), first = &input == &a_.inputs.front();
      if (session_.settings().stack)
        pass(input, last ? align_step::finish : align_step::collect);
      else if (single || !first || result_.kind() == video::output_kind::sequence)
        pass(input, align_step::draw);
      else
        pass(input, align_step::measure);
    }
  }

  const align_session& session() const { return session_; }
  int device() const { return where_.device; }

 private:
  void pass(const std::string& input, align_step step) {
    const bool writes = step == align_step::draw || step == align_step::finish;
    const bool one_of_many = a_.inputs.size() > 1, last = &input == &a_.inputs.back();
    video_arguments job = a_.video;
    job.input = input;
    job.json = false;
    job.quiet = a_.video.quiet || one_of_many || !writes;
    video::output_options out = out_;
    out.kind = video::output_kind::nothing;
    out.path = result_.path();
    if (writes) {
      out.kind = result_.kind();
      out.frame_md5 = md5_;
      if (step == align_step::draw && one_of_many && result_.kind() == video::output_kind::sequence) {
        const result_files::place place = places_.next();
        out.name = place.name, out.path = place.path, out.kind = video::output_kind::file;
      }
    }
    align_transform transform(session_, step, input, one_of_many && !session_.settings().stack, where_.device);
    run_job(job, out, transform, files_, writes && last ? when_done::commit : when_done::keep);
  }

  const align_arguments& a_;
  placement where_;
  align_session session_;
  output_files files_;
  video::output_options out_;
  const output_file& result_;
  result_files places_;
  std::string md5_;
};

void print_found(const align_session& session) {
  for (const aligned_picture& p : session.pictures()) {
    if (&p == &session.pictures().front()) continue;
    std::fprintf(stderr, "%s: %d of %d features agree, within %.2f px\n", p.input.c_str(), p.motion.inliers,
                 p.motion.pairs, p.motion.residual);
  }
}

void print_json(const align_arguments& a, const align_session& session, int device) {
  std::vector<json_object> pictures;
  for (const aligned_picture& p : session.pictures()) {
    json_object& o = pictures.emplace_back();
    o.add("input", p.input).add("frame", p.frame);
    o.add("matrix", std::vector<double>(p.motion.matrix.m.begin(), p.motion.matrix.m.end()));
    if (&p == &session.pictures().front()) continue;
    o.add("features", p.motion.pairs).add("inliers", p.motion.inliers).add("residual", p.motion.residual);
  }
  json_object object;
  object.add("inputs", a.inputs).add("output", a.video.output).add("model", a.model);
  object.add("processor", session.processor(device)).add("pictures", pictures);
  std::printf("%s\n", object.text().c_str());
  if (std::fflush(stdout) != 0) throw failure(fault::output, "--json: cannot write to standard output");
}

}  // namespace

int align(const align_arguments& a) {
  align_settings_of(a);
  check_align(a);
  align_run all(a);
  all.run();
  if (!a.video.quiet && a.inputs.size() > 1) print_found(all.session());
  if (a.video.json) print_json(a, all.session(), all.device());
  return 0;
}

}  // namespace fluxel::cli
