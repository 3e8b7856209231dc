// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "kernels/contract/launch.hpp"

namespace fluxel::kernels {

/// Rows of bytes: where the first is, and from one to the next.
struct byte_rows {
  void* data = nullptr;
  std::ptrdiff_t pitch = 0;  ///< positive
};

/// Memory of a backend.
struct memory_functions {
  void* (*allocate)(std::size_t bytes);  ///< nullptr when there is none
  void (*release)(void* p);
  status (*upload)(void* dst, const void* src, std::size_t bytes, CUstream_st* stream);
  status (*download)(void* dst, const void* src, std::size_t bytes, CUstream_st* stream);
  status (*copy)(void* dst, const void* src, std::size_t bytes, CUstream_st* stream);  ///< within the backend
  status (*clear)(void* p, std::size_t bytes, CUstream_st* stream);                    ///< to zeros
  status (*synchronize)(CUstream_st* stream);
  /// As upload and download, for `rows` rows of `bytes` each.
  status (*upload_rows)(byte_rows dst, byte_rows src, std::size_t bytes, std::size_t rows, CUstream_st* stream);
  status (*download_rows)(byte_rows dst, byte_rows src, std::size_t bytes, std::size_t rows, CUstream_st* stream);
};

/// Where the tables of a prepared object come from, in the device's memory; null functions: the backend's own. The
/// CPU keeps its tables in containers.
struct table_allocator {
  void* (*allocate)(void* owner, std::size_t bytes) = nullptr;  ///< to be used first on the legacy stream; null: none
  void (*release)(void* owner, void* p, std::size_t bytes) = nullptr;
  void* owner = nullptr;
};

}  // namespace fluxel::kernels
