// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/commands/align/align_session.hpp"

#include <algorithm>
#include <cstring>

#include "host/program/cli/commands/accepted_pictures.hpp"
#include "host/program/cli/options/values.hpp"
#include "host/program/video/failure.hpp"
#include "host/program/video/frames/copy_samples.hpp"

namespace fluxel::cli {

namespace {

using video::failure;
using video::fault;

constexpr std::size_t most_stack_memory = std::size_t{8} << 30;  // bytes: beyond, most machines run out

bool same_kind(const frame_format& a, const frame_format& b) {
  bool same = a.plane_count == b.plane_count && a.type() == b.type() && a.bit_depth == b.bit_depth &&
              a.high_bits == b.high_bits && a.chroma_shift_x == b.chroma_shift_x &&
              a.chroma_shift_y == b.chroma_shift_y;
  for (int p = 0; same && p < a.plane_count; ++p) same = a.planes[p].channels == b.planes[p].channels;
  return same;
}

/// The largest rectangle without a 0, by how many rows up each column has none (of the columns of a histogram).
picture_part largest_rectangle(const image_view<const u8>& covered) {
  std::vector<int> heights(covered.width + 1, 0), open;
  picture_part best;
  for (int y = 0; y < covered.height; ++y) {
    const u8* row = covered.data + y * covered.pitch;
    for (int x = 0; x < covered.width; ++x) heights[x] = row[x] != 0 ? heights[x] + 1 : 0;
    open.clear();
    for (int x = 0; x <= covered.width; ++x) {  // the last column has height 0
      while (!open.empty() && heights[open.back()] >= heights[x]) {
        const int height = heights[open.back()];
        open.pop_back();
        const int left = open.empty() ? 0 : open.back() + 1;
        if (std::int64_t{height} * (x - left) > std::int64_t{best.extent.width} * best.extent.height)
          best = {left, y + 1 - height, {x - left, height}};
      }
      open.push_back(x);
    }
  }
  return best;
}

std::string place_of(const std::string& input, int frame) {
  return frame == 0 ? input : input + ", picture " + std::to_string(frame + 1);
}

}  // namespace

align_session::align_session(const align_settings& settings, const placement& where)
    : settings_(settings), where_(where) {}

void align_session::begin(const frame_view<const void>& first, double pixel_aspect) {
  if (pixel_aspect > 0) settings_.registration.pixel_aspect = pixel_aspect;
  registration_.emplace(first, settings_.registration, where_);
  reference_.emplace(first.format);
  video::copy_samples(first, reference_->view());
  if (settings_.stack) stack_.emplace(first.format, *settings_.stack);
  by_one_ = image<u8>(first.format.width, first.format.height);
  if (settings_.border == align_border::crop) {
    covered_ = image<u8>(first.format.width, first.format.height);
    std::memset(covered_.view().data, 255, std::size_t(first.format.width) * first.format.height);
  }
}

matrix3x3 align_session::next(const frame_view<const void>& picture, const std::string& input, int frame,
                              double pixel_aspect) {
  require_whole_pictures(picture.format);
  if (done_++ < pictures_.size()) return pictures_[done_ - 1].motion.matrix;
  aligned_picture p{input, frame, {}};
  if (!reference_) {
    begin(picture, pixel_aspect);
  } else {
    p.motion = registration_->run(picture);
    if (p.motion.inliers == 0)
      throw failure(fault::input, place_of(input, frame) + ": cannot be aligned to " +
                                      (frame == 0 ? pictures_[0].input : "the first one") +
                                      ": of the features that could be followed (" + std::to_string(p.motion.pairs) +
                                      ") hardly any agree on one motion; do both show the same, and does another "
                                      "--model fit?");
  }
  pictures_.push_back(p);
  return p.motion.matrix;
}

void align_session::check_alike(const frame_format& format, const std::string& input, const char* why) const {
  if (!same_kind(format, reference_->format()))
    throw failure(fault::input, input + ": has other samples (depth, channels, or chroma) than " +
                                    pictures_[0].input + ", and " + why);
}

void align_session::draw(const frame_view<const void>& picture, const matrix3x3& matrix, const std::string& input,
                         const frame_view<void>& out) {
  if (is_reference()) return video::copy_samples(picture, out);
  if (settings_.border == align_border::fill) {
    check_alike(picture.format, input, "--crop fill takes from both");
    video::copy_samples(reference_->view(), out);
  } else {
    fill_black(out);
  }
  registration_->resample(picture, matrix, out);
}

void align_session::note_coverage(const frame_view<const void>& picture, const matrix3x3& matrix) {
  if (is_reference()) return;
  frame_format f = picture.format;
  f.width = extent().width, f.height = extent().height;
  owned_frame drawn(f);
  registration_->resample(picture, matrix, drawn.view(), by_one_.view());
  const std::size_t pixels = std::size_t(f.width) * f.height;
  u8* all = covered_.view().data;
  const u8* one = by_one_.view().data;
  for (std::size_t i = 0; i < pixels; ++i) all[i] &= one[i];
}

void align_session::add_to_stack(const frame_view<const void>& picture, const matrix3x3& matrix,
                                 const std::string& input) {
  check_alike(picture.format, input, "a stack is of one kind");
  if (is_reference()) {
    stack_->add(picture);
  } else {
    owned_frame drawn(reference_->format());
    registration_->resample(picture, matrix, drawn.view(), by_one_.view());
    stack_->add(drawn.view(), std::as_const(by_one_).view());
  }
  if (settings_.stack == stack_rule::median && stack_->workspace_size() > most_stack_memory)
    throw failure(fault::usage, "--stack median keeps every picture in memory, and " +
                                    std::to_string(stack_->count()) +
                                    " of them take 8 GiB: take fewer (--every, --duration), or --stack mean");
}

void align_session::draw_stack(const frame_view<void>& out) { stack_->run(out); }

picture_part align_session::common_part(const size& step) const {
  picture_part part = largest_rectangle(covered_.view());
  const frame_format& f = reference_->format();
  const int grid_x = 1 << f.chroma_shift_x, grid_y = 1 << f.chroma_shift_y;
  const int right = part.left + part.extent.width, bottom = part.top + part.extent.height;
  part.left = (part.left + grid_x - 1) / grid_x * grid_x;
  part.top = (part.top + grid_y - 1) / grid_y * grid_y;
  part.extent = {(right - part.left) / step.width * step.width, (bottom - part.top) / step.height * step.height};
  if (part.extent.width <= 0 || part.extent.height <= 0)
    throw failure(fault::input, "there is no part that all pictures show: --crop none keeps the whole first picture");
  return part;
}

std::string align_session::processor(int device) const {
  return registration_ ? describe_processor(registration_->backend(), device) : "";
}

}  // namespace fluxel::cli
