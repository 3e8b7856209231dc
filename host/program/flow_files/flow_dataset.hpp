// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace fluxel::video {

/// Two pictures and the files of their true flow.
struct flow_example {
  struct truth_file {
    std::string label;  ///< "occ" and "noc" in KITTI, where there are two; otherwise empty
    std::string path;
  };
  std::string name;  ///< "RubberWhale", "000045 image_2", "final alley_1/frame_0001"
  std::string first;
  std::string second;
  std::vector<truth_file> truths;
};

/// The pairs with ground truth below a folder, by name. Known trees, as their zip files unpack:
///
///     NAME/frame10.png, frame11.png, flow10.flo
///     Middlebury  other-data/NAME/frame10.png, frame11.png, or other-data-gray; other-gt-flow/NAME/flow10.flo
///     KITTI       training/image_0, colored_0 (2012) or image_2 (2015), each N_10.png, N_11.png;
///                 training/flow_occ and flow_noc: N_10.png
///     Sintel      training/clean and final: SCENE/frame_0001.png, ...; training/flow/SCENE/frame_0001.flo
///
/// A pair without all of its files is left out. The folder may be "training" itself.
std::vector<flow_example> find_flow_examples(const std::string& folder);

}  // namespace fluxel::video
