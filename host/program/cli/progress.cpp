// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

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

}  // namespace

progress::style progress::choose(bool quiet) {
  return quiet ? style::none : isatty(STDERR_FILENO) ? style::bar : style::lines;
}

progress::progress(const video::monitor& monitor, style style) : monitor_(monitor), style_(style) {}

std::string progress::state() const {
  const double seconds = std::chrono::duration<double>(clock::now() - start_).count();
  const auto frames = monitor_.frames.load();
  std::string text =
      std::to_string(frames) + " frames  " + rate_text(double(frames) / std::max(seconds, 1e-3)) + " fps";
  const double length = double(monitor_.length.load());
  if (length <= 0) return text;
  const double done = std::clamp(double(monitor_.position.load()) / length, 0.0, 1.0);
  char head[64];
  std::snprintf(head, sizeof head, "%3d %%  ", int(done * 100));
  if (done > 0.01) text += "  " + minutes(seconds * (1 - done) / done) + " left";
  if (style_ != style::bar) return head + text;
  constexpr int cells = 30;
  const int full = int(done * cells);
  return head + ('[' + std::string(full, '#') + std::string(cells - full, '.') + "]  ") + text;
}

void progress::update() {
  if (style_ == style::none || monitor_.frames == 0) return;
  const auto period = style_ == style::bar ? std::chrono::milliseconds(200) : std::chrono::milliseconds(5000);
  const auto now = clock::now();
  if (now - last_ < period) return;
  last_ = now;
  std::fprintf(stderr, style_ == style::bar ? "\r%s\033[K" : "%s\n", state().c_str());
  shown_ = true;
}

void progress::clear() {
  if (style_ == style::bar && shown_) std::fputs("\r\033[K", stderr);
}

void progress::note(const std::string& text) {
  if (style_ == style::none) return;
  clear();
  std::fprintf(stderr, "fluxel: %s\n", text.c_str());
}

void progress::finish(const video::summary& s, const std::string& output, const std::string& processor) {
  if (style_ == style::none) return;
  clear();
  const double seconds = std::chrono::duration<double>(clock::now() - start_).count();
  std::fprintf(stderr, "%s: %lld %s, %dx%d -> %dx%d, %.1f s, %s fps%s%s\n",
               output == "-" ? "standard output" : output.c_str(), static_cast<long long>(s.frames),
               s.frames == 1 ? "frame" : "frames", s.src.width, s.src.height, s.dst.width, s.dst.height, seconds,
               rate_text(double(s.frames) / std::max(seconds, 1e-3)).c_str(), processor.empty() ? "" : " ",
               processor.c_str());
}

}  // namespace fluxel::cli
