// SPDX-License-Identifier: Apache-2.0
#include "host/resize/frame_resizer.hpp"

namespace fluxel::host {

using kernels::alpha_image;
using kernels::image;
using kernels::image_pair;

namespace {

image field_of(image im, int field) {
  if (field < 0) return im;
  im.height = field_rows(im.height, field);
  im.data = static_cast<std::byte*>(im.data) + field * im.pitch;
  im.pitch *= 2;
  return im;
}

image_pair field_of(const image_pair& pair, int field) {
  return {field_of(pair.src, field), field_of(pair.dst, field)};
}

/// Makes what `plan` describes, unless it is there already.
template <class List, class Make>
auto* find_or_make(List& list, const plane_plan& plan, Make&& make) {
  for (auto& [known, made] : list)
    if (same_tables(known, plan)) return made.get();
  list.emplace_back(plan, make());
  return list.back().second.get();
}

}  // namespace

frame_resizer::frame_resizer(const frame_format& src, const std::vector<frame_part>& parts, backend b,
                             const resolved_placement& where)
    : format_(src) {
  auto sampled = [&](const plane_plan& plan) {
    const size samples = plan.geometry.dst;
    auto made = std::make_unique<sampled_alpha>(
        sampled_alpha{resize_engine(plan, b, where), samples, device_buffer(b, where.memory())});
    made->memory.reserve(std::size_t(samples.width) * samples.height * element_size(src.type()), where.function());
    return made;
  };
  for (const frame_part& p : parts) {
    part made{.plane = p.plane, .field = p.field};
    if (!p.weighted)
      made.plain = find_or_make(plain_, p.plan, [&] { return std::make_unique<resize_engine>(p.plan, b, where); });
    else
      made.weighted =
          find_or_make(weighted_, p.plan, [&] { return std::make_unique<premultiplied_resize>(p.plan, b, where); });
    if (p.alpha) made.alpha = find_or_make(alpha_, *p.alpha, [&] { return sampled(*p.alpha); });
    parts_.push_back(made);
  }
}

kernels::status frame_resizer::run(const plane_pairs& planes, const run_context& context) const {
  std::array<image_pair, 4> together;
  auto done = kernels::status::ok;
  for (std::size_t i = 0; i < parts_.size() && done == kernels::status::ok;) {
    const auto& first = parts_[i];
    if (first.weighted != nullptr) {
      done = run_weighted(first, planes, context);
      ++i;
      continue;
    }
    std::size_t n = 0;
    for (; i < parts_.size() && parts_[i].plain == first.plain && n < together.size(); ++i)
      together[n++] = field_of(planes[parts_[i].plane], parts_[i].field);
    done = first.plain->run({together.data(), n}, context);
  }
  return done;
}

kernels::status frame_resizer::run_weighted(const part& p, const plane_pairs& planes,
                                            const run_context& context) const {
  const std::lock_guard lock(turn_);
  const auto color = field_of(planes[p.plane], p.field);
  auto alpha = field_of(planes[format_.plane_count - 1], p.field);
  if (p.alpha != nullptr) {
    const auto [width, height] = p.alpha->samples;
    const auto pitch = std::ptrdiff_t{width} * element_size(format_.type());
    const image samples{p.alpha->memory.data(), width, height, 1, pitch, 1, pitch * height, 1, pitch * height};
    const image_pair sampling{alpha.src, samples};
    const auto done = p.alpha->resize.run({&sampling, 1}, context);
    if (done != kernels::status::ok) return done;
    alpha.src = samples;
  }
  auto operand_of = [&](const image& c, const image& a, bool with_alpha) {
    return alpha_image{.color = c.data,
                       .alpha = with_alpha ? a.data : nullptr,
                       .width = c.width,
                       .height = c.height,
                       .colors = c.channels,
                       .color_step = c.channels,
                       .alpha_step = 1,
                       .color_pitch = c.pitch,
                       .alpha_pitch = a.pitch,
                       .max_value = max_value_of(format_.type(), depth_of(format_))};
  };
  // The first plane has the size of the alpha plane, and brings it along.
  return p.weighted->run(operand_of(color.src, alpha.src, true), operand_of(color.dst, alpha.dst, p.plane == 0),
                         context);
}

}  // namespace fluxel::host
