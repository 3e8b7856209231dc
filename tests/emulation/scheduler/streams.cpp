// SPDX-License-Identifier: Apache-2.0
#include "scheduler/streams.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

#include "emulation/late_streams.hpp"

struct CUstream_st {
  bool late = false;
  std::vector<std::function<cudaError_t()>> work;
  std::size_t done = 0;  ///< of the work, in order
  cudaError_t failed = cudaSuccess;
};

struct CUevent_st {
  cudaStream_t stream = nullptr;  ///< a late one; else it has been reached
  std::size_t position = 0;       ///< what of the stream's work is before it
  std::chrono::steady_clock::time_point reached = {};
};

namespace emulation {

namespace {

std::atomic<int> scopes{0};

/// Held while late work is enqueued or done: what one thread enqueues is not seen half by another.
std::recursive_mutex turn;
std::vector<cudaStream_t>& late_ones() {
  static std::vector<cudaStream_t> all;
  return all;
}

bool whole_process() {
  static const bool late = [] {
    const char* text = std::getenv("FLUXEL_EMULATION_STREAMS");
    return text != nullptr && std::strcmp(text, "late") == 0;
  }();
  return late;
}

/// The work of a stream up to a position. Work may itself wait for another stream.
cudaError_t do_until(CUstream_st& stream, std::size_t position) {
  const std::lock_guard lock(turn);
  while (stream.done < std::min(position, stream.work.size())) {
    const auto next = std::exchange(stream.work[stream.done++], nullptr);
    if (const cudaError_t e = next(); e != cudaSuccess) stream.failed = e;
  }
  return stream.failed;
}

cudaError_t do_until(const CUevent_st& event) {
  return event.stream == nullptr ? cudaSuccess : do_until(*event.stream, event.position);
}

}  // namespace

late_streams::late_streams() { ++scopes; }
late_streams::~late_streams() { --scopes; }

bool is_late(cudaStream_t stream) {
  const auto handle = reinterpret_cast<std::uintptr_t>(stream);
  return handle > 2 && stream->late;  // not the legacy and the per-thread stream
}

void do_later(cudaStream_t stream, std::function<cudaError_t()> work) {
  const std::lock_guard lock(turn);
  stream->work.push_back(std::move(work));
}

cudaError_t do_all_streams() {
  const std::lock_guard lock(turn);
  cudaError_t failed = cudaSuccess;
  for (const cudaStream_t stream : late_ones())
    if (const cudaError_t e = do_until(*stream, stream->work.size()); e != cudaSuccess) failed = e;
  return failed;
}

}  // namespace emulation

using emulation::count_call;

cudaError_t cudaStreamCreate(cudaStream_t* stream) { return cudaStreamCreateWithFlags(stream, 0); }
cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags) {
  count_call();
  const bool late = flags == cudaStreamNonBlocking && (emulation::scopes > 0 || emulation::whole_process());
  *stream = new CUstream_st{.late = late};
  const std::lock_guard lock(emulation::turn);
  if (late) emulation::late_ones().push_back(*stream);
  return cudaSuccess;
}
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  count_call();
  const std::lock_guard lock(emulation::turn);
  if (stream->late) {
    emulation::do_until(*stream, stream->work.size());
    auto& all = emulation::late_ones();
    all.erase(std::find(all.begin(), all.end(), stream));
  }
  return delete stream, cudaSuccess;
}
cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  count_call();
  if (const cudaError_t e = emulation::refuse_in_capture()) return e;
  if (!emulation::is_late(stream)) return cudaSuccess;
  const std::lock_guard lock(emulation::turn);
  return emulation::do_until(*stream, stream->work.size());
}
cudaError_t cudaStreamQuery(cudaStream_t stream) { return cudaStreamSynchronize(stream); }
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
  count_call();
  return emulation::enqueue(stream, [at = *event] { return emulation::do_until(at); });
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) {
  return count_call(), *event = new CUevent_st, cudaSuccess;
}
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  count_call();
  const std::lock_guard lock(emulation::turn);
  *event = {};
  const auto mark = [event] { return event->reached = std::chrono::steady_clock::now(), cudaSuccess; };
  if (!emulation::is_late(stream)) return mark();
  emulation::do_later(stream, mark);
  event->stream = stream, event->position = stream->work.size();
  return cudaSuccess;
}
cudaError_t cudaEventSynchronize(cudaEvent_t event) { return count_call(), emulation::do_until(*event); }
cudaError_t cudaEventElapsedTime(float* ms, cudaEvent_t from, cudaEvent_t to) {
  count_call();
  *ms = std::chrono::duration<float, std::milli>(to->reached - from->reached).count();
  return cudaSuccess;
}
cudaError_t cudaEventDestroy(cudaEvent_t event) {
  count_call();
  emulation::do_until(*event);  // its mark in the stream
  return delete event, cudaSuccess;
}
