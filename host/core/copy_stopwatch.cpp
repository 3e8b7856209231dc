// SPDX-License-Identifier: Apache-2.0
#include "host/core/copy_stopwatch.hpp"

#include <atomic>
#include <cstdint>

#include "fluxel/copy_times.hpp"

namespace fluxel {

namespace host {

namespace {

std::atomic<std::int64_t> uploads{0}, downloads{0};  // ns

}  // namespace

copy_stopwatch::~copy_stopwatch() {
  const auto time = std::chrono::duration_cast<std::chrono::nanoseconds>(clock::now() - start_).count();
  (direction_ == direction::upload ? uploads : downloads).fetch_add(time, std::memory_order_relaxed);
}

}  // namespace host

inline namespace v0 {

copy_times time_of_copies() noexcept { return {1e-9 * double(host::uploads), 1e-9 * double(host::downloads)}; }

}  // namespace v0
}  // namespace fluxel
