// SPDX-License-Identifier: Apache-2.0
// zimg's bilinear filter, which always antialiases: equal to ours where the image grows. Planes alone, one thread,
// rows aligned to 64 bytes in buffers of its own.
#include <zimg.h>

#include <cstdlib>
#include <cstring>
#include <memory>

#include "bench/rivals_cpu/rival.hpp"

namespace fluxel::bench {
namespace {

struct plane {
  std::ptrdiff_t pitch;
  std::unique_ptr<void, decltype(&std::free)> data;
  plane(std::size_t row_bytes, int height)
      : pitch(static_cast<std::ptrdiff_t>((row_bytes + 63) / 64 * 64)),
        data(std::aligned_alloc(64, static_cast<std::size_t>(pitch) * height), std::free) {}
};

struct job {
  resize_task task;
  plane src, dst;
  std::unique_ptr<zimg_filter_graph, decltype(&zimg_filter_graph_free)> graph{nullptr, zimg_filter_graph_free};
  std::unique_ptr<void, decltype(&std::free)> working{nullptr, std::free};

  explicit job(const resize_task& t) : task(t), src(t.src_pitch(), t.src.height), dst(t.dst_pitch(), t.dst.height) {
    zimg_graph_builder_params how;
    zimg_graph_builder_params_default(&how, ZIMG_API_VERSION);
    how.resample_filter = ZIMG_RESIZE_BILINEAR;
    how.cpu_type = held_to_avx2() ? ZIMG_CPU_X86_AVX2 : ZIMG_CPU_AUTO_64B;
    const zimg_image_format from = format(t.src), to = format(t.dst);
    graph.reset(zimg_filter_graph_build(&from, &to, &how));
    std::size_t bytes = 0;
    if (graph == nullptr || zimg_filter_graph_get_tmp_size(graph.get(), &bytes) != ZIMG_ERROR_SUCCESS) return;
    working.reset(std::aligned_alloc(64, (bytes + 63) / 64 * 64 + 64));
    for (int y = 0; y < t.src.height; ++y)
      std::memcpy(static_cast<char*>(src.data.get()) + y * src.pitch,
                  static_cast<const char*>(t.from) + y * t.src_pitch(), t.src_pitch());
  }
  zimg_image_format format(size s) const {
    zimg_image_format f;
    zimg_image_format_default(&f, ZIMG_API_VERSION);
    f.width = static_cast<unsigned>(s.width);
    f.height = static_cast<unsigned>(s.height);
    f.pixel_type = task.type == element_type::u8 ? ZIMG_PIXEL_BYTE : ZIMG_PIXEL_FLOAT;
    f.color_family = ZIMG_COLOR_GREY;
    f.pixel_range = ZIMG_RANGE_FULL;
    return f;
  }
  void run() {
    zimg_image_buffer_const from{};
    zimg_image_buffer to{};
    from.version = to.version = ZIMG_API_VERSION;
    from.plane[0] = {src.data.get(), src.pitch, ZIMG_BUFFER_MAX};
    to.plane[0] = {dst.data.get(), dst.pitch, ZIMG_BUFFER_MAX};
    zimg_filter_graph_process(graph.get(), &from, &to, working.get(), nullptr, nullptr, nullptr, nullptr);
  }
  void finish() const {
    for (int y = 0; y < task.dst.height; ++y)
      std::memcpy(static_cast<char*>(task.to) + y * task.dst_pitch(),
                  static_cast<const char*>(dst.data.get()) + y * dst.pitch, task.dst_pitch());
  }
};

prepared_call prepare(const resize_task& task) {
  if (task.channels != 1 || task.planes != 1 || task.threads != 1 || task.filter != interpolation::linear) return {};
  auto made = std::make_shared<job>(task);
  if (made->graph == nullptr) return {};
  return {[made] { made->run(); }, [made] { made->finish(); }};
}

std::string version() {
  unsigned v[3];
  zimg_get_version_info(v, v + 1, v + 2);
  return std::to_string(v[0]) + "." + std::to_string(v[1]) + "." + std::to_string(v[2]);
}

const registered_rival entry({"zimg", version(), prepare});

}  // namespace
}  // namespace fluxel::bench
