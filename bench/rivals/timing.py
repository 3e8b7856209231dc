# SPDX-License-Identifier: Apache-2.0
"""Device times of repeated calls, in microseconds."""
import statistics

import torch

REPLAYS = 9


class Clock:
    def __init__(self):
        self.stream = torch.cuda.Stream()
        self.cache_bytes = torch.cuda.get_device_properties(0).L2_cache_size

    def pairs_for(self, nbytes):
        """How many buffers of `nbytes` exceed four L2 caches."""
        return max(2, min(200, 4 * self.cache_bytes // nbytes + 2))

    def time(self, call, count):
        """call(i, stream) for each i below count: (median microseconds of one, 'G'raph or 'E'ager)."""
        with torch.cuda.stream(self.stream):
            call(0, self.stream.cuda_stream)
        torch.cuda.synchronize()
        run, mode = self._captured(call, count)
        run()
        torch.cuda.synchronize()
        times = []
        for _ in range(REPLAYS):
            first, last = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            with torch.cuda.stream(self.stream):
                first.record()
                run()
                last.record()
            last.synchronize()
            times.append(first.elapsed_time(last) * 1e3 / count)
        return statistics.median(times), mode

    def _captured(self, call, count):
        graph = torch.cuda.CUDAGraph()
        try:
            with torch.cuda.graph(graph, stream=self.stream, capture_error_mode='thread_local'):
                for i in range(count):
                    call(i, torch.cuda.current_stream().cuda_stream)
            return graph.replay, 'G'
        except Exception:  # whatever the library raises when it may not be captured
            torch.cuda.synchronize()

            def eager():
                for i in range(count):
                    call(i, self.stream.cuda_stream)
            return eager, 'E'
