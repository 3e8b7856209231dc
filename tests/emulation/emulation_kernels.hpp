// SPDX-License-Identifier: Apache-2.0
#pragma once

// Launchers of emulation_kernels.cu: each returns a CUDA error code, 0 for success.

namespace emulation_test {

struct vote_results {
  int count, any, all, ballot, half, up, segment;
};

enum class broken {
  return_before_barrier,
  two_barriers,
  lane_outside_mask,
  source_outside_mask,
  lanes_part_ways,
  absent_lane,
  misaligned
};

int transpose(const float* in, float* out, int width, int height);
int sum(const int* in, int n, int* total);
int votes(vote_results* out);  ///< of 64 threads
int staged_copy(const void* in, void* out, int* early);
int unwritten(unsigned* out);
int record_order(int blocks, int threads, int* order, int* next);
int run_broken(broken what);
int launch_of_shape(int grid, int block, int dynamic_bytes);

}  // namespace emulation_test
