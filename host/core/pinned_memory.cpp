// SPDX-License-Identifier: Apache-2.0
#include "fluxel/pinned_memory.hpp"

#include "host/core/resolved_placement.hpp"
#include "kernels/contract/streams.hpp"

namespace fluxel {
inline namespace v0 {

pinned_memory::pinned_memory(std::size_t bytes, int device) {
  constexpr const char* function = "pinned_memory";
  const host::resolved_placement where({.processor = run_on::cuda, .device = device}, function);
  if (bytes == 0) return;
  const auto bound = where.bind(backend::cuda);
  data_ = kernels::cuda_allocate_pinned(bytes);
  if (data_ == nullptr) host::throw_out_of_memory(function);
  bytes_ = bytes;
}

pinned_memory::~pinned_memory() {
  if (data_ != nullptr) kernels::cuda_release_pinned(data_);
}

}  // namespace v0
}  // namespace fluxel
