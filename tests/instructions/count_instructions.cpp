// SPDX-License-Identifier: Apache-2.0
// Runs fixed cases of the CPU's hot paths, once to warm up and once between two marks that callgrind sees. Alone it
// does nothing useful: instructions.py runs it under valgrind and reads the counts.
#include <valgrind/callgrind.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "fluxel/device.hpp"
#include "fluxel/horn_schunck.hpp"
#include "fluxel/image.hpp"
#include "fluxel/lucas_kanade.hpp"
#include "fluxel/resize.hpp"
#include "fluxel/resizer.hpp"
#include "fluxel/transposed_convolution.hpp"

namespace {

using namespace fluxel;

const placement one_thread{.threads = 1};

/// A smooth texture that moves by `shift` pixels, so that flow has something to follow.
template <class T>
image<T> texture(size dim, int channels, int planes, double shift = 0) {
  image<T> im(dim.width, dim.height, channels, planes);
  std::size_t i = 0;
  for (int p = 0; p < planes; ++p)
    for (int y = 0; y < dim.height; ++y)
      for (int x = 0; x < dim.width; ++x)
        for (int c = 0; c < channels; ++c)
          im.data()[i++] = static_cast<T>(
              static_cast<float>(128 + 60 * std::sin((x + shift) * .21 + c) + 60 * std::cos(y * .17 + p)));
  return im;
}

/// Counts one call. callgrind writes "desc: Trigger: Client Request: NAME OUTPUTS" and the count.
template <class F>
void count(const std::string& name, double outputs, F call) {
  const std::string mark = name + " " + std::to_string(outputs);  // the macro keeps the pointer only
  call();
  CALLGRIND_ZERO_STATS;
  call();
  CALLGRIND_DUMP_STATS_AT(mark.c_str());
}

template <class T>
void count_resize(const std::string& name, size from, size to, int channels, const resize_options& options = {}) {
  const image<T> src = texture<T>(from, channels, 1);
  image<T> dst(to.width, to.height, channels);
  resizer object({from, to, channels, element_traits<T>::type}, options, one_thread);
  count("resize/" + name, static_cast<double>(dst.size()), [&] { object.run(src.view(), dst.view()); });
}

void count_resizes() {
  constexpr size from{768, 432}, down{512, 288}, up{1152, 648}, small{112, 63}, half{384, 216}, twice{1536, 864};
  count_resize<u8>("u8x1_down", from, down, 1);
  count_resize<u8>("u8x3_down", from, down, 3);
  count_resize<u8>("u8x4_down", from, down, 4);
  count_resize<u8>("u8x1_half", from, half, 1);
  count_resize<u8>("u8x3_half", from, half, 3);
  count_resize<u8>("u8x1_double", from, twice, 1);
  count_resize<u8>("u8x4_double", from, twice, 4);
  count_resize<u8>("u8x3_up", from, up, 3);
  count_resize<u8>("u8x3_far_down", from, small, 3);
  count_resize<u8>("u8x4_far_down", from, small, 4);
  count_resize<u16>("u16x1_down", from, down, 1);
  count_resize<f16>("f16x1_down", from, down, 1);
  count_resize<f32>("f32x1_up", from, up, 1);
  count_resize<f32>("f32x3_down", from, down, 3);
  count_resize<u8>("nearest_u8x3_down", from, down, 3, {.filter = filter::nearest});
  count_resize<u8>("area_u8x3_down", from, small, 3, {.filter = filter::area});
  count_resize<u8>("bicubic_u8x3_up", from, up, 3, {.filter = filter::bicubic});
  count_resize<u8>("lanczos3_antialias_u8x3_down", from, small, 3,
                   {.filter = filter::lanczos3, .antialias = antialias::yes});
  count_resize<f32>("lanczos3_antialias_f32x3_down", from, small, 3,
                    {.filter = filter::lanczos3, .antialias = antialias::yes});
}

struct convolution {
  const char* name;
  int in, out, groups, side, kernel, stride, pad;
  bool interleaved;
};

void count_convolution(const convolution& c) {
  const int to = (c.side - 1) * c.stride + c.kernel - 2 * c.pad;
  const auto src = texture<f32>({c.side, c.side}, c.interleaved ? c.in : 1, c.interleaved ? 1 : c.in);
  image<f32> dst(to, to, c.interleaved ? c.out : 1, c.interleaved ? 1 : c.out);
  const std::vector<f32> weights(static_cast<std::size_t>(c.in) * (c.out / c.groups) * c.kernel * c.kernel, .01f);
  const conv_weights<f32> described{weights.data(), c.in, c.out / c.groups, c.kernel, c.kernel};
  const conv_transpose_options o{.stride_x = c.stride,
                                 .stride_y = c.stride,
                                 .left = c.pad,
                                 .top = c.pad,
                                 .right = c.pad,
                                 .bottom = c.pad,
                                 .groups = c.groups};
  const transposed_convolution object({c.side, c.side}, described, {}, o, one_thread);
  count(std::string("conv_transpose/") + c.name, static_cast<double>(dst.size()),
        [&] { object.run(src.view(), dst.view()); });
}

void count_convolutions() {
  count_convolution({"depthwise_x2", 8, 8, 8, 48, 4, 2, 1, false});
  count_convolution({"depthwise_x2_nhwc", 32, 32, 32, 48, 4, 2, 1, true});
  count_convolution({"dense_k4_s2", 16, 8, 1, 32, 4, 2, 1, false});
  count_convolution({"dense_k4_s2_nhwc", 16, 8, 1, 32, 4, 2, 1, true});
  count_convolution({"fcn_k64_s32", 5, 5, 1, 8, 64, 32, 16, false});
  count_convolution({"fcn_k64_s32_nhwc", 5, 5, 1, 8, 64, 32, 16, true});
}

template <class Solver, class Options>
void count_flow(const std::string& name, const Options& options) {
  constexpr size dim{320, 240};
  const auto prev = texture<u8>(dim, 1, 1), next = texture<u8>(dim, 1, 1, 1.5);
  image<f32> flow(dim.width, dim.height, 2);
  Solver solver({dim.width, dim.height, 1, element_type::u8}, options, one_thread);
  count("flow/" + name, static_cast<double>(dim.width) * dim.height,
        [&] { solver.run(prev.view(), next.view(), flow.view()); });
}

void count_flows() {
  count_flow<horn_schunck>("horn_schunck_fast", horn_schunck_preset(flow_quality::fast));
  count_flow<lucas_kanade>("lucas_kanade_fast", lucas_kanade_preset(flow_quality::fast));
}

}  // namespace

int main() {
  if (RUNNING_ON_VALGRIND == 0) {
    std::fprintf(stderr, "count_instructions: run me under valgrind --tool=callgrind\n");
    return 2;
  }
  std::printf("target %s\n", fluxel::cpu_target().c_str());
  count_resizes();
  count_convolutions();
  count_flows();
  return 0;
}
