// SPDX-License-Identifier: Apache-2.0
#include "fluxel/flow_steps.hpp"

#include <memory>

#include "host/core/staging.hpp"
#include "host/flow/flow_options.hpp"
#include "host/flow/horn_schunck.hpp"
#include "host/flow/placed_object.hpp"
#include "host/flow/step_call.hpp"
#include "host/flow/variational.hpp"
#include "host/plan/pyramid.hpp"

namespace fluxel {

namespace host {
namespace {

/// The linear system on one backend.
class system_solver {
 public:
  system_solver(backend b, const char* function, size s, const horn_schunck_options& options, object_memory& memory)
      : method_(options), block_(b, memory) {
    reserve_planes(block_, 1, function, [&](plane_layout& layout) {
      method_.layout_planes(layout, s);
      if (b != backend::cuda) return;
      from_ = layout.take_flow(s);
      to_ = layout.take_flow(s);
    });
    check(method_.upload(table_for(b, function)), function);
  }
  kernels::status run(const kernels::backend_table& table, const kernels::flow_frames& frames,
                      const kernels::warped_frame& warped, const kernels::flow_planes& flow,
                      const kernels::flow_planes& updated, const kernels::launch_options& launch) {
    const bool copies = from_.u.data != nullptr;
    const auto &from = copies ? from_ : flow, &to = copies ? to_ : updated;
    return in_order([&] { return copies ? table.flow.downscale_flow(flow, from, launch) : kernels::status::ok; },
                    [&] { return method_.begin_level(table, frames, launch); },
                    [&] {
                      return method_.update(table, {frames, false, {}, warped, from, to}, launch);
                    },
                    [&] { return copies ? table.flow.downscale_flow(to, updated, launch) : kernels::status::ok; });
  }

 private:
  variational_method method_;
  kernels::flow_planes from_, to_;  ///< CUDA: relaxation reads aligned rows, which a caller's views may not have
  device_buffer block_;
};

class system_object : public placed_object<system_solver> {
 public:
  system_object(const char* function, size s, const horn_schunck_options& o, const placement& where)
      : placed_object(function, where,
                      [=](backend b, object_memory& memory) {
                        return std::make_unique<system_solver>(b, function, s, o, memory);
                      }),
        size_(s),
        rows_(where_) {}

  void reserve_staging() {
    // u16 and i16: the previous and the warped frame, two flows; u8: the reason.
    placed_object::reserve_staging(6 * staged_bytes(size_, 1, 2) + staged_bytes(size_, 1, 1));
  }

  void run(image_view<const u16> prev, image_view<const flow_steps::i16> warped, image_view<const u8> reason,
           const flow_steps::flow_views<const flow_steps::i16>& flow,
           const flow_steps::flow_views<flow_steps::i16>& updated, stream_ref stream) {
    step_call c(where_, room_, rows_, stream);
    const int grey = c.read("prev", prev), by = c.read("warped", warped), why = c.read("reason", reason);
    const auto from = c.read("flow.u", "flow.v", flow);
    const auto to = c.write("updated.u", "updated.v", updated);
    check_size(c.site(), "prev", {prev.width, prev.height}, size_);
    require(prev.count == 1, c.site(), "prev.count", "must be 1");
    c.run([&](const run_context& context) {
      const kernels::flow_frames frames{c.plane<const u16>(grey), {}, {}, {}};
      const kernels::warped_frame second{c.plane<flow_steps::i16>(by), c.plane<u8>(why)};
      return state_on(context.backend).run(context.table(), frames, second, c.flow(from), c.flow(to), context.launch);
    });
  }

 private:
  size size_;
  step_place::padded_rows rows_;
};

}  // namespace
}  // namespace host

inline namespace v0 {
namespace flow_steps {

using host::run_context;
using host::step_call;
using host::step_place;

void warp(image_view<const u16> prev, image_view<const u16> next, const flow_views<const i16>& flow,
          image_view<i16> warped, image_view<u8> reason, const placement& where, stream_ref stream) {
  step_place place("flow_steps::warp", where);
  step_call c(place, stream);
  const int a = c.read("prev", prev), b = c.read("next", next);
  const auto by = c.read("flow.u", "flow.v", flow);
  const int to = c.write("warped", warped), why = c.write("reason", reason);
  c.run([&](const run_context& context) {
    return context.table().flow.warp({c.plane<const u16>(a), c.plane<const u16>(b), {}, {}}, c.flow(by),
                                     {c.plane<i16>(to), c.plane<u8>(why)}, context.launch);
  });
}

void derivatives(image_view<const u16> prev, image_view<const i16> warped, const derivative_views& to,
                 const placement& where, stream_ref stream) {
  step_place place("flow_steps::derivatives", where);
  step_call c(place, stream);
  const int a = c.read("prev", prev), b = c.read("warped", warped);
  const int mx = c.write("to.mx", to.mx), my = c.write("to.my", to.my);
  const int mxx = c.write("to.mxx", to.mxx), mxy = c.write("to.mxy", to.mxy), myy = c.write("to.myy", to.myy);
  const int t = c.write("to.t", to.t), tx = c.write("to.tx", to.tx), ty = c.write("to.ty", to.ty);
  c.run([&](const run_context& context) {
    auto out = [&](int i) { return c.plane<i16>(i); };
    return context.table().flow.slopes({c.plane<const u16>(a), {}, {}, {}}, c.plane<const i16>(b),
                                       {out(mx), out(my), out(mxx), out(mxy), out(myy), out(t), out(tx), out(ty)},
                                       context.launch);
  });
}

struct linear_system::impl : host::system_object {
  using system_object::system_object;
};

linear_system::linear_system(size frame, const horn_schunck_options& options, const placement& where) {
  constexpr const char* function = "flow_steps::linear_system";
  const host::option_checks check(function);
  check.side(frame.width, "frame.width");
  check.side(frame.height, "frame.height");
  host::check_options(options, function);
  host::translate_bad_alloc(function, [&] {
    impl_ = std::make_unique<impl>(function, frame, options, where);
    impl_->reserve_staging();
  });
}
linear_system::linear_system(linear_system&&) noexcept = default;
linear_system& linear_system::operator=(linear_system&&) noexcept = default;
linear_system::~linear_system() = default;

linear_system::impl& linear_system::self() const { return host::behind(impl_, "flow_steps::linear_system"); }

void linear_system::run(image_view<const u16> prev, image_view<const i16> warped, image_view<const u8> reason,
                        const flow_views<const i16>& flow, const flow_views<i16>& updated, stream_ref stream) {
  self().run(prev, warped, reason, flow, updated, stream);
}

void linear_system::prepare(memory_kind memory) { self().prepare(memory); }
backend linear_system::backend() const { return self().on_host_memory(); }
std::size_t linear_system::workspace_size() const { return self().workspace_size(); }

void median(const flow_views<const i16>& in, const flow_views<i16>& out, int radius, const placement& where,
            stream_ref stream) {
  step_place place("flow_steps::median", where);
  step_call c(place, stream);
  const auto from = c.read("in.u", "in.v", in);
  const auto to = c.write("out.u", "out.v", out);
  host::require(radius >= 1 && radius <= 3, c.site(), "radius", "must be 1 to 3");
  c.run([&](const run_context& context) {
    return context.table().flow.median(c.flow(from), c.flow(to), radius, context.launch);
  });
}

void upscale_flow(const flow_views<const i16>& coarse, const flow_views<i16>& fine, const placement& where,
                  stream_ref stream) {
  step_place place("flow_steps::upscale_flow", where);
  step_call c(place, stream);
  const auto from = c.read("coarse.u", "coarse.v", coarse);
  c.new_size();
  const auto to = c.write("fine.u", "fine.v", fine);
  const auto &small = c.caller(from.u), &large = c.caller(to.u);
  host::require(small.count == large.count, c.site(), "fine", "has another count than coarse");
  host::require(small.width <= large.width && small.height <= large.height, c.site(), "fine",
                "is smaller than coarse");
  c.run([&](const run_context& context) {
    return context.table().flow.upscale_flow(c.flow(from), c.flow(to), context.launch);
  });
}

void check_forward_backward(const flow_views<const i16>& flow, const flow_views<const i16>& back, double distance,
                            image_view<u8> reasons, const placement& where, stream_ref stream) {
  step_place place("flow_steps::check_forward_backward", where);
  step_call c(place, stream);
  const auto there = c.read("flow.u", "flow.v", flow), again = c.read("back.u", "back.v", back);
  const int to = c.write("reasons", reasons);
  host::require(distance >= 0 && distance <= 512, c.site(), "distance", "must be 0 to 512");
  c.run([&](const run_context& context) {
    return context.table().flow.check_forward_backward(
        c.flow(there), c.flow(again), plan::squared_forward_backward_error(distance), c.image(to), context.launch);
  });
}

}  // namespace flow_steps
}  // namespace v0
}  // namespace fluxel
