#include "host/cli/run_video.hpp"

#include <future>
#include <mutex>
#include <vector>

#include "host/cli/output_file.hpp"
#include "host/cli/progress.hpp"
#include "host/cli/signals.hpp"
#include "host/cli/values.hpp"
#include "host/video/failure.hpp"

namespace fluxel::cli {

namespace {

using namespace std::chrono_literals;

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

struct outputs {
  output_file& video;
  std::optional<output_file>& checksums;
  void remove() {
    video.remove();
    if (checksums) checksums->remove();
  }
};

/// The job gets a moment to stop; a thread that is blocked in a read ends with the program.
[[noreturn]] void stop(std::future<video::summary>& job, video::monitor& monitor, outputs files, int signal) {
  monitor.cancel = true;
  job.wait_for(500ms);
  files.remove();
  die_of(signal);
}

video::summary watch(std::future<video::summary>& job, video::monitor& monitor, mailbox& notes, progress& display,
                     outputs files) {
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
    throw;
  }
}

void refuse_same_files(const video_arguments& a) {
  if (a.input != "-" && same_file(a.input, a.output) && a.output != "/dev/null")
    throw video::failure(video::fault::usage, a.output + " is the input itself: choose another output name");
  if (a.frame_md5.empty()) return;
  if (a.frame_md5 == a.output || same_file(a.frame_md5, a.input))
    throw video::failure(video::fault::usage, "--frame-md5 " + a.frame_md5 + ": is also the input or the output");
}

}  // namespace

void check_video(const video_arguments& a) {
  input_options_of(a);
  output_options_of(a);
  refuse_same_files(a);
}

int run_video(const video_arguments& a, video::frame_transform& transform) {
  const video::input_options in = input_options_of(a);
  video::output_options out = output_options_of(a);
  video::check_input(in);
  const if_exists rule = a.replace ? if_exists::replace : a.keep ? if_exists::keep : if_exists::ask;
  output_file file(a.output, rule);
  std::optional<output_file> checksums;
  if (!a.frame_md5.empty()) checksums.emplace(a.frame_md5, rule);
  out.path = file.path();
  out.kind = file.kind();
  if (checksums) out.frame_md5 = checksums->path();
  video::monitor monitor;
  mailbox notes;
  monitor.note = [&notes](const std::string& text) { notes.put(text); };
  progress display(monitor, progress::choose(a.quiet));
  catch_signals();
  auto job = std::async(std::launch::async, [&] { return video::run(in, out, transform, monitor); });
  const video::summary summary = watch(job, monitor, notes, display, {file, checksums});
  file.commit();
  if (checksums) checksums->commit();
  display.finish(summary, a.output, transform.processor());
  return 0;
}

}  // namespace fluxel::cli
