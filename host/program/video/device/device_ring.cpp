// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/device/device_ring.hpp"

#include <chrono>
#include <cstring>
#include <utility>

#include "fluxel/device.hpp"
#include "fluxel/error.hpp"

namespace fluxel::video {

namespace {

/// One frame in each of the three steps, and one that the host fills or takes away meanwhile.
constexpr int ring_depth = 4;
constexpr std::size_t plane_alignment = 256;

bool same_planes(const frame_format& a, const frame_format& b) {
  bool same = a.width == b.width && a.height == b.height && a.plane_count == b.plane_count && a.type() == b.type() &&
              a.chroma_shift_x == b.chroma_shift_x && a.chroma_shift_y == b.chroma_shift_y;
  for (int p = 0; same && p < a.plane_count; ++p)
    same = a.planes[p].channels == b.planes[p].channels && a.planes[p].subsampled == b.planes[p].subsampled;
  return same;
}

/// A frame on the device of this format, made anew only where it has other planes.
frame_view<void> room_for(std::optional<device_frame>& kept, const frame_format& format, int device) {
  if (!kept || !same_planes(kept->format(), format)) {
    kept.reset();
    kept.emplace(format, device);
  }
  frame_view<void> view = kept->view();
  view.format = format;  // fields and color may change from frame to frame
  return view;
}

std::size_t row_bytes(const frame_format& f, int plane) {
  return std::size_t(f.plane_size(plane).width) * f.planes[plane].channels * element_size(f.type());
}

}  // namespace

device_ring::device_ring(int device, std::string name,
                         std::function<device_job(const frame_view<const void>&, const frame_view<void>&)> plan)
    : name_(std::move(name)), plan_(std::move(plan)), uploads_(device), works_(device), downloads_(device) {
  for (int i = 0; i < ring_depth; ++i) slots_.emplace_back(device);
}

/// The same frame in the slot's pinned memory.
frame_view<const void> device_ring::pinned(slot& s, const frame_view<const void>& in) const {
  frame_view<const void> out{in.format, {}, {}, memory_kind::pinned};
  const auto padded = [&](int p) {
    const std::size_t bytes = row_bytes(in.format, p) * in.format.plane_size(p).height;
    return (bytes + plane_alignment - 1) / plane_alignment * plane_alignment;
  };
  std::size_t needed = 0;
  for (int p = 0; p < in.format.plane_count; ++p) needed += padded(p);
  if (needed > s.staging.size()) s.staging = pinned_memory(needed, device());
  auto* to = static_cast<std::byte*>(s.staging.data());
  for (int p = 0; p < in.format.plane_count; ++p) {
    const std::size_t row = row_bytes(in.format, p);
    for (std::ptrdiff_t y = 0; y < in.format.plane_size(p).height; ++y)
      std::memcpy(to + y * std::ptrdiff_t(row), static_cast<const std::byte*>(in.data[p]) + y * in.pitch[p], row);
    out.data[p] = to;
    out.pitch[p] = std::ptrdiff_t(row);
    to += padded(p);
  }
  return out;
}

/// Enqueues the way of a frame to the device; the stream of the work waits for it.
frame_view<const void> device_ring::upload(slot& s, const frame_view<const void>& in) {
  s.uploaded = backend_for(in.memory) == backend::cpu;
  if (!s.uploaded) {
    // What made the frame has enqueued on the legacy stream.
    s.upload.end.record({});
    works_.wait_for(s.upload.end);
    return in;
  }
  const frame_view<const void> from = in.memory == memory_kind::pinned ? in : pinned(s, in);
  const frame_view<void> to = room_for(s.in, in.format, device());
  s.upload.begin.record(uploads_);
  s.in->upload(from, uploads_);
  s.upload.end.record(uploads_);
  works_.wait_for(s.upload.end);
  return to;
}

void device_ring::begin(const frame_view<const void>& in, const frame_view<void>& out) {
  if (begun_ - finished_ == slots_.size()) throw error(errc::internal, "device_ring: begin: the ring is full");
  slot& s = slots_[begun_ % slots_.size()];
  const device_job job = plan_(in, out);
  const frame_view<void> result = room_for(s.out, job.out.format, device());
  const frame_view<const void> source = upload(s, job.in);
  s.work.begin.record(works_);
  job.work(source, result, works_);
  s.work.end.record(works_);
  downloads_.wait_for(s.work.end);
  s.download.begin.record(downloads_);
  s.out->download(job.out, downloads_);
  s.download.end.record(downloads_);
  ++begun_;
}

void device_ring::finish() {
  if (begun_ == finished_) throw error(errc::internal, "device_ring: finish: no frame is begun");
  const slot& s = slots_[finished_ % slots_.size()];
  const auto start = std::chrono::steady_clock::now();
  s.download.end.synchronize();
  waiting_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (s.uploaded) uploading_ += s.upload.seconds();
  working_ += s.work.seconds();
  downloading_ += s.download.seconds();
  ++finished_;
}

void device_ring::abandon() noexcept {
  for (const device_stream* stream : {&uploads_, &works_, &downloads_}) try {
      stream->synchronize();
    } catch (const error&) {
      // The work has failed, and so has ended.
    }
  finished_ = begun_;
}

std::vector<step_time> device_ring::times() const {
  return {{"upload", uploading_}, {name_, working_}, {"download", downloading_}};
}

}  // namespace fluxel::video
