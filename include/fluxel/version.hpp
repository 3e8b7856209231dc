// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "fluxel/export.h"
#include "fluxel/version.h"

namespace fluxel {
inline namespace v0 {

/// The version of the library that is linked, for example "0.1.0".
FLUXEL_API std::string version();

/// How the library was built: compiler, CUDA kernels or not.
FLUXEL_API std::string build_description();

/// Same operation, same revision, same inputs and options: same output bytes, whatever the version and processor.
struct bytes_revision {
  std::string operation;  ///< for example "resize_bilinear"
  int revision = 0;
};
FLUXEL_API std::vector<bytes_revision> bytes_revisions();

}  // namespace v0
}  // namespace fluxel
