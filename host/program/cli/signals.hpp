// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace fluxel::cli {

/// From now on SIGINT, SIGTERM and SIGHUP only set a flag, and a closed pipe is an error of the write.
void catch_signals();

/// The signal that came, or 0.
int caught_signal();

/// Ends the program as the signal would have.
[[noreturn]] void die_of(int signal);

}  // namespace fluxel::cli
