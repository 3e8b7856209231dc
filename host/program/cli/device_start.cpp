// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/device_start.hpp"

#include <chrono>
#include <future>

#include "fluxel/device.hpp"
#include "fluxel/device_stream.hpp"
#include "host/program/video/failure.hpp"

namespace fluxel::cli {

namespace {

struct start {
  std::string demanded;
  int index = -1;
  std::shared_future<std::optional<double>> seconds;  // the process waits for it when it ends
};

start& the_start() {
  static start one;
  return one;
}

/// Looks for the devices and makes the context of one. What goes wrong is met again by whoever uses it.
std::optional<double> make_ready(int index) {
  using clock = std::chrono::steady_clock;
  const auto begin = clock::now();
  try {
    if (device_count() == 0) return std::nullopt;
    device_stream{index};
  } catch (const error&) {
    return std::nullopt;
  }
  return std::chrono::duration<double>(clock::now() - begin).count();
}

}  // namespace

void begin_device(int index, const std::string& demanded) {
  start& s = the_start();
  if (s.seconds.valid()) return;
  s.demanded = demanded;
  s.index = index;
  s.seconds = std::async(std::launch::async, make_ready, index).share();
}

void require_device() {
  const start& s = the_start();
  if (!s.seconds.valid() || s.demanded.empty()) return;
  s.seconds.wait();
  const int count = device_count();
  if (count == 0)
    throw video::failure(video::fault::device,
                         s.demanded + ": no CUDA device (" + no_device_reason() + "); use --device cpu");
  if (s.index >= count)
    throw video::failure(video::fault::device,
                         s.demanded + ": there is no such device; the last one is cuda:" + std::to_string(count - 1));
}

std::optional<double> device_start_seconds() {
  const start& s = the_start();
  return s.seconds.valid() ? s.seconds.get() : std::nullopt;
}

}  // namespace fluxel::cli
