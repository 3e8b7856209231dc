// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "host/program/cli/device_start.hpp"
#include "host/program/video/failure.hpp"

namespace fluxel::cli {

namespace {

std::string minutes(double seconds) {
  const int s = int(seconds + 0.5);
  char text[32];
  if (s >= 3600)
    std::snprintf(text, sizeof text, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
  else
    std::snprintf(text, sizeof text, "%d:%02d", s / 60, s % 60);
  return text;
}

std::string rate_text(double frames_per_second) {
  char text[32];
  std::snprintf(text, sizeof text, frames_per_second < 10 ? "%.1f" : "%.0f", frames_per_second);
  return text;
}

int terminal_width() {
  struct winsize size {};
  constexpr int usual = 80;
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual;
}

/// "on the CPU (AVX2)" without its first words.
std::string processor_name(std::string text) {
  for (const std::string word : {"on ", "the "})
    if (text.rfind(word, 0) == 0) text.erase(0, word.size());
  return text;
}

/// "1024x576 -> 512x288"; where an encoder wanted other sides, or pixels are not square, what is stored too.
std::string sizes_text(const video::summary& s) {
  const auto text = [](size sides) { return std::to_string(sides.width) + 'x' + std::to_string(sides.height); };
  std::string sizes = text(s.src) + " -> " + text(s.dst);
  if (s.stored_dst != s.dst) sizes.append(" (stored as ").append(text(s.stored_dst)).append(")");
  return sizes;
}

/// "  CUDA ready after 0.21 s, beside the rest"
std::string start_text(double seconds) {
  char text[64];
  std::snprintf(text, sizeof text, "  CUDA ready after %.2f s, beside the rest", seconds);
  return text;
}

bool is_device(const std::string& processor) {
  return !processor.empty() && processor_name(processor).rfind("CPU", 0) != 0;
}

/// "  at work: decode 0.4 s, solve 6.1 s, draw 0.2 s, encode 2.3 s; bounded by solve"
std::string times_text(const video::summary& s) {
  std::string text = "  at work:";
  for (const video::step_time& step : s.times) {
    char part[64];
    std::snprintf(part, sizeof part, "%s %s %.1f s", text.back() == ':' ? "" : ",", step.name.c_str(), step.seconds);
    text += part;
  }
  return text + "; bounded by " + s.bound;
}

}  // namespace

progress::style read_progress(const std::string& text, bool quiet) {
  using enum progress::style;
  if (text == "json") return json;
  if (text == "none" || (text == "auto" && quiet)) return none;
  if (text == "auto") return isatty(STDERR_FILENO) ? bar : lines;
  if (text == "bar") return bar;
  if (text == "lines") return lines;
  throw video::failure(video::fault::usage, "--progress " + text + ": choose auto, bar, lines, json or none");
}

progress::progress(const video::monitor& monitor, style style) : monitor_(monitor), style_(style) {}

progress::state progress::now() const {
  const double seconds = std::chrono::duration<double>(clock::now() - start_).count();
  state s{seconds, double(monitor_.frames.load()) / std::max(seconds, 1e-3), -1, -1};
  const double length = double(monitor_.length.load());
  if (length <= 0) return s;
  s.done = std::clamp(double(monitor_.position.load()) / length, 0.0, 1.0);
  if (s.done > 0.01) s.remaining = seconds * (1 - s.done) / s.done;
  return s;
}

/// What fits into a line, the most wanted first; a bar where there is room for one.
std::string progress::line(int width) const {
  const state s = now();
  std::string text;
  const auto append = [&](const std::string& part) {
    const std::string gap = text.empty() ? "" : "  ";
    if (int(text.size() + gap.size() + part.size()) <= width) text += gap + part;
  };
  char percent[16] = "";
  std::snprintf(percent, sizeof percent, "%3d %%", int(s.done * 100));
  if (s.done >= 0) append(percent);
  const std::size_t head = text.size();
  append(std::to_string(monitor_.frames.load()) + " frames");
  append(rate_text(s.rate) + " fps");
  if (s.remaining >= 0) append(minutes(s.remaining) + " left");
  constexpr int most_cells = 30, least_cells = 10, around = 4;  // two spaces and the brackets
  const int cells = std::min(most_cells, width - int(text.size()) - around);
  if (style_ != style::bar || s.done < 0 || cells < least_cells) return text;
  const int full = int(s.done * cells);
  return text.insert(head, "  [" + std::string(full, '#') + std::string(cells - full, '.') + ']');
}

std::string progress::json(std::optional<double> done) const {
  state s = now();
  if (done) s.done = *done, s.remaining = 0;
  json_object object;
  object.add("frames", monitor_.frames.load()).add("seconds", s.seconds).add("fps", s.rate);
  object.add("position", 1e-6 * double(monitor_.position.load()));
  if (s.done >= 0) object.add("done", s.done);
  if (s.remaining >= 0) object.add("remaining", s.remaining);
  return object.text();
}

void progress::update() {
  using std::chrono::milliseconds;
  if (style_ == style::none || monitor_.frames == 0) return;
  const auto period = milliseconds(style_ == style::bar ? 200 : style_ == style::json ? 500 : 5000);
  const auto time = clock::now();
  if (time - last_ < period) return;
  last_ = time;
  if (style_ == style::json)
    std::fprintf(stderr, "%s\n", json().c_str());
  else if (style_ == style::bar)
    std::fprintf(stderr, "\r%s\033[K", line(terminal_width() - 1).c_str());
  else
    std::fprintf(stderr, "%s\n", line(terminal_width()).c_str());
  shown_ = true;
}

void progress::clear() {
  if (style_ == style::bar && shown_) std::fputs("\r\033[K", stderr);
}

void progress::note(const std::string& text) {
  notes_.push_back(text);
  if (style_ == style::none) return;
  clear();
  if (style_ == style::json)
    std::fprintf(stderr, "%s\n", json_object().add("note", text).text().c_str());
  else
    std::fprintf(stderr, "fluxel: %s\n", text.c_str());
}

void progress::finish(const video::summary& s, const std::string& output, const std::string& processor) {
  if (style_ == style::none) return;
  clear();
  if (style_ == style::json) {
    std::fprintf(stderr, "%s\n", json(1.0).c_str());
    return;
  }
  const double seconds = std::chrono::duration<double>(clock::now() - start_).count();
  std::fprintf(stderr, "%s: %lld %s, %s, %.1f s, %s fps%s%s\n", output == "-" ? "standard output" : output.c_str(),
               static_cast<long long>(s.frames), s.frames == 1 ? "frame" : "frames", sizes_text(s).c_str(), seconds,
               rate_text(double(s.frames) / std::max(seconds, 1e-3)).c_str(), processor.empty() ? "" : " ",
               processor.c_str());
  std::fprintf(stderr, "%s\n", times_text(s).c_str());
  const auto started = device_start_seconds();
  if (started && is_device(processor)) std::fprintf(stderr, "%s\n", start_text(*started).c_str());
}

json_object progress::describe(const video::summary& s, const std::string& processor) const {
  const auto size_of = [](size stored, size shown) {
    return json_object()
        .add("width", stored.width)
        .add("height", stored.height)
        .add("displayed_width", shown.width)
        .add("displayed_height", shown.height);
  };
  json_object object;
  object.add("frames", s.frames)
      .add("source", size_of(s.stored_src, s.src))
      .add("result", size_of(s.stored_dst, s.dst));
  const state at_end = now();
  object.add("seconds", at_end.seconds).add("fps", at_end.rate).add("processor", processor_name(processor));
  json_object times;
  for (const video::step_time& step : s.times) times.add(step.name, step.seconds);
  object.add("seconds_at_work", times).add("bounded_by", s.bound);
  const auto started = device_start_seconds();
  if (started && is_device(processor)) object.add("device_start_seconds", *started);
  return object.add("notes", notes_).add("damage", s.damage);
}

}  // namespace fluxel::cli
