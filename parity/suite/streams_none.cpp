// SPDX-License-Identifier: Apache-2.0
#include "parity/suite/streams.hpp"

namespace fluxel::parity {

std::vector<CUstream_st*> concurrent_streams() { return {nullptr}; }

}  // namespace fluxel::parity
