// SPDX-License-Identifier: Apache-2.0
#include "fluxel/device_image.hpp"

#include <cstddef>

#include "fluxel/image.hpp"
#include "host/core/copy_stopwatch.hpp"
#include "host/core/device.hpp"
#include "host/core/resolved_placement.hpp"
#include "host/core/staging.hpp"
#include "host/core/views.hpp"

namespace fluxel {
inline namespace v0 {

namespace {

constexpr const char* function = "device_image";

}  // namespace

struct detail::device_pixels::impl {
  impl(const untyped_view& shape, int device)
      : where({.processor = run_on::cuda, .device = device}, function),
        memory(backend::cuda, where.memory()),
        view(shape) {
    image_elements({shape.width, shape.height}, shape.channels, shape.planes, shape.count,
                   static_cast<std::size_t>(shape.element_bytes));
    const auto bound = where.bind(backend::cuda);
    kernels::image im = host::erase(shape).image;
    std::size_t bytes = 0;
    im = host::place_on_device(im, shape.element_bytes, nullptr, bytes);
    view.data = memory.reserve(bytes, function);
    view.pitch = im.pitch;
    view.plane_stride = im.plane_stride;
    view.stride = im.stride;
    view.memory = memory_kind::device;
  }

  /// A host image of this one's shape, with its pitch written out.
  kernels::image checked(const char* name, const untyped_view& v) const {
    const auto im = host::check_view({function}, name, host::erase(v));
    host::require(backend_for(v.memory) == backend::cpu, function, name, "is not in host memory");
    host::check_size({function}, name, {im.width, im.height}, {view.width, view.height});
    host::require(im.channels == view.channels && im.planes == view.planes && im.count == view.count, function, name,
                  "has another shape");
    return im;
  }

  host::resolved_placement where;
  host::device_buffer memory;
  untyped_view view;
};

detail::device_pixels::device_pixels(const untyped_view& shape, int device)
    : impl_(host::translate_bad_alloc(function, [&] { return std::make_unique<impl>(shape, device); })) {}
detail::device_pixels::device_pixels(device_pixels&&) noexcept = default;
detail::device_pixels& detail::device_pixels::operator=(device_pixels&&) noexcept = default;
detail::device_pixels::~device_pixels() = default;

const detail::untyped_view& detail::device_pixels::view() const { return host::behind(impl_, function).view; }

void detail::device_pixels::upload(const untyped_view& from, stream_ref stream) {
  const impl& self = host::behind(impl_, function);
  const auto im = self.checked("from", from);
  const auto bound = self.where.bind(backend::cuda);
  const host::copy_stopwatch copies(host::copy_stopwatch::direction::upload);
  host::copy_rows(host::erase(self.view).image, im, [&](const kernels::image& device, const kernels::image& rows) {
    host::upload_image(device, rows, from.element_bytes, stream.get(), function);
  });
  host::check(host::cuda_table(function).memory.synchronize(stream.get()), function);
}

void detail::device_pixels::download(const untyped_view& to, stream_ref stream) const {
  const impl& self = host::behind(impl_, function);
  const auto im = self.checked("to", to);
  const auto bound = self.where.bind(backend::cuda);
  const auto wait = [&] { host::check(host::cuda_table(function).memory.synchronize(stream.get()), function); };
  wait();
  const host::copy_stopwatch copies(host::copy_stopwatch::direction::download);
  host::copy_rows(host::erase(self.view).image, im, [&](const kernels::image& device, const kernels::image& rows) {
    host::download_image(rows, device, to.element_bytes, stream.get(), function);
  });
  wait();
}

}  // namespace v0
}  // namespace fluxel
