// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace fluxel::kernels {

/// memcpy past the caches: large results leave room there for what is still needed, and their lines are not read
/// before they are written. Finish with `stream_fence` on the same thread.
void stream_bytes(const void* from, void* to, std::size_t bytes);
void stream_fence();

}  // namespace fluxel::kernels
