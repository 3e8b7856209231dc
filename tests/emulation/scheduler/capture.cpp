// SPDX-License-Identifier: Apache-2.0
#include <cuda_runtime.h>

#include <memory>
#include <utility>
#include <vector>

#include "scheduler/streams.hpp"

struct CUgraph_st {
  std::vector<std::function<cudaError_t()>> steps;
};
struct CUgraphExec_st {
  CUgraph_st graph;
};

namespace emulation {

namespace {

struct capture {
  cudaStream_t stream = nullptr;
  std::unique_ptr<CUgraph_st> graph;  ///< none: nothing is captured
  bool spoilt = false;
};
/// One at a time, by the thread that enqueues: all that the tests need.
thread_local capture current;

}  // namespace

namespace {

bool is_captured(cudaStream_t stream) { return current.graph && current.stream == stream; }

}  // namespace

bool keeps(cudaStream_t stream) { return is_captured(stream) || is_late(stream); }

void keep(cudaStream_t stream, std::function<cudaError_t()> work) {
  if (is_captured(stream)) return current.graph->steps.push_back(std::move(work));
  do_later(stream, std::move(work));
}

cudaError_t refuse_in_capture() {
  if (!current.graph) return cudaSuccess;
  current.spoilt = true;
  return cudaErrorStreamCaptureUnsupported;
}

}  // namespace emulation

using emulation::current;
using emulation::is_captured;

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode) {
  if (stream == nullptr || current.graph) return cudaErrorStreamCaptureUnsupported;
  current = {stream, std::make_unique<CUgraph_st>()};
  return cudaSuccess;
}
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  *graph = nullptr;
  if (!is_captured(stream)) return cudaErrorInvalidValue;
  emulation::capture done = std::exchange(current, {});
  if (done.spoilt) return cudaErrorStreamCaptureInvalidated;
  *graph = done.graph.release();
  return cudaSuccess;
}
cudaError_t cudaGraphGetNodes(cudaGraph_t graph, cudaGraphNode_t* nodes, std::size_t* count) {
  if (nodes != nullptr) return cudaErrorNotSupported;
  *count = graph->steps.size();
  return cudaSuccess;
}
cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph, unsigned long long) {
  *executable = new CUgraphExec_st{*graph};
  return cudaSuccess;
}
cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream) {
  return emulation::enqueue(stream, [steps = executable->graph.steps] {
    for (const auto& step : steps)
      if (const cudaError_t e = step()) return e;
    return cudaSuccess;
  });
}
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable) { return delete executable, cudaSuccess; }
cudaError_t cudaGraphDestroy(cudaGraph_t graph) { return delete graph, cudaSuccess; }
cudaError_t cudaStreamIsCapturing(cudaStream_t stream, cudaStreamCaptureStatus* status) {
  *status = is_captured(stream) ? cudaStreamCaptureStatusActive : cudaStreamCaptureStatusNone;
  return cudaSuccess;
}
