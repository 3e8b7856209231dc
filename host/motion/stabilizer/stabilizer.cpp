// SPDX-License-Identifier: Apache-2.0
#include "fluxel/stabilizer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <optional>
#include <vector>

#include "fluxel/owned_frame.hpp"
#include "host/core/errors.hpp"
#include "host/core/float_environment.hpp"
#include "host/core/per_backend.hpp"
#include "host/motion/frame_warp.hpp"
#include "host/motion/kept_frames.hpp"
#include "host/motion/option_range.hpp"
#include "host/motion/stabilizer/camera_path.hpp"
#include "host/motion/stabilizer/motion_finder.hpp"
#include "host/motion/stabilizer/uncovered.hpp"
#include "kernels/contract/tasks.hpp"

namespace fluxel {

namespace host {
namespace {

constexpr call_site stabilizer_site{"stabilizer"};
constexpr std::array fill_distances{10, 6, 3, 1};  ///< of the neighbours that a border is filled from, frames

const frame_format& checked(const frame_format& format, const stabilize_options& o) {
  require(is_one_of(o.model, motion_model::homography), stabilizer_site, "options.model",
          "is not one of translation, similarity, affine and homography");
  require(is_one_of(o.border, stabilize_border::fill), stabilizer_site, "options.border",
          "is not one of crop, black and fill");
  require(is_one_of(o.filter, warp_filter::bicubic), stabilizer_site, "options.filter", "is not one of warp_filter");
  check_range(stabilizer_site, "options.smoothing", o.smoothing, 1, 100);
  check_range(stabilizer_site, "options.margin", o.margin, 0, 0.5);
  check_range(stabilizer_site, "options.pixel_aspect", o.pixel_aspect, 0.01, 100);
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

/// For what sees frames in the memory of one backend alone.
placement on_frames_of(backend b, const placement& where, int threads) {
  placement there = where;
  there.threads = threads;
  if (b == backend::cuda) there.processor = run_on::by_memory, there.device = -1;  // the device that is current
  return there;
}

bool same_layout(const frame_format& a, const frame_format& b) {
  for (int p = 0; p < a.plane_count; ++p)
    if (a.planes[p].channels != b.planes[p].channels || a.planes[p].subsampled != b.planes[p].subsampled)
      return false;
  return a.width == b.width && a.height == b.height && a.plane_count == b.plane_count && a.type() == b.type() &&
         a.bit_depth == b.bit_depth && a.chroma_shift_x == b.chroma_shift_x && a.chroma_shift_y == b.chroma_shift_y;
}

/// The frames of a sequence, and what looks for their motion, in the memory of one backend.
struct stabilizer_state {
  /// @param kept  frames.
  stabilizer_state(const frame_format& format, const stabilize_options& o, int kept, const placement& where,
                   const placement& beside, const resolved_placement& resolved, backend b)
      : runs_on(b),
        finder(format, o.model, o.pixel_aspect, beside, resolved, b),
        ring(format, kept, resolved, b),
        warp{o.filter, {}, where} {
    if (b == backend::cpu) return;
    result.emplace(format, 1, resolved, b);
    if (o.border != stabilize_border::black) return;
    owned_frame here(format);
    fill_black(here.view());
    black.emplace(format, 1, resolved, b);
    black->put(0, "black", here.view());
  }

  frame_view<void> slot(int index) const { return ring[index % ring.count()]; }

  backend runs_on;
  motion_finder finder;
  kept_frames ring;
  frame_warp warp;
  std::optional<kept_frames> result, black;  ///< on CUDA: of results that the host gets; what is not covered
};

class stabilizer_object {
 public:
  stabilizer_object(const frame_format& format, const stabilize_options& options, const placement& where)
      : where_(where, stabilizer_site.function),
        given_(where),
        format_(checked(format, options)),
        options_(options),
        path_(path_of(format, options)) {
    owned_frame{format};  // says what is wrong with it
    if (const auto b = where_.named()) state_on(*b);
  }

  /// One more than the path needs: the newest frame's motion is measured while the frame that is due is warped.
  int delay() const { return path_.reach() + 1; }

  bool advance(const frame_view<const void>& in, const frame_view<void>& out) {
    const auto b = check_frame("in", in.format, in.memory, in.data[0]);
    require(b == check_frame("out", out.format, out.memory, out.data[0]), stabilizer_site, "out",
            "is in other memory than in");
    const default_float_environment guard;
    const auto bound = where_.bind(b);
    stabilizer_state& s = state_on(b);
    s.ring.put(received_ % s.ring.count(), "in", in);  // out may be the same memory
    current_ = &s;
    const bool due = received_ >= delay();
    std::optional<matrix3x3> motion;
    auto measure = [&] { motion = s.finder.next(s.slot(received_)); };
    if (due)
      measure_and_warp(measure, out);
    else
      measure();
    path_.add(motion);
    ++received_;
    return due;
  }

  bool flush(const frame_view<void>& out) {
    const auto b = check_frame("out", out.format, out.memory, out.data[0]);
    if (written_ == received_) {
      restart();
      return false;
    }
    const default_float_environment guard;
    const auto bound = where_.bind(b);
    current_->warp.where.threads = given_.threads;
    make(written_, out);
    ++written_;
    return true;
  }

  void restart() {
    for (const auto b : {backend_kind::cpu, backend_kind::cuda})
      if (stabilizer_state* s = states_.find(b)) s->finder.restart();
    path_ = camera_path(path_of(format_, options_));
    received_ = written_ = 0;
    current_ = nullptr;
  }

  fluxel::backend backend() const { return where_.on_host_memory(); }
  std::size_t workspace_size() const {
    std::size_t bytes = where_.memory().bytes_held();
    for (const auto b : {backend_kind::cpu, backend_kind::cuda})
      if (const stabilizer_state* s = states_.find(b)) bytes += s->finder.workspace_size();
    return bytes;
  }

 private:
  using backend_kind = fluxel::backend;

  int kept_before() const {
    return options_.border == stabilize_border::fill ? std::min(fill_distances[0], path_.reach()) : 0;
  }
  /// All of a placement's threads are shared by both.
  int threads_beside_warp() const { return given_.threads > 1 ? given_.threads / 2 : given_.threads; }

  stabilizer_state& state_on(backend_kind b) {
    return states_.on(b, where_, [&] {
      return std::make_unique<stabilizer_state>(format_, options_, delay() + kept_before() + 1,
                                                on_frames_of(b, given_, given_.threads),
                                                on_frames_of(b, given_, threads_beside_warp()), where_, b);
    });
  }

  template <class Measure>
  void measure_and_warp(Measure& measure, const frame_view<void>& out) {
    auto warp = [&] { make(written_, out); };
    const int threads = given_.threads;
    if (current_->runs_on == backend_kind::cuda) {
      // The host waits for the points of the newest frame while the device still warps.
      warp();
      measure();
    } else {
      current_->warp.where.threads = threads > 1 ? threads - threads_beside_warp() : threads;
      kernels::run_both(kernels::task_of(measure), kernels::task_of(warp), threads);
    }
    ++written_;
  }

  /// @returns the backend of frames in such memory.
  backend_kind check_frame(const char* name, const frame_format& f, memory_kind memory, const void* data) const {
    require(data != nullptr, stabilizer_site, name, "has no data");
    require(same_layout(f, format_), stabilizer_site, name, "is not of the object's format");
    const backend_kind b = where_.on(stabilizer_site, name, memory);
    require(current_ == nullptr || current_->runs_on == b, stabilizer_site, name,
            "is in other memory than the frames before it");
    return b;
  }

  /// The path is measured in square pixels.
  matrix3x3 in_pixels(const matrix3x3& m) const {
    const matrix3x3 square{{options_.pixel_aspect, 0, 0, 0, 1, 0, 0, 0, 1}};
    return inverse(square) * m * square;
  }

  void make(int index, const frame_view<void>& out) {
    stabilizer_state& s = *current_;
    if (s.runs_on == backend_for(out.memory)) return draw(index, out);
    draw(index, (*s.result)[0]);
    s.result->get(0, "out", out);
  }

  /// @param out  in the memory of the backend.
  void draw(int index, const frame_view<void>& out) {
    stabilizer_state& s = *current_;
    const matrix3x3 to_frame = path_.result_to_frame(index), m = in_pixels(to_frame);
    const bool black = options_.border == stabilize_border::black;
    s.warp.outside = black ? warp_outside::keep : warp_outside::repeat;
    if (black) s.black ? s.black->get(0, "out", out) : fill_black(out);
    s.warp(s.slot(index), m, out);
    if (options_.border == stabilize_border::fill) fill(index, to_frame, out);
  }

  /// Far neighbours first, nearer ones over them, the frame itself last.
  void fill(int index, const matrix3x3& to_frame, const frame_view<void>& out) {
    stabilizer_state& s = *current_;
    s.warp.outside = warp_outside::keep;
    for (const frame_part& p : uncovered(format_, in_pixels(to_frame))) {
      if (p.empty()) continue;
      const size extent{p.right - p.left, p.bottom - p.top};
      for (const int distance : fill_distances)
        for (const int neighbour : {index - distance, index + distance}) {
          if (distance > path_.reach() || neighbour < 0 || neighbour >= received_) continue;
          if (!path_.in_one_scene(neighbour, index)) continue;
          const matrix3x3 to_neighbour = in_pixels(path_.motion(index, neighbour) * to_frame);
          s.warp(s.slot(neighbour), to_neighbour, out, p.left, p.top, extent);
        }
      s.warp(s.slot(index), in_pixels(to_frame), out, p.left, p.top, extent);
    }
  }

  resolved_placement where_;
  placement given_;
  frame_format format_;
  stabilize_options options_;
  camera_path path_;
  per_backend<stabilizer_state> states_;
  stabilizer_state* current_ = nullptr;  ///< of the frames that have come
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
