// SPDX-License-Identifier: Apache-2.0
#include "fluxel/motion_segmenter.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "fluxel/owned_frame.hpp"
#include "host/core/errors.hpp"
#include "host/core/float_environment.hpp"
#include "host/motion/option_range.hpp"
#include "host/motion/segmenter/moving_mask.hpp"
#include "host/motion/segmenter/pair_flow.hpp"
#include "host/motion/segmenter/region_ids.hpp"
#include "host/motion/segmenter/relative_motion.hpp"

namespace fluxel {

namespace host {
namespace {

constexpr call_site segmenter_site{"motion_segmenter"};
constexpr int most_repeats = 3;  ///< of a picture that stands for a motion; what stays longer stands still

const frame_format& checked(const frame_format& format, const segment_options& o) {
  owned_frame{format};  // says what is wrong with it
  require(format.fields == field_order::progressive, segmenter_site, "format.fields",
          "is interlaced: the lines of a frame are of two moments");
  require(is_one_of(o.model, motion_model::homography), segmenter_site, "options.model",
          "is not one of translation, similarity, affine and homography");
  require(is_one_of(o.quality, flow_quality::best), segmenter_site, "options.quality",
          "is not one of fast, balanced, accurate and best");
  check_range(segmenter_site, "options.longest_side", o.longest_side, 16, 524288);
  check_range(segmenter_site, "options.least_motion", o.least_motion, 0, 512);
  check_range(segmenter_site, "options.noise", o.noise, 0, 1000);
  check_range(segmenter_site, "options.least_area", o.least_area, 0, 1);
  check_range(segmenter_site, "options.memory", o.memory, 0, 1000);
  check_range(segmenter_site, "options.min_frames", o.min_frames, 1, 1000);
  return format;
}

bool same_frames(const frame_format& a, const frame_format& b) {
  return a.width == b.width && a.height == b.height && a.planes[0].channels == b.planes[0].channels &&
         a.type() == b.type() && a.bit_depth == b.bit_depth && a.high_bits == b.high_bits;
}

bool on_host(memory_kind memory) { return memory == memory_kind::host || memory == memory_kind::pinned; }

u8* mask_row(const image_view<u8>& mask, int y) {
  return reinterpret_cast<u8*>(reinterpret_cast<char*>(mask.data) + y * mask.pitch);
}

class segmenter_object {
 public:
  segmenter_object(const frame_format& format, const segment_options& options, const placement& where)
      : format_(checked(format, options)),
        pair_(format, options.quality, options.longest_side, where),
        small_(pair_.flow_size()),
        scale_(double(format.width) / small_.width),
        difference_({options.model, options.least_motion / scale_, options.noise}),
        mask_(small_, int(std::ceil(options.least_area * small_.width * small_.height))),
        ids_(options.min_frames, options.memory) {
    if (small_ != size{format.width, format.height})
      enlarge_.emplace(resize_geometry{small_, {format.width, format.height}, 1, element_type::u8},
                       resize_options{.filter = filter::bilinear}, where);
  }

  bool advance(const frame_view<const void>& next, const image_view<u8>& mask) {
    require(next.data[0] != nullptr, segmenter_site, "next", "has no data");
    require(same_frames(next.format, format_), segmenter_site, "next", "is not of the object's format");
    require(on_host(next.memory), segmenter_site, "next", "is not in host memory");
    if (waiting_) check_mask(mask);
    const default_float_environment guard;
    const bool has_pair = pair_.next(next);
    if (!std::exchange(waiting_, true)) return false;
    if (has_pair && pair_.is_repeated() && repeats_ < most_repeats) {
      ++repeats_;
      show(nullptr, mask);
      first_ = false;
      return true;
    }
    repeats_ = 0;
    const bool cut = !has_pair || pair_.is_cut();
    if (!cut) {
      difference_.find({pair_.forward(), pair_.back(), pair_.grey_before(), pair_.grey_last()}, after_);
      difference_.find({pair_.back(), pair_.forward(), pair_.grey_last(), pair_.grey_before()}, next_before_);
    }
    show(cut ? nullptr : &after_, mask);
    if (cut) {
      begin_scene();
      return true;
    }
    mask_.carry(pair_.back().uv);
    std::swap(before_, next_before_);
    knows_before_ = true;
    first_ = false;
    return true;
  }

  bool flush(const image_view<u8>& mask) {
    if (!waiting_) return false;
    check_mask(mask);
    const default_float_environment guard;
    show(nullptr, mask);
    restart();
    return true;
  }

  void restart() {
    pair_.restart();
    begin_scene();
    waiting_ = false;
  }

  std::span<const moving_region> regions() const { return regions_; }
  bool begins_scene() const { return shown_first_; }
  fluxel::backend backend() const { return pair_.backend(); }
  std::size_t workspace_size() const {
    const std::size_t motions = 4 * std::size_t(small_.width) * small_.height * (sizeof(flow_vector) + 1);
    return motions + pair_.workspace_size() + mask_.workspace_size() + labels_.bytes() +
           (enlarge_ ? enlarge_->workspace_size() : 0);
  }

 private:
  void begin_scene() {
    mask_.restart();
    ids_.restart();
    knows_before_ = false;
    first_ = true;
    repeats_ = 0;
  }

  void check_mask(const image_view<u8>& mask) const {
    require(mask.data != nullptr, segmenter_site, "mask", "has no data");
    require(mask.width == format_.width && mask.height == format_.height && mask.channels == 1, segmenter_site,
            "mask", "is not of the frames' size, with one channel");
    require(on_host(mask.memory), segmenter_site, "mask", "is not in host memory");
  }

  /// @param after  the motion to the next frame, if that is of the same scene.
  void show(const relative_motion* after, const image_view<u8>& given) {
    const image_view<u8> mask = given.unpacked();
    shown_first_ = first_;
    const relative_motion* before = knows_before_ ? &before_ : nullptr;
    if (before == nullptr && after == nullptr) {
      for (int y = 0; y < mask.height; ++y) std::memset(mask_row(mask, y), 0, std::size_t(mask.width));
      regions_.clear();
      return;
    }
    combine(before, after, motion_);
    mask_.find(motion_);
    enlarge(mask);
    find_regions(mask, after != nullptr ? after->background : inverse(before->background));
  }

  void enlarge(const image_view<u8>& mask) {
    if (enlarge_) enlarge_->run(mask_.mask(), mask);
    for (int y = 0; y < mask.height; ++y) {
      u8* row = mask_row(mask, y);
      if (!enlarge_) std::memcpy(row, mask_.mask().data + std::ptrdiff_t(y) * small_.width, std::size_t(mask.width));
      for (int x = 0; x < mask.width; ++x) row[x] = row[x] >= 128 ? 255 : 0;
    }
  }

  struct region_sums {
    int left, top, right, bottom;
    std::int64_t area = 0;
    std::int64_t moving = 0, u = 0, v = 0;  ///< of the pixels whose own motion is known
  };

  /// @param background  pixels of the flow's frames to those of the next one.
  void find_regions(const image_view<const u8>& mask, const matrix3x3& background) {
    labels_.find(mask, 255, region_labels::neighbours::eight);
    sums_.assign(std::size_t(labels_.count()), {mask.width, mask.height, -1, -1});
    for (int y = 0; y < mask.height; ++y)
      for (int x = 0; x < mask.width; ++x) {
        const std::int32_t label = labels_.at(x, y);
        if (label == 0) continue;
        region_sums& s = sums_[std::size_t(label) - 1];
        const std::int64_t small_x = std::int64_t{x} * small_.width / mask.width;
        const std::int64_t small_y = std::int64_t{y} * small_.height / mask.height;
        const auto at = std::size_t(small_y * small_.width + small_x);
        s.left = std::min(s.left, x), s.right = std::max(s.right, x);
        s.top = std::min(s.top, y), s.bottom = std::max(s.bottom, y);
        ++s.area;
        if (motion_.level[at] != motion_level::weak && motion_.level[at] != motion_level::strong) continue;
        ++s.moving, s.u += motion_.moved[at].u, s.v += motion_.moved[at].v;
      }
    name_regions(background);
  }

  void name_regions(const matrix3x3& background) {
    const double down = double(format_.height) / small_.height;
    seen_.clear();
    for (const region_sums& s : sums_) {
      const double steps = 64 * double(std::max<std::int64_t>(s.moving, 1)), u = double(s.u) / steps,
                   v = double(s.v) / steps;
      const point2d middle{(s.left + s.right) / (2 * scale_), (s.top + s.bottom) / (2 * down)};
      const point2d to = background.map(middle);
      seen_.push_back({{.x = s.left,
                        .y = s.top,
                        .width = s.right - s.left + 1,
                        .height = s.bottom - s.top + 1,
                        .area = int(s.area),
                        .u = float(u * scale_),
                        .v = float(v * down)},
                       (u + to.x - middle.x) * scale_,
                       (v + to.y - middle.y) * down});
    }
    ids_.give(seen_);
    regions_.clear();
    for (const seen_region& s : seen_) regions_.push_back(s.region);
  }

  frame_format format_;
  pair_flow pair_;
  size small_;
  double scale_;  ///< pixels of the frame for one of the flow's
  background_difference difference_;
  moving_mask mask_;
  region_ids ids_;
  std::optional<resizer> enlarge_;
  region_labels labels_;
  relative_motion before_, next_before_, after_, motion_;  ///< of the frame to show; of the next one, to this one
  std::vector<region_sums> sums_;
  std::vector<seen_region> seen_;
  std::vector<moving_region> regions_;
  int repeats_ = 0;            ///< of the last picture, so far
  bool waiting_ = false;       ///< a frame has come whose mask has not been made
  bool knows_before_ = false;  ///< there is a frame of its scene before it
  bool first_ = true, shown_first_ = true;
};

}  // namespace
}  // namespace host

inline namespace v0 {

struct motion_segmenter::impl {
  host::segmenter_object object;
};

motion_segmenter::motion_segmenter(const frame_format& format, const segment_options& options, const placement& where)
    : impl_(host::translate_bad_alloc(host::segmenter_site.function, [&] {
        return std::make_unique<impl>(impl{host::segmenter_object(format, options, where)});
      })) {}
motion_segmenter::motion_segmenter(motion_segmenter&&) noexcept = default;
motion_segmenter& motion_segmenter::operator=(motion_segmenter&&) noexcept = default;
motion_segmenter::~motion_segmenter() = default;

motion_segmenter::impl& motion_segmenter::self() const { return host::behind(impl_, host::segmenter_site.function); }

int motion_segmenter::delay() const { return self(), 1; }

bool motion_segmenter::advance(const frame_view<const void>& next, const image_view<u8>& mask) {
  return host::translate_bad_alloc(host::segmenter_site.function, [&] { return self().object.advance(next, mask); });
}

bool motion_segmenter::flush(const image_view<u8>& mask) {
  return host::translate_bad_alloc(host::segmenter_site.function, [&] { return self().object.flush(mask); });
}

std::span<const moving_region> motion_segmenter::regions() const { return self().object.regions(); }
bool motion_segmenter::begins_scene() const { return self().object.begins_scene(); }
void motion_segmenter::restart() { self().object.restart(); }
fluxel::backend motion_segmenter::backend() const { return self().object.backend(); }
std::size_t motion_segmenter::workspace_size() const { return self().object.workspace_size(); }

}  // namespace v0
}  // namespace fluxel
