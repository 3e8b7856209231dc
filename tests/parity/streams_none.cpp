// SPDX-License-Identifier: Apache-2.0
#include "tests/parity/streams.hpp"

namespace fluxel::parity {

std::vector<CUstream_st*> concurrent_streams() { return {nullptr}; }

}  // namespace fluxel::parity
