// SPDX-License-Identifier: Apache-2.0
#include "host/core/call_memory.hpp"

#include "host/core/device.hpp"
#include "host/core/errors.hpp"
#include "host/core/staging.hpp"

namespace fluxel::host {

kernels::image frame_image(const char* function, const char* argument, const any_view& view, size s, int channels) {
  const kernels::image im = check_view({function}, argument, view);
  require(im.width == s.width && im.height == s.height, function, argument, "does not have the geometry's size");
  require(im.channels == channels && im.planes == 1, function, argument,
          channels == 1 ? "must have 1 channel" : "does not have the geometry's channels");
  require(im.count == 1, function, argument, "must be one image");
  return im;
}

bool on_device(const char* function, const char* argument, memory_kind memory, backend b, stream_ref stream) {
  check_stream({function}, memory, stream);
  const bool device = backend_for(memory) == backend::cuda;
  require(!device || b == backend::cuda, function, argument, "is device memory, but the object runs on the CPU");
  return device;
}

int call_memory::add(role r, const kernels::image& im, int element_bytes) {
  entries_.at(count_) = {r, im, im, element_bytes};
  return count_++;
}

void call_memory::enter(bool staged, device_buffer& memory, const char* function) {
  staged_ = staged;
  if (!staged) return;
  const std::span entries(entries_.data(), count_);
  auto place = [&](std::byte* base) {
    std::size_t used = 0;
    for (auto& e : entries)
      if (e.caller.data != nullptr) e.here = place_on_device(e.caller, e.element_bytes, base, used);
    return used;
  };
  place(static_cast<std::byte*>(memory.reserve(place(nullptr), function)));
  for (const auto& e : entries)
    if (e.caller.data != nullptr && e.r == role::in)
      upload_image(e.here, e.caller, e.element_bytes, nullptr, function);
}

void call_memory::leave(const char* function) {
  if (!staged_) return;
  for (const auto& e : std::span(entries_.data(), count_))
    if (e.caller.data != nullptr && e.r == role::out)
      download_image(e.caller, e.here, e.element_bytes, nullptr, function);
  check(cuda_table(function).memory.synchronize(nullptr), function);
}

}  // namespace fluxel::host
