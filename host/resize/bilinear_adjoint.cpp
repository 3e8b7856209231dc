// SPDX-License-Identifier: Apache-2.0
#include "fluxel/bilinear_adjoint.hpp"

#include <optional>
#include <string>

#include "host/core/call.hpp"
#include "host/core/staging.hpp"
#include "host/plan/conv_transpose.hpp"
#include "host/resize/resize_engine.hpp"
#include "host/resize/resize_options.hpp"

namespace fluxel {

namespace host {
namespace {

constexpr int most_adjoint_side = 1 << 26;  ///< tables have about twice as many entries

/// The operation that is turned round: a resize by this rule, or an upsampling with zeros beyond the border.
struct forward_operation {
  resize_geometry geometry;
  std::optional<coordinates> rule;
};

void check_forward(const call_site& site, const resize_geometry& g) {
  check_geometry(site, g, {});
  require(g.type != element_type::u8 && g.type != element_type::u16, site, "forward.type",
          "is an integer type; gradients are f32, f16 or bf16");
  for (const int side : {g.src.width, g.src.height, g.dst.width, g.dst.height})
    require(side <= most_adjoint_side, site, "forward", "has a side above 2^26");
}

void check_factor(const call_site& site, const resize_geometry& g) {
  const int factor = g.dst.width / g.src.width;
  if (factor < 1 || factor > plan::most_upsampling || std::int64_t{g.src.width} * factor != g.dst.width ||
      std::int64_t{g.src.height} * factor != g.dst.height)
    reject(site, "forward.dst", "is not the same whole multiple, 1 to 1024, of forward.src on both axes");
}

class adjoint_call {
 public:
  adjoint_call(const forward_operation& f, const placement& where, const char* function)
      : placed(where, function), forward(f), room(placed) {
    const auto b = placed.named();
    if (b) tables_on(*b);
    const auto& g = forward.geometry;
    const int bytes = element_size(g.type);
    if (b == backend::cuda)
      room.reserve(staged_bytes(g.src, g.channels, bytes) + staged_bytes(g.dst, g.channels, bytes), function);
  }

  void run(const any_view& src, const any_view& dst, stream_ref stream) const {
    call c(placed, stream);
    const operand& from = c.read("src", src);
    const operand& to = c.write("dst", dst);
    const auto& g = forward.geometry;
    check_alike(c.site(), from.caller, to.caller);
    require(dst.type == g.type, c.site(), "dst", "has elements of another type than the object was built for");
    check_size(c.site(), "src", c.size_of(from), g.dst);
    check_size(c.site(), "dst", c.size_of(to), g.src);
    if (to.caller.channels != g.channels)
      reject(c.site(), "dst.channels",
             "is " + std::to_string(to.caller.channels) + ", but the object was built for " +
                 std::to_string(g.channels));
    c.run(room, [&](const run_context& context) {
      const kernels::image_pair pair{from.here, to.here};
      return tables_on(context.backend).run({&pair, 1}, context.launch);
    });
  }

  void prepare(memory_kind memory) { tables_on(placed.ahead_on({"bilinear_adjoint::prepare"}, memory)); }

  resolved_placement placed;

 private:
  kernels::prepared_resize& tables_on(backend b) const {
    return tables.on(b, placed, [&] {
      const auto& g = forward.geometry;
      return prepare_recipe(
          b, forward.rule ? plan::adjoint_recipe(g, *forward.rule) : plan::adjoint_recipe_of_zero_edge(g), placed);
    });
  }

  forward_operation forward;
  per_backend<kernels::prepared_resize> tables;
  mutable staging_room room;
};

}  // namespace
}  // namespace host

inline namespace v0 {

struct bilinear_adjoint::impl : host::adjoint_call {
  using adjoint_call::adjoint_call;
};

namespace {

constexpr const char* adjoint_name = "bilinear_adjoint";

}  // namespace

bilinear_adjoint::bilinear_adjoint(std::unique_ptr<impl> made) : impl_(std::move(made)) {}

bilinear_adjoint::bilinear_adjoint(const resize_geometry& forward, const bilinear_options& options,
                                   const placement& where)
    : impl_(host::translate_bad_alloc(adjoint_name, [&] {
        host::check_forward({adjoint_name}, forward);
        host::check_coordinates({adjoint_name}, options.coordinates);
        return std::make_unique<impl>(host::forward_operation{forward, options.coordinates}, where, adjoint_name);
      })) {}

bilinear_adjoint bilinear_adjoint::of_upsampling(const resize_geometry& forward, edge edge, const placement& where) {
  return bilinear_adjoint(host::translate_bad_alloc(adjoint_name, [&] {
    const host::call_site site{adjoint_name};
    host::check_forward(site, forward);
    host::check_factor(site, forward);
    host::require(host::is_one_of(edge, edge::replicate), site, "edge", "is not one of zero and replicate");
    host::forward_operation f{forward, std::nullopt};
    if (edge == edge::replicate) f.rule = coordinates::half_pixel;
    return std::make_unique<impl>(f, where, adjoint_name);
  }));
}

bilinear_adjoint::bilinear_adjoint(bilinear_adjoint&&) noexcept = default;
bilinear_adjoint& bilinear_adjoint::operator=(bilinear_adjoint&&) noexcept = default;
bilinear_adjoint::~bilinear_adjoint() = default;

void bilinear_adjoint::run_images(const detail::untyped_view& src, const detail::untyped_view& dst,
                                  stream_ref stream) const {
  host::behind(impl_, adjoint_name).run(host::erase(src), host::erase(dst), stream);
}

void bilinear_adjoint::prepare(memory_kind memory) {
  host::behind(impl_, "bilinear_adjoint::prepare").prepare(memory);
}

fluxel::backend bilinear_adjoint::backend() const {
  return host::behind(impl_, "bilinear_adjoint::backend").placed.on_host_memory();
}

std::size_t bilinear_adjoint::workspace_size() const {
  return host::behind(impl_, "bilinear_adjoint::workspace_size").placed.memory().bytes_held();
}

void detail::resize_bilinear_adjoint(const untyped_view& src, const untyped_view& dst,
                                     const bilinear_options& options, const placement& where, stream_ref stream) {
  const char* name = "resize_bilinear_adjoint";
  const host::call_site site{name};
  host::check_pair(site, host::erase(src), host::erase(dst));
  host::translate_bad_alloc(name, [&] {
    const resize_geometry forward{{dst.width, dst.height}, {src.width, src.height}, dst.channels, dst.type};
    host::check_forward(site, forward);
    host::check_coordinates(site, options.coordinates);
    const host::adjoint_call once(host::forward_operation{forward, options.coordinates}, where, name);
    once.run(host::erase(src), host::erase(dst), stream);
    host::finish(once.placed, dst.memory, stream);
  });
}

}  // namespace v0
}  // namespace fluxel
