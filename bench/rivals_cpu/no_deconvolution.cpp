// SPDX-License-Identifier: Apache-2.0
#include "bench/rivals_cpu/deconvolution.hpp"

namespace fluxel::bench {

std::function<void()> deconvolution_of_onednn(const deconvolution_task&) { return {}; }

}  // namespace fluxel::bench
