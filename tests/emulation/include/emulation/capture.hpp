// SPDX-License-Identifier: Apache-2.0
#pragma once

// Graphs: what is enqueued on a capturing stream is kept, and done when the graph is launched.

#include <functional>
#include <utility>

#include "emulation/runtime_api.hpp"

struct CUgraph_st;
using cudaGraph_t = CUgraph_st*;
struct CUgraphNode_st;
using cudaGraphNode_t = CUgraphNode_st*;
struct CUgraphExec_st;
using cudaGraphExec_t = CUgraphExec_st*;
enum cudaStreamCaptureMode {
  cudaStreamCaptureModeGlobal,
  cudaStreamCaptureModeThreadLocal,
  cudaStreamCaptureModeRelaxed
};

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode);
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph);
/// Only the number: `nodes` is null.
cudaError_t cudaGraphGetNodes(cudaGraph_t graph, cudaGraphNode_t* nodes, std::size_t* count);
cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph, unsigned long long flags = 0);
cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream);
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable);
cudaError_t cudaGraphDestroy(cudaGraph_t graph);

namespace emulation {

/// Whether a stream keeps what is enqueued on it: for a graph, or until someone waits for it.
bool keeps(cudaStream_t stream);
/// For a stream that does.
void keep(cudaStream_t stream, std::function<cudaError_t()> work);

/// Does `work` at once, or keeps it.
template <class Work>
cudaError_t enqueue(cudaStream_t stream, Work&& work) {
  if (!keeps(stream)) return work();
  keep(stream, std::forward<Work>(work));
  return cudaSuccess;
}

/// What calls return that no capture allows: success, or an error that spoils the calling thread's capture.
cudaError_t refuse_in_capture();

}  // namespace emulation
