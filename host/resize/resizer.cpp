// SPDX-License-Identifier: Apache-2.0
#include "fluxel/resizer.hpp"

#include <memory>
#include <optional>

#include "host/resize/frame_call.hpp"
#include "host/resize/resizer_state.hpp"

namespace fluxel {
inline namespace v0 {

namespace {

constexpr const char* resizer_name = "resizer";

}  // namespace

/// One of the two.
struct resizer::impl {
  std::optional<host::resizer_state> images;
  std::optional<host::frame_call> frames;

  const host::resolved_placement& where() const { return images ? images->where() : frames->where(); }
};

resizer::resizer(const resize_options& options, const placement& where)
    : impl_(host::translate_bad_alloc(resizer_name, [&] {
        auto made = std::make_unique<impl>();
        made->images.emplace(options, where, resizer_name);
        return made;
      })) {}

resizer::resizer(const resize_geometry& geometry, const resize_options& options, const placement& where)
    : resizer(options, where) {
  host::translate_bad_alloc(resizer_name, [&] { impl_->images->fix(geometry); });
}

resizer::resizer(for_frames, const frame_format& src, size dst, const resize_options& options, const placement& where)
    : impl_(host::translate_bad_alloc(resizer_name, [&] {
        auto made = std::make_unique<impl>();
        made->frames.emplace(src, dst, options, where, resizer_name);
        return made;
      })) {}

resizer::resizer(resizer&&) noexcept = default;
resizer& resizer::operator=(resizer&&) noexcept = default;
resizer::~resizer() = default;

void resizer::prepare(std::span<const resize_geometry> geometries) {
  const char* name = "resizer::prepare";
  auto& o = host::behind(impl_, name);
  host::require(o.images.has_value(), name, "geometries", "are of images, but the resizer was built for frames");
  int i = 0;
  host::translate_bad_alloc(name, [&] {
    for (const auto& g : geometries) o.images->prepare({name, "geometries", i++}, g);
  });
}

void resizer::prepare(memory_kind memory) {
  auto& o = host::behind(impl_, "resizer::prepare");
  if (o.images)
    o.images->prepare(memory);
  else
    o.frames->prepare(memory);
}

void resizer::run_images(const detail::untyped_view& src, const detail::untyped_view& dst, stream_ref stream) const {
  const auto& o = host::behind(impl_, resizer_name);
  host::require(o.images.has_value(), resizer_name, "src", "is a view, but the resizer was built for frames");
  o.images->run(host::erase(src), host::erase(dst), stream);
}

void resizer::run_pairs(const detail::untyped_pairs& pairs, stream_ref stream) const {
  const auto& o = host::behind(impl_, resizer_name);
  host::require(o.images.has_value(), resizer_name, "pairs", "are views, but the resizer was built for frames");
  o.images->run(pairs, stream);
}

void resizer::run(const frame_view<const void>& src, const frame_view<void>& dst, stream_ref stream) const {
  const auto& o = host::behind(impl_, resizer_name);
  host::require(o.frames.has_value(), resizer_name, "src", "is a frame, but the resizer was built for views");
  o.frames->run(src, dst, stream);
}

fluxel::backend resizer::backend() const { return host::behind(impl_, "resizer::backend").where().on_host_memory(); }

std::size_t resizer::workspace_size() const {
  return host::behind(impl_, "resizer::workspace_size").where().memory().bytes_held();
}

}  // namespace v0
}  // namespace fluxel
