// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "fluxel/error.hpp"
#include "fluxel/export.h"
#include "fluxel/stream.hpp"

namespace fluxel {
inline namespace v0 {

/// A place in the work of a stream, which other streams and the host can wait for. For programs without CUDA headers.
class FLUXEL_API device_event {
 public:
  /// @param device  -1: the current one.
  /// @throws fluxel::error no_device, out_of_memory
  explicit device_event(int device = -1);
  device_event(device_event&&) noexcept;
  device_event& operator=(device_event&&) noexcept;
  ~device_event();

  /// From now on it stands for the end of what is enqueued on the stream, a stream of the event's device.
  void record(stream_ref stream);
  /// The host waits for it; returns at once where nothing has been recorded.
  /// @throws fluxel::error device_failure  work before it has failed.
  void synchronize() const;
  /// Seconds of the device since `earlier`. Both are recorded and have been waited for.
  double seconds_since(const device_event& earlier) const;

 private:
  friend class device_stream;
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// A CUDA stream of its own, for programs without CUDA headers. It does not wait for the legacy stream, nor does that
/// wait for it.
class FLUXEL_API device_stream {
 public:
  /// @param device  -1: the current one.
  /// @throws fluxel::error no_device, out_of_memory
  explicit device_stream(int device = -1);
  device_stream(device_stream&&) noexcept;
  device_stream& operator=(device_stream&&) noexcept;
  /// Does not wait: what is enqueued is still done.
  ~device_stream();

  /// Valid as long as the stream lives.
  stream_ref ref() const;
  operator stream_ref() const { return ref(); }
  /// The device's index.
  int device() const;

  /// What is enqueued on this stream from now on begins after the event.
  void wait_for(const device_event& event);
  /// The host waits for everything that is enqueued.
  /// @throws fluxel::error device_failure  some of it has failed.
  void synchronize() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace v0
}  // namespace fluxel
