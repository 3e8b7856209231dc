// SPDX-License-Identifier: Apache-2.0
#pragma once

// The one place where codes of the kernels become exceptions, and where messages get their form.

#include <new>
#include <string>

#include "fluxel/error.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::host {

/// Where in a call a check stands: the function, and the item of a list argument, if any.
struct call_site {
  const char* function;
  const char* list = nullptr;  ///< for example "pairs"
  int index = 0;
};

/// Throws invalid_argument "function: argument: problem".
[[noreturn]] void reject(const call_site& site, const std::string& argument, const std::string& problem);

/// Throws invalid_argument "function: argument: problem" unless it holds.
void require(bool holds, const char* function, const std::string& argument, const std::string& problem);

/// Throws what `result` stands for, unless it is ok.
void check(kernels::status result, const char* function);

/// Runs `f` and turns a failed allocation into fluxel::error.
template <class F>
decltype(auto) translate_bad_alloc(const char* function, F&& f) {
  try {
    return f();
  } catch (const std::bad_alloc&) {
    throw error(errc::out_of_memory, std::string(function) + ": memory: the host has not enough");
  }
}

}  // namespace fluxel::host
