// SPDX-License-Identifier: Apache-2.0
#include "host/flow/step_call.hpp"

#include <cstring>

namespace fluxel::host {

namespace {

/// The same image, its rows padded to whole vectors.
kernels::image padded(const operand& o, plane_layout& layout) {
  const auto p = layout.take<std::byte>({o.caller.width * o.element_bytes, o.caller.height});
  kernels::image im = o.caller;
  im.data = p.data;
  im.pitch = p.pitch;
  im.plane_stride = im.stride = p.stride;
  return im;
}

void copy_rows(const kernels::image& to, const kernels::image& from, int element_bytes) {
  const auto bytes = static_cast<std::size_t>(to.width) * element_bytes;
  for (int n = 0; n < to.count; ++n)
    for (int y = 0; y < to.height; ++y)
      std::memcpy(static_cast<std::byte*>(to.data) + n * to.stride + y * to.pitch,
                  static_cast<const std::byte*>(from.data) + n * from.stride + y * from.pitch, bytes);
}

}  // namespace

int step_call::take(const operand& o) {
  const kernels::image& im = o.caller;
  require(im.channels == 1 && im.planes == 1, site(), o.name, "must have 1 channel and 1 plane");
  if (!sized_) sized_ = im;
  require(im.width == sized_->width && im.height == sized_->height && im.count == sized_->count, site(), o.name,
          "has another size or count than the views before it");
  operands_.at(count_) = &o;
  return count_++;
}

void step_call::enter(const run_context& context) {
  if (context.backend == backend::cuda) {
    for (int i = 0; i < count_; ++i) images_[i] = operands_[i]->here;
    return;
  }
  auto layout_all = [&](std::byte* base) {
    std::size_t used = 0;
    for (int i = 0; i < count_; ++i) {
      plane_layout layout(operands_[i]->caller.count, base == nullptr ? nullptr : base + used);
      images_[i] = padded(*operands_[i], layout);
      used += layout.used();
    }
    return used;
  };
  layout_all(static_cast<std::byte*>(rows_.reserve(layout_all(nullptr), context.function)));
  for (int i = 0; i < count_; ++i)
    if (!operands_[i]->written) copy_rows(images_[i], operands_[i]->caller, operands_[i]->element_bytes);
}

void step_call::leave() const {
  for (int i = 0; i < count_; ++i)
    if (operands_[i]->written) copy_rows(operands_[i]->caller, images_[i], operands_[i]->element_bytes);
}

}  // namespace fluxel::host
