// SPDX-License-Identifier: Apache-2.0
#include "fluxel/frame_stack.hpp"

#include <string>
#include <utility>
#include <vector>

#include "fluxel/owned_frame.hpp"
#include "host/core/float_environment.hpp"
#include "host/core/views.hpp"
#include "host/motion/registration/frame_samples.hpp"
#include "host/motion/registration/stacked_planes.hpp"

namespace fluxel {

namespace host {
namespace {

constexpr call_site stack_site{"frame_stack"};

/// Which samples of a plane count: those whose luma does, all of it.
std::vector<u8> plane_coverage(const frame_format& f, int plane, const image_view<const u8>& luma) {
  const bool sub = f.planes[plane].subsampled;
  const int shift_x = sub ? f.chroma_shift_x : 0, shift_y = sub ? f.chroma_shift_y : 0;
  const size s = f.plane_size(plane);
  std::vector<u8> counts(std::size_t(s.width) * s.height, 1);
  for (int y = 0; y < f.height; ++y) {
    const u8* row = luma.data + y * luma.pitch;
    u8* to = counts.data() + std::size_t(y >> shift_y) * s.width;
    for (int x = 0; x < f.width; ++x) to[x >> shift_x] &= u8(row[x] != 0);
  }
  return counts;
}

class frame_stack_object {
 public:
  frame_stack_object(const frame_format& format, stack_rule rule) : format_(format), rule_(rule) {
    require(is_one_of(rule, stack_rule::median), stack_site, "rule", "is not one of mean and median");
    owned_frame{format};  // says what is no format
    require(format.fields == field_order::progressive, stack_site, "format.fields", "is interlaced");
    restart();
  }

  void restart() {
    planes_.clear();
    for (int p = 0; p < format_.plane_count; ++p) planes_.push_back(make_stacked_plane(format_, p, rule_));
    count_ = 0;
  }

  void add(const frame_view<const void>& frame, const image_view<const u8>& coverage) {
    check(frame, "frame");
    if (count_ >= frame_stack::most_frames)
      reject(stack_site, "frame", "is one too many: " + std::to_string(frame_stack::most_frames) + " can be stacked");
    if (coverage.data != nullptr) {
      check_view(stack_site, "coverage", erase(coverage));
      require(coverage.channels == 1 && coverage.planes == 1 && coverage.count == 1 &&
                  coverage.width == format_.width && coverage.height == format_.height &&
                  coverage.memory != memory_kind::device,
              stack_site, "coverage", "is not one image of one channel, as large as the luma, in host memory");
    }
    const default_float_environment guard;
    for (int p = 0; p < format_.plane_count; ++p)
      planes_[p]->add(frame,
                      coverage.data == nullptr ? std::vector<u8>() : plane_coverage(format_, p, coverage.unpacked()));
    ++count_;
  }

  void run(const frame_view<void>& out) const {
    check(out, "out");
    require(count_ > 0, stack_site, "object", "has no frame yet");
    const default_float_environment guard;
    fill_black(out);
    for (const auto& plane : planes_) plane->write(out);
  }

  int count() const { return count_; }
  std::size_t workspace_size() const {
    std::size_t bytes = 0;
    for (const auto& plane : planes_) bytes += plane->bytes();
    return bytes;
  }

 private:
  void check(const frame_view<const void>& frame, const char* name) const {
    check_host_frame(stack_site, name, frame);
    require(same_size(frame.format, format_) && alike(frame.format, format_), stack_site, name,
            "is not of the object's format");
  }

  frame_format format_;
  stack_rule rule_;
  std::vector<std::unique_ptr<stacked_plane>> planes_;
  int count_ = 0;
};

}  // namespace
}  // namespace host

inline namespace v0 {

struct frame_stack::impl : host::frame_stack_object {
  using frame_stack_object::frame_stack_object;
};

frame_stack::frame_stack(const frame_format& format, stack_rule rule)
    : impl_(host::translate_bad_alloc("frame_stack", [&] { return std::make_unique<impl>(format, rule); })) {}
frame_stack::frame_stack(frame_stack&&) noexcept = default;
frame_stack& frame_stack::operator=(frame_stack&&) noexcept = default;
frame_stack::~frame_stack() = default;

frame_stack::impl& frame_stack::self() const { return host::behind(impl_, "frame_stack"); }
void frame_stack::add(const frame_view<const void>& frame, const image_view<const u8>& coverage) {
  host::translate_bad_alloc("frame_stack::add", [&] { self().add(frame, coverage); });
}
void frame_stack::run(const frame_view<void>& out) const {
  host::translate_bad_alloc("frame_stack::run", [&] { self().run(out); });
}
int frame_stack::count() const { return self().count(); }
void frame_stack::restart() {
  host::translate_bad_alloc("frame_stack::restart", [&] { self().restart(); });
}
std::size_t frame_stack::workspace_size() const { return self().workspace_size(); }

}  // namespace v0
}  // namespace fluxel
