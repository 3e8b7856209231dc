// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/run_video.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <future>
#include <mutex>
#include <vector>

#include "host/program/cli/device_start.hpp"
#include "host/program/cli/options/values.hpp"
#include "host/program/cli/output_files.hpp"
#include "host/program/cli/progress.hpp"
#include "host/program/cli/signals.hpp"
#include "host/program/video/failure.hpp"
#include "host/program/video/input/sequence.hpp"

namespace fluxel::cli {

namespace {

using namespace std::chrono_literals;
using video::failure;
using video::fault;

/// Notes come from the job's threads and are shown by the main one.
class mailbox {
 public:
  void put(const std::string& text) {
    const std::lock_guard lock(mutex_);
    notes_.push_back(text);
  }
  std::vector<std::string> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(notes_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> notes_;
};

/// The job gets a moment to stop; a thread that is blocked in a read ends with the program.
[[noreturn]] void stop(std::future<video::summary>& job, video::monitor& monitor, output_files& files, int signal) {
  monitor.cancel = true;
  job.wait_for(500ms);
  files.remove();
  die_of(signal);
}

video::summary watch(std::future<video::summary>& job, video::monitor& monitor, mailbox& notes, progress& display,
                     output_files& files) {
  for (;;) {
    const bool done = job.wait_for(20ms) == std::future_status::ready;
    for (const std::string& text : notes.take()) display.note(text);
    if (const int signal = caught_signal()) {
      display.clear();
      stop(job, monitor, files, signal);
    }
    if (done) break;
    display.update();
  }
  try {
    return job.get();
  } catch (...) {
    display.clear();
    require_device();  // the first thing to say, in the words of the option
    throw;
  }
}

/// The files that a name stands for: those of a sequence, or itself.
std::vector<std::string> files_of(const std::string& name) {
  std::error_code none;
  const auto sequence = video::sequence_name::parse(name);
  if (!sequence || std::filesystem::exists(name, none)) return {name};
  std::vector<std::string> files;
  for (const int number : sequence->existing()) files.push_back(sequence->file(number));
  return files;
}

/// A damaged input is an error of the input, whatever was asked to be shown: nothing is written unless it was asked
/// for, and only --allow-damaged makes it a success.
void settle_damage(const video_arguments& a, const std::string& damage, output_files& files, when_done done) {
  const std::string what = a.input + " is damaged: " + damage;
  if (!a.allow_damaged && !a.keep_partial)
    throw failure(fault::input,
                  what + "; nothing was written (--keep-partial or --allow-damaged keep what was there)");
  if (done == when_done::keep) {
    if (!a.allow_damaged)
      throw failure(fault::input, what + "; nothing was written, as other inputs follow (--allow-damaged takes it)");
    std::fprintf(stderr, "fluxel: %s; what was there is taken\n", what.c_str());
    return;
  }
  files.commit();
  if (!a.allow_damaged) throw failure(fault::input, what + "; what was there is written");
  std::fprintf(stderr, "fluxel: %s; what was there is written\n", what.c_str());
}

/// One line, however many there are.
std::string cuts_text(const std::vector<std::int64_t>& cuts) {
  constexpr std::size_t most = 10;
  std::string frames;
  for (std::size_t i = 0; i < std::min(most, cuts.size()); ++i)
    frames += (i == 0 ? "" : ", ") + std::to_string(cuts[i]);
  if (cuts.size() > most) frames += " and " + std::to_string(cuts.size() - most) + " more";
  return (cuts.size() == 1 ? "a cut, or motion out of reach, before frame "
                           : "cuts, or motion out of reach, before frames ") +
         frames + " (counted from 0): the flow there is no motion";
}

void print_json(const video_arguments& a, const json_object& what) {
  json_object object;
  object.add("input", a.input).add("output", a.output).append(what);
  std::printf("%s\n", object.text().c_str());
  if (std::fflush(stdout) != 0) throw failure(fault::output, "--json: cannot write to standard output");
}

}  // namespace

if_exists rule_of(const video_arguments& a) {
  return a.replace ? if_exists::replace : a.keep ? if_exists::keep : if_exists::ask;
}

void refuse_same_files(const std::vector<std::string>& inputs, const std::string& output) {
  if (output == "/dev/null") return;
  std::error_code none;
  const auto sequence = std::filesystem::exists(output, none) ? std::nullopt : video::sequence_name::parse(output);
  for (const std::string& input : inputs)
    for (const std::string& file : files_of(input))
      if (input != "-" && (same_file(file, output) || (sequence && sequence->contains(file))))
        throw failure(fault::usage, output + " is the input itself: choose another output name");
}

void refuse_same_outputs(const std::string& option, const std::string& name, const std::string& output) {
  if (name == output || same_file(name, output))
    throw failure(fault::usage, option + ' ' + name + ": is also the output; choose another name");
}

void check_video(const video_arguments& a) {
  input_options_of(a);
  output_options_of(a);
  read_progress(a.progress, a.quiet);
  refuse_same_files({a.input}, a.output);
  if (a.frame_md5.empty()) return;
  refuse_same_files({a.input}, a.frame_md5);
  refuse_same_outputs("--frame-md5", a.frame_md5, a.output);
}

void run_job(const video_arguments& a, const video::output_options& out, video::frame_transform& transform,
             output_files& files, when_done done) {
  const video::input_options in = input_options_of(a);
  video::monitor monitor;
  mailbox notes;
  monitor.note = [&notes](const std::string& text) { notes.put(text); };
  progress display(monitor, read_progress(a.progress, a.quiet));
  catch_signals();
  auto job = std::async(std::launch::async, [&] { return video::run(in, out, transform, monitor); });
  const video::summary summary = watch(job, monitor, notes, display, files);
  if (!summary.damage.empty())
    settle_damage(a, summary.damage, files, done);
  else if (done == when_done::commit)
    files.commit();
  const auto cuts = transform.cuts();
  if (cuts && !cuts->empty()) display.note(cuts_text(*cuts));
  display.finish(summary, a.output, transform.processor());
  if (!a.json) return;
  json_object what = display.describe(summary, transform.processor());
  if (cuts) what.add("cuts", *cuts);
  print_json(a, what);
}

int run_video(const video_arguments& a, video::frame_transform& transform) {
  video::check_input(input_options_of(a));
  video::output_options out = output_options_of(a);
  output_files files;
  const output_file& file = files.add(a.output, rule_of(a));
  out.path = file.path();
  out.kind = file.kind();
  if (!a.frame_md5.empty()) out.frame_md5 = files.add(a.frame_md5, rule_of(a)).path();
  run_job(a, out, transform, files);
  return 0;
}

}  // namespace fluxel::cli
