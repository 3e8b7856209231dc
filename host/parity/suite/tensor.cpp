// SPDX-License-Identifier: Apache-2.0
#include "host/parity/suite/tensor.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace fluxel::parity {

namespace {

constexpr int sides[] = {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 129, 255, 257, 1080, 1920, 4097};

/// Calls f(offset in the block, offset in packed pixels) for every row.
template <class F>
void for_each_row(const tensor& t, F&& f) {
  std::size_t packed = 0;
  for (int n = 0; n < t.view.count; ++n)
    for (int p = 0; p < t.view.planes; ++p)
      for (int y = 0; y < t.view.height; ++y, packed += t.row_bytes())
        f(t.first + n * t.view.stride + p * t.view.plane_stride + y * t.view.pitch, packed);
}

/// A gap of an odd number of elements, or none.
std::ptrdiff_t draw_gap(random& r, int element_bytes) {
  return r.one_in(2) ? 0 : std::ptrdiff_t{2 * r.below(9) + 1} * element_bytes;
}

enum class order { image_plane_row, plane_image_row, row_plane };

/// Strides from the innermost to the outermost of rows, planes and images in the drawn order.
void draw_strides(random& r, tensor& t) {
  auto& v = t.view;
  const int e = t.element_bytes;
  const std::ptrdiff_t row = std::ptrdiff_t(t.row_bytes()) + draw_gap(r, e);
  const order kind =
      r.pick({order::image_plane_row, order::image_plane_row, order::plane_image_row, order::row_plane});
  if (kind == order::row_plane) {  // like the fields of an interlaced frame
    v.plane_stride = row;
    v.pitch = row * v.planes;
    v.stride = v.pitch * v.height + draw_gap(r, e);
  } else {
    v.pitch = row;
    const std::ptrdiff_t inner = row * v.height + draw_gap(r, e);
    const bool planes_inside = kind == order::image_plane_row;
    const std::ptrdiff_t outer = inner * (planes_inside ? v.planes : v.count) + draw_gap(r, e);
    v.plane_stride = planes_inside ? inner : outer;
    v.stride = planes_inside ? outer : inner;
  }
  for (auto* stride : {&v.pitch, &v.plane_stride, &v.stride})
    if (r.one_in(4)) *stride = -*stride;
}

/// Lowest and highest offset of the pixels relative to the first one.
void place(random& r, tensor& t) {
  std::ptrdiff_t low = 0, high = 0;
  t.first = 0;
  for_each_row(t, [&](std::ptrdiff_t at, std::size_t) {
    low = std::min(low, at);
    high = std::max(high, at + std::ptrdiff_t(t.row_bytes()));
  });
  const int e = t.element_bytes;
  const std::ptrdiff_t misalignment = std::ptrdiff_t{r.below(64 / e)} * e;
  const std::ptrdiff_t before = misalignment + (r.one_in(2) ? 64 : 0);
  const std::ptrdiff_t after = r.one_in(2) ? 0 : std::ptrdiff_t{r.between(1, 96)};  // 0: a sanitizer watches the end
  t.first = before - low;
  t.block_bytes = std::size_t(before - low + high + after);
}

}  // namespace

element element_of(element_type type) {
  switch (type) {
    case element_type::u8:
      return element::u8;
    case element_type::u16:
      return element::u16;
    case element_type::f16:
      return element::f16;
    case element_type::bf16:
      return element::bf16;
    case element_type::f32:
      break;
  }
  return element::f32;
}

const char* name_of(element kind) {
  constexpr const char* names[] = {"u8", "u16", "f16", "bf16", "f32", "raw"};
  return names[static_cast<int>(kind)];
}

int draw_side(random& r, int max_side) {
  int side = r.pick(sides);
  while (side > max_side) side = r.pick(sides);
  return side;
}

size draw_size(random& r, const limits& limit, int channels) {
  for (;;) {
    const size s{draw_side(r, limit.max_side), draw_side(r, limit.max_side)};
    if (std::int64_t{s.width} * s.height * channels <= limit.max_elements) return s;
  }
}

int draw_channels(random& r) { return r.pick({1, 1, 2, 3, 3, 4, 4, 5, 7}); }

element_type draw_type(random& r) {
  return r.pick({element_type::u8, element_type::u16, element_type::f16, element_type::bf16, element_type::f32});
}

tensor make_tensor(random& r, element kind, int element_bytes, const shape& s) {
  tensor t{.kind = kind, .element_bytes = element_bytes};
  t.view = {.width = s.width, .height = s.height, .channels = s.channels, .planes = s.planes, .count = s.count};
  draw_strides(r, t);
  place(r, t);
  return t;
}

tensor make_tensor(random& r, element_type type, const shape& s) {
  return make_tensor(r, element_of(type), element_size(type), s);
}

void scatter(const tensor& t, std::span<const std::byte> packed, std::span<std::byte> block) {
  for_each_row(t, [&](std::ptrdiff_t at, std::size_t from) {
    std::memcpy(block.data() + at, packed.data() + from, t.row_bytes());
  });
}

void gather(const tensor& t, std::span<const std::byte> block, std::span<std::byte> packed) {
  for_each_row(t, [&](std::ptrdiff_t at, std::size_t to) {
    std::memcpy(packed.data() + to, block.data() + at, t.row_bytes());
  });
}

kernels::flow_images components(kernels::image flow) {
  kernels::image u = flow, v = flow;
  u.planes = v.planes = 1;
  v.data = static_cast<std::byte*>(flow.data) + (flow.channels == 2 ? std::ptrdiff_t{4} : flow.plane_stride);
  return {u, v};
}

std::string describe(const tensor& t) {
  const auto& v = t.view;
  char text[200];
  std::snprintf(text, sizeof text, "%s(%d) %dx%dx%d planes %d count %d pitch %td plane %td image %td at %td",
                name_of(t.kind), t.element_bytes, v.width, v.height, v.channels, v.planes, v.count, v.pitch,
                v.plane_stride, v.stride, t.first);
  return text;
}

}  // namespace fluxel::parity
