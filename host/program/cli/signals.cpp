// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/signals.hpp"

#include <signal.h>

#include <atomic>
#include <cstdlib>

namespace fluxel::cli {

namespace {

std::atomic<int> caught{0};
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void remember(int signal) { caught = signal; }

}  // namespace

void catch_signals() {
  for (const int s : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction old {};
    sigaction(s, nullptr, &old);
    if (old.sa_handler == SIG_IGN) continue;  // nohup and background jobs of a shell
    struct sigaction action {};
    action.sa_handler = remember;
    sigaction(s, &action, nullptr);
  }
  signal(SIGPIPE, SIG_IGN);
}

int caught_signal() { return caught; }

void die_of(int s) {
  signal(s, SIG_DFL);
  raise(s);
  std::_Exit(128 + s);  // only if the signal is blocked
}

}  // namespace fluxel::cli
