// SPDX-License-Identifier: Apache-2.0
#include "host/flow/dense_flow.hpp"

#include <memory>
#include <optional>
#include <utility>

#include "host/flow/frames.hpp"

namespace fluxel {

namespace host {

namespace {

void check_vectors(call& c, const operand& o, const flow_geometry& geometry) {
  if (!o.given()) return;
  check_fits(c, o, geometry);
  check_components(c, o);
}

struct result_operands {
  result_operands(call& c, const flow_result& r, const flow_geometry& geometry)
      : flow(c.write("flow", erase(r.flow))),
        validity(c.write_if_given("validity", erase(r.validity))),
        confidence(c.write_if_given("confidence", erase(r.confidence))),
        cut_score(c.write_if_given("cut_score", erase(r.cut_score))) {
    check_vectors(c, flow, geometry);
    for (const operand* o : {&validity, &confidence}) {
      if (!o->given()) continue;
      check_fits(c, *o, geometry);
      require(o->caller.channels == 1 && o->caller.planes == 1, c.site(), o->name, "must have 1 channel");
    }
    if (!cut_score.given()) return;
    const kernels::image& s = cut_score.caller;
    require(s.width == 1 && s.height == 1 && s.channels == 1 && s.planes == 1, c.site(), "cut_score",
            "must be 1 x 1 with 1 channel");
    require(s.count == geometry.count, c.site(), "cut_score", "does not have the geometry's count");
  }
  result_images here() const {
    return {u_of(flow.here), v_of(flow.here), validity.here, confidence.here, cut_score.here};
  }

  const operand &flow, &validity, &confidence, &cut_score;
};

}  // namespace

dense_flow_object::dense_flow_object(const dense_settings& settings, const placement& where)
    : placed_object(settings.function, where,
                    [settings](backend b, object_memory& memory) {
                      return std::make_unique<dense_solver>(b, settings, memory);
                    }),
      geometry_(settings.geometry) {}

void dense_flow_object::restart() {
  for (const auto b : {backend::cpu, backend::cuda})
    if (dense_solver* solver = find(b)) solver->restart();
}

void dense_flow_object::reserve_staging() {
  const std::size_t bytes = staged_bytes(geometry_, 1, 1), floats = staged_bytes(geometry_, 1, 4);
  placed_object::reserve_staging(2 * staged_bytes(geometry_)                       // frames
                                 + 3 * bytes                                       // masks, validity
                                 + 5 * floats                                      // initial flow, flow, confidence
                                 + staged_bytes({1, 1}, 1, 4) * geometry_.count);  // cut scores
}

void dense_flow_object::run(const flow_pair& pair, const flow_result& result, stream_ref stream) {
  call c(where_, stream);
  const operand& prev = read_frame(c, "prev", pair.prev, geometry_);
  const operand& next = read_frame(c, "next", pair.next, geometry_);
  const operand& prev_mask = read_mask(c, "prev_mask", pair.prev_mask, geometry_);
  const operand& next_mask = read_mask(c, "next_mask", pair.next_mask, geometry_);
  const operand& initial = c.read_if_given("initial", erase(pair.initial));
  check_vectors(c, initial, geometry_);
  const result_operands to(c, result, geometry_);
  restart();
  run_call(c, [&](dense_solver& solver, const kernels::launch_options& launch) {
    return solver.solve({prev.here, prev_mask.here}, {next.here, next_mask.here},
                        {u_of(initial.here), v_of(initial.here)}, to.here(), launch);
  });
}

bool dense_flow_object::advance(const flow_frame& next, const flow_result& result, stream_ref stream) {
  call c(where_, stream);
  const operand& frame = read_frame(c, "frame", next.frame, geometry_);
  const operand& mask = read_mask(c, "mask", next.mask, geometry_);
  require(is_one_of(next.start, flow_start::previous_flow), c.site(), "start",
          "is not one of zero and previous_flow");
  if (c.runs_on() != runs_on()) restart();  // the previous frame is on the other processor
  const dense_solver* known = find(c.runs_on());
  std::optional<result_operands> to;
  if (known != nullptr && known->has_previous()) to.emplace(c, result, geometry_);
  bool has_result = false;
  run_call(c, [&](dense_solver& solver, const kernels::launch_options& launch) {
    return solver.advance({frame.here, mask.here}, next.start, to ? to->here() : result_images{}, has_result, launch);
  });
  return has_result;
}

void solve_once(const dense_settings& settings, const flow_pair& pair, const flow_result& result,
                const placement& where, stream_ref stream) {
  translate_bad_alloc(settings.function, [&] {
    dense_flow_object object(settings, where);
    object.run(pair, result, stream);
    object.finish(stream);
  });
}

}  // namespace host

inline namespace v0 {

dense_flow::dense_flow(std::unique_ptr<impl> made) noexcept : impl_(std::move(made)) {}
dense_flow::dense_flow(dense_flow&&) noexcept = default;
dense_flow& dense_flow::operator=(dense_flow&&) noexcept = default;
dense_flow::~dense_flow() = default;

dense_flow::impl& dense_flow::self() const { return host::behind(impl_, "dense_flow"); }

void dense_flow::run(const flow_pair& pair, const flow_result& result, stream_ref stream) {
  self().object.run(pair, result, stream);
}

void dense_flow::run(const flow_image& prev, const flow_image& next, const image_view<f32>& flow, stream_ref stream) {
  run(flow_pair{.prev = prev, .next = next}, flow_result{.flow = flow}, stream);
}

bool dense_flow::advance(const flow_frame& next, const flow_result& result, stream_ref stream) {
  return self().object.advance(next, result, stream);
}

bool dense_flow::advance(const flow_image& next, const image_view<f32>& flow, stream_ref stream) {
  return advance(flow_frame{.frame = next}, flow_result{.flow = flow}, stream);
}

void dense_flow::restart() { self().object.restart(); }
void dense_flow::prepare(memory_kind memory) { self().object.prepare(memory); }
backend dense_flow::backend() const { return self().object.on_host_memory(); }
std::size_t dense_flow::workspace_size() const { return self().object.workspace_size(); }

}  // namespace v0
}  // namespace fluxel
