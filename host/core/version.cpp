// SPDX-License-Identifier: Apache-2.0
#include "fluxel/version.hpp"

#include "kernels/contract/backend.hpp"

namespace fluxel {
inline namespace v0 {

std::string version() { return FLUXEL_VERSION; }

std::string build_description() {
#if defined(__clang__)
  const std::string compiler = "clang " __clang_version__;
#elif defined(__GNUC__)
  const std::string compiler = "gcc " __VERSION__;
#else
  const std::string compiler = "an unknown compiler";
#endif
  return compiler + (kernels::cuda() != nullptr ? ", with CUDA kernels" : ", without CUDA kernels");
}

// A change of any output byte raises the operation's number, with a line in CHANGELOG.md.
std::vector<bytes_revision> bytes_revisions() {
  return {
      {"resize_nearest", 1},
      {"resize_bilinear", 2},
      {"resize", 2},
      {"straight_alpha", 3},
      {"linear_light", 1},
      {"conv_transpose", 1},
      {"upsample_conv_transpose", 2},
      {"bilinear_adjoint", 1},
      {"horn_schunck", 11},
      {"lucas_kanade", 8},
      {"flow_color", 1},
      {"warp", 1},
      {"warp_perspective", 1},
      {"splat", 1},
      {"blend", 1},
      {"interpolation", 4},
      {"good_features", 1},
      {"track_points", 2},
      {"image_comparison", 1},
  };
}

}  // namespace v0
}  // namespace fluxel
