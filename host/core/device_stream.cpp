// SPDX-License-Identifier: Apache-2.0
#include "fluxel/device_stream.hpp"

#include "host/core/resolved_placement.hpp"
#include "kernels/contract/streams.hpp"

namespace fluxel {
inline namespace v0 {

namespace {

constexpr const char* event_name = "device_event";
constexpr const char* stream_name = "device_stream";

}  // namespace

struct device_event::impl {
  explicit impl(int device) : where({.processor = run_on::cuda, .device = device}, event_name) {
    const auto bound = where.bind(backend::cuda);
    host::check(kernels::cuda_make_event(&event), event_name);
  }
  ~impl() { kernels::cuda_release_event(event); }
  impl(const impl&) = delete;
  impl& operator=(const impl&) = delete;

  host::resolved_placement where;
  CUevent_st* event = nullptr;
};

device_event::device_event(int device)
    : impl_(host::translate_bad_alloc(event_name, [&] { return std::make_unique<impl>(device); })) {}
device_event::device_event(device_event&&) noexcept = default;
device_event& device_event::operator=(device_event&&) noexcept = default;
device_event::~device_event() = default;

void device_event::record(stream_ref stream) {
  const impl& self = host::behind(impl_, event_name);
  const auto bound = self.where.bind(backend::cuda);
  host::check(kernels::cuda_record_event(self.event, stream.get()), event_name);
}

void device_event::synchronize() const {
  host::check(kernels::cuda_synchronize_event(host::behind(impl_, event_name).event), event_name);
}

double device_event::seconds_since(const device_event& earlier) const {
  double seconds = 0;
  host::check(kernels::cuda_event_seconds(host::behind(earlier.impl_, event_name).event,
                                          host::behind(impl_, event_name).event, &seconds),
              event_name);
  return seconds;
}

struct device_stream::impl {
  explicit impl(int device) : where({.processor = run_on::cuda, .device = device}, stream_name) {
    const auto bound = where.bind(backend::cuda);
    index = kernels::cuda_current_device();
    host::check(kernels::cuda_make_stream(&stream), stream_name);
  }
  ~impl() { kernels::cuda_release_stream(stream); }
  impl(const impl&) = delete;
  impl& operator=(const impl&) = delete;

  host::resolved_placement where;
  int index = -1;
  CUstream_st* stream = nullptr;
};

device_stream::device_stream(int device)
    : impl_(host::translate_bad_alloc(stream_name, [&] { return std::make_unique<impl>(device); })) {}
device_stream::device_stream(device_stream&&) noexcept = default;
device_stream& device_stream::operator=(device_stream&&) noexcept = default;
device_stream::~device_stream() = default;

stream_ref device_stream::ref() const { return host::behind(impl_, stream_name).stream; }

int device_stream::device() const { return host::behind(impl_, stream_name).index; }

void device_stream::wait_for(const device_event& event) {
  const impl& self = host::behind(impl_, stream_name);
  const auto bound = self.where.bind(backend::cuda);
  host::check(kernels::cuda_wait_event(self.stream, host::behind(event.impl_, event_name).event), stream_name);
}

void device_stream::synchronize() const {
  const impl& self = host::behind(impl_, stream_name);
  const auto bound = self.where.bind(backend::cuda);
  host::check(kernels::cuda_synchronize_stream(self.stream), stream_name);
}

}  // namespace v0
}  // namespace fluxel
