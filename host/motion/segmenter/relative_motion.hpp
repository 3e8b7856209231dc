// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "fluxel/global_motion.hpp"
#include "host/motion/segmenter/background_fit.hpp"
#include "host/motion/segmenter/likeness.hpp"
#include "host/motion/segmenter/pair_flow.hpp"

namespace fluxel::host {

/// Whether a pixel moves against the background.
enum class motion_level : u8 {
  still = 0,
  doubtful = 1,  ///< by its flow; but the frames look alike there under the background's motion, too
  weak = 2,      ///< at least half of what counts as motion
  strong = 3,
  changed = 4,  ///< the flow is not known, but the frames differ there under the background's motion
  unknown = 5,
};

/// A vector in 1/64 px of the flow's frames.
struct flow_vector {
  std::int16_t u = 0, v = 0;
};

/// The motion of every pixel against the background, from a frame to another one.
struct relative_motion {
  matrix3x3 background;  ///< pixels of the frame to the other one
  std::vector<motion_level> level;
  std::vector<flow_vector> moved;  ///< flow less the background's
};

/// A frame and another one, and the flows between them.
struct frame_pair {
  const known_flow& there;
  const known_flow& back;
  const image<u8>& here_grey;
  const image<u8>& there_grey;
};

struct motion_limits {
  motion_model model = motion_model::homography;
  double least = 0;  ///< pixels of the flow's frames
  double noise = 0;  ///< standard deviations of the background's flow
};

/// Computes relative motions; keeps its memory.
class background_difference {
 public:
  explicit background_difference(const motion_limits& limits) : limits_(limits), fit_(limits.model) {}

  /// A vector that does not lead back is not known.
  void find(const frame_pair& pair, relative_motion& result);

 private:
  void check_return(const known_flow& there, const known_flow& back);
  double measure(const image<f32>& uv, relative_motion& result);
  void doubt(const frame_pair& pair, relative_motion& result);

  motion_limits limits_;
  background_fit fit_;
  image<u8> usable_;            ///< 0: the vector is known
  std::vector<float> lengths_;  ///< squared, of all pixels
  std::vector<float> ordered_;  ///< of those that are known
  likeness likeness_;
  std::vector<std::int32_t> ordered_sums_;
};

/// The levels of a frame from those to the frames before and after, of which one may be missing. What only one of two
/// known ones shows is hidden or uncovered background.
void combine(const relative_motion* before, const relative_motion* after, relative_motion& result);

}  // namespace fluxel::host
