// SPDX-License-Identifier: Apache-2.0
#pragma once

// Streams, events and page-locked memory of the current device.

#include <cstddef>

#include "kernels/contract/launch.hpp"

struct CUevent_st;

namespace fluxel::kernels {

/// A stream that neither waits for the legacy stream nor lets it wait.
status cuda_make_stream(CUstream_st** stream);
/// Work that is enqueued on it is still done.
void cuda_release_stream(CUstream_st* stream);
status cuda_synchronize_stream(CUstream_st* stream);

status cuda_make_event(CUevent_st** event);
void cuda_release_event(CUevent_st* event);
status cuda_record_event(CUevent_st* event, CUstream_st* stream);
/// What is enqueued on the stream from now on begins after the event.
status cuda_wait_event(CUstream_st* stream, CUevent_st* event);
status cuda_synchronize_event(CUevent_st* event);
/// Between two events that have been reached.
status cuda_event_seconds(CUevent_st* from, CUevent_st* to, double* seconds);

/// nullptr when there is none.
void* cuda_allocate_pinned(std::size_t bytes);
void cuda_release_pinned(void* p);

}  // namespace fluxel::kernels
