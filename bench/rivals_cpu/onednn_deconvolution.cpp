// SPDX-License-Identifier: Apache-2.0
// oneDNN's deconvolution_direct in the layouts that it chooses itself: what a network that stays in them gets.
// Weights are reordered when the call is made.
#include <omp.h>

#include <dnnl.hpp>
#include <memory>

#include "bench/rivals_cpu/deconvolution.hpp"
#include "bench/rivals_cpu/rival.hpp"

namespace fluxel::bench {
namespace {

using dnnl::memory;

struct job {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  dnnl::deconvolution_forward primitive;
  memory src, weights, dst;
  int threads;

  explicit job(const deconvolution_task& t) : threads(thread_count(t.threads)) {
    const auto type = memory::data_type::f32;
    const auto tag = t.interleaved ? memory::format_tag::nhwc : memory::format_tag::nchw;
    const int side = t.src.width, out = t.dst().width;
    const memory::desc from({1, t.in, t.src.height, side}, type, tag), to({1, t.out, t.dst().height, out}, type, tag);
    const memory::dims shape = t.groups == 1
                                   ? memory::dims{t.out, t.in, t.kernel, t.kernel}
                                   : memory::dims{t.groups, t.out / t.groups, t.in / t.groups, t.kernel, t.kernel};
    const memory::desc any(shape, type, memory::format_tag::any);
    omp_set_num_threads(threads);  // a primitive is made for a number of threads
    const dnnl::deconvolution_forward::primitive_desc chosen({dnnl::prop_kind::forward_inference,
                                                              dnnl::algorithm::deconvolution_direct,
                                                              from,
                                                              any,
                                                              to,
                                                              {t.stride, t.stride},
                                                              {t.pad, t.pad},
                                                              {t.pad, t.pad}},
                                                             engine);
    primitive = dnnl::deconvolution_forward(chosen);
    // Ours are (in, out / groups, y, x).
    const memory::desc ours(shape, type, t.groups == 1 ? memory::format_tag::iohw : memory::format_tag::giohw);
    memory given(ours, engine, const_cast<float*>(t.weights));
    weights = memory(chosen.weights_desc(), engine);
    dnnl::reorder(given, weights).execute(stream, given, weights);
    src = memory(from, engine, const_cast<float*>(t.from));
    dst = memory(to, engine, t.to);
    stream.wait();
  }
  void run() {
    omp_set_num_threads(threads);
    primitive.execute(stream, {{DNNL_ARG_SRC, src}, {DNNL_ARG_WEIGHTS, weights}, {DNNL_ARG_DST, dst}});
    stream.wait();
  }
};

}  // namespace

std::function<void()> deconvolution_of_onednn(const deconvolution_task& task) {
  try {
    auto made = std::make_shared<job>(task);
    return [made] { made->run(); };
  } catch (const dnnl::error&) {
    return {};
  }
}

}  // namespace fluxel::bench
