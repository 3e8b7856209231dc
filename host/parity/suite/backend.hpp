// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kernels/contract/backend.hpp"

namespace fluxel::parity {

/// One way to run a case: a row and how it is told to run.
struct backend {
  std::string name;  ///< "cpu/AVX2/t7", or the row's name
  const kernels::backend_table* row;
  std::string cpu_target;  ///< forced while it runs; empty for rows without targets
  int threads = 0;
  /// The case runs on all of these at once; one null stream where there are no streams.
  std::vector<CUstream_st*> streams = {nullptr};
  int repeats = 1;
  int device = -1;  ///< made the current one; -1: it stays
  int hostile = 0;  ///< not 0: the caller flushes denormals and rounds in direction `hostile`
};

/// Every backend of the library this program is linked with whose name starts with one of the comma-separated
/// prefixes; all of them for an empty list. The scalar row, which is also the truth, is among them: it must not
/// depend on padding either. Cases on the device run on all of `streams` at once.
std::vector<backend> backends(std::string_view prefixes, const std::vector<CUstream_st*>& streams = {nullptr});

/// The CUDA row on one of the devices that there are.
backend backend_on_device(int index);

}  // namespace fluxel::parity
