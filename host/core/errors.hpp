// SPDX-License-Identifier: Apache-2.0
#pragma once

// The one place where codes of the kernels become exceptions, and where messages get their form.

#include <memory>
#include <new>
#include <stdexcept>
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

/// As `reject`, unless it holds. Texts are only put together for the exception.
inline void require(bool holds, const call_site& site, const char* argument, const char* problem) {
  if (!holds) reject(site, argument, problem);
}
inline void require(bool holds, const char* function, const char* argument, const char* problem) {
  if (!holds) reject({function}, argument, problem);
}

/// Whether an enum has one of its values; they count from 0.
template <class Enum>
constexpr bool is_one_of(Enum value, Enum last) {
  return static_cast<int>(value) >= 0 && value <= last;
}

/// The one error for memory that cannot be had, of the host and of devices.
[[noreturn]] void throw_out_of_memory(const char* function);

/// Throws what `result` stands for, unless it is ok.
void check(kernels::status result, const char* function);

/// Runs `f` and turns a failed allocation into fluxel::error. Containers that are asked for more than an address
/// space say length_error.
template <class F>
decltype(auto) translate_bad_alloc(const char* function, F&& f) {
  try {
    return f();
  } catch (const std::bad_alloc&) {
    throw_out_of_memory(function);
  } catch (const std::length_error&) {
    throw_out_of_memory(function);
  }
}

/// What is behind a public object. Objects that have been moved from have nothing.
template <class Impl>
Impl& behind(const std::unique_ptr<Impl>& object, const char* function) {
  if (object == nullptr) reject({function}, "object", "has been moved from");
  return *object;
}

}  // namespace fluxel::host
