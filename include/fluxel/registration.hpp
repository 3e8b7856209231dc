// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>

#include "fluxel/device.hpp"
#include "fluxel/error.hpp"
#include "fluxel/export.h"
#include "fluxel/frame.hpp"
#include "fluxel/global_motion.hpp"
#include "fluxel/image_view.hpp"
#include "fluxel/placement.hpp"
#include "fluxel/warp.hpp"

namespace fluxel {
inline namespace v0 {

/// What is done about the motion that the model leaves: parallax, lenses, things that move.
enum class local_motion : int {
  ignore = 0,
  follow = 1,  ///< dense flow is measured between the reference and the picture that the model has warped
};

struct registration_options {
  motion_model model = motion_model::homography;
  local_motion local = local_motion::ignore;
  warp_filter filter = warp_filter::bicubic;
  double threshold = 2;     ///< features farther from the model are outliers; px of the reduced picture; 0.1 to 100
  double pixel_aspect = 1;  ///< width of a pixel over its height; 0.01 to 100
};

/// Image registration: finds how pictures lie on a reference picture, and resamples them to it.
///
/// Brightness and contrast are evened out locally first, so that pictures of different exposure fit each other.
/// Corners of the reference are tracked to the picture and back (`feature_detector`, `point_tracker`), first on
/// pictures of about 400 pixels, then of up to 1600, each time after the picture has been warped by what is known
/// already; the model that most of them follow is found by RANSAC and least squares, as `fit_global_motion` does.
/// Where another motion has enough followers for a match and covers more of the picture, that one is taken: the
/// background's, rather than that of something in front which has more corners.
/// Where tracking from no motion fails, every shift of up to 60 % of the picture, any turn and scales from
/// 0.8 to 1.25 (of translations: shifts alone) are compared on pictures of 64 pixels, and the best of them tried.
///
/// Pictures are in host memory, progressive; samples of any type. A picture need not be as large as the reference.
/// The same bytes on every processor. One call at a time per object.
class FLUXEL_API registration {
 public:
  /// @param reference  is not needed after the call.
  /// @throws fluxel::error invalid_argument  a frame without data, interlaced or in device memory; an option out of
  ///                                         its range.
  /// @throws fluxel::error no_device         CUDA is demanded and cannot be used.
  explicit registration(const frame_view<const void>& reference, const registration_options& options = {},
                        const placement& where = {});
  registration(registration&&) noexcept;
  registration& operator=(registration&&) noexcept;
  ~registration();

  /// The motion from the reference to the picture: pixels of the reference to those of the picture. `inliers` is 0,
  /// and the matrix the identity, unless more than 8 features and three tenths of those that could be tracked follow
  /// it. Looks near the motion that the call before has found first.
  /// @throws fluxel::error invalid_argument  as the constructor.
  global_motion run(const frame_view<const void>& picture);

  /// The picture as the reference sees it, in one resampling step: `out` at x is `picture` at matrix.map(x), or with
  /// local_motion::follow at matrix.map(x + flow(x)).
  /// @param matrix    as `run` gives it.
  /// @param out       as large as the reference, of the samples of `picture`. Keeps what it had where the picture has
  ///                  nothing: more than half a pixel beyond its outermost centres.
  /// @param coverage  as large as the reference's luma, one channel: becomes 255 where the picture has something, 0
  ///                  elsewhere. Null data: not wanted.
  /// @throws fluxel::error invalid_argument  frames that do not fit together, or a matrix that is not finite.
  void resample(const frame_view<const void>& picture, const matrix3x3& matrix, const frame_view<void>& out,
                const image_view<u8>& coverage = {});

  /// The next `run` does not look near the motion of the one before.
  void restart();

  fluxel::backend backend() const;
  /// Bytes of memory that the object holds.
  std::size_t workspace_size() const;

 private:
  struct impl;
  impl& self() const;
  std::unique_ptr<impl> impl_;
};

}  // namespace v0
}  // namespace fluxel
