// SPDX-License-Identifier: Apache-2.0
// oneDNN's resampling_linear, which has the pixel centers of ours. ONEDNN_MAX_CPU_ISA, which must be set before the
// program starts, holds it to an instruction set.
#include <omp.h>

#include <dnnl.hpp>
#include <memory>

#include "bench/rivals_cpu/rival.hpp"

namespace fluxel::bench {
namespace {

struct job {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  dnnl::memory src, dst;
  dnnl::resampling_forward primitive;
  int threads;

  explicit job(const resize_task& t) : threads(thread_count(t.threads)) {
    const auto type = t.type == element_type::u8 ? dnnl::memory::data_type::u8 : dnnl::memory::data_type::f32;
    const bool planar = t.planes > 1;
    const auto tag = planar ? dnnl::memory::format_tag::nchw : dnnl::memory::format_tag::nhwc;
    const int channels = planar ? t.planes : t.channels;
    const dnnl::memory::desc from({1, channels, t.src.height, t.src.width}, type, tag);
    const dnnl::memory::desc to({1, channels, t.dst.height, t.dst.width}, type, tag);
    src = dnnl::memory(from, engine, const_cast<void*>(t.from));
    dst = dnnl::memory(to, engine, t.to);
    omp_set_num_threads(threads);  // a primitive is made for a number of threads
    primitive = dnnl::resampling_forward(
        {{dnnl::prop_kind::forward_inference, dnnl::algorithm::resampling_linear, from, to}, engine});
  }
  void run() {
    omp_set_num_threads(threads);
    primitive.execute(stream, {{DNNL_ARG_SRC, src}, {DNNL_ARG_DST, dst}});
    stream.wait();
  }
};

prepared_call prepare(const resize_task& task) {
  if (task.filter != interpolation::linear || (task.planes > 1 && task.channels > 1)) return {};
  try {
    auto made = std::make_shared<job>(task);
    return {[made] { made->run(); }, {}};
  } catch (const dnnl::error&) {
    return {};
  }
}

std::string version() {
  const dnnl_version_t* v = dnnl_version();
  return std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch);
}

const registered_rival entry({"onednn", version(), prepare});

}  // namespace
}  // namespace fluxel::bench
