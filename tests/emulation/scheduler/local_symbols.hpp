// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace emulation {

/// The address of a function with internal linkage, found in this program's own symbol table by the name of its
/// source file (no folder) and its mangled name; nullptr when it is not there.
const void* local_function(std::string_view file, std::string_view name);

}  // namespace emulation
