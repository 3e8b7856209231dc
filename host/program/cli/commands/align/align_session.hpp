// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fluxel/frame_stack.hpp"
#include "fluxel/image.hpp"
#include "fluxel/owned_frame.hpp"
#include "fluxel/registration.hpp"
#include "host/program/video/frames/transform.hpp"

namespace fluxel::cli {

/// What becomes of the places where the first picture has something and another one has nothing.
enum class align_border : int {
  crop = 0,   ///< only what all pictures show is kept
  black = 1,  ///< black, or transparent
  fill = 2,   ///< taken from the first picture
};

struct align_settings {
  registration_options registration;
  align_border border = align_border::black;
  std::optional<stack_rule> stack;
};

/// A picture that has been aligned.
struct aligned_picture {
  std::string input;
  int frame = 0;  ///< of its input
  global_motion motion;
};

/// A part of the first picture.
struct picture_part {
  int left = 0, top = 0;
  size extent;
};

/// What the pictures of all inputs are aligned to, and what is known of them. The inputs may be gone through twice:
/// what was found is not looked for again.
class align_session {
 public:
  align_session(const align_settings& settings, const placement& where);

  const align_settings& settings() const { return settings_; }
  bool has_reference() const { return reference_.has_value(); }
  size extent() const { return {reference_->format().width, reference_->format().height}; }

  /// Finds how the next picture lies on the first, which is the first that comes.
  /// @param picture_aspect  width of a pixel over its height; 0: unknown.
  /// @throws video::failure input  it does not: nothing like the first picture is found.
  matrix3x3 next(const frame_view<const void>& picture, const std::string& input, int frame, double pixel_aspect);
  bool is_reference() const { return done_ == 1; }  ///< whether `next` had the first picture

  /// The picture as the first one sees it. @param matrix  of `next`.
  void draw(const frame_view<const void>& picture, const matrix3x3& matrix, const std::string& input,
            const frame_view<void>& out);

  /// Notes what the picture shows of the first, for the part that all show.
  void note_coverage(const frame_view<const void>& picture, const matrix3x3& matrix);
  void add_to_stack(const frame_view<const void>& picture, const matrix3x3& matrix, const std::string& input);
  void draw_stack(const frame_view<void>& out);

  /// The largest rectangle that all pictures cover, whole chroma samples. @param step  its sides are multiples.
  /// @throws video::failure input  there is none.
  picture_part common_part(const size& step) const;

  /// The pictures come once more.
  void begin_again() { done_ = 0; }

  const std::vector<aligned_picture>& pictures() const { return pictures_; }
  std::string processor(int device) const;

 private:
  void begin(const frame_view<const void>& first, double pixel_aspect);
  void check_alike(const frame_format& format, const std::string& input, const char* why) const;

  align_settings settings_;
  placement where_;
  std::optional<owned_frame> reference_;
  std::optional<registration> registration_;
  std::optional<frame_stack> stack_;
  std::vector<aligned_picture> pictures_;
  std::size_t done_ = 0;  ///< pictures of this pass
  image<u8> covered_, by_one_;
};

}  // namespace fluxel::cli
