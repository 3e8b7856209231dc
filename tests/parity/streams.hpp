// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "kernels/contract/backend.hpp"

namespace fluxel::parity {

/// Streams that do not wait for each other; one null stream where the linked row has no streams.
std::vector<CUstream_st*> concurrent_streams();

}  // namespace fluxel::parity
