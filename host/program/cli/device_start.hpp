// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace fluxel::cli {

// A CUDA device takes a quarter of a second to begin with. It does so on a thread of its own while files are opened.

/// Begins with it, once in a process. @param index  of the device; -1: the one that is used without a number.
/// @param demanded  how the user asked for CUDA ("--device cuda:1"); empty: it is used where there is one.
void begin_device(int index, const std::string& demanded);

/// Waits for the device that was demanded, if one was. @throws video::failure device  it is not there.
void require_device();

/// How long it took the device to be ready; nothing where none was begun with, or there is none.
std::optional<double> device_start_seconds();

}  // namespace fluxel::cli
