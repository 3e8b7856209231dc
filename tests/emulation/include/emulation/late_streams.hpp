// SPDX-License-Identifier: Apache-2.0
#pragma once

// Work of streams that is done as late as possible: a wait that is missing shows as bytes that are not there yet, or
// not there any more.

namespace emulation {

/// While it lives, streams that do not wait for the legacy stream (cudaStreamNonBlocking) and are made meanwhile do
/// nothing until something waits for them, and then no more than that asks for. FLUXEL_EMULATION_STREAMS=late does so
/// for the whole process. A stricter device than any: copies of memory that is not pinned are late too.
class late_streams {
 public:
  late_streams();
  ~late_streams();
  late_streams(const late_streams&) = delete;
  late_streams& operator=(const late_streams&) = delete;
};

}  // namespace emulation
