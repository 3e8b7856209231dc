// SPDX-License-Identifier: Apache-2.0
#include "host/motion/kept_frames.hpp"

#include <cstring>
#include <optional>

#include "fluxel/resize.hpp"
#include "host/core/copy_stopwatch.hpp"
#include "host/core/staging.hpp"
#include "host/core/views.hpp"

namespace fluxel::host {

namespace {

void copy_on_host(const kernels::image& from, const kernels::image& to, int element_bytes) {
  const std::size_t bytes = std::size_t(from.width) * from.channels * element_bytes;
  for (int y = 0; y < from.height; ++y)
    std::memcpy(static_cast<std::byte*>(to.data) + y * to.pitch,
                static_cast<const std::byte*>(from.data) + y * from.pitch, bytes);
}

template <class T>
image_view<T> view_of(const kernels::image& im) {
  image_view<T> v{static_cast<T*>(im.data), im.width, im.height, im.channels, im.pitch};
  v.memory = memory_kind::device;
  return v;
}

/// A resize to the same size is a copy.
void copy_on_device(const kernels::image& from, const kernels::image& to, int element_bytes) {
  const auto copy = [&]<class T>(T) { resize_nearest<T>(view_of<const T>(from), view_of<T>(to)); };
  element_bytes == 1 ? copy(u8{}) : element_bytes == 2 ? copy(u16{}) : copy(f32{});
}

}  // namespace

kept_frames::kept_frames(const frame_format& format, int count, const resolved_placement& where, backend b)
    : where_(where),
      backend_(b),
      element_bytes_(element_size(format.type())),
      memory_(b, where.memory()),
      frames_(std::size_t(count), {format, {}, {}, b == backend::cpu ? memory_kind::host : memory_kind::device}) {
  std::size_t bytes = 0;
  for (frame_view<void>& f : frames_) place(f, nullptr, bytes);
  auto* base = static_cast<std::byte*>(memory_.reserve(bytes, where.function()));
  bytes = 0;
  for (frame_view<void>& f : frames_) place(f, base, bytes);
}

/// Without a base it only counts.
void kept_frames::place(frame_view<void>& frame, std::byte* base, std::size_t& used) const {
  for (int p = 0; p < frame.format.plane_count; ++p) {
    const size s = frame.format.plane_size(p);
    const kernels::image shape{.width = s.width, .height = s.height, .channels = frame.format.planes[p].channels};
    const kernels::image placed = place_on_device(shape, element_bytes_, base, used);
    frame.data[p] = placed.data;
    frame.pitch[p] = placed.pitch;
  }
}

kernels::image kept_frames::plane(const char* name, const frame_view<const void>& frame, int p) const {
  const size s = frame.format.plane_size(p);
  const kernels::image im{.data = const_cast<void*>(frame.data[p]),
                          .width = s.width,
                          .height = s.height,
                          .channels = frame.format.planes[p].channels,
                          .pitch = frame.pitch[p]};
  return check_view({where_.function()}, name, {im, element_bytes_, frame.memory});
}

void kept_frames::copy(const char* name, const frame_view<const void>& from, const frame_view<void>& to) const {
  const bool from_host = backend_for(from.memory) == backend::cpu, to_host = backend_for(to.memory) == backend::cpu;
  const char* function = where_.function();
  const bool moves = from_host != to_host;
  const auto wait = [&] { check(table_for(backend::cuda, function).memory.synchronize(nullptr), function); };
  if (moves && to_host) wait();  // the work before does not count as a copy
  std::optional<copy_stopwatch> copies;
  if (moves) copies.emplace(from_host ? copy_stopwatch::direction::upload : copy_stopwatch::direction::download);
  for (int p = 0; p < from.format.plane_count; ++p) {
    const kernels::image a = plane(name, from, p), b = plane(name, to, p);
    if (from_host && to_host)
      copy_on_host(a, b, element_bytes_);
    else if (from_host)
      copy_rows(b, a, [&](const auto& there, const auto& here) {
        upload_image(there, here, element_bytes_, nullptr, function);
      });
    else if (to_host)
      copy_rows(a, b, [&](const auto& there, const auto& here) {
        download_image(here, there, element_bytes_, nullptr, function);
      });
    else
      copy_on_device(a, b, element_bytes_);
  }
  if (moves) wait();
}

void kept_frames::put(int index, const char* name, const frame_view<const void>& from) {
  copy(name, from, (*this)[index]);
}

void kept_frames::get(int index, const char* name, const frame_view<void>& to) const {
  copy(name, (*this)[index], to);
}

}  // namespace fluxel::host
