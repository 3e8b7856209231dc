// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fluxel/device_frame.hpp"
#include "fluxel/device_stream.hpp"
#include "fluxel/pinned_memory.hpp"
#include "host/program/video/frames/transform.hpp"

namespace fluxel::video {

/// What becomes of a frame on a device.
struct device_job {
  frame_view<const void> in;  ///< the part that is read, in host memory or on the device
  frame_view<void> out;       ///< the part that is written, in host memory
  /// Enqueues the work on frames on the device.
  std::function<void(const frame_view<const void>& in, const frame_view<void>& out, stream_ref stream)> work;
};

/// Frames on their way through a device: one is uploaded, one worked on and one downloaded at the same time, each on
/// a stream of its own, and the host waits only for the oldest of them.
///
/// Frames in ordinary memory are first copied to pinned memory; those on the device already are not uploaded.
class device_ring : public frame_ring {
 public:
  /// @param device  -1: the current one.
  /// @param name    of the work, as the summary of a job calls it.
  /// @param plan    says what to do with a frame; called by `begin`.
  device_ring(int device, std::string name,
              std::function<device_job(const frame_view<const void>& in, const frame_view<void>& out)> plan);
  ~device_ring() override { abandon(); }

  int depth() const override { return int(slots_.size()); }
  int device() const override { return uploads_.device(); }
  void begin(const frame_view<const void>& in, const frame_view<void>& out) override;
  void finish() override;
  void abandon() noexcept override;
  double waited() const override { return waiting_; }

  /// Of finished frames, as the device measured it: steps overlap.
  std::vector<step_time> times() const;

 private:
  /// Where a step of a frame's work begins and ends.
  struct step {
    explicit step(int device) : begin(device), end(device) {}
    device_event begin, end;
    double seconds() const { return end.seconds_since(begin); }
  };
  /// Room for one frame.
  struct slot {
    explicit slot(int device) : upload(device), work(device), download(device) {}
    pinned_memory staging;
    std::optional<device_frame> in, out;
    step upload, work, download;
    bool uploaded = false;
  };

  frame_view<const void> upload(slot& s, const frame_view<const void>& in);
  frame_view<const void> pinned(slot& s, const frame_view<const void>& in) const;

  std::string name_;
  std::function<device_job(const frame_view<const void>&, const frame_view<void>&)> plan_;
  device_stream uploads_, works_, downloads_;
  std::vector<slot> slots_;
  std::size_t begun_ = 0, finished_ = 0;
  double uploading_ = 0, working_ = 0, downloading_ = 0;  // seconds of the device
  double waiting_ = 0;                                    // of the host
};

}  // namespace fluxel::video
