// SPDX-License-Identifier: Apache-2.0
#include "fluxel/stabilizer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "fluxel/owned_frame.hpp"
#include "host/core/errors.hpp"
#include "host/core/float_environment.hpp"
#include "host/motion/frame_warp.hpp"
#include "host/motion/stabilizer/camera_path.hpp"
#include "host/motion/stabilizer/motion_finder.hpp"
#include "kernels/contract/tasks.hpp"

namespace fluxel {

namespace host {
namespace {

constexpr call_site stabilizer_site{"stabilizer"};
constexpr std::array fill_distances{10, 6, 3, 1};  ///< of the neighbours that a border is filled from, frames

void check_range(const char* name, double value, double least, double most) {
  if (!(value >= least && value <= most))
    reject(stabilizer_site, name,
           "is " + std::to_string(value) + "; must be " + std::to_string(least) + " to " + std::to_string(most));
}

const frame_format& checked(const frame_format& format, const stabilize_options& o) {
  require(is_one_of(o.model, motion_model::homography), stabilizer_site, "options.model",
          "is not one of translation, similarity, affine and homography");
  require(is_one_of(o.border, stabilize_border::fill), stabilizer_site, "options.border",
          "is not one of crop, black and fill");
  require(is_one_of(o.filter, warp_filter::bicubic), stabilizer_site, "options.filter", "is not one of warp_filter");
  check_range("options.smoothing", o.smoothing, 1, 100);
  check_range("options.margin", o.margin, 0, 0.5);
  check_range("options.pixel_aspect", o.pixel_aspect, 0.01, 100);
  require(format.fields == field_order::progressive, stabilizer_site, "format.fields",
          "is interlaced: the lines of a frame are of two moments");
  return format;
}

path_settings path_of(const frame_format& format, const stabilize_options& o) {
  const bool crop = o.border == stabilize_border::crop;
  return {.width = (format.width - 1) * o.pixel_aspect + 1,
          .height = double(format.height),
          .deviation = o.smoothing,
          .zoom = crop ? 1 / (1 - o.margin) : 1,
          .in_view = crop};
}

bool same_layout(const frame_format& a, const frame_format& b) {
  for (int p = 0; p < a.plane_count; ++p)
    if (a.planes[p].channels != b.planes[p].channels || a.planes[p].subsampled != b.planes[p].subsampled)
      return false;
  return a.width == b.width && a.height == b.height && a.plane_count == b.plane_count && a.type() == b.type() &&
         a.bit_depth == b.bit_depth && a.chroma_shift_x == b.chroma_shift_x && a.chroma_shift_y == b.chroma_shift_y;
}

void copy_frame(const frame_view<const void>& from, const frame_view<void>& to) {
  for (int p = 0; p < from.format.plane_count; ++p) {
    const size s = from.format.plane_size(p);
    const std::size_t bytes =
        std::size_t(s.width) * from.format.planes[p].channels * element_size(from.format.type());
    for (int y = 0; y < s.height; ++y)
      std::memcpy(static_cast<std::byte*>(to.data[p]) + y * to.pitch[p],
                  static_cast<const std::byte*>(from.data[p]) + y * from.pitch[p], bytes);
  }
}

/// Whole chroma samples of a frame.
struct part {
  int left, top, right, bottom;
  bool empty() const { return left >= right || top >= bottom; }
};

/// What surrounds the pixels of a result that a frame covers wholly.
std::array<part, 4> uncovered(const frame_format& f, const matrix3x3& result_to_frame) {
  const matrix3x3 back = inverse(result_to_frame);
  const double w = f.width - 1, h = f.height - 1;
  const point2d tl = back.map({0, 0}), tr = back.map({w, 0}), bl = back.map({0, h}), br = back.map({w, h});
  const int step_x = 1 << f.chroma_shift_x, step_y = 1 << f.chroma_shift_y;
  const auto inwards_up = [](double v, int step, int most) {
    return std::clamp((int(std::ceil(std::clamp(v, -1e6, 1e6))) + step) / step * step, 0, most);
  };
  const auto inwards_down = [](double v, int step, int most) {
    return std::clamp(int(std::floor(std::clamp(v, -1e6, 1e6))) / step * step, 0, most);
  };
  const int left = inwards_up(std::max(tl.x, bl.x), step_x, f.width);
  const int top = inwards_up(std::max(tl.y, tr.y), step_y, f.height);
  const bool all_x = std::min(tr.x, br.x) >= w, all_y = std::min(bl.y, br.y) >= h;
  const int right = std::max(left, all_x ? f.width : inwards_down(std::min(tr.x, br.x), step_x, f.width));
  const int bottom = std::max(top, all_y ? f.height : inwards_down(std::min(bl.y, br.y), step_y, f.height));
  const bool none_left = std::max(tl.x, bl.x) <= 0, none_above = std::max(tl.y, tr.y) <= 0;
  return {part{0, 0, f.width, none_above ? 0 : top}, part{0, bottom, f.width, f.height},
          part{0, none_above ? 0 : top, none_left ? 0 : left, bottom},
          part{right, none_above ? 0 : top, f.width, bottom}};
}

class stabilizer_object {
 public:
  stabilizer_object(const frame_format& format, const stabilize_options& options, const placement& where)
      : format_(checked(format, options)),
        options_(options),
        path_(path_of(format, options)),
        threads_(where.threads),
        warp_{options.filter, {}, where} {
    for (int i = 0; i <= delay() + kept_before(); ++i) ring_.emplace_back(format);
    placement beside = where;
    beside.threads = threads_beside_warp();
    finder_.emplace(format, options.model, options.pixel_aspect, beside);
  }

  /// One more than the path needs: the newest frame's motion is measured while the frame that is due is warped.
  int delay() const { return path_.reach() + 1; }

  bool advance(const frame_view<const void>& in, const frame_view<void>& out) {
    check_frame("in", in.format, in.memory, in.data[0]);
    check_frame("out", out.format, out.memory, out.data[0]);
    const default_float_environment guard;
    copy_frame(in, slot(received_).view());  // out may be the same memory
    const bool due = received_ >= delay();
    std::optional<matrix3x3> motion;
    auto measure = [&] { motion = finder_->next(slot(received_).view()); };
    if (due)
      measure_and_warp(measure, out);
    else
      measure();
    path_.add(motion);
    ++received_;
    return due;
  }

  bool flush(const frame_view<void>& out) {
    check_frame("out", out.format, out.memory, out.data[0]);
    if (written_ == received_) {
      restart();
      return false;
    }
    const default_float_environment guard;
    warp_.where.threads = threads_;
    make(written_, out);
    ++written_;
    return true;
  }

  void restart() {
    finder_->restart();
    path_ = camera_path(path_of(format_, options_));
    received_ = written_ = 0;
  }

  fluxel::backend backend() const { return finder_->backend(); }
  std::size_t workspace_size() const {
    std::size_t frame = 0;
    for (int p = 0; p < format_.plane_count; ++p) {
      const size s = format_.plane_size(p);
      frame += std::size_t(s.width) * s.height * format_.planes[p].channels * element_size(format_.type());
    }
    return ring_.size() * frame + finder_->workspace_size();
  }

 private:
  int kept_before() const {
    return options_.border == stabilize_border::fill ? std::min(fill_distances[0], path_.reach()) : 0;
  }
  /// All of a placement's threads are shared by both.
  int threads_beside_warp() const { return threads_ > 1 ? threads_ / 2 : threads_; }

  template <class Measure>
  void measure_and_warp(Measure& measure, const frame_view<void>& out) {
    // Calls of a device come from the caller's thread alone.
    const int threads = finder_->backend() == fluxel::backend::cpu ? threads_ : 1;
    warp_.where.threads = threads > 1 ? threads_ - threads_beside_warp() : threads_;
    auto warp = [&] { make(written_, out); };
    kernels::run_both(kernels::task_of(measure), kernels::task_of(warp), threads);
    ++written_;
  }

  owned_frame& slot(int index) { return ring_[std::size_t(index) % ring_.size()]; }

  void check_frame(const char* name, const frame_format& f, memory_kind memory, const void* data) const {
    require(data != nullptr, stabilizer_site, name, "has no data");
    require(same_layout(f, format_), stabilizer_site, name, "is not of the object's format");
    require(memory == memory_kind::host || memory == memory_kind::pinned, stabilizer_site, name,
            "is not in host memory");
  }

  /// The path is measured in square pixels.
  matrix3x3 in_pixels(const matrix3x3& m) const {
    const matrix3x3 square{{options_.pixel_aspect, 0, 0, 0, 1, 0, 0, 0, 1}};
    return inverse(square) * m * square;
  }

  void make(int index, const frame_view<void>& out) {
    const matrix3x3 to_frame = path_.result_to_frame(index), m = in_pixels(to_frame);
    const frame_view<const void> frame = slot(index).view();
    warp_.outside = options_.border == stabilize_border::black ? warp_outside::keep : warp_outside::repeat;
    if (options_.border == stabilize_border::black) fill_black(out);
    warp_(frame, m, out);
    if (options_.border == stabilize_border::fill) fill(index, to_frame, out);
  }

  /// Far neighbours first, nearer ones over them, the frame itself last.
  void fill(int index, const matrix3x3& to_frame, const frame_view<void>& out) {
    warp_.outside = warp_outside::keep;
    for (const part& p : uncovered(format_, in_pixels(to_frame))) {
      if (p.empty()) continue;
      const size s{p.right - p.left, p.bottom - p.top};
      for (const int distance : fill_distances)
        for (const int neighbour : {index - distance, index + distance}) {
          if (distance > path_.reach() || neighbour < 0 || neighbour >= received_) continue;
          if (!path_.in_one_scene(neighbour, index)) continue;
          warp_(slot(neighbour).view(), in_pixels(path_.motion(index, neighbour) * to_frame), out, p.left, p.top, s);
        }
      warp_(slot(index).view(), in_pixels(to_frame), out, p.left, p.top, s);
    }
  }

  frame_format format_;
  stabilize_options options_;
  camera_path path_;
  int threads_;  ///< of the placement
  frame_warp warp_;
  std::optional<motion_finder> finder_;
  std::vector<owned_frame> ring_;
  int received_ = 0, written_ = 0;
};

}  // namespace
}  // namespace host

inline namespace v0 {

struct stabilizer::impl : host::stabilizer_object {
  using stabilizer_object::stabilizer_object;
};

stabilizer::stabilizer(const frame_format& format, const stabilize_options& options, const placement& where)
    : impl_(host::translate_bad_alloc("stabilizer", [&] { return std::make_unique<impl>(format, options, where); })) {
}
stabilizer::stabilizer(stabilizer&&) noexcept = default;
stabilizer& stabilizer::operator=(stabilizer&&) noexcept = default;
stabilizer::~stabilizer() = default;

stabilizer::impl& stabilizer::self() const { return host::behind(impl_, "stabilizer"); }
int stabilizer::delay() const { return self().delay(); }
bool stabilizer::advance(const frame_view<const void>& in, const frame_view<void>& out) {
  return host::translate_bad_alloc("stabilizer::advance", [&] { return self().advance(in, out); });
}
bool stabilizer::flush(const frame_view<void>& out) {
  return host::translate_bad_alloc("stabilizer::flush", [&] { return self().flush(out); });
}
void stabilizer::restart() { self().restart(); }
fluxel::backend stabilizer::backend() const { return self().backend(); }
std::size_t stabilizer::workspace_size() const { return self().workspace_size(); }

}  // namespace v0
}  // namespace fluxel
