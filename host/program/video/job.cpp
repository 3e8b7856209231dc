// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/job.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <iterator>
#include <mutex>
#include <thread>

#include "fluxel/copy_times.hpp"
#include "host/program/video/containers.hpp"
#include "host/program/video/device/hardware_decoder.hpp"
#include "host/program/video/failure.hpp"
#include "host/program/video/frames/deinterlacer.hpp"
#include "host/program/video/frames/picture_stage.hpp"
#include "host/program/video/input/reader.hpp"
#include "host/program/video/output/pacing.hpp"
#include "host/program/video/output/writer.hpp"
#include "host/program/video/queue.hpp"

namespace fluxel::video {

namespace {

// Between two threads: enough to even out what each step takes. Few pictures wait, of 8K one: memory that is used
// again soon is still in the caches, and more of it would have to be mapped first.
constexpr std::size_t queue_items = 12;
constexpr std::size_t queue_bytes = std::size_t{11} << 20;  // three pictures of 1080p, less than one of 4K

std::size_t bytes_of(const item& i) {
  if (const auto* packet = std::get_if<packet_ptr>(&i)) return (*packet)->size;
  const AVFrame& f = *std::get<frame_ptr>(i);
  return std::max(0, av_image_get_buffer_size(samples_of(f), f.width, f.height, 1));
}

/// Adds the time from its making to its end.
class stopwatch {
 public:
  explicit stopwatch(double& seconds) : seconds_(seconds) {}
  ~stopwatch() { seconds_ += std::chrono::duration<double>(clock::now() - start_).count(); }

 private:
  using clock = std::chrono::steady_clock;
  double& seconds_;
  clock::time_point start_ = clock::now();
};

/// Three threads in a row: decode, transform, encode. The first error ends them all.
class pipeline {
 public:
  pipeline(const input_options& in, const output_options& out, frame_transform& transform, monitor& monitor)
      : monitor_(monitor),
        out_(out),
        transform_(transform),
        reader_(in, monitor),
        deinterlace_(in.deinterlace, reader_.video().time_base),
        stage_(reader_, container_for(out), transform, monitor),
        writer_(out, reader_, monitor),
        decoded_(in.hardware ? hardware_decoder::most_queued : queue_items, queue_bytes) {
    monitor.length = reader_.length() * out.stretch;
  }

  summary run() {
    {
      std::jthread decoding([this] { translate_bad_alloc([this] { decode(); }); });
      std::jthread transforming([this] { translate_bad_alloc([this] { transform(); }); });
      translate_bad_alloc([this] { encode(); });
      // Also after the end: a single picture may be finished before the input is.
      decoded_.abort();
      transformed_.abort();
    }
    if (error_) std::rethrow_exception(error_);
    if (monitor_.cancel) throw cancelled{};
    summary s{monitor_.frames,       stage_.shown_input(),   stage_.shown_output(),
              stage_.stored_input(), stage_.stored_output(), reader_.damage()};
    add_times(s);
    return s;
  }

 private:
  template <class Work>
  void translate_bad_alloc(Work work) {
    try {
      work();
    } catch (...) {
      const std::lock_guard lock(error_mutex_);
      if (!error_) error_ = std::current_exception();
      decoded_.abort();
      transformed_.abort();
    }
  }

  std::optional<item> read() {
    const stopwatch busy(decoding_);
    return reader_.next();
  }

  void decode() {
    while (std::optional<item> next = read()) {
      const std::size_t bytes = bytes_of(*next);
      if (!decoded_.put(std::move(*next), bytes)) return;
    }
    decoded_.close();
  }

  void transform() {
    while (std::optional<item> next = decoded_.take()) {
      auto* frame = std::get_if<frame_ptr>(&*next);
      if (!(frame != nullptr ? transform(std::move(*frame)) : pass_on(std::move(*next)))) return;
    }
    if (failed() || !transform(nullptr)) return;
    if (reader_.options().deinterlace == deinterlacing::marked && !deinterlace_.found_any())
      monitor_.note("no picture is marked as interlaced: --deinterlace=all takes all of them for it");
    transform_.finish();
    transformed_.close();
  }

  /// Work whose time is that of the transform.
  template <class Work>
  auto busy(Work work) {
    const stopwatch time(transforming_);
    return work();
  }

  /// @param frame  null: the end. @returns false when the job is to stop, as below.
  bool transform(frame_ptr frame) {
    const bool at_end = !frame;
    for (frame_ptr& whole : busy([&] { return deinterlace_.put(std::move(frame)); }))
      if (wanted(*whole))
        if (!process(std::move(whole))) return false;
    if (!at_end) return true;
    if (transform_.retimer() != nullptr) return process(nullptr);
    while (frame_ptr result = busy([&] { return stage_.flush(); }))
      if (!pass_on(std::move(result))) return false;
    return true;
  }

  /// One picture, and what comes out. @param picture  null: none follows
  bool process(frame_ptr picture) {
    if (transform_.retimer() == nullptr) {
      frame_ptr result = busy([&] { return stage_(std::move(picture)); });
      return !result || pass_on(std::move(result));
    }
    busy([&] { stage_.put(std::move(picture)); });
    while (frame_ptr result = busy([&] { return stage_.take(); }))
      if (!pass_on(std::move(result))) return false;
    return true;
  }

  /// Whether the picture is one of those that are taken; it then lasts until the next one.
  bool wanted(AVFrame& frame) {
    const int every = reader_.options().every;
    duration_of(frame) *= every;
    return met_++ % every == 0;
  }

  bool pass_on(item result) {
    const std::size_t bytes = bytes_of(result);
    return transformed_.put(std::move(result), bytes);
  }

  void encode() {
    bool open = false;
    while (std::optional<item> next = transformed_.take()) {
      if (monitor_.cancel) throw cancelled{};
      const stopwatch busy(encoding_);
      if (auto* packet = std::get_if<packet_ptr>(&*next)) {
        writer_.write(std::move(*packet));
        continue;
      }
      frame_ptr frame = std::get<frame_ptr>(std::move(*next));
      if (writer_.full()) {
        monitor_.note(out_.name +
                      " holds one picture, the first; for all of them name a sequence such as frame%04d.png");
        break;
      }
      if (!std::exchange(open, true)) writer_.open(*frame, stage_.source(), stage_.matrix());
      monitor_.position = av_rescale_q(frame->pts, stage_.source().time_base, AV_TIME_BASE_Q);
      writer_.write(std::move(frame));
      ++monitor_.frames;
    }
    if (failed() || monitor_.cancel) return;
    if (!open) throw failure(fault::input, reader_.options().name + ": has one picture, and motion needs two");
    const stopwatch busy(encoding_);
    writer_.finish();
  }

  /// What a transform does not name is what brings pictures into its form. The steps of a ring are the device's:
  /// there the thread was at work while it did not wait for them.
  void add_times(summary& s) const {
    std::vector<step_time> between = transform_.times();
    const frame_ring* ring = transform_.ring();
    const bool apart = !between.empty();
    if (ring == nullptr) add_copies(between);
    double elsewhere = ring != nullptr ? ring->waited() : 0;
    if (ring == nullptr)
      for (const step_time& step : between) elsewhere += step.seconds;
    const double rest = std::max(0.0, transforming_ - elsewhere);
    between.push_back({apart ? "convert" : "process", rest});
    auto longest = std::prev(between.end());
    if (ring == nullptr || elsewhere >= rest)
      longest = std::max_element(between.begin(), ring == nullptr ? between.end() : longest,
                                 [](const auto& x, const auto& y) { return x.seconds < y.seconds; });
    s.bound = longest->name;
    if (decoding_ > std::max(transforming_, encoding_)) s.bound = "decode";
    if (encoding_ > std::max(transforming_, decoding_)) s.bound = "encode";
    s.times = {{"decode", decoding_}};
    s.times.insert(s.times.end(), between.begin(), between.end());
    s.times.push_back({"encode", encoding_});
  }

  /// Steps around those that work on a device.
  void add_copies(std::vector<step_time>& steps) const {
    const copy_times now = time_of_copies();
    const double upload = now.upload - copied_before_.upload, download = now.download - copied_before_.download;
    if (upload + download == 0) return;
    steps.insert(steps.begin(), {"upload", upload});
    steps.push_back({"download", download});
  }

  bool failed() {
    const std::lock_guard lock(error_mutex_);
    return error_ != nullptr;
  }

  monitor& monitor_;
  const output_options& out_;
  frame_transform& transform_;
  reader reader_;
  deinterlacer deinterlace_;
  std::int64_t met_ = 0;  // pictures
  picture_stage stage_;
  writer writer_;
  bounded_queue<item> decoded_;
  bounded_queue<item> transformed_{queue_items, queue_bytes};
  std::mutex error_mutex_;
  std::exception_ptr error_;
  copy_times copied_before_ = time_of_copies();
  double decoding_ = 0, transforming_ = 0, encoding_ = 0;  // seconds at work, each of its own thread
};

}  // namespace

summary run(const input_options& in, const output_options& out, frame_transform& transform, monitor& monitor) {
  capture_messages();
  container_for(out);  // an unknown ending is said before the input is opened
  return pipeline(in, out, transform, monitor).run();
}

}  // namespace fluxel::video
