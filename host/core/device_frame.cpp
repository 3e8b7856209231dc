// SPDX-License-Identifier: Apache-2.0
#include "fluxel/device_frame.hpp"

#include <optional>

#include "host/core/copy_stopwatch.hpp"
#include "host/core/resolved_placement.hpp"
#include "host/core/staging.hpp"
#include "host/core/views.hpp"

namespace fluxel {
inline namespace v0 {

namespace {

constexpr const char* frame_name = "device_frame";
constexpr int most_planes = 4;

void check_frame_format(const frame_format& f) {
  host::require(f.plane_count >= 1 && f.plane_count <= most_planes, frame_name, "format.plane_count",
                "must be 1 to 4");
  host::require(f.width >= 1 && f.height >= 1, frame_name, "format", "is empty");
  host::require(f.chroma_shift_x >= 0 && f.chroma_shift_x <= 3 && f.chroma_shift_y >= 0 && f.chroma_shift_y <= 3,
                frame_name, "format.chroma_shift_x, chroma_shift_y", "must be 0 to 3");
  for (int p = 0; p < f.plane_count; ++p)
    host::require(f.planes[p].channels >= 1 && f.planes[p].channels <= 4, frame_name, "format.planes",
                  "must have 1 to 4 channels each");
}

}  // namespace

struct device_frame::impl {
  impl(const frame_format& format, int device)
      : where({.processor = run_on::cuda, .device = device}, frame_name),
        memory(backend::cuda, where.memory()),
        view{format, {}, {}, memory_kind::device} {
    const auto bound = where.bind(backend::cuda);
    place(nullptr);
    place(static_cast<std::byte*>(memory.reserve(bytes, frame_name)));
  }

  int element_bytes() const { return element_size(view.format.type()); }

  kernels::image plane(int p) const {
    const size s = view.format.plane_size(p);
    return {.data = view.data[p],
            .width = s.width,
            .height = s.height,
            .channels = view.format.planes[p].channels,
            .pitch = view.pitch[p]};
  }

  /// The planes one after the other. Without a base it only counts.
  void place(std::byte* base) {
    bytes = 0;
    for (int p = 0; p < view.format.plane_count; ++p) {
      const kernels::image placed = host::place_on_device(plane(p), element_bytes(), base, bytes);
      view.data[p] = placed.data;
      view.pitch[p] = placed.pitch;
    }
  }

  /// copy(plane on the device, the host's) for each plane of a host frame; waits unless the memory is pinned.
  template <class Copy>
  void copy_planes(const char* name, const frame_view<const void>& there, host::copy_stopwatch::direction direction,
                   stream_ref stream, const Copy& copy) const {
    const frame_format& f = view.format;
    host::require(backend_for(there.memory) == backend::cpu, frame_name, name, "is not in host memory");
    host::require(there.format.plane_count == f.plane_count && there.format.type() == f.type(), frame_name, name,
                  "has other planes");
    const auto bound = where.bind(backend::cuda);
    const bool waits = there.memory != memory_kind::pinned;
    const auto wait = [&] { host::check(host::cuda_table(frame_name).memory.synchronize(stream.get()), frame_name); };
    if (waits && direction == host::copy_stopwatch::direction::download) wait();
    std::optional<host::copy_stopwatch> copies;
    if (waits) copies.emplace(direction);
    for (int p = 0; p < f.plane_count; ++p) {
      const size s = there.format.plane_size(p);
      host::require(there.format.planes[p].channels == f.planes[p].channels, frame_name, name, "has other planes");
      host::check_size({frame_name}, name, s, f.plane_size(p));
      kernels::image rows = plane(p);
      rows.data = const_cast<void*>(there.data[p]);
      rows.pitch = there.pitch[p];
      const auto checked = host::check_view({frame_name}, name, {rows, element_bytes(), there.memory});
      host::copy_rows(plane(p), checked, copy);
    }
    if (waits) wait();
  }

  host::resolved_placement where;
  host::device_buffer memory;
  frame_view<void> view;
  std::size_t bytes = 0;
};

device_frame::device_frame(const frame_format& format, int device) {
  check_frame_format(format);
  impl_ = host::translate_bad_alloc(frame_name, [&] { return std::make_unique<impl>(format, device); });
}
device_frame::device_frame(device_frame&&) noexcept = default;
device_frame& device_frame::operator=(device_frame&&) noexcept = default;
device_frame::~device_frame() = default;

const frame_format& device_frame::format() const { return host::behind(impl_, frame_name).view.format; }
frame_view<void> device_frame::view() const { return host::behind(impl_, frame_name).view; }

void device_frame::upload(const frame_view<const void>& from, stream_ref stream) {
  const impl& self = host::behind(impl_, frame_name);
  self.copy_planes("from", from, host::copy_stopwatch::direction::upload, stream,
                   [&](const kernels::image& device, const kernels::image& rows) {
                     host::upload_image(device, rows, self.element_bytes(), stream.get(), frame_name);
                   });
}

void device_frame::download(const frame_view<void>& to, stream_ref stream) const {
  const impl& self = host::behind(impl_, frame_name);
  self.copy_planes("to", to, host::copy_stopwatch::direction::download, stream,
                   [&](const kernels::image& device, const kernels::image& rows) {
                     host::download_image(rows, device, self.element_bytes(), stream.get(), frame_name);
                   });
}

}  // namespace v0
}  // namespace fluxel
