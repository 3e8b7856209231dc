// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/program/cli/commands/flow/flow_method.hpp"
#include "host/program/cli/options/values.hpp"
#include "host/program/cli/result_files.hpp"
#include "host/program/flow_files/device_flow.hpp"
#include "host/program/flow_files/flow_color.hpp"
#include "host/program/flow_files/flow_field.hpp"
#include "host/program/flow_files/reduced_flow.hpp"
#include "host/program/video/frames/checksum_list.hpp"
#include "host/program/video/frames/plain_picture.hpp"
#include "host/program/video/frames/transform.hpp"

namespace fluxel::cli {

/// A picture, and the name of its file.
struct named_picture {
  std::string name;
  video::plain_picture picture;
};

/// Where the results of a flow go besides the video.
struct flow_files {
  flow_format format = flow_format::color;
  std::optional<result_files> flow;
  std::optional<result_files> validity;
  std::optional<video::checksum_list> checksums;
};

/// Measures the flow from each picture to the next, and writes it as the user asked.
class flow_transform : public video::frame_transform {
 public:
  /// @param first  of two pictures; nothing: the pictures of a video are measured.
  /// @param mask   black where pictures are not known; nothing: they are known everywhere.
  flow_transform(const flow_arguments& arguments, const flow_method& method, const placement& where,
                 std::optional<named_picture> first, const std::optional<named_picture>& mask, flow_files files);

  video::picture_use use() const override { return video::picture_use::motion; }
  std::optional<int> reads_device() const override;
  video::result_time time() const override { return video::result_time::previous; }
  video::picture_info plan(const video::picture_info& in) override;
  bool process(const frame_view<const void>& in, const frame_view<void>& out) override;
  void finish() override;
  std::vector<video::step_time> times() const override;
  std::string processor() const override;
  std::optional<std::vector<std::int64_t>> cuts() const override;

 private:
  void check_size(const std::string& name, const size& s) const;
  /// Whether flow is not measured in the frames themselves: pictures of two files may be of two kinds, and reduced
  /// ones are made from full range.
  bool copies_pictures() const { return first_ || arguments_.compute_scale < 1; }
  /// Whether the flow is wanted for its colors alone.
  bool only_drawn() const;
  bool wants_validity() const { return files_.validity || arguments_.mask_invalid; }
  void begin(const frame_view<const void>& in);
  void make_solver(const flow_geometry& full);
  flow_image measured(const video::plain_picture& picture);
  bool advance(const flow_image& picture);
  bool solve(const frame_view<const void>& in);
  void read_results();
  void note_cut();
  void mask();
  void add_checksum();
  void write(const frame_view<void>& out);
  void draw(const frame_view<void>& out);

  const flow_arguments& arguments_;
  const flow_method& method_;
  placement where_;
  std::optional<named_picture> first_;
  flow_files files_;
  flow_start start_;
  size size_;
  std::optional<dense_flow> solver_;
  video::plain_picture picture_;
  std::optional<video::device_flow> on_device_;  // what the flow is measured in and written to, on CUDA
  bool drawn_there_ = false;                     // the flow stays there
  video::flow_field flow_;                       // else
  std::vector<u8> validity_;
  std::optional<video::reduced_flow> reduced_;  // where the flow is not computed at the full size
  video::flow_field small_flow_;
  std::vector<u8> small_validity_;
  std::vector<u8> mask_;  // of the frames that the flow is computed on; empty: all is known
  std::string mask_name_;
  size mask_size_;
  flow_lengths lengths_;
  float cut_score_ = 0;             // of the last pair
  std::vector<std::int64_t> cuts_;  // the frames that follow them
  std::int64_t pairs_ = 0;
  video::running_length running_length_;
  std::string legend_;
  double preparing_ = 0, solving_ = 0, writing_ = 0;  // seconds
  int flows_ = 0;
  bool pair_done_ = false;
};

}  // namespace fluxel::cli
