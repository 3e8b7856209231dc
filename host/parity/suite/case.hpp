// SPDX-License-Identifier: Apache-2.0
#pragma once

// The parity suite: every operation on every backend writes the bytes of kernels::scalar().
//
// To add an operation:
//   1. Write a make_case function in a file of its own: draw a geometry and options from `random`, describe its
//      tensors with make_tensor (tensor.hpp), and capture the call in `invoke`.
//   2. Register it at the end of the file (registered_operations).
// The harness (check.cpp) does the rest, on every backend: memory from the backend's own row, padding and guard
// bytes of random content, poisoned outputs, a source that must stay as it was, comparison by memcmp after NaNs have
// been made alike. `invoke` is called with the same tensors in other memory; it must not keep state between calls.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "host/parity/suite/random.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::parity {

/// What the bytes of a tensor mean: which patterns are NaN, and how values are drawn.
enum class element : int { u8, u16, f16, bf16, f32, raw };

element element_of(element_type type);
const char* name_of(element kind);

/// A tensor and where its pixels lie in a block of memory. `view.data` is null; `first` is the offset of the first
/// pixel. Bytes of the block that belong to no pixel are padding.
struct tensor {
  element kind = element::u8;
  int element_bytes = 1;
  kernels::image view;
  std::ptrdiff_t first = 0;
  std::size_t block_bytes = 0;
  std::vector<std::byte> pixels;  ///< inputs: the values, packed; outputs: empty

  std::size_t row_bytes() const { return std::size_t(view.width) * view.channels * element_bytes; }
  std::size_t packed_bytes() const { return row_bytes() * view.height * view.planes * view.count; }
};

/// What invoke receives: the tensors of the case in the memory of the row it shall run on.
struct call {
  const kernels::backend_table& row;
  kernels::launch_options launch;
  std::span<const kernels::image> in;
  std::span<const kernels::image> out;
};

struct test_case {
  std::string description;  ///< one line, for the report of a failure
  std::vector<tensor> in;
  std::vector<tensor> out;
  std::function<kernels::status(const call&)> invoke;
};

/// How large cases may be.
struct limits {
  int max_side = 4097;
  int max_elements = 60000;  ///< of one tensor; the suite raises it for some cases
};

struct operation {
  const char* name;
  const char* promise;  ///< whose bytes it is, by its name in fluxel::bytes_revisions()
  test_case (*make_case)(random& r, const limits& limit);
  /// Whether the row has the column at all; a row without it is reported.
  bool (*available)(const kernels::backend_table& row);
};

/// A file of cases adds its operations to the suite: `static const registered_operations cases{{...}};`
struct registered_operations {
  explicit registered_operations(std::initializer_list<operation> operations);
};

/// All that have been added, by name. (The name seeds an operation's cases: renamed, it draws others, and records of
/// GPUs no longer tell anything about it.)
std::span<const operation> operations();

}  // namespace fluxel::parity
