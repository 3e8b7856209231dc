// SPDX-License-Identifier: Apache-2.0
// Frames: every plane with its own size.

#include <array>
#include <string>

#include "host/core/device.hpp"
#include "host/resize/resize_options.hpp"
#include "host/resize/resizer.hpp"

namespace fluxel {

namespace host {
namespace {

constexpr const char* function = "resizer";

bool same_structure(const frame_format& a, const frame_format& b) {
  for (int p = 0; p < a.plane_count && p < 4; ++p)
    if (a.planes[p].channels != b.planes[p].channels || a.planes[p].subsampled != b.planes[p].subsampled)
      return false;
  return a.plane_count == b.plane_count && a.chroma_shift_x == b.chroma_shift_x &&
         a.chroma_shift_y == b.chroma_shift_y && a.bit_depth == b.bit_depth && a.high_bits == b.high_bits &&
         a.floating == b.floating && a.chroma_location == b.chroma_location && a.fields == b.fields;
}

void check_frame(const char* name, const frame_format& given, const frame_format& built) {
  auto text = [](const frame_format& f) { return std::to_string(f.width) + "x" + std::to_string(f.height); };
  if (given.width != built.width || given.height != built.height)
    reject({function}, name, "is " + text(given) + ", but the resizer was built for " + text(built));
  if (!same_structure(given, built))
    reject({function}, std::string(name) + ".format", "is not the one that the resizer was built for");
}

any_view plane_view(const frame_view<const void>& f, int p) {
  const size s = f.format.plane_size(p);
  return {{.data = const_cast<void*>(f.data[p]),
           .width = s.width,
           .height = s.height,
           .channels = f.format.planes[p].channels,
           .pitch = f.pitch[p]},
          element_size(f.format.type()),
          f.memory};
}

plane_pairs check_frames(const frame_resizer& plan, const frame_view<const void>& src,
                         const frame_view<const void>& dst) {
  check_frame("src", src.format, plan.src());
  check_frame("dst", dst.format, plan.dst());
  plane_pairs pairs;
  for (int p = 0; p < plan.src().plane_count; ++p)
    pairs[p] = check_pair({function, "planes", p}, plane_view(src, p), plane_view(dst, p));
  return pairs;
}

void run_frame(const resizer_state& state, const plane_pairs& pairs, bool is_staged, const run_context& context) {
  if (!is_staged) return state.frame->run(pairs, context);
  const std::size_t count = state.frame->src().plane_count;
  const int bytes = element_size(state.frame->src().type());
  plane_pairs device;
  const std::lock_guard lock(state.staged.turn);
  state.staged.upload({pairs.data(), count}, {device.data(), count}, bytes, function);
  state.frame->run(device, context);
  state.staged.download({pairs.data(), count}, {device.data(), count}, bytes, function);
}

std::size_t frame_bytes(const frame_format& f) {
  std::size_t sum = 0;
  for (int p = 0; p < f.plane_count; ++p)
    sum += staged_bytes(f.plane_size(p), f.planes[p].channels, element_size(f.type()));
  return sum;
}

}  // namespace
}  // namespace host

inline namespace v0 {

resizer::resizer(const frame_format& src, size dst, const resize_options& options, run_on device)
    : resizer(options, device) {
  using namespace host;
  const device_scope scope(impl_->device, function);
  impl_->frame = translate_bad_alloc(
      function, [&] { return std::make_unique<frame_resizer>(call_site{function}, src, dst, options, impl_->on); });
  if (backend() == backend::cuda)
    impl_->staged.reserve(frame_bytes(impl_->frame->src()), frame_bytes(impl_->frame->dst()), function);
}

void resizer::operator()(const frame_view<const void>& src, const frame_view<void>& dst, stream_ref stream) const {
  using namespace host;
  if (!impl_->frame) reject({function}, "src", "is a frame, but the resizer was built for views");
  const auto pairs = check_frames(*impl_->frame, src, dst);
  check_stream({function}, dst.memory, stream);
  const auto b = impl_->backend_of({function}, dst.memory);
  const device_scope scope(b == backend::cuda ? impl_->device : -1, function);
  run_frame(*impl_, pairs, impl_->is_staged(b, dst.memory), {function, b, {stream.get(), impl_->options.threads}});
}

}  // namespace v0
}  // namespace fluxel
