// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "fluxel/flow_steps.hpp"
#include "host/flow/flow_options.hpp"
#include "host/flow/frames.hpp"
#include "host/flow/placed_object.hpp"
#include "host/flow/pyramid.hpp"

namespace fluxel {

namespace host {
namespace {

/// The levels on one backend.
class pyramid_levels {
 public:
  pyramid_levels(backend b, const char* function, const flow_geometry& g, const flow_pyramid_options& options,
                 object_memory& memory)
      : builder_(b, function, g, options, memory), block_(b, memory) {
    reserve_planes(block_, g.count, function, [this](plane_layout& layout) {
      builder_.layout_planes(layout);
      levels_ = builder_.layout_pyramid(layout);
    });
  }

  kernels::status build(const kernels::image& frame, const kernels::image& mask,
                        const kernels::launch_options& launch) {
    return builder_.build({frame, mask, &levels_}, launch);
  }
  const frame_pyramid& levels() const { return levels_; }

 private:
  pyramid_builder builder_;
  frame_pyramid levels_;
  device_buffer block_;
};

class pyramid_object : public placed_object<pyramid_levels> {
 public:
  pyramid_object(const char* function, const flow_geometry& g, const flow_pyramid_options& o, const placement& where)
      : placed_object(function, where,
                      [=](backend b, object_memory& memory) {
                        return std::make_unique<pyramid_levels>(b, function, g, o, memory);
                      }),
        geometry_(g),
        sizes_(pyramid_level_sizes(g, o)) {}

  void reserve_staging() {
    placed_object::reserve_staging(staged_bytes(geometry_) + staged_bytes(geometry_, 1, 1));  // frame, mask
  }

  void run(const flow_image& frame, const image_view<const u8>& mask, stream_ref stream) {
    call c(where_, stream);
    const operand& pixels = read_frame(c, "frame", frame, geometry_);
    const operand& known = read_mask(c, "mask", mask, geometry_);
    run_call(c, [&](pyramid_levels& levels, const kernels::launch_options& launch) {
      return levels.build(pixels.here, known.here, launch);
    });
    ran_ = true;
  }

  int levels() const { return static_cast<int>(sizes_.size()); }
  size level_size(int level) const {
    require(level >= 0 && level < levels(), where_.function(), "level", "is not one of the pyramid's");
    return sizes_[level];
  }
  image_view<const u16> grey(int level) const { return view_of(built(level).grey[level]); }
  image_view<const u8> mask(int level) const {
    const frame_pyramid& p = built(level);
    return p.masked ? view_of(p.mask[level]) : image_view<const u8>{};
  }

 private:
  const frame_pyramid& built(int level) const {
    level_size(level);
    require(ran_, where_.function(), "frame", "is missing: no call has made the levels yet");
    return find(runs_on())->levels();
  }

  template <class T>
  image_view<const T> view_of(const kernels::plane<T>& p) const {
    constexpr auto bytes = static_cast<std::ptrdiff_t>(sizeof(T));
    return {.data = p.data,
            .width = p.width,
            .height = p.height,
            .pitch = p.pitch * bytes,
            .count = p.count,
            .stride = p.stride * bytes,
            .memory = runs_on() == backend::cuda ? memory_kind::device : memory_kind::host};
  }

  flow_geometry geometry_;
  std::vector<size> sizes_;
  bool ran_ = false;
};

}  // namespace
}  // namespace host

inline namespace v0 {
namespace flow_steps {

struct image_pyramid::impl : host::pyramid_object {
  using pyramid_object::pyramid_object;
};

image_pyramid::image_pyramid(const flow_geometry& geometry, const flow_pyramid_options& options,
                             const placement& where) {
  constexpr const char* function = "flow_steps::image_pyramid";
  const host::option_checks check(function);
  check.geometry(geometry);
  check.pyramid(options);
  host::translate_bad_alloc(function, [&] {
    impl_ = std::make_unique<impl>(function, geometry, options, where);
    impl_->reserve_staging();
  });
}
image_pyramid::image_pyramid(image_pyramid&&) noexcept = default;
image_pyramid& image_pyramid::operator=(image_pyramid&&) noexcept = default;
image_pyramid::~image_pyramid() = default;

image_pyramid::impl& image_pyramid::self() const { return host::behind(impl_, "flow_steps::image_pyramid"); }

void image_pyramid::run(const flow_image& frame, const image_view<const u8>& mask, stream_ref stream) {
  self().run(frame, mask, stream);
}

int image_pyramid::levels() const { return self().levels(); }
size image_pyramid::level_size(int level) const { return self().level_size(level); }
image_view<const u16> image_pyramid::grey(int level) const { return self().grey(level); }
image_view<const u8> image_pyramid::mask(int level) const { return self().mask(level); }
void image_pyramid::prepare(memory_kind memory) { self().prepare(memory); }
backend image_pyramid::backend() const { return self().on_host_memory(); }
std::size_t image_pyramid::workspace_size() const { return self().workspace_size(); }

}  // namespace flow_steps
}  // namespace v0
}  // namespace fluxel
