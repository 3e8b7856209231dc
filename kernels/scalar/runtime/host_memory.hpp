// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>
#include <new>

#include "kernels/contract/memory.hpp"

namespace fluxel::kernels {

inline constexpr std::align_val_t host_alignment{64};

inline status copy_host(void* dst, const void* src, std::size_t bytes, CUstream_st*) {
  std::memcpy(dst, src, bytes);
  return status::ok;
}

inline status copy_host_rows(byte_rows dst, byte_rows src, std::size_t bytes, std::size_t rows, CUstream_st*) {
  for (std::size_t y = 0; y < rows; ++y)
    std::memcpy(static_cast<std::byte*>(dst.data) + static_cast<std::ptrdiff_t>(y) * dst.pitch,
                static_cast<const std::byte*>(src.data) + static_cast<std::ptrdiff_t>(y) * src.pitch, bytes);
  return status::ok;
}

inline constexpr memory_functions host_memory{
    .allocate = [](std::size_t bytes) { return ::operator new(bytes, host_alignment, std::nothrow); },
    .release = [](void* p) { ::operator delete(p, host_alignment); },
    .upload = copy_host,
    .download = copy_host,
    .copy = copy_host,
    .clear =
        [](void* p, std::size_t bytes, CUstream_st*) {
          std::memset(p, 0, bytes);
          return status::ok;
        },
    .synchronize = [](CUstream_st*) { return status::ok; },
    .upload_rows = copy_host_rows,
    .download_rows = copy_host_rows,
};

}  // namespace fluxel::kernels
