// SPDX-License-Identifier: Apache-2.0
#pragma once

struct CUstream_st;

namespace fluxel {
inline namespace v0 {

/// A CUDA stream, by value; needs no CUDA header. The default is the legacy stream; `cudaStreamPerThread`
/// converts too. Calls that run on the CPU take only the default.
class stream_ref {
 public:
  constexpr stream_ref() = default;
  constexpr stream_ref(CUstream_st* stream) : stream_(stream) {}  // NOLINT: cudaStream_t converts
  constexpr CUstream_st* get() const { return stream_; }

 private:
  CUstream_st* stream_ = nullptr;
};

}  // namespace v0
}  // namespace fluxel
