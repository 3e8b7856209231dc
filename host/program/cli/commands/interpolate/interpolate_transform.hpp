// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "fluxel/interpolator.hpp"
#include "fluxel/owned_frame.hpp"
#include "host/program/cli/commands/interpolate/moments.hpp"
#include "host/program/flow_files/repeated_pictures.hpp"

namespace fluxel::cli {

/// Makes the frames between the frames of a video.
class interpolate_transform : public video::frame_transform, private video::frame_retimer {
 public:
  interpolate_transform(const wanted_moments& wanted, const interpolation_options& options, bool joins_repeated,
                        const placement& where)
      : moments_(wanted), options_(options), joins_repeated_(joins_repeated), where_(where) {}

  video::picture_info plan(const video::picture_info& in) override;
  bool process(const frame_view<const void>&, const frame_view<void>&) override { return false; }
  video::frame_retimer* retimer() override { return this; }
  std::vector<video::step_time> times() const override { return {{"motion", measuring_}, {"between", making_}}; }
  std::string processor() const override;

 private:
  video::stream_clock plan_clock(const video::stream_clock& in) override { return moments_.plan(in); }
  void put(const frame_view<const void>& in, const video::shown_time& time) override;
  void end() override;
  std::optional<video::shown_time> next() override;
  void make(const frame_view<void>& out) override;

  bool is_repeated(const frame_view<const void>& in);
  void advance(const frame_view<const void>& in, std::int64_t duration);

  /// What moments are shown of: nothing; the pair of pictures before the last one, or the last one; the last picture.
  enum class shown { nothing, pair_before, last_pair, last_picture };
  void open_last_pair();
  void open_last_picture();

  struct span {
    std::int64_t start, end;
    int frames;
  };

  moments moments_;
  interpolation_options options_;
  bool joins_repeated_;
  placement where_;
  frame_format format_;
  std::optional<interpolator> between_;
  std::optional<owned_frame> only_;  ///< the first picture, until there is a second
  video::repeated_pictures repeated_;
  video::shown_time last_;  ///< of the last picture that was taken
  std::int64_t end_ = 0;    ///< of the last picture that came
  int taken_ = 0;           ///< pictures: 0, 1, or 2 for more
  shown shown_ = shown::nothing;
  std::optional<span> waiting_;  ///< the last pair's: it is shown when the picture after it has come
  int frames_ = 1;               ///< that the last one has stood for
  double moment_ = 0;
  double measuring_ = 0, making_ = 0;  ///< seconds
};

}  // namespace fluxel::cli
